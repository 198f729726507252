package wrappertest

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/lambdafence/lambdafence/internal/awskey"
)

// Serve guards http.DefaultTransport until the test ends, and has each host
// answered by its handler, over TLS and without TLS, without a network or DNS:
// what a guarded call reaches is a server of this process. A host that has no
// handler cannot be reached. Names are as in a URL, without port. Clients of the
// AWS SDK reach the handlers too if [Fence.AWS] was given their configuration
// after Serve.
func (f *Fence) Serve(hosts map[string]http.Handler) {
	f.t.Helper()
	for host := range hosts {
		if strings.ContainsAny(host, "/:") {
			f.t.Fatalf("wrappertest: Serve: %q: want the name of a host alone, such as api.example.com", host)
		}
	}
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
	http.DefaultTransport, f.stands = stands, stands
	restore := f.GuardDefault()
	f.t.Cleanup(func() {
		restore()
		f.stands = nil
		http.DefaultTransport = before
		stands.CloseIdleConnections()
		plain.Close()
		secure.Close()
	})
}

// AWS puts the fence around the clients that are made from cfg, as
// [wrapper.Fence.AWS] does. After [Fence.Serve] they reach the handlers of the
// hosts that they call, such as bucket.s3.eu-west-1.amazonaws.com. A cfg without
// credentials gets some of [Account], which are good for nothing.
func (f *Fence) AWS(cfg *aws.Config) {
	if f.stands != nil && cfg != nil {
		cfg.HTTPClient = &http.Client{Transport: f.stands}
	}
	if cfg != nil && cfg.Credentials == nil {
		cfg.Credentials = Credentials(Account)
	}
	f.Fence.AWS(cfg)
}

// Credentials returns credentials of an account, 12 digits, which are good for
// nothing but a test: such as what a library brings that signs by keys of its own.
// It panics if account is none.
func Credentials(account string) aws.CredentialsProvider {
	id := awskey.ID(account)
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: id, SecretAccessKey: "none"}, nil
	})
}
