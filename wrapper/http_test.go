package wrapper_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/policy/source"
	"github.com/lambdafence/lambdafence/wrapper"
	"github.com/lambdafence/lambdafence/wrapper/wrappertest"
)

// opens returns the policy line that opens the server's address.
func opens(srvs ...*httptest.Server) string {
	var addrs []string
	for _, s := range srvs {
		addrs = append(addrs, fmt.Sprintf("%q", s.Listener.Addr()))
	}
	return "local: [" + strings.Join(addrs, ", ") + "]\n"
}

// server answers every request and counts them.
func server(t *testing.T, h http.HandlerFunc) (*httptest.Server, *atomic.Int64) {
	t.Helper()
	var hits atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hits.Add(1)
		if h != nil {
			h(w, r)
		}
	}))
	t.Cleanup(srv.Close)
	return srv, &hits
}

func get(t *testing.T, c *http.Client, url string) (string, error) {
	t.Helper()
	resp, err := c.Get(url)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}

func TestRedirectFromAllowedToDeniedHost(t *testing.T) {
	evil, evilHits := server(t, nil)
	good, goodHits := server(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, evil.URL+"/exfil", http.StatusTemporaryRedirect)
	})
	f := wrappertest.New(t, "mode: enforce\n"+opens(good)+"allow:\n")
	_, err := get(t, f.Client(), good.URL+"/start")
	if !errors.Is(err, wrapper.ErrBlocked) {
		t.Fatalf("error = %v, want ErrBlocked", err)
	}
	if goodHits.Load() != 1 || evilHits.Load() != 0 {
		t.Errorf("requests: good %d, evil %d; want 1 and 0", goodHits.Load(), evilHits.Load())
	}
	f.WantAllowed("GET " + good.URL + "/start")
	f.WantBlocked("GET " + evil.URL + "/exfil")
}

type body struct {
	read, closed atomic.Int64
}

func (b *body) Read([]byte) (int, error) { b.read.Add(1); return 0, io.EOF }
func (b *body) Close() error             { b.closed.Add(1); return nil }

func TestBlockedBodyIsClosedAndNotRead(t *testing.T) {
	f := wrappertest.New(t, "mode: enforce\ndeny: [{host: evil.example}]")
	b := &body{}
	req, _ := http.NewRequest("POST", "https://evil.example/", b)
	_, err := f.Transport(nil).RoundTrip(req)
	if !errors.Is(err, wrapper.ErrBlocked) {
		t.Fatalf("error = %v, want ErrBlocked", err)
	}
	if b.read.Load() != 0 || b.closed.Load() != 1 {
		t.Errorf("body read %d times, closed %d times; want 0 and 1", b.read.Load(), b.closed.Load())
	}
}

func TestRequestsThatGoRefuses(t *testing.T) {
	f := wrappertest.New(t, "mode: enforce\ndeny: []")
	for _, tt := range []struct {
		name string
		url  *url.URL
	}{
		{"nil URL", nil},
		{"no host", &url.URL{Scheme: "http"}},
		{"port out of range", &url.URL{Scheme: "https", Host: "a.example:65979"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := &body{}
			resp, err := f.Transport(nil).RoundTrip(&http.Request{Method: "POST", URL: tt.url, Header: http.Header{}, Body: b})
			if err == nil || resp != nil {
				t.Errorf("RoundTrip = %v, %v; want an error", resp, err)
			}
			if b.closed.Load() != 1 {
				t.Error("body not closed")
			}
		})
	}
}

func TestBlockedErrorNamesCallRulePolicyAndRemedy(t *testing.T) {
	f := wrappertest.New(t, "name: orders\nmode: enforce\nallow: [{host: api.example.com}]\ndeny: [{host: evil.example, id: drop-site, reason: known drop site}]")
	for _, tt := range []struct{ name, url, want string }{
		{"allow-list miss", "https://user:pw@other.example/v1/x?token=s3cret#frag",
			`blocked GET https://other.example/v1/x: no allow rule matched; called by github.com/lambdafence/lambdafence (policy orders, version VERSION); this would allow it: allow: [{host: "other.example", methods: [GET], paths: ["/v1/x"]}]`},
		{"deny rule", "https://evil.example/",
			`blocked GET https://evil.example/: drop-site: known drop site; called by github.com/lambdafence/lambdafence (policy orders, version VERSION)`},
		{"local door", "http://127.0.0.1:6379/",
			`blocked GET http://127.0.0.1:6379/: local: loopback address; called by github.com/lambdafence/lambdafence (policy orders, version VERSION); this would allow it: local: ["127.0.0.1:6379"]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := get(t, f.Client(), tt.url)
			var blocked *wrapper.BlockedError
			if !errors.As(err, &blocked) {
				t.Fatalf("error = %v, want a BlockedError", err)
			}
			got := strings.ReplaceAll(blocked.Error(), blocked.Policy.Version, "VERSION")
			if want := "lambdafence: " + tt.want; got != want {
				t.Errorf("error:\n got %s\nwant %s", got, want)
			}
			if blocked.RetryableError() {
				t.Error("a blocked call must not look worth retrying")
			}
		})
	}
}

func TestReportLetsThroughAndChangesNothing(t *testing.T) {
	var got *http.Request
	srv, _ := server(t, func(w http.ResponseWriter, r *http.Request) {
		got = r.Clone(context.Background())
		b, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Echo", string(b))
	})
	f := wrappertest.New(t, "mode: report\nallow: []")
	req, _ := http.NewRequest("PUT", srv.URL+"/a%20b?q=1", strings.NewReader("hello"))
	req.Header.Set("X-Own", "kept")
	resp, err := f.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.Header.Get("X-Echo") != "hello" || got.Header.Get("X-Own") != "kept" || got.RequestURI != "/a%20b?q=1" {
		t.Errorf("request changed on its way: %v", got)
	}
	if resp.Request != req {
		t.Error("resp.Request is not the request that was made")
	}
	f.WantReported("PUT " + srv.URL + "/a%20b")
}

func TestKillSwitch(t *testing.T) {
	srv, hits := server(t, nil)
	broken := source.Static("broken", []byte("mode: [oops"))
	f := wrapper.Must(wrapper.New(t.Context(), wrapper.WithPolicy(broken), wrapper.WithMode(policy.Off), discard()))
	if _, err := get(t, f.Client(), srv.URL); err != nil || hits.Load() != 1 {
		t.Errorf("get = %v after %d hits; off must let everything through", err, hits.Load())
	}
	conn, err := f.DialContext(t.Context(), "tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	if err := f.Check(t.Context(), policy.Call{Host: "evil.example", Port: 443}); err != nil {
		t.Error(err)
	}
}

// TestOneCallOneEvent stacks guards in every way that is likely.
func TestOneCallOneEvent(t *testing.T) {
	srv, hits := server(t, nil)
	type stack func(f *wrappertest.Fence) http.RoundTripper
	foreign := func(rt http.RoundTripper) http.RoundTripper { return roundTripper(rt.RoundTrip) }
	stacks := map[string]stack{
		"alone":                   func(f *wrappertest.Fence) http.RoundTripper { return f.Transport(nil) },
		"twice":                   func(f *wrappertest.Fence) http.RoundTripper { return f.Transport(f.Transport(nil)) },
		"over another middleware": func(f *wrappertest.Fence) http.RoundTripper { return f.Transport(foreign(f.Transport(nil))) },
		"over our dialer": func(f *wrappertest.Fence) http.RoundTripper {
			return f.Transport(&http.Transport{DialContext: f.DialContext})
		},
		"our dialer alone":       func(f *wrappertest.Fence) http.RoundTripper { return &http.Transport{DialContext: f.DialContext} },
		"over a plain transport": func(f *wrappertest.Fence) http.RoundTripper { return f.Transport(&http.Transport{}) },
		"over a dialer of the user": func(f *wrappertest.Fence) http.RoundTripper {
			return f.Transport(&http.Transport{DialContext: new(net.Dialer).DialContext})
		},
	}
	policies := map[string]struct {
		doc     string
		outcome wrapper.Outcome
		hits    int64
	}{
		"allowed":  {"mode: enforce\n" + opens(srv) + "deny: []", wrapper.Allowed, 1},
		"reported": {"mode: report\nallow: []", wrapper.Reported, 1},
		"blocked":  {"mode: enforce\nallow: []", wrapper.Blocked, 0},
		"learned":  {"mode: learn", wrapper.Allowed, 1},
	}
	for name, p := range policies {
		for how, stack := range stacks {
			t.Run(name+" "+how, func(t *testing.T) {
				f := wrappertest.New(t, p.doc)
				rt := stack(f)
				before := hits.Load()
				for range 2 { // the second request reuses the connection
					f.Reset()
					_, err := get(t, &http.Client{Transport: rt}, srv.URL+"/x")
					if blocked := errors.Is(err, wrapper.ErrBlocked); blocked != (p.outcome == wrapper.Blocked) {
						t.Fatalf("error = %v", err)
					}
					events := f.Events()
					if how == "our dialer alone" && len(events) == 0 && before+1 == hits.Load() {
						continue // a connection that is reused is not a call
					}
					if len(events) != 1 || events[0].Outcome != p.outcome || events[0].Count != 1 {
						t.Fatalf("events = %+v, want one, %s", events, p.outcome)
					}
					before = hits.Load()
				}
				if p.hits == 0 && hits.Load() != before {
					t.Error("a blocked request arrived")
				}
				rt.(interface{ CloseIdleConnections() }).CloseIdleConnections()
			})
		}
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
func (f roundTripper) CloseIdleConnections()                             {}

// A middleware beneath the guard that turns the request into another one must
// not ride on its verdict.
func TestVerdictHoldsForTheVerySameRequestOnly(t *testing.T) {
	f := wrappertest.New(t, "mode: enforce\nallow: [{host: good.example, methods: [GET], paths: [/a]}]")
	for _, tt := range []struct {
		name   string
		change func(*http.Request)
	}{
		{"host", func(r *http.Request) { r.URL.Host = "evil.example" }},
		{"port", func(r *http.Request) { r.URL.Host = "good.example:8443" }},
		{"scheme", func(r *http.Request) { r.URL.Scheme = "http" }},
		{"method", func(r *http.Request) { r.Method = "DELETE" }},
		{"path", func(r *http.Request) { r.URL.Path = "/b" }},
		{"opaque", func(r *http.Request) { r.URL.Opaque = "/b" }},
		{"host header", func(r *http.Request) { r.Host = "evil.example" }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bottom := roundTripper(func(*http.Request) (*http.Response, error) {
				t.Error("the changed request was sent")
				return nil, io.EOF
			})
			inner := f.Transport(bottom)
			outer := f.Transport(roundTripper(func(r *http.Request) (*http.Response, error) {
				r = r.Clone(r.Context())
				tt.change(r)
				return inner.RoundTrip(r)
			}))
			if _, err := get(t, &http.Client{Transport: outer}, "https://good.example/a"); !errors.Is(err, wrapper.ErrBlocked) {
				t.Errorf("error = %v, want ErrBlocked", err)
			}
		})
	}
}

func TestGuardingWhatIsGuardedReturnsIt(t *testing.T) {
	f, other := wrappertest.New(t, "deny: []"), wrappertest.New(t, "deny: []")
	g := f.Transport(nil)
	if f.Transport(g) != g {
		t.Error("the same fence guarded its own guard")
	}
	if other.Transport(g) == g {
		t.Error("another fence took the guard for its own")
	}
}

// proxy is a CONNECT proxy that leads every tunnel to one server.
func proxy(t *testing.T, to string) (*httptest.Server, *atomic.Int64) {
	return server(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			http.Error(w, "CONNECT only", http.StatusMethodNotAllowed)
			return
		}
		upstream, err := net.Dial("tcp", to)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		conn, _, _ := w.(http.Hijacker).Hijack()
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { defer conn.Close(); _, _ = io.Copy(conn, upstream) }()
		go func() { defer upstream.Close(); _, _ = io.Copy(upstream, conn) }()
	})
}

func TestProxyIsACallOfItsOwn(t *testing.T) {
	target := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Host) }))
	defer target.Close()
	through, tunnels := proxy(t, target.Listener.Addr().String())
	proxyURL, _ := url.Parse(through.URL)
	rule := "allow: [{host: example.com}]\n" // the name in httptest's certificate
	for _, base := range []struct {
		name string
		dial func(context.Context, string, string) (net.Conn, error)
	}{{"our dialer", nil}, {"a dialer of the user", new(net.Dialer).DialContext}} {
		for _, tt := range []struct {
			name, doc string
			blocked   string
		}{
			{"allowed", "mode: enforce\n" + opens(through) + rule, ""},
			{"proxy denied", "mode: enforce\n" + rule, "tcp " + through.Listener.Addr().String()},
			{"target denied", "mode: enforce\n" + opens(through) + "allow: []", "GET https://example.com/"},
		} {
			t.Run(base.name+": "+tt.name, func(t *testing.T) {
				f := wrappertest.New(t, tt.doc)
				before := tunnels.Load()
				tr := &http.Transport{
					Proxy:           http.ProxyURL(proxyURL),
					TLSClientConfig: target.Client().Transport.(*http.Transport).TLSClientConfig,
					DialContext:     base.dial,
				}
				_, err := get(t, &http.Client{Transport: f.Transport(tr)}, "https://example.com/")
				if tt.blocked == "" {
					if err != nil || tunnels.Load() != before+1 {
						t.Errorf("error = %v, %d tunnels", err, tunnels.Load()-before)
					}
					f.WantBlocked()
					return
				}
				if !errors.Is(err, wrapper.ErrBlocked) || tunnels.Load() != before {
					t.Errorf("error = %v, %d tunnels; want ErrBlocked and none", err, tunnels.Load()-before)
				}
				f.WantBlocked(tt.blocked)
			})
		}
	}
}

func TestHTTP2StaysBehindTheGuard(t *testing.T) {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Proto) }))
	srv.EnableHTTP2 = true
	srv.StartTLS()
	defer srv.Close()
	roots := srv.Client().Transport.(*http.Transport).TLSClientConfig
	f := wrappertest.New(t, "mode: enforce\n"+opens(srv)+"deny: []")
	for _, tt := range []struct {
		name string
		base *http.Transport
		want string
	}{
		{"asked for", &http.Transport{TLSClientConfig: roots.Clone(), ForceAttemptHTTP2: true}, "HTTP/2.0"},
		{"not asked for", &http.Transport{TLSClientConfig: roots.Clone()}, "HTTP/1.1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.base.TLSClientConfig.NextProtos = nil
			for _, rt := range []http.RoundTripper{tt.base.Clone(), f.Transport(tt.base)} {
				if got, err := get(t, &http.Client{Transport: rt}, srv.URL); err != nil || got != tt.want {
					t.Errorf("%T speaks %q (%v), want %q", rt, got, err, tt.want)
				}
			}
		})
	}
}

// changing is a source whose document a test exchanges.
type changing struct {
	mu      sync.Mutex
	doc     string
	version int
	err     error
	wait    chan struct{} // Load hangs on it, and does not watch its context
	loads   atomic.Int64
}

func (c *changing) set(doc string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.doc, c.err = doc, nil
	c.version++
}

func (c *changing) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = err
}

func (c *changing) hang(on chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wait = on
}

func (c *changing) Load(context.Context) (source.Document, error) {
	c.loads.Add(1)
	c.mu.Lock()
	doc := source.Document{Name: "changing", Version: fmt.Sprint("v", c.version), Data: []byte(c.doc)}
	err, wait := c.err, c.wait
	c.mu.Unlock()
	if wait != nil {
		<-wait
	}
	return doc, err
}

func TestPolicyChangeClosesIdleConnections(t *testing.T) {
	srv, _ := server(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.RemoteAddr) })
	src := &changing{}
	src.set("mode: enforce\n" + opens(srv) + "deny: []")
	f := wrapper.Must(wrapper.New(t.Context(), wrapper.WithPolicy(src), discard()))
	c := f.Client()
	first, _ := get(t, c, srv.URL)
	if again, _ := get(t, c, srv.URL); again != first {
		t.Fatal("the connection was not reused to begin with")
	}
	src.set("mode: enforce\n" + opens(srv) + "deny: [{host: evil.example}]")
	if err := f.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after, _ := get(t, c, srv.URL); after == first || after == "" {
		t.Error("an idle connection from under the old policy was used")
	}
	src.set("mode: enforce\nallow: []")
	if err := f.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := get(t, c, srv.URL); !errors.Is(err, wrapper.ErrBlocked) {
		t.Errorf("error = %v, want ErrBlocked on a kept connection", err)
	}
}

func TestAllowedCallDoesNotAllocate(t *testing.T) {
	f := wrapper.Must(wrapper.New(t.Context(), discard(), wrapper.WithPolicy(source.Static("p", []byte("mode: enforce\nallow: [{host: api.example.com, methods: [GET], paths: [/v1/**]}, {host: '*.b.example'}, {cidr: 10.0.0.0/8}]")))))
	for _, u := range []string{"https://api.example.com/v1/charges/1", "https://x.b.example/", "https://10.2.3.4/"} {
		req, _ := http.NewRequest("GET", u, nil)
		rt := wrapper.OwnedTransport(f, func(*http.Request) (*http.Response, error) { return nil, nil })
		if n := testing.AllocsPerRun(100, func() { _, _ = rt.RoundTrip(req) }); n != 0 {
			t.Errorf("GET %s: %v allocations, want 0", u, n)
		}
	}
}
