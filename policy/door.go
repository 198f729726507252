package policy

import (
	"cmp"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// A door is a place on this machine that a policy opens with local: a named
// one, an address and port, or the path of a unix socket.
type door struct {
	name string
	addr netip.AddrPort
	unix string
}

var doorNames = []string{"otlp", "xray", "parameters-extension", "credentials"}

func parseDoor(s string) (door, error) {
	for _, name := range doorNames {
		if s == name {
			return door{name: name}, nil
		}
	}
	if path, ok := strings.CutPrefix(s, "unix:"); ok && path != "" {
		return door{unix: path}, nil
	}
	addr, err := netip.ParseAddrPort(s)
	if err != nil {
		return door{}, fmt.Errorf("%q: want %s, an address and port such as 127.0.0.1:6379, or unix:/path", s, strings.Join(doorNames, ", "))
	}
	addr = netip.AddrPortFrom(addr.Addr().WithZone("").Unmap(), addr.Port())
	switch {
	case localRange(addr.Addr()) == notLocal:
		return door{}, fmt.Errorf("%q is not an address of this machine; allow it with a cidr rule", s)
	case addr.Port() == 0:
		return door{}, fmt.Errorf("%q: a door has a port", s)
	}
	return door{addr: addr}, nil
}

// Platform is what the language needs to know of where the function runs: the
// addresses behind the named local doors. The zero value knows those that are
// the same everywhere. Whoever runs a policy reads it from the environment once.
type Platform struct {
	// RuntimeAPI is AWS_LAMBDA_RUNTIME_API, a host and port. It is never opened.
	RuntimeAPI string
	// XRay is AWS_XRAY_DAEMON_ADDRESS: "host:port" or "tcp:host:port udp:host:port".
	// Empty: 127.0.0.1:2000.
	XRay string
	// ExtensionPort is PARAMETERS_SECRETS_EXTENSION_HTTP_PORT. Empty: 2773.
	ExtensionPort string
	// Credentials is AWS_CONTAINER_CREDENTIALS_FULL_URI. Empty: there is none.
	Credentials string
	// Region is AWS_REGION, the function's own. A resource that a rule allows by
	// its tail is one in the partition of that region. Empty: in any.
	Region string
	// Parameters are the names of the parameters in Parameter Store that policies
	// are loaded from. Every policy denies writing to them.
	Parameters []string
	// Soften is the hardest mode that is left to any layer or rule. Unset: all
	// stay as they are.
	Soften Mode
}

// A listener is where a door leads: a name or an address on one port.
type listener struct {
	target
	port uint16
}

func listenerAt(hostport string) (listener, bool) {
	c, err := NetCall("tcp", hostport)
	return listener{targetOf(c.Host), c.Port}, err == nil
}

// listenerOfURL is where an HTTP client goes for a URL.
func listenerOfURL(text string) (listener, bool) {
	u, err := url.Parse(text)
	if err != nil {
		return listener{}, false
	}
	c, err := HTTPCall("GET", u, "")
	return listener{targetOf(c.Host), c.Port}, err == nil
}

// listeners resolves a door. A named door that this platform does not have leads
// nowhere, and neither does a socket.
func (p Platform) listeners(d door) []listener {
	var addresses []string
	switch d.name {
	case "otlp":
		addresses = []string{"127.0.0.1:4317", "127.0.0.1:4318"}
	case "xray":
		addresses = strings.Fields(strings.NewReplacer("tcp:", " ", "udp:", " ").Replace(cmp.Or(p.XRay, "127.0.0.1:2000")))
	case "parameters-extension":
		addresses = []string{"127.0.0.1:" + cmp.Or(p.ExtensionPort, "2773")}
	case "credentials":
		if at, ok := listenerOfURL(p.Credentials); ok {
			return []listener{at}
		}
	}
	if d.addr.IsValid() {
		return []listener{{target{lit: d.addr.Addr()}, d.addr.Port()}}
	}
	var all []listener
	for _, a := range addresses {
		if at, ok := listenerAt(a); ok {
			all = append(all, at)
		}
	}
	return all
}

// isRuntime reports whether t on port leads to the Lambda Runtime API.
func (s *Set) isRuntime(t *target, port uint16) bool {
	return s.guarded && s.runtime.port == port && s.runtime.covers(t)
}

// door is a layer's finding on a local door of some kind. named, if given, is
// the name by which an address was reached, and counts as well: a rule for
// localhost opens loopback.
func (l *layer) door(s *Set, q *query, t, named *target, kind localKind) finding {
	closed, opened := denies(s.mode, atDoor, kind), allows(atDoor)
	switch {
	case kind == runtimeAPI:
		return closed // it would hand over other invocations
	case kind == unixSocket && slices.Contains(l.sockets, q.call.Path):
		return opened
	case kind == unixSocket:
		return closed
	}
	for i := range l.doors {
		if l.doors[i].is(t, q.port) {
			return opened
		}
	}
	for _, ref := range l.openers {
		r := &l.rules[ref]
		names := r.opens(t, q.port) || named != nil && isLocalName(named.name) && t.lit.IsLoopback() && r.opens(named, q.port)
		// Of several resources each may be allowed by another rule, which listed has seen.
		if names && (r.aws != nil && ref == q.allow || r.matches(q)) {
			return allows(placeOfRule(ref))
		}
	}
	return closed
}

// is reports whether t on port is this listener. Loopback is one by any of
// its usual spellings: 127.0.0.1, ::1 and localhost.
func (p *listener) is(t *target, port uint16) bool {
	if port != p.port {
		return false
	}
	return p.target == *t || p.isLoopback() && t.isLoopback()
}

// covers is like is on the same port, and takes any address that leads to the
// same listener: if it is a loopback one, all of loopback and the unspecified
// addresses, and IPv6 forms that carry such an address.
func (p *listener) covers(t *target) bool {
	loopback := p.lit.IsLoopback() || isLocalName(p.name)
	if !t.lit.IsValid() {
		return t.name == p.name || loopback && isLocalName(t.name)
	}
	inner, n := embedded(t.lit)
	candidates := [3]netip.Addr{t.lit, inner[0], inner[1]}
	for _, a := range candidates[:1+n] {
		if a == p.lit || loopback && (a.IsLoopback() || a.IsUnspecified()) {
			return true
		}
	}
	return false
}

var loopback4, loopback6 = netip.MustParseAddr("127.0.0.1"), netip.IPv6Loopback()

func (t *target) isLoopback() bool {
	return t.lit == loopback4 || t.lit == loopback6 || t.name == "localhost"
}
