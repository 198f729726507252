package wrapper_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/lambdafence/lambdafence/wrapper"
)

// connections counts those that a server has open.
type connections struct {
	mu   sync.Mutex
	open map[net.Conn]bool
}

func (c *connections) watch(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open == nil {
		c.open = map[net.Conn]bool{}
	}
	c.open[conn] = true
	if state == http.StateClosed {
		delete(c.open, conn)
	}
}

func (c *connections) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.open)
}

// tighten has another policy take effect.
func tighten(t *testing.T, f *wrapper.Fence, src *changing, doc string) {
	t.Helper()
	src.set(doc)
	if err := f.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// A connection over HTTP/2 is busy when the policy changes, and idle after that.
// Users set no IdleConnTimeout: nothing else would ever close it.
func TestBusyConnectionsOfAnOldPolicyAreClosedLater(t *testing.T) {
	var conns connections
	release := make(chan struct{})
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			_ = http.NewResponseController(w).Flush()
			<-release
		}
	}))
	srv.EnableHTTP2, srv.Config.ConnState = true, conns.watch
	srv.StartTLS()
	defer srv.Close()
	roots := srv.Client().Transport.(*http.Transport).TLSClientConfig
	src := &changing{}
	doc := "mode: enforce\n" + opens(srv) + "deny: []\n"
	src.set(doc)
	f := wrapper.Must(wrapper.New(t.Context(), wrapper.WithPolicy(src), discard()))
	c := &http.Client{Transport: f.Transport(&http.Transport{TLSClientConfig: roots.Clone(), ForceAttemptHTTP2: true})}
	defer c.CloseIdleConnections()
	var slow []io.Closer
	for i := range 5 {
		resp, err := c.Get(srv.URL + "/slow")
		if err != nil || resp.ProtoMajor != 2 {
			t.Fatal(resp, err)
		}
		slow = append(slow, resp.Body)
		tighten(t, f, src, doc+strings.Repeat("#", i+1))
	}
	if n := conns.count(); n != 5 {
		t.Fatalf("%d connections, one for each policy were wanted", n)
	}
	close(release)
	for _, body := range slow {
		_ = body.Close()
	}
	eventually(t, "one connection is left", func() bool {
		_, err := get(t, c, srv.URL)
		return err == nil && conns.count() == 1
	})
}

// The SDK's own client hides how to close its connections.
func TestAWSPolicyChangeClosesIdleConnections(t *testing.T) {
	var conns connections
	cloud := newCloud(t)
	srv := httptest.NewUnstartedServer(cloud.Stand)
	srv.Config.ConnState = conns.watch
	srv.Start()
	defer srv.Close()
	src := &changing{}
	doc := "mode: enforce\nallow: [{aws: ssm, endpoint: \"" + srv.Listener.Addr().String() + "\"}]\n"
	src.set(doc)
	f := wrapper.Must(wrapper.New(t.Context(), wrapper.WithPolicy(src), wrapper.WithAccount(ownAccount), discard()))
	cfg := cloud.config(ownAccount)
	cfg.HTTPClient, cfg.BaseEndpoint = nil, aws.String(srv.URL)
	f.AWS(&cfg)
	for i := range 5 {
		if v, err := read(t, cfg, "/app/colour"); v != "green" {
			t.Fatal(v, err)
		}
		tighten(t, f, src, doc+strings.Repeat("#", i+1))
	}
	if v, err := read(t, cfg, "/app/colour"); v != "green" {
		t.Fatal(v, err)
	}
	// One that is not idle yet when its policy goes is closed with a later request.
	eventually(t, "one connection is left", func() bool {
		v, err := read(t, cfg, "/app/colour")
		return v == "green" && err == nil && conns.count() == 1
	})
	cfg.HTTPClient.(*http.Client).CloseIdleConnections()
	eventually(t, "none is left", func() bool { return conns.count() == 0 })
}

// TestRetiredTransportsAreBounded: a policy that changes all the time must not
// make a list without end.
func TestRetiredTransportsAreBounded(t *testing.T) {
	srv, _ := server(t, func(http.ResponseWriter, *http.Request) {})
	src := &changing{}
	doc := "mode: enforce\n" + opens(srv) + "deny: []\n"
	src.set(doc)
	f := wrapper.Must(wrapper.New(context.Background(), wrapper.WithPolicy(src), discard()))
	c := f.Client()
	for i := range 200 {
		tighten(t, f, src, doc+strings.Repeat("#", i+1))
		if _, err := get(t, c, srv.URL); err != nil {
			t.Fatal(err)
		}
	}
	if n := wrapper.Retired(c.Transport); n == 0 || n > 64 {
		t.Errorf("%d retired transports are kept", n)
	}
}
