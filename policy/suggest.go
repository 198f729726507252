package policy

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
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
	t := l.firstDenied(s, &q)
	_, err := checkMethod(c.method())
	switch {
	case q.odd && c.method() != "CONNECT", err != nil, q.scheme == otherScheme, q.scheme == unknownScheme:
		return "" // no rule allows what is no request
	case t == nil, !t.lit.IsValid() && checkName(t.name) != nil:
		return "" // nor what cannot be looked up
	}
	return "allow: [" + suggestRule(c, t) + "]"
}

// firstDenied returns the first of the hosts of a call that l does not allow.
func (l *layer) firstDenied(s *Set, q *query) *target {
	hosts := []string{q.call.Host, q.call.HostHeader}
	if q.odd {
		hosts = append(hosts, targetHost(q.call.Path))
	}
	for i, host := range hosts {
		q.host, q.read = host, false
		if (host != "" || i == 0) && l.judge(s, q).deny() {
			return q.target()
		}
	}
	return nil
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
	// A pattern cannot say a percent sign that was sent as %25, nor a long path.
	if f.read(c.Path); !f.odd && !strings.Contains(f.clean, "%") && len(quoteMeta(f.sent)) <= maxPattern/3 {
		paths := quotePath(f.sent)
		if f.clean != f.sent {
			paths += ", " + quotePath(f.clean)
		}
		parts = append(parts, "paths: ["+paths+"]")
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// quotePath writes the pattern that matches one form of a path. Bytes that are
// no UTF-8 cannot stand in YAML, but as escapes they can.
func quotePath(path string) string {
	var b strings.Builder
	for rest := quoteMeta(path); rest != ""; {
		r, n := utf8.DecodeRuneInString(rest)
		if r == utf8.RuneError && n == 1 {
			fmt.Fprintf(&b, "%%%02X", rest[0])
		} else {
			b.WriteString(rest[:n])
		}
		rest = rest[n:]
	}
	return strconv.Quote(b.String())
}
