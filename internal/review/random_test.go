package review

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lambdafence/lambdafence/policy"
)

// A sketch is a policy that can still be changed.
type sketch struct {
	mode        string
	local       []string
	listed      bool // there is an allow list
	allow, deny []sketchRule
}

type sketchRule map[string][]string

// Values of fields. Some must meet, or nothing is tried.
var sketchValues = map[string][]string{
	"host": {"a.example.com", "b.example.com", "*.example.com", "**.example.com", "**", "A.example.com.", "[ab].example.com", "{a,b}.example.com", "?.example.com",
		"localhost", "*.localhost", "127.0.0.1", "10.0.0.1", "s3.eu-west-1.amazonaws.com", "**.amazonaws.com", "evil.test"},
	"cidr":       {"10.0.0.0/8", "10.0.0.0/24", "10.0.0.1", "127.0.0.0/8", "127.0.0.1", "0.0.0.0/0", "::/0", "::ffff:10.0.0.0/104", "64:ff9b::/96"},
	"aws":        {"s3", "S3", "s3control", "dynamodb", "sqs", "*"},
	"networks":   {"tcp", "udp", "ip"},
	"schemes":    {"http", "https"},
	"ports":      {"443", "80", "8080", "4566"},
	"methods":    {"GET", "POST", "CONNECT"},
	"paths":      {"/v1/**", "/v1/*", "/v2/**", "/v1/x", "/v2/y", "/**", "/{v1,v2}/x", "/v[12]/?", "**", "/v1/%78"},
	"operations": {"GetObject", "Get*", "PutObject", "*", "[GP]*Object"},
	"access":     {"list", "read", "write", "tagging", "permissions"},
	"resources": {"*", "b", "b/x", "b/*", "b*", "arn:aws:s3:::b", "arn:aws:s3:::b/x", "arn:*:*:*:*:b", "table/t", "arn:aws:dynamodb:eu-west-1:111122223333:table/t",
		"secret:n", "secret:n-??????", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:n-a1B2c3"},
	"accounts":  {"self", "111122223333", "444455556666", "\"*\""},
	"regions":   {"eu-west-1", "eu-*", "*", "us-east-1"},
	"endpoint":  {"localhost:4566", "a.example.com", "*.example.com:443", "127.0.0.1", "s3.eu-west-1.amazonaws.com"},
	"from":      {"m.test/a", "m.test/**", "m.test/a/**", "**"},
	"functions": {"f", "*", "[fg]"},
	"until":     {"2027-01-31", "2028-01-31"},
	"mode":      {"off", "learn", "report", "enforce"},
	"local":     {"otlp", "127.0.0.1:8080", "\"[::1]:8080\"", "unix:/s", "127.0.0.1:4566"},
}

func pick(r *rand.Rand, field string) string {
	return sketchValues[field][r.IntN(len(sketchValues[field]))]
}

func some(r *rand.Rand, field string) []string {
	texts := []string{pick(r, field)}
	for r.IntN(3) == 0 {
		texts = append(texts, pick(r, field))
	}
	return texts
}

func randomRule(r *rand.Rand, deny bool) sketchRule {
	rule := sketchRule{}
	subject := []string{"host", "host", "cidr", "aws", "aws"}[r.IntN(5)]
	rule[subject] = some(r, subject)
	fields := []string{"networks", "schemes", "ports", "methods", "paths", "ports", "methods", "paths"}
	if subject == "aws" {
		fields = []string{"operations", "access", "resources", "accounts", "regions", "endpoint", "operations", "resources"}
	}
	for _, f := range fields {
		if r.IntN(6) == 0 {
			rule[f] = some(r, f)
		}
	}
	for _, f := range []string{"from", "functions"} {
		if r.IntN(10) == 0 {
			rule[f] = some(r, f)
		}
	}
	if r.IntN(10) == 0 {
		rule["until"] = []string{pick(r, "until")}
	}
	if deny && r.IntN(4) == 0 {
		rule["mode"] = []string{pick(r, "mode")}
	}
	return rule
}

func randomSketch(r *rand.Rand) *sketch {
	d := &sketch{mode: []string{"enforce", "enforce", "report", "learn"}[r.IntN(4)], listed: r.IntN(5) > 0}
	for range r.IntN(4) {
		if d.listed {
			d.allow = append(d.allow, randomRule(r, false))
		}
	}
	for range r.IntN(3) {
		d.deny = append(d.deny, randomRule(r, true))
	}
	if r.IntN(4) == 0 {
		d.local = some(r, "local")
	}
	return d
}

// changed returns a sketch that differs a little.
func (d *sketch) changed(r *rand.Rand) *sketch {
	c := *d
	c.allow, c.deny = cloneRules(d.allow), cloneRules(d.deny)
	list, deny := &c.allow, false
	if r.IntN(2) == 0 || !c.listed {
		list, deny = &c.deny, true
	}
	switch n := r.IntN(12); {
	case n == 0:
		c.mode = pick(r, "mode")
	case n == 1:
		c.local = some(r, "local")
	case n == 2:
		c.listed, c.allow = !c.listed, nil
	case n < 5 || len(*list) == 0:
		*list = append(*list, randomRule(r, deny))
	case n == 5:
		*list = slices.Delete(*list, 0, 1)
	case n == 6:
		slices.Reverse(*list)
	case n == 7:
		c.divide(list)
	default:
		other := randomRule(r, deny)
		rule := (*list)[r.IntN(len(*list))]
		for f := range rule {
			if v, ok := other[f]; ok && len(rule) > 1 {
				rule[f] = v
			} else if _, subject := map[string]bool{"host": true, "cidr": true, "aws": true}[f]; !subject && r.IntN(3) == 0 {
				delete(rule, f)
			}
		}
	}
	return &c
}

// divide makes two rules of the first one that has a list.
func (*sketch) divide(list *[]sketchRule) {
	for _, rule := range *list {
		for f, texts := range rule {
			if len(texts) > 1 {
				other := maps.Clone(rule)
				rule[f], other[f] = texts[:1], texts[1:]
				*list = append(*list, other)
				return
			}
		}
	}
}

func cloneRules(rules []sketchRule) []sketchRule {
	var all []sketchRule
	for _, r := range rules {
		all = append(all, maps.Clone(r))
	}
	return all
}

func (d *sketch) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "mode: %s\n", d.mode)
	if d.local != nil {
		fmt.Fprintf(&b, "local: [%s]\n", strings.Join(d.local, ", "))
	}
	if d.listed {
		b.WriteString("allow:" + rulesText(d.allow))
	}
	b.WriteString("deny:" + rulesText(d.deny))
	return b.String()
}

func rulesText(rules []sketchRule) string {
	if len(rules) == 0 {
		return " []\n"
	}
	var b strings.Builder
	for _, r := range rules {
		b.WriteString("\n-")
		for _, f := range slices.Sorted(maps.Keys(r)) {
			texts := r[f]
			quote := func(s string) string {
				if f == "ports" || f == "accounts" {
					return s
				}
				return fmt.Sprintf("%q", s)
			}
			var quoted []string
			for _, s := range texts {
				quoted = append(quoted, quote(s))
			}
			value := "[" + strings.Join(quoted, ", ") + "]"
			if f == "until" || f == "mode" {
				value = texts[0]
			}
			fmt.Fprintf(&b, " %s: %s\n ", f, value)
		}
	}
	return b.String() + "\n"
}

func mustRead(tb testing.TB, doc string) *Document {
	tb.Helper()
	d, err := Read("p.yaml", []byte(doc))
	if err != nil {
		tb.Fatalf("%v\n%s", err, doc)
	}
	return d
}

func mustCompile(tb testing.TB, d *Document) *policy.Set {
	tb.Helper()
	s, err := policy.Compile(d.Policy)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// universe are calls that the values of fields are about, each kind many times.
func universe(r *rand.Rand, n int) []policy.Call {
	one := func(texts ...string) string { return texts[r.IntN(len(texts))] }
	all := make([]policy.Call, 0, n)
	for len(all) < n {
		c := policy.Call{
			Host: one("a.example.com", "b.example.com", "c.example.com", "x.a.example.com", "example.com", "evil.test", "localhost", "x.localhost", "10.0.0.1",
				"10.9.0.1", "127.0.0.1", "64:ff9b::a00:1", "s3.eu-west-1.amazonaws.com", "203.0.113.7"),
			Network: one("", "tcp", "tcp", "tcp", "udp", "ip"),
			Port:    []uint16{443, 443, 80, 8080, 4566}[r.IntN(5)],
		}
		switch r.IntN(5) {
		case 0:
		case 1, 2:
			c.Kind, c.Scheme = policy.HTTP, one("https", "https", "https", "http", "ftp")
			c.Method, c.Path = one("GET", "POST", "CONNECT", "DELETE"), one("/", "/v1", "/v1/x", "/v1/x/y", "/v2/y", "/v1/../v2/y", "/v1/..%2Fv2%2Fy", "/v1/%zz", "*")
		default:
			awsCall(r, &c, one)
		}
		if r.IntN(8) == 0 {
			var err error
			if c.Addr, err = netip.ParseAddr(c.Host); err != nil { // else it is what is reached
				c.Addr = netip.MustParseAddr(one("10.0.0.1", "127.0.0.1", "10.9.0.1"))
			}
		}
		if r.IntN(20) == 0 {
			c.HostHeader = one("a.example.com", "evil.test")
		}
		if r.IntN(20) == 0 {
			c = policy.Call{Network: "unix", Path: one("/s", "/t")}
		}
		c.Function = one("", "f", "g", "h")
		if m := one("", "m.test", "m.test/a", "m.test/b"); m != "" {
			c.Caller = policy.Caller{Module: m, Package: m}
			c.Callers = []policy.Caller{c.Caller, {Module: "m.test/a"}}
		}
		if r.IntN(3) > 0 {
			c.Time = time.Date(2026+r.IntN(3), 6, 1, 0, 0, 0, 0, time.UTC)
		}
		all = append(all, c)
	}
	return all
}

func awsCall(r *rand.Rand, c *policy.Call, one func(...string) string) {
	c.Kind, c.Method, c.Path, c.Scheme = policy.AWS, "POST", "/", one("https", "https", "https", "")
	c.Service = one("S3", "S3", "S3 Control", "DynamoDB", "SQS", "Secrets Manager")
	c.Operation = one("", "GetObject", "GetItem", "PutObject", "ListObjects")
	c.Access = policy.Access(r.IntN(6))
	if r.IntN(4) == 0 {
		c.Also = []policy.Access{policy.Access(r.IntN(6))}
	}
	c.Region, c.Account, c.Self = one("eu-west-1", "eu-west-1", "us-east-1", ""), one("111122223333", "111122223333", "444455556666", ""), "111122223333"
	arns := []string{"arn:aws:s3:::b", "arn:aws:s3:::b/x", "arn:aws:s3:::bb", "arn:aws:dynamodb:eu-west-1:111122223333:table/t", "arn:aws:dynamodb:eu-west-1:444455556666:table/t/index/i",
		"arn:aws:secretsmanager:eu-west-1:111122223333:secret:n", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:n-a1B2c3", "arn:aws-cn:s3:::b", "arn:aws:sqs:::b", "*"}
	switch r.IntN(5) {
	case 0:
	case 1:
		c.Resources = []string{}
	case 2:
		c.Resources = []string{one(arns...), one(arns...)}
	default:
		c.Resources = []string{one(arns...)}
	}
	if r.IntN(3) > 0 {
		c.Port = 443
		c.Host = one("", "s3.eu-west-1.amazonaws.com", "dynamodb.eu-west-1.amazonaws.com", "b.s3.eu-west-1.amazonaws.com", "sqs.us-east-1.amazonaws.com", "secretsmanager.eu-west-1.amazonaws.com")
	}
	if c.Service == "" {
		c.Kind = policy.HTTP
	}
}

// result is what becomes of a violation, from soft to hard.
func result(s *policy.Set, c *policy.Call) policy.Mode {
	d := s.Decide(c)
	if d.Effect == policy.Allow {
		return policy.Learn
	}
	return max(d.Mode, policy.Learn)
}
