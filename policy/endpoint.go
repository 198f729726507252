package policy

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// An endpoint is a host that serves AWS's API without being AWS's own.
type endpoint struct {
	host hostPattern
	port uint16 // 0: any
}

func (e endpoint) size() int { return e.host.size() }

// exact reports whether e is one host, and not a pattern over names.
func (e *endpoint) exact() bool { return e.host.exact != "" || e.host.lit.IsValid() }

// is reports whether a call to t on port goes to e.
func (e *endpoint) is(t *target, port uint16) bool {
	if e.port != 0 && e.port != port {
		return false
	}
	h := &e.host
	switch {
	case t.lit.IsValid():
		return h.lit.Contains(t.lit)
	case h.exact != "":
		return h.exact == t.name
	case h.glob != nil:
		return h.glob.match(t.name)
	case h.suffix != "":
		own, ok := strings.CutSuffix(t.name, "."+h.suffix)
		return ok && (h.deep || !strings.Contains(own, "."))
	}
	return false
}

// namesEndpoint reports whether the host that is judged is one of the endpoints.
func (a *awsRule) namesEndpoint(q *query) bool {
	return slices.ContainsFunc(a.endpoints, func(e endpoint) bool { return e.is(q.site.canonical(), q.port) })
}

// trusts reports whether an allow rule takes the host that is judged for the
// service. A wildcard never makes an endpoint of AWS's API another service's, nor
// a name that leads to this machine its own.
func (a *awsRule) trusts(q *query) bool {
	return slices.ContainsFunc(a.endpoints, func(e endpoint) bool {
		return (e.exact() || !q.aws().API && !q.reached) && e.is(q.site.canonical(), q.port)
	})
}

// opens reports whether an endpoint is the local target t itself.
func (a *awsRule) opens(t *target, port uint16) bool {
	return slices.ContainsFunc(a.endpoints, func(e endpoint) bool { return e.exact() && e.is(t, port) })
}

// localEndpoint reports whether an endpoint is an address of this machine, which
// the rule opens thereby.
func (a *awsRule) localEndpoint() bool {
	return slices.ContainsFunc(a.endpoints, func(e endpoint) bool {
		return e.host.exact != "" && isLocalName(e.host.exact) || e.host.lit.IsValid() && isLocalPrefix(e.host.lit)
	})
}

func compileEndpoint(s string) ([]endpoint, error) {
	if strings.Contains(s, "/") {
		return nil, fmt.Errorf("%q: want a host, or a host and port, such as localhost:4566", s)
	}
	host, port, err := splitEndpoint(s)
	if err != nil {
		return nil, err
	}
	hosts, err := compileHost(host)
	es := make([]endpoint, 0, len(hosts))
	for _, h := range hosts {
		if h.all {
			return nil, fmt.Errorf("%q: an endpoint is a host that the rule trusts; name it", s)
		}
		es = append(es, endpoint{h, port})
	}
	return es, err
}

func splitEndpoint(s string) (host string, port uint16, err error) {
	if a, err := netip.ParseAddrPort(s); err == nil && a.Port() != 0 {
		return a.Addr().String(), a.Port(), nil
	}
	i := strings.LastIndexByte(s, ':')
	if i < 0 || strings.Contains(s[:i], ":") {
		return s, 0, nil
	}
	n, err := strconv.ParseUint(s[i+1:], 10, 16)
	if err != nil || n == 0 {
		return "", 0, fmt.Errorf("%q: the port is no number from 1 to 65535", s)
	}
	return s[:i], uint16(n), nil
}
