package policy

import (
	"fmt"
	"net/netip"
	"strings"
)

// Suggest returns, in one line of YAML, what would let a denied call pass: a
// rule for the allow list, or the local door to open. It is empty where a deny
// rule stands in the way, or nothing can open the way.
func (s *Set) Suggest(c *Call, d Decision) string {
	switch {
	case d.Effect == Allow || d.Layer >= len(s.layers) || s.layers[d.Layer].unavailable != "":
		return ""
	case d.Rule == "local":
		return s.suggestDoor(c)
	case d.Rule != "" || !s.layers[d.Layer].hasAllow:
		return ""
	}
	return "allow: [" + suggestRule(c) + "]"
}

func (s *Set) suggestDoor(c *Call) string {
	t := targetOf(c.Host)
	if c.Addr.IsValid() {
		t = target{lit: c.Addr.Unmap()}
	}
	switch {
	case c.network() == "unix":
		return fmt.Sprintf("local: [%q]", "unix:"+c.Path)
	case s.guarded && s.runtime.covers(&t, c.port()):
		return ""
	case !t.lit.IsValid():
		t.lit = loopback4
	}
	return fmt.Sprintf("local: [%q]", netip.AddrPortFrom(t.lit, c.port()))
}

// suggestRule writes the narrowest rule that a reader would think of: the host,
// and what differs from the defaults of an allow rule.
func suggestRule(c *Call) string {
	host := c.Host
	if c.HostHeader != "" {
		host = c.HostHeader
	}
	field := "host"
	if t := targetOf(host); t.lit.IsValid() {
		field = "cidr"
	}
	parts := []string{fmt.Sprintf("%s: %q", field, host)}
	if n := c.network(); n != "tcp" {
		parts = append(parts, "networks: ["+n+"]")
	}
	if c.Kind == HTTP && c.Scheme != "https" {
		parts = append(parts, "schemes: ["+c.Scheme+"]")
	}
	if port := c.port(); port != 443 && (c.Kind != HTTP || port != schemePort(c.Scheme)) {
		parts = append(parts, fmt.Sprintf("ports: [%d]", port))
	}
	if c.Kind == HTTP {
		parts = append(parts, "methods: ["+c.method()+"]")
		if f := formsOf(c.Path); !f.odd && !hasMeta(f.clean) {
			parts = append(parts, fmt.Sprintf("paths: [%q]", f.clean))
		}
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
