package wrappertest

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
)

// Serve guards http.DefaultTransport until the test ends, and has each host
// answered by its handler, over TLS and without TLS, without a network or DNS:
// what a guarded call reaches is a server of this process. A host that has no
// handler cannot be reached. Names are as in a URL, without port.
func (f *Fence) Serve(hosts map[string]http.Handler) {
	route := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if h := hosts[host]; h != nil {
			h.ServeHTTP(w, r)
			return
		}
		http.NotFound(w, r)
	})
	plain, secure := httptest.NewServer(route), httptest.NewUnstartedServer(route)
	secure.EnableHTTP2 = true
	secure.StartTLS()
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		host, port, _ := net.SplitHostPort(address)
		if hosts[host] == nil {
			return nil, fmt.Errorf("wrappertest: %s has no handler", host)
		}
		server := plain
		if port == "443" {
			server = secure
		}
		return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
	}
	before := http.DefaultTransport
	stands := &http.Transport{
		DialContext: dial,
		// The servers stand for hosts whose certificates they do not have.
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true},
		ForceAttemptHTTP2: true,
	}
	http.DefaultTransport = stands
	restore := f.GuardDefault()
	f.t.Cleanup(func() {
		restore()
		http.DefaultTransport = before
		stands.CloseIdleConnections()
		plain.Close()
		secure.Close()
	})
}
