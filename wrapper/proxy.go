package wrapper

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/lambdafence/lambdafence/policy"
)

// checkProxy judges the proxy on the way of r, a call of its own, for a base
// whose connections we do not make.
func (g *guard) checkProxy(r *http.Request) error {
	u, err := g.proxy(r)
	if err != nil || u == nil {
		return nil // the base will ask again, and fail by itself
	}
	call, err := proxyCall(u)
	if err != nil {
		return err
	}
	v, err := g.fence.check(r.Context(), &call)
	v.settle(r.Context())
	return err
}

// A proxySet holds the proxies that requests were sent through, to know their
// connections by.
type proxySet struct {
	mu    sync.RWMutex
	calls map[hostPort]bool
}

type hostPort struct {
	host string
	port uint16
}

// maxProxies bounds a set. A transport that uses more proxies than that is
// refused, since their connections would not be known for what they are.
const maxProxies = 256

func (s *proxySet) add(u *url.URL) error {
	c, err := proxyCall(u)
	if err != nil {
		return err
	}
	place := hostPort{c.Host, c.Port}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.calls[place] && len(s.calls) >= maxProxies {
		return errors.New("lambdafence: too many proxies on one transport")
	}
	if s.calls == nil {
		s.calls = map[hostPort]bool{}
	}
	s.calls[place] = true
	return nil
}

func (s *proxySet) has(c *policy.Call) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.calls[hostPort{c.Host, c.Port}]
}

// proxyCall describes the connection to a proxy, at the port that net/http
// dials for its scheme.
func proxyCall(u *url.URL) (policy.Call, error) {
	port := u.Port()
	if port == "" {
		switch {
		case u.Scheme == "https":
			port = "443"
		case strings.HasPrefix(u.Scheme, "socks5"):
			port = "1080"
		default:
			port = "80"
		}
	}
	return policy.NetCall("tcp", net.JoinHostPort(u.Hostname(), port))
}
