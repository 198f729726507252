package policy

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awshost"
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
	if !door && (d.Rule != "" || !l.hasAllow || l.unavailable != "") {
		return ""
	}
	var q query
	q.ask(c)
	t, ok := l.denies(s, &q, c, door)
	if !ok && door && c.Addr.IsValid() {
		t, ok = target{lit: c.Addr.WithZone("").Unmap()}, true
	}
	switch {
	case !ok:
		return ""
	case c.Kind == AWS:
		return suggestAWS(c, t)
	case door:
		return s.suggestDoor(c, t)
	case !t.lit.IsValid() && checkName(t.name) != nil:
		return "" // no rule names what cannot be looked up
	case c.Kind == HTTP && !isRequest(c):
		return ""
	}
	return "allow: [" + suggestRule(c, t) + "]"
}

// denies returns the first host of a call that l does not allow, or that is a
// local door which l does not open.
func (l *layer) denies(s *Set, q *query, c *Call, door bool) (target, bool) {
	hosts := []string{c.host(), c.HostHeader}
	if q.odd {
		hosts = append(hosts, targetHost(c.Path))
	}
	for i, host := range hosts {
		if host == "" && i > 0 {
			continue
		}
		q.about(host)
		if f := l.judge(s, q); f.deny() && (f.place() == atDoor) == door {
			return *q.canonical(), true
		}
	}
	return target{}, false
}

// isRequest reports whether an allow rule can speak of an HTTP call at all.
func isRequest(c *Call) bool {
	_, err := checkMethod(c.method())
	return err == nil && (isPath(c.Path) || c.method() == "CONNECT") && schemePort(c.Scheme) != 0
}

func (s *Set) suggestDoor(c *Call, t target) string {
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
	if f.read(c.Path); !f.odd && !strings.Contains(f.clean, "%") && len(quoteMeta(f.sent)) <= maxPattern/3 {
		paths := strconv.Quote(quoteMeta(f.sent))
		if f.clean != f.sent {
			paths += ", " + strconv.Quote(quoteMeta(f.clean))
		}
		parts = append(parts, "paths: ["+paths+"]")
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// maxSuggested bounds the resources that a suggestion names.
const maxSuggested = 10

// suggestAWS writes the narrowest rule for an operation: its resources, who
// signs it if it is not the function's own account, and the endpoint if it is
// not AWS's.
func suggestAWS(c *Call, t target) string {
	if c.Service == "" || len(c.Resources) > maxSuggested || !c.securePort() && c.Host == "" {
		return ""
	}
	cl := claimOf(c)
	parts := []string{"aws: " + cl.service.ID}
	if c.Operation != "" {
		parts = append(parts, "operations: ["+c.Operation+"]")
	}
	var resources []string
	for _, text := range c.Resources {
		r, ok := parseARN(text)
		if !ok {
			return ""
		}
		// In the signer's account the tail says it; no tail speaks of another one's.
		if sameService(r.parts[arnService], cl.service.IAM) && (r.parts[arnAccount] == "" || r.parts[arnAccount] == c.Account) {
			text = r.resource
		}
		if text = quoteMeta(text); len(text) > maxPattern {
			return ""
		}
		resources = append(resources, strconv.Quote(text))
	}
	if resources != nil {
		parts = append(parts, "resources: ["+strings.Join(resources, ", ")+"]")
	}
	switch {
	case c.Account == "":
		parts = append(parts, `accounts: ["*"]`)
	case c.Account != c.Self:
		parts = append(parts, fmt.Sprintf("accounts: [%q]", c.Account))
	}
	if h, _ := awshost.Parse(t.name); c.Host != "" && !(c.securePort() && h.API && h.Serves(cl.service.ID, c.Region)) {
		at := t.name
		if t.lit.IsValid() {
			at = t.lit.String()
		}
		parts = append(parts, fmt.Sprintf("endpoint: %q", net.JoinHostPort(at, strconv.Itoa(int(c.port())))))
	}
	return "allow: [{" + strings.Join(parts, ", ") + "}]"
}
