package wrapper

import (
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/lambdafence/lambdafence/policy"
)

// checkProxy judges the proxy on the way of r, a call of its own, for a base
// that could not be copied. The base will ask for it again.
func (f *Fence) checkProxy(r *http.Request, proxy func(*http.Request) (*url.URL, error)) error {
	u, err := proxy(r)
	if err != nil || u == nil {
		return nil // the base fails by itself
	}
	return f.checkProxyURL(r, u)
}

// checkProxyURL judges a proxy that r is about to go through.
func (f *Fence) checkProxyURL(r *http.Request, u *url.URL) error {
	call, err := proxyCall(u)
	if err != nil {
		return nil // nor can net/http dial it
	}
	v, err := f.check(r.Context(), &call)
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

// maxProxies bounds a set.
const maxProxies = 256

// add reports whether the connection to a proxy will be known for what it is.
func (s *proxySet) add(u *url.URL) bool {
	c, err := proxyCall(u)
	if err != nil {
		return true // there will be no connection
	}
	place := hostPort{c.Host, c.Port}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.calls[place] && len(s.calls) >= maxProxies {
		return false
	}
	if s.calls == nil {
		s.calls = map[hostPort]bool{}
	}
	s.calls[place] = true
	return true
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
