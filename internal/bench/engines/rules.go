package engines

import (
	"fmt"
	"net/netip"
	"strings"
)

// A Rule of an allow list. One of Host, Prefix and Service is its subject.
type Rule struct {
	Host    string // a name, or "*." and a suffix
	Path    string // empty, or a path and all beneath it: "/v1/charges/**"
	Methods []string
	Port    uint16 // 0: 443

	Prefix netip.Prefix

	Service, Operation string
	Resource           string // a pattern for the tail of an ARN
}

// Rules are n rules of the kinds and shapes that real policies have, each about
// something else. Ten have every shape.
func Rules(n int) []Rule {
	rules := make([]Rule, n)
	for i := range rules {
		rules[i] = rule(i)
	}
	return rules
}

var reading = []string{"GET", "HEAD"}

func rule(i int) Rule {
	switch i % Shapes {
	case 0:
		return Rule{Host: fmt.Sprintf("svc-%05d.internal.example.com", i)}
	case 1:
		return Rule{Host: fmt.Sprintf("api-%05d.payments.example.com", i), Methods: reading, Path: "/v1/charges/**"}
	case 2:
		return Rule{Host: fmt.Sprintf("*.zone-%05d.example.org", i)}
	case 3:
		return Rule{Service: "dynamodb", Operation: "GetItem", Resource: fmt.Sprintf("table/orders-%05d-*", i)}
	case 4:
		return Rule{Prefix: netip.PrefixFrom(netip.AddrFrom4(network(i/Shapes)), 20), Port: 5432}
	case 5:
		return Rule{Host: fmt.Sprintf("app-%05d.internal.example.com", i), Port: 8443}
	case 6:
		return Rule{Service: "s3", Operation: "GetObject", Resource: fmt.Sprintf("acme-%05d/*", i)}
	case 7:
		return Rule{Host: fmt.Sprintf("hook-%05d.vendor.example.net", i)}
	case 8:
		return Rule{Host: fmt.Sprintf("*.cdn-%05d.example.org", i), Methods: reading, Path: "/assets/**"}
	default:
		return Rule{Host: fmt.Sprintf("log-%05d.internal.example.com", i), Methods: []string{"POST"}}
	}
}

// network is the address of the i-th network of 4,096 addresses.
func network(i int) [4]byte { return [4]byte{10, byte(i >> 4), byte(i << 4), 0} }

// Document is the policy that has these rules.
func Document(rules []Rule) []byte {
	var b strings.Builder
	b.WriteString("version: 1\nname: bench\nmode: enforce\nallow:\n")
	for _, r := range rules {
		switch {
		case r.Service != "":
			fmt.Fprintf(&b, "- {aws: %s, operations: [%s], resources: [%q]}\n", r.Service, r.Operation, r.Resource)
			continue
		case r.Host != "":
			fmt.Fprintf(&b, "- {host: %q", r.Host)
		default:
			fmt.Fprintf(&b, "- {cidr: %s", r.Prefix)
		}
		if r.Port != 0 {
			fmt.Fprintf(&b, ", ports: [%d]", r.Port)
		}
		if r.Methods != nil {
			fmt.Fprintf(&b, ", methods: [%s]", strings.Join(r.Methods, ", "))
		}
		if r.Path != "" {
			fmt.Fprintf(&b, ", paths: [%s]", r.Path)
		}
		b.WriteString("}\n")
	}
	return []byte(b.String())
}

func (r *Rule) port() uint16 {
	if r.Port == 0 {
		return 443
	}
	return r.Port
}

// arn is the pattern of the ARNs that r is about, in the account of Questions.
func (r *Rule) arn() string {
	if r.Service == "s3" {
		return "arn:aws:s3:::" + r.Resource
	}
	return "arn:aws:" + r.Service + ":" + region + ":" + account + ":" + r.Resource
}
