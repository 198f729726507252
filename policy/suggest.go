package policy

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/lambdafence/lambdafence/internal/braces"
)

// Suggest returns, in one line of YAML, what would let a denied call pass: a
// rule for the allow list, or the local door to open. It is empty where a deny
// rule stands in the way, or nothing can open the way.
func (s *Set) Suggest(c *Call, d Decision) string {
	if d.Effect == Allow || d.Layer < 0 || d.Layer >= len(s.layers) {
		return ""
	}
	l := &s.layers[d.Layer]
	door := d.Rule == localRule
	if l.unavailable != "" || !door && (d.Rule != "" || !l.hasAllow) {
		return ""
	}
	var cl *claim
	if c.Kind == AWS {
		cl = new(claim)
		cl.read(c)
		cl.partition = s.partition
	}
	q, asked := l.denies(s, c, cl, door)
	t := q.site.canonical()
	reached := !asked && door && c.Addr.IsValid()
	if reached {
		t = &target{lit: c.Addr.WithZone("").Unmap()}
	}
	switch {
	case !asked && !reached, door && s.isRuntime(t, c.port()):
		return ""
	case c.Kind == AWS && asked:
		return suggestAWS(q, c, *t)
	case door:
		return suggestDoor(c, *t)
	case !t.lit.IsValid() && checkName(t.name) != nil:
		return "" // no rule names what cannot be looked up
	case c.Kind == HTTP && !isRequest(c):
		return ""
	}
	return "allow: [" + suggestRule(c, *t) + "]"
}

// denies asks l about the hosts of a call, up to the first that it does not allow,
// or that is a local door which it does not open, and returns what it asked last.
func (l *layer) denies(s *Set, c *Call, claim *claim, door bool) (q *query, denied bool) {
	hosts := []string{c.host(), c.HostHeader}
	if c.isRequest() && !isPath(c.Path) {
		hosts = append(hosts, targetHost(c.Path))
	}
	for i, host := range hosts {
		if host == "" && i > 0 {
			continue
		}
		q = &query{call: c, claim: claim, site: &site{host: host}}
		q.ask()
		if f := l.judge(s, q); f.deny() && (f.place() == atDoor) == door {
			return q, true
		}
	}
	return q, false
}

// isRequest reports whether an allow rule can speak of an HTTP call at all.
func isRequest(c *Call) bool {
	_, err := checkMethod(c.method())
	return err == nil && (isPath(c.Path) || c.method() == "CONNECT") && schemePort(c.Scheme) != 0
}

func suggestDoor(c *Call, t target) string {
	switch {
	case c.network() == "unix":
		return fmt.Sprintf("local: [%q]", "unix:"+c.Path)
	case c.port() == 0:
		return ""
	case !t.lit.IsValid():
		t.lit = loopback4
	}
	return fmt.Sprintf("local: [%q]", netip.AddrPortFrom(t.lit, c.port()))
}

var plainMethods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"}

// suggestRule writes the narrowest rule that a reader would think of: the host,
// and what differs from the defaults of an allow rule.
func suggestRule(c *Call, t target) string {
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
	if f.read(c.Path); !f.odd && !strings.Contains(f.clean, "%") && len(quoteMeta(f.sent)) <= braces.MaxLength/3 {
		paths := strconv.Quote(quoteMeta(f.sent))
		if f.clean != f.sent {
			paths += ", " + strconv.Quote(quoteMeta(f.clean))
		}
		parts = append(parts, "paths: ["+paths+"]")
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
