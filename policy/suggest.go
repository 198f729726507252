package policy

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
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
	t := q.target()
	if !t.lit.IsValid() && checkName(t.name) != nil {
		return "" // no rule allows what cannot be looked up
	}
	if _, err := checkMethod(c.method()); err != nil || !(q.scheme & (schemeHTTP | schemeHTTPS | noScheme)).has(q.scheme) {
		return "" // nor what is no request
	}
	return "allow: [" + suggestRule(c, t) + "]"
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

var plainMethods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"}

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
	method := c.method()
	if !slices.Contains(plainMethods, method) {
		method = strconv.Quote(method) // lest YAML take it for a number or for null
	}
	parts = append(parts, "methods: ["+method+"]")
	var f pathForm
	if f.read(c.Path); !f.odd {
		paths := quotePath(f.sent)
		if f.clean != f.sent {
			paths += ", " + quotePath(f.clean)
		}
		parts = append(parts, "paths: ["+paths+"]")
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// quotePath writes the pattern that matches one form of a path.
func quotePath(path string) string {
	var b strings.Builder
	for i, r := range quoteMeta(path) {
		if n := utf8.RuneLen(r); r == utf8.RuneError && path[i:i+min(n, len(path)-i)] != string(r) {
			fmt.Fprintf(&b, "%%%02X", path[i])
		} else {
			b.WriteRune(r)
		}
	}
	return strconv.Quote(b.String())
}
