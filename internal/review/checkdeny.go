package review

import (
	"fmt"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/lambdafence/lambdafence/internal/awshost"
	"github.com/lambdafence/lambdafence/policy"
)

// apexes finds deny rules that stop short of a name: at what is below it, or at it
// alone. Whether another rule of the list has the rest, the language says.
func (d *Document) apexes() []Finding {
	all := d.denied()
	var fs []Finding
	for i := range d.Deny {
		for _, v := range d.Deny[i].Fields["host"] {
			fs = append(fs, d.Deny[i].apex(v, all)...)
		}
	}
	return fs
}

// denied returns all hosts of the deny list as one rule.
func (d *Document) denied() *policy.Set {
	var hosts []string
	for i := range d.Deny {
		hosts = append(hosts, d.Deny[i].Texts("host")...)
	}
	return draft{"host": hosts}.compile("deny")
}

func (r *Rule) apex(v Value, all *policy.Set) []Finding {
	name, below := strings.CutPrefix(v.Text, "**.")
	if !below {
		name, below = strings.CutPrefix(v.Text, "*.")
	}
	if strings.ContainsAny(name, "*?[]{}") {
		return nil
	}
	name = policy.CanonicalHost(name)
	domain, err := publicsuffix.EffectiveTLDPlusOne(name)
	_, icann := publicsuffix.PublicSuffix(name)
	both := fmt.Sprintf(`host: [%s, "**.%s"]`, name, name)
	switch {
	case err != nil: // a public suffix is nobody's host, and below an address there is nothing
		return nil
	case below && !denies(all, name):
		return []Finding{r.find("apex", v, both, "%q does not deny %s itself", v.Text, name)}
	case !below && strings.HasPrefix(name, "www.") && !denies(all, name[4:]):
		name = name[4:]
		return []Finding{info(r.find("apex", v, fmt.Sprintf(`host: [%s, "**.%s"]`, name, name), "%s is denied, and %s is not", v.Text, name))}
	case !below && name == domain && icann && !denies(all, "any."+name):
		return []Finding{info(r.find("subdomains", v, both, "%s is denied, and names below it are not", v.Text))}
	}
	return nil
}

// denies reports whether a set denies a name.
func denies(s *policy.Set, name string) bool {
	return s == nil || s.Decide(&policy.Call{Kind: policy.HTTP, Scheme: "https", Host: name, Path: "/"}).Effect == policy.Deny
}

// hostsOfAWS finds rules about hosts that are better rules about services.
func (d *Document) hostsOfAWS() []Finding {
	var fs []Finding
	for _, r := range d.Rules() {
		for _, v := range r.Fields["host"] {
			if r.Deny {
				fs = append(fs, d.deniedHost(&r, v)...)
			} else {
				fs = append(fs, allowedHost(&r, v)...)
			}
		}
	}
	return fs
}

// allowedHost finds an endpoint that leads to everybody's things. One that is a
// bucket's, or an account's, or in a VPC, is narrow.
func allowedHost(r *Rule, v Value) []Finding {
	h, ok := awshost.Parse(policy.CanonicalHost(v.Text))
	if !ok || !h.API || len(h.Services) == 0 || h.Bucket != "" || h.Account != "" || strings.HasSuffix(v.Text, ".vpce.amazonaws.com") {
		return nil
	}
	service := h.Services[0].IAM
	return []Finding{r.find("shared-host", v, fmt.Sprintf("{aws: %s, resources: [...]}", service),
		"%s serves everybody: the rule allows every resource of %s there, whoever signs", v.Text, service)}
}

// deniedHost finds a deny rule for one of the many hosts of a service.
func (d *Document) deniedHost(r *Rule, v Value) []Finding {
	name := policy.CanonicalHost(strings.NewReplacer("**.", "any.", "*.", "any.").Replace(v.Text))
	h, ok := awshost.Parse(name)
	if !ok || !h.API || len(h.Services) == 0 || d.deniesService(h.Services) {
		return nil
	}
	service := h.Services[0].IAM
	fix := fmt.Sprintf("{aws: %s}", service)
	if h.Bucket != "" && !strings.HasPrefix(h.Bucket, "any") && !h.AccessPoint {
		fix = fmt.Sprintf("{aws: %s, resources: [%q]}", service, h.Bucket)
	}
	return []Finding{r.find("aws-host", v, "add "+fix+" to the deny list", "%q is one way of several to reach %s: other regions and forms of its hosts are not denied", v.Text, service)}
}

// deniesService reports whether the deny list has a rule about one of the services.
func (d *Document) deniesService(services []awshost.Service) bool {
	for i := range d.Deny {
		for _, name := range d.Deny[i].Texts("aws") {
			for _, s := range services {
				if n := awshost.Normal(name); name == "*" || n == s.ID || n == s.IAM {
					return true
				}
			}
		}
	}
	return false
}
