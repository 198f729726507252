package policy

import (
	"fmt"
	"net/netip"
	"net/url"
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
	if localRange(addr.Addr()) == "" {
		return door{}, fmt.Errorf("%q is not an address of this machine; allow it with a cidr rule", s)
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
	// Soften is the hardest mode that is left to any layer or rule. Unset: all
	// stay as they are.
	Soften Mode
}

// A place is where a door leads: a name or an address on one port.
type place struct {
	target
	port uint16
}

func placeOf(hostport string) (place, bool) {
	c, err := NetCall("tcp", hostport)
	return place{targetOf(c.Host), c.Port}, err == nil && hostport != ""
}

// places resolves a door. A named door that this platform does not have leads
// nowhere.
func (p Platform) places(d door) []place {
	addresses := []string{d.addr.String()}
	switch d.name {
	case "otlp":
		addresses = []string{"127.0.0.1:4317", "127.0.0.1:4318"}
	case "xray":
		addresses = strings.Fields(strings.NewReplacer("tcp:", " ", "udp:", " ").Replace(p.XRay))
		if len(addresses) == 0 {
			addresses = []string{"127.0.0.1:2000"}
		}
	case "parameters-extension":
		addresses = []string{"127.0.0.1:2773"}
		if p.ExtensionPort != "" {
			addresses = []string{"127.0.0.1:" + p.ExtensionPort}
		}
	case "credentials":
		addresses = nil
		if u, err := url.Parse(p.Credentials); err == nil && u.Host != "" {
			if c, err := HTTPCall("GET", u, ""); err == nil {
				return []place{{targetOf(c.Host), c.Port}}
			}
		}
	}
	var ps []place
	for _, a := range addresses {
		if pl, ok := placeOf(a); ok && d.unix == "" {
			ps = append(ps, pl)
		}
	}
	return ps
}

// is reports whether t on port is this place. Loopback is one place by any of
// its usual spellings: 127.0.0.1, ::1 and localhost.
func (p *place) is(t *target, port uint16) bool {
	if port != p.port {
		return false
	}
	return p.target == *t || p.isLoopback() && t.isLoopback()
}

// covers is like is, and takes any address that leads to the same listener for
// the place: if it is a loopback one, all of loopback and the unspecified
// addresses, and IPv6 forms that carry such an address.
func (p *place) covers(t *target, port uint16) bool {
	if port != p.port {
		return false
	}
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
