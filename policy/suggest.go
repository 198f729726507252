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
	if d.Effect == Allow || d.Layer < 0 || d.Layer >= len(s.layers) {
		return ""
	}
	l := &s.layers[d.Layer]
	switch {
	case d.Rule == localRule:
		return s.suggestDoor(c)
	case d.Rule != "" || !l.hasAllow || l.unavailable != "":
		return ""
	}
	var q query
	q.ask(c)
	if q.odd && c.method() != "CONNECT" {
		return "" // no rule allows a request without a path
	}
	q.host = c.Host
	if c.HostHeader != "" && !l.judge(s, &q).deny() {
		q.host, q.read = c.HostHeader, false // the URL's host is allowed already
	}
	return "allow: [" + suggestRule(c, q.target()) + "]"
}

func (s *Set) suggestDoor(c *Call) string {
	t := targetOf(c.Host)
	if c.Addr.IsValid() {
		t = target{lit: c.Addr.WithZone("").Unmap()}
	}
	switch {
	case c.network() == "unix":
		return fmt.Sprintf("local: [%q]", "unix:"+c.Path)
	case s.guarded && s.runtime.port == c.port() && s.runtime.covers(&t), c.port() == 0:
		return ""
	case !t.lit.IsValid():
		t.lit = loopback4
	}
	return fmt.Sprintf("local: [%q]", netip.AddrPortFrom(t.lit, c.port()))
}

// suggestRule writes the narrowest rule that a reader would think of: the host,
// and what differs from the defaults of an allow rule.
func suggestRule(c *Call, t *target) string {
	parts := []string{fmt.Sprintf("host: %q", t.name)}
	if t.lit.IsValid() {
		parts[0] = fmt.Sprintf("cidr: %q", t.lit)
	}
	if n := c.network(); n != "tcp" {
		parts = append(parts, "networks: ["+n+"]")
	}
	if c.Kind == HTTP && c.Scheme != "https" {
		parts = append(parts, "schemes: ["+c.Scheme+"]")
	}
	if port := c.port(); port != 0 && (c.Kind == HTTP && port != schemePort(c.Scheme) || c.Kind != HTTP && port != 443) {
		parts = append(parts, fmt.Sprintf("ports: [%d]", port))
	}
	if c.Kind != HTTP {
		return "{" + strings.Join(parts, ", ") + "}"
	}
	parts = append(parts, "methods: ["+c.method()+"]")
	var f pathForm
	if f.read(c.Path); !f.odd {
		paths := fmt.Sprintf("%q", quoteMeta(f.sent))
		if f.clean != f.sent {
			paths += fmt.Sprintf(", %q", quoteMeta(f.clean))
		}
		parts = append(parts, "paths: ["+paths+"]")
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
