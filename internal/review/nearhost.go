package review

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awshost"
	"github.com/lambdafence/lambdafence/policy"
)

// nearHost finds what makes the host of a call another than the rule's, where they
// differ by little: the call to a host that the rule means, or nil if there is none
// of which the other fields could be asked.
func (r *Rule) nearHost(widest *policy.Set, c *policy.Call) (near *policy.Call, diff Difference, ok bool) {
	if widest == nil || r.Subject != "host" || c.Network == "unix" || c.Host == "" {
		return nil, diff, false
	}
	diff = Difference{Field: "host", Want: list(r.Texts("host")), Got: c.Host}
	if c.HostHeader != "" {
		if near := at(c, c.Host); widest.Decide(near).Effect == policy.Allow {
			diff.Got, diff.Note = c.HostHeader, "the Host header names another host than the URL, and is judged as well"
			return near, diff, true
		}
	}
	for _, h := range r.hostsNear(c.Host) {
		if near := at(c, h.name); widest.Decide(near).Effect == policy.Allow {
			diff.Note = h.why
			return near, diff, true
		}
	}
	diff.Note = r.noWildcard(c.Host)
	return nil, diff, diff.Note != ""
}

// at is the call at another host.
func at(c *policy.Call, host string) *policy.Call {
	moved := *c
	moved.Host, moved.HostHeader = host, ""
	return &moved
}

type hostNear struct{ name, why string }

// hostsNear are the hosts that may have been meant by one: below it, above it, or
// with a slip in the name.
func (r *Rule) hostsNear(host string) []hostNear {
	if _, err := netip.ParseAddr(host); err == nil {
		return nil
	}
	all := []hostNear{{"any." + host, "a wildcard covers what is below a name, not the name itself"}}
	for up := host; ; {
		_, parent, _ := strings.Cut(up, ".")
		if !strings.Contains(parent, ".") {
			break
		}
		all = append(all, hostNear{parent, `the rule covers ` + parent + `, and not what is below it; "**." covers any depth`})
		up = parent
	}
	const slip = "the names differ by little: look closely which one is meant"
	label, rest, _ := strings.Cut(host, ".")
	for _, text := range r.Texts("host") {
		for _, alt := range alternatives(text) {
			fixed, wild := cutWild(alt)
			if name, ok := nearest(host, []string{policy.CanonicalHost(alt)}); ok && !wild {
				all = append(all, hostNear{name, slip})
			} else if name, ok := nearest(rest, []string{policy.CanonicalHost(fixed)}); ok && wild && fixed != "" {
				all = append(all, hostNear{label + "." + name, slip})
			}
		}
	}
	return all
}

// noWildcard says why a wildcard does not match a host that looks as if it did.
func (r *Rule) noWildcard(host string) string {
	_, err := netip.ParseAddr(host)
	h, ofAWS := awshost.Parse(host)
	for _, text := range r.Texts("host") {
		fixed, wild := cutWild(text)
		switch {
		case !wild:
		case text == "**" && err == nil:
			return "a wildcard never matches an address: use cidr"
		case text == "**" && !strings.Contains(host, "."), text == "**" && strings.HasSuffix(host, ".localhost"):
			return "a wildcard never opens a local door"
		case ofAWS && h.API && (text == "**" || fixed != "" && strings.HasSuffix(host, "."+fixed)):
			return "a wildcard never allows an endpoint of AWS's API: use aws"
		}
	}
	return ""
}

// list writes a few values.
func list(texts []string) string {
	const few = 5
	if len(texts) > few {
		texts = append(slices.Clone(texts[:few]), "...")
	}
	return strings.Join(texts, ", ")
}
