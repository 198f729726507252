package wrapper_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/lambdafence/lambdafence/wrapper"
)

// rtServer is a server that speaks HTTP/2, and takes upgrades over HTTP/1.
func rtServer(t *testing.T) *httptest.Server {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") == "" {
			_, _ = io.WriteString(w, r.Proto)
			return
		}
		conn, rw, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		_, _ = rw.WriteString("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
		_ = rw.Flush()
		_, _ = io.Copy(conn, rw)
	}))
	s.EnableHTTP2 = true
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func rtPlainServer(t *testing.T) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Proto) }))
	t.Cleanup(s.Close)
	return s
}

func rtAddr(s *httptest.Server) string { return s.Listener.Addr().String() }

func rtPort(s *httptest.Server) string {
	_, port, _ := net.SplitHostPort(rtAddr(s))
	return port
}

// rtOpens is a policy that opens servers; of the first it denies a path. What is
// judged as a connection has no path, and may go to the others only.
func rtOpens(servers ...*httptest.Server) string {
	var doors []string
	for _, s := range servers {
		doors = append(doors, strconv.Quote(rtAddr(s)))
	}
	return fmt.Sprintf(`{version: 1, name: p, mode: enforce, local: [%s], allow: [], deny: [{host: 127.0.0.1, ports: [%s], paths: [/denied/**]}]}`,
		strings.Join(doors, ", "), rtPort(servers[0]))
}

// rtTrusting is like the untouched http.DefaultTransport, and trusts a server.
func rtTrusting(s *httptest.Server) *http.Transport {
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: pool}}
}

// rtDefault puts rt in the place of http.DefaultTransport until the test ends.
func rtDefault(t *testing.T, rt http.RoundTripper) {
	before := http.DefaultTransport
	http.DefaultTransport = rt
	t.Cleanup(func() { http.DefaultTransport = before })
}

// rtSink keeps events.
type rtSink struct {
	mu     sync.Mutex
	events []string
}

func (s *rtSink) option() wrapper.Option {
	return wrapper.WithSink(func(_ context.Context, ev wrapper.Event) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.events = append(s.events, ev.Outcome.String()+" "+ev.Call.String())
	})
}

// take returns the events since it was last called.
func (s *rtSink) take() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	events := s.events
	s.events = nil
	return events
}

// rtDefaultFence makes a fence that keeps all events and guards the default
// transport until the test ends.
func rtDefaultFence(t *testing.T, doc string) (*wrapper.Fence, *rtSink, func()) {
	t.Helper()
	sink := new(rtSink)
	f := rtFence(t, doc, sink.option(), wrapper.WithEvents(wrapper.All))
	restore := f.GuardDefault()
	t.Cleanup(restore)
	return f, sink, restore
}

// rtFetch gets a URL and returns what the server says, or an error.
func rtFetch(rt http.RoundTripper, url string) (string, error) {
	res, err := (&http.Client{Transport: rt}).Get(url)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return string(body), err
}

// rtWant fails the test unless a request is answered as wanted; "blocked" is the
// fence's error.
func rtWant(t *testing.T, rt http.RoundTripper, url, want string) {
	t.Helper()
	got, err := rtFetch(rt, url)
	if errors.Is(err, wrapper.ErrBlocked) {
		got, err = "blocked", nil
	}
	if err != nil || got != want {
		t.Errorf("%s: %q, %v, want %q", url, got, err, want)
	}
}

func rtWantEvents(t *testing.T, s *rtSink, want ...string) {
	t.Helper()
	if got := s.take(); !slices.Equal(got, want) {
		t.Errorf("events %q, want %q", got, want)
	}
}

// In a process of its own: every client that uses http.DefaultTransport is
// judged, whoever took it before main and even if it was used before; HTTP/2
// stays; nothing is printed.
func TestDefaultInABootstrap(t *testing.T) {
	srv, free, closed := rtServer(t), rtServer(t), rtServer(t)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})
	if err := os.WriteFile(ca, block, 0o600); err != nil {
		t.Fatal(err)
	}
	requests := []string{"http.Get", "DefaultClient", "client", "Fence.Client", "Transport of nil"}
	captured := []string{"captured", "captured before main"}
	clones := []string{"clone", "clone without a proxy", "clone of captured", "clone of captured, bare", "clone of a clone"}
	upgrades := []string{"upgrade", "upgrade, captured"}

	for _, used := range []bool{false, true} {
		t.Run(fmt.Sprintf("used before %v", used), func(t *testing.T) {
			env := []string{"SSL_CERT_FILE=" + ca}
			if used {
				env = append(env, "BOOTSTRAP_INIT_GET="+srv.URL)
			}
			s := rtStart(t, rtConfig{Case: "do", Fence: "fence.Start", Policy: rtOpens(srv, free), Env: env})
			want := func(way, url, want string) {
				t.Helper()
				var got struct {
					Status  int
					Proto   string
					Error   string
					Blocked bool
				}
				s.do(fmt.Sprintf(`{"do":"get","way":%q,"url":%q}`, way, url), &got)
				is := got.Proto
				if got.Blocked {
					is = "blocked"
				}
				if is != want {
					t.Errorf("%s to %s: %+v, want %s", way, url, got, want)
				}
			}
			for _, way := range slices.Concat(requests, captured, clones) {
				want(way, free.URL, "HTTP/2.0")
				want(way, closed.URL, "blocked")
				want(way, srv.URL+"/denied", "blocked")
			}
			for _, way := range requests {
				want(way, srv.URL, "HTTP/2.0")
			}
			for _, way := range captured { // judged in full, or by its connections
				want(way, srv.URL, map[bool]string{false: "HTTP/2.0", true: "blocked"}[used])
			}
			for _, way := range upgrades {
				want(way, srv.URL, "HTTP/1.1")
				want(way, closed.URL, "blocked")
				want(way, srv.URL+"/denied", "blocked")
			}
			s.close()
			for line := range strings.Lines(s.out.String()) {
				if !json.Valid([]byte(line)) && !strings.HasPrefix(line, "init 200 OK HTTP/2.0") {
					t.Errorf("printed %q", line)
				}
			}
		})
	}
}

func TestDefaultIsGuardedInPlace(t *testing.T) {
	srv, free := rtServer(t), rtServer(t)
	stands := rtTrusting(srv)
	dial, proxy := stands.DialContext, stands.Proxy
	rtDefault(t, stands)
	var printed strings.Builder
	log.SetOutput(&printed)
	defer log.SetOutput(os.Stderr)

	f, sink, restore := rtDefaultFence(t, rtOpens(srv, free))
	if http.DefaultTransport != http.RoundTripper(stands) {
		t.Fatal("another transport stands there")
	}
	if f.Transport(nil) != http.DefaultTransport || f.Transport(stands) != http.RoundTripper(stands) {
		t.Error("what is guarded was guarded again")
	}
	for _, rt := range []http.RoundTripper{nil, stands, f.Transport(nil)} {
		rtWant(t, rt, srv.URL, "HTTP/2.0")
		rtWant(t, rt, srv.URL+"/denied", "blocked")
		rtWantEvents(t, sink, "allowed GET "+srv.URL+"/", "blocked GET "+srv.URL+"/denied")
	}
	clone := stands.Clone()
	rtWant(t, clone, free.URL, "HTTP/2.0")
	rtWant(t, clone, srv.URL, "blocked")
	rtWantEvents(t, sink, "allowed tcp "+rtAddr(free), "blocked tcp "+rtAddr(srv))
	rtWant(t, f.Transport(clone), srv.URL+"/denied", "blocked")
	rtWantEvents(t, sink, "blocked GET "+srv.URL+"/denied")
	clone.CloseIdleConnections()
	rtWant(t, f.Transport(clone), srv.URL, "HTTP/2.0")
	rtWantEvents(t, sink, "allowed GET "+srv.URL+"/")

	restore()
	if http.DefaultTransport != http.RoundTripper(stands) || stands.DialContext == nil != (dial == nil) || stands.Proxy == nil != (proxy == nil) {
		t.Error("not as it was")
	}
	for _, rt := range []http.RoundTripper{nil, stands, stands.Clone(), clone} {
		rtWant(t, rt, srv.URL+"/denied", "HTTP/2.0") // and HTTP/2 is there still
	}
	rtWantEvents(t, sink)
	restore() // once more does nothing

	f.GuardDefault()
	rtWant(t, nil, srv.URL+"/denied", "blocked")
	if printed.String() != "" {
		t.Errorf("printed %q", printed.String())
	}
}

// Two guards by one fence are one.
func TestDefaultTwice(t *testing.T) {
	srv := rtServer(t)
	rtDefault(t, rtTrusting(srv))
	f, sink, restore := rtDefaultFence(t, rtOpens(srv))
	again := f.GuardDefault()
	rtWant(t, nil, srv.URL+"/denied", "blocked")
	rtWantEvents(t, sink, "blocked GET "+srv.URL+"/denied")
	again()
	rtWant(t, nil, srv.URL+"/denied", "blocked")
	restore()
	rtWant(t, nil, srv.URL+"/denied", "HTTP/2.0")
}

// Of two fences both must agree, each makes its own event, and each can leave
// before the other.
func TestDefaultOfTwoFences(t *testing.T) {
	srv := rtServer(t)
	strict := fmt.Sprintf(`{version: 1, mode: enforce, local: [%q], allow: [], deny: [{host: 127.0.0.1, paths: [/strict]}]}`, rtAddr(srv))
	closed := `{version: 1, mode: enforce, allow: []}`
	for _, place := range []string{"transport", "round tripper", "client"} {
		for _, order := range [][]int{{0, 1}, {1, 0}} {
			t.Run(fmt.Sprint(place, order), func(t *testing.T) {
				client := rtPlace(t, place, rtTrusting(srv))
				f, first, restoreFirst := rtDefaultFence(t, rtOpens(srv))
				g, second, restoreSecond := rtDefaultFence(t, strict)
				rtWant(t, client(), srv.URL+"/denied", "blocked")
				rtWant(t, client(), srv.URL+"/strict", "blocked")
				rtWant(t, client(), srv.URL, "HTTP/2.0")
				rtWantEvents(t, first, "blocked GET "+srv.URL+"/denied", "allowed GET "+srv.URL+"/")
				rtWantEvents(t, second, "allowed GET "+srv.URL+"/denied", "blocked GET "+srv.URL+"/strict", "allowed GET "+srv.URL+"/")
				f.GuardDefault() // both are there
				g.GuardDefault()
				rtWant(t, client(), srv.URL, "HTTP/2.0")
				rtWantEvents(t, first, "allowed GET "+srv.URL+"/")
				rtWantEvents(t, second, "allowed GET "+srv.URL+"/")

				restores := []func(){restoreFirst, restoreSecond}
				restores[order[0]]()
				rtWant(t, client(), srv.URL+"/denied", []string{"HTTP/2.0", "blocked"}[order[0]])
				rtWant(t, client(), srv.URL+"/strict", []string{"blocked", "HTTP/2.0"}[order[0]])
				restores[order[1]]()
				rtWant(t, client(), srv.URL+"/denied", "HTTP/2.0")
				rtWant(t, client(), srv.URL+"/strict", "HTTP/2.0")
			})
		}
	}
	t.Run("around each other", func(t *testing.T) {
		rtDefault(t, rtTrusting(srv))
		http.DefaultClient.Transport = rtRoundTripper(func(r *http.Request) (*http.Response, error) { return http.DefaultTransport.RoundTrip(r) })
		t.Cleanup(func() { http.DefaultClient.Transport = nil })
		_, first, _ := rtDefaultFence(t, rtOpens(srv))
		_, second, _ := rtDefaultFence(t, strict)
		rtWant(t, http.DefaultClient.Transport, srv.URL, "HTTP/2.0")
		rtWantEvents(t, first, "allowed GET "+srv.URL+"/")
		rtWantEvents(t, second, "allowed GET "+srv.URL+"/")
	})
	t.Run("through the transport", func(t *testing.T) {
		stands := rtTrusting(srv)
		stands.RegisterProtocol("http", stands) // whatever: it stays in use
		rtDefault(t, stands)
		_, first, _ := rtDefaultFence(t, rtOpens(srv))
		_, second, _ := rtDefaultFence(t, strict)
		rtWant(t, nil, srv.URL, "HTTP/2.0")
		rtWant(t, nil, srv.URL+"/strict", "blocked")
		rtWantEvents(t, first, "allowed GET "+srv.URL+"/")
		rtWantEvents(t, second, "allowed GET "+srv.URL+"/", "blocked GET "+srv.URL+"/strict")
	})
	t.Run("clones", func(t *testing.T) {
		stands := rtTrusting(srv)
		rtDefault(t, stands)
		_, first, _ := rtDefaultFence(t, rtOpens(rtServer(t), srv))
		rtWant(t, stands.Clone(), srv.URL, "HTTP/2.0")
		_, second, restore := rtDefaultFence(t, closed)
		rtWant(t, stands.Clone(), srv.URL, "blocked")
		rtWantEvents(t, second, "blocked tcp "+rtAddr(srv))
		restore()
		rtWant(t, stands.Clone(), srv.URL, "HTTP/2.0")
		rtWantEvents(t, first, "allowed tcp "+rtAddr(srv), "allowed tcp "+rtAddr(srv))
	})
}

// rtPlace puts a transport where a default is guarded, and returns what is
// there when asked.
func rtPlace(t *testing.T, place string, rt *http.Transport) func() http.RoundTripper {
	switch place {
	case "round tripper":
		rtDefault(t, rtRoundTripper(rt.RoundTrip))
	case "client":
		rtDefault(t, new(http.Transport))
		http.DefaultClient.Transport = rtRoundTripper(rt.RoundTrip)
		t.Cleanup(func() { http.DefaultClient.Transport = nil })
		return func() http.RoundTripper { return http.DefaultClient.Transport }
	default:
		rtDefault(t, rt)
	}
	return func() http.RoundTripper { return http.DefaultTransport }
}

// rtRoundTripper cannot be compared, as many cannot.
type rtRoundTripper func(*http.Request) (*http.Response, error)

func (f rtRoundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestDefaultUsedBefore(t *testing.T) {
	srv, plain := rtServer(t), rtPlainServer(t)
	stands := rtTrusting(srv)
	stands.RegisterProtocol("file", http.NewFileTransport(http.Dir("testdata")))
	rtDefault(t, stands)
	rtWant(t, nil, srv.URL, "HTTP/2.0")

	free := rtServer(t)
	doc := fmt.Sprintf(`{version: 1, mode: enforce, local: [%q, %q, %q], allow: [], deny: [{host: 127.0.0.1, ports: [%s, %s], paths: [/denied]}]}`,
		rtAddr(srv), rtAddr(plain), rtAddr(free), rtPort(srv), rtPort(plain))
	f, sink, restore := rtDefaultFence(t, doc)
	if _, ok := http.DefaultTransport.(*http.Transport); !ok {
		t.Fatalf("a %T stands there", http.DefaultTransport)
	}
	rtWant(t, nil, srv.URL, "HTTP/2.0")
	rtWant(t, nil, srv.URL+"/denied", "blocked")
	rtWant(t, f.Transport(nil), srv.URL+"/denied", "blocked")
	rtWant(t, nil, plain.URL, "HTTP/1.1")
	rtWant(t, nil, plain.URL+"/denied", "blocked")
	rtWantEvents(t, sink, "allowed GET "+srv.URL+"/", "blocked GET "+srv.URL+"/denied", "blocked GET "+srv.URL+"/denied",
		"allowed GET "+plain.URL+"/", "blocked GET "+plain.URL+"/denied")

	// Who captured it is judged at each connection over TLS, and in full without.
	stands.CloseIdleConnections()
	rtWant(t, stands, srv.URL, "blocked")
	rtWant(t, stands, free.URL, "HTTP/2.0")
	rtWant(t, stands, plain.URL+"/denied", "blocked")
	rtWant(t, stands, plain.URL, "HTTP/1.1")
	rtWantEvents(t, sink, "blocked tcp "+rtAddr(srv), "allowed tcp "+rtAddr(free), "blocked GET "+plain.URL+"/denied", "allowed GET "+plain.URL+"/")

	if _, err := rtFetch(nil, "file:///log.golden"); err != nil {
		t.Errorf("a registered protocol is gone: %v", err)
	}
	restore()
	if http.DefaultTransport != http.RoundTripper(stands) {
		t.Error("not as it was")
	}
	rtWant(t, nil, srv.URL+"/denied", "HTTP/2.0")
	rtWant(t, nil, plain.URL+"/denied", "HTTP/1.1")
	rtWantEvents(t, sink)
}

// Somebody registered a protocol before: what they meant to happen happens, if
// the fence lets it.
func TestDefaultWithRegisteredProtocol(t *testing.T) {
	log.SetOutput(io.Discard) // net/http itself tells of https, fence or not
	defer log.SetOutput(os.Stderr)
	srv, free, plain := rtServer(t), rtServer(t), rtPlainServer(t)
	for _, scheme := range []string{"http", "https", "file"} {
		t.Run(scheme, func(t *testing.T) {
			stands := rtTrusting(srv)
			stands.RegisterProtocol(scheme, rtRoundTripper(func(r *http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader("theirs")), Request: r}, nil
			}))
			rtDefault(t, stands)
			_, sink, restore := rtDefaultFence(t, fmt.Sprintf(
				`{version: 1, mode: enforce, local: [%q, %q, %q], allow: [{host: a.example, schemes: [http, https]}], deny: [{host: 127.0.0.1, ports: [%s, %s], paths: [/denied]}]}`,
				rtAddr(srv), rtAddr(free), rtAddr(plain), rtPort(srv), rtPort(plain)))
			rtWant(t, nil, scheme+"://a.example/", "theirs")
			if scheme != "file" { // which is no call
				rtWant(t, nil, scheme+"://b.example/", "blocked")
				rtWantEvents(t, sink, "allowed GET "+scheme+"://a.example/", "blocked GET "+scheme+"://b.example/")
			}
			if scheme != "http" {
				rtWant(t, nil, plain.URL, "HTTP/1.1")
				rtWant(t, nil, plain.URL+"/denied", "blocked")
				rtWantEvents(t, sink, "allowed GET "+plain.URL+"/", "blocked GET "+plain.URL+"/denied")
			}
			if scheme != "https" {
				rtWant(t, nil, srv.URL+"/denied", "blocked")
				rtWant(t, nil, srv.URL, "HTTP/2.0")
				rtWantEvents(t, sink, "blocked GET "+srv.URL+"/denied", "allowed GET "+srv.URL+"/")
				stands.CloseIdleConnections()
				rtWant(t, stands, free.URL, "HTTP/2.0")
				if got := sink.take(); len(got) != 1 {
					t.Errorf("events %q of the captured transport", got)
				}
			}
			restore()
			rtWant(t, nil, scheme+"://b.example/", "theirs")
			rtWantEvents(t, sink)
		})
	}
}

// A dialer of the default transport's own dials for its clones too, and is
// asked for nothing that is denied.
func TestDefaultWithDialer(t *testing.T) {
	srv := rtServer(t)
	var dialled []string
	dial := func(_ context.Context, network, address string) (net.Conn, error) {
		dialled = append(dialled, address)
		return net.Dial(network, rtAddr(srv))
	}
	for _, old := range []bool{false, true} {
		t.Run(fmt.Sprintf("deprecated %v", old), func(t *testing.T) {
			stands := rtTrusting(srv)
			if stands.DialContext = dial; old {
				stands.DialContext, stands.Dial = nil, func(network, address string) (net.Conn, error) { return dial(nil, network, address) } //nolint:staticcheck // that is the case
			}
			rtDefault(t, stands)
			_, sink, restore := rtDefaultFence(t, `{version: 1, mode: enforce, allow: [{host: example.com}]}`)
			for _, rt := range []http.RoundTripper{nil, stands.Clone()} {
				dialled = nil
				rtWant(t, rt, "https://example.com/", "HTTP/2.0")
				rtWant(t, rt, "https://denied.example/", "blocked")
				if !slices.Equal(dialled, []string{"example.com:443"}) {
					t.Errorf("dialled %q", dialled)
				}
			}
			rtWantEvents(t, sink, "allowed GET https://example.com/", "blocked GET https://denied.example/", "allowed tcp example.com:443", "blocked tcp denied.example:443")
			restore()
			rtWant(t, stands.Clone(), "https://example.com/", "HTTP/2.0")
		})
	}
}

// The settings of a guarded transport may be changed until it is used.
func TestDefaultIsChangedLater(t *testing.T) {
	srv := rtServer(t)
	stands := &http.Transport{}
	rtDefault(t, stands)
	_, sink, restore := rtDefaultFence(t, rtOpens(rtServer(t), srv))
	http.DefaultTransport.(*http.Transport).TLSClientConfig = rtTrusting(srv).TLSClientConfig
	http.DefaultTransport.(*http.Transport).DisableCompression = true
	rtWant(t, nil, srv.URL, "HTTP/2.0")
	rtWant(t, stands.Clone(), srv.URL, "HTTP/2.0")
	rtWantEvents(t, sink, "allowed GET "+srv.URL+"/", "allowed tcp "+rtAddr(srv))
	restore()
	if stands.ForceAttemptHTTP2 || !stands.DisableCompression {
		t.Error("not as it was")
	}
}

// An upgrade goes by no registered protocol, and is judged as the request that
// it is: in full, once, by its path.
func TestDefaultJudgesUpgrades(t *testing.T) {
	srv := rtServer(t)
	stands := rtTrusting(srv)
	rtDefault(t, stands)
	f, sink, _ := rtDefaultFence(t, fmt.Sprintf(`{version: 1, mode: enforce, local: [], allow: [{host: 127.0.0.1, ports: [%s], methods: [GET], paths: [/chat]}]}`, rtPort(srv)))
	upgrade := func(rt http.RoundTripper, path string) error {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Connection", "keep-alive, Upgrade")
		req.Header.Set("Upgrade", "WebSocket")
		res, err := rt.RoundTrip(req)
		if err != nil {
			return err
		}
		conn := res.Body.(io.ReadWriteCloser)
		defer conn.Close()
		_, _ = io.WriteString(conn, "hello\n")
		if line, err := bufio.NewReader(conn).ReadString('\n'); line != "hello\n" {
			t.Errorf("%q, %v", line, err)
		}
		return nil
	}
	for range 2 {
		if err := upgrade(http.DefaultTransport, "/chat"); err != nil {
			t.Error(err)
		}
		rtWantEvents(t, sink, "allowed GET "+srv.URL+"/chat")
	}
	if err := upgrade(http.DefaultTransport, "/other"); !errors.Is(err, wrapper.ErrBlocked) {
		t.Errorf("error %v", err)
	}
	rtWantEvents(t, sink, "blocked GET "+srv.URL+"/other")
	// The pass of an upgrade is for one connection, and for nobody's else.
	rtWant(t, stands.Clone(), srv.URL+"/chat", "blocked")
	rtWantEvents(t, sink, "blocked tcp "+rtAddr(srv))
	if err := upgrade(f.Client().Transport, "/chat"); err != nil {
		t.Error(err)
	}
	rtWantEvents(t, sink, "allowed GET "+srv.URL+"/chat")
}

// A connection to a proxy does not tell where a request goes: one of a clone is
// judged by its URL as well.
func TestDefaultBehindProxy(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "by proxy to "+r.URL.Host) }))
	defer proxy.Close()
	stands := &http.Transport{Proxy: func(*http.Request) (*url.URL, error) { return url.Parse(proxy.URL) }}
	rtDefault(t, stands)
	_, sink, restore := rtDefaultFence(t, fmt.Sprintf(`{version: 1, mode: enforce, local: [%q], allow: [{host: a.example, schemes: [http]}]}`, rtAddr(proxy)))
	for _, rt := range []http.RoundTripper{nil, stands.Clone()} {
		rtWant(t, rt, "http://a.example/", "by proxy to a.example")
		rtWant(t, rt, "http://b.example/", "blocked")
		if got, want := sink.take(), []string{"allowed GET http://a.example/", "allowed tcp " + rtAddr(proxy), "blocked GET http://b.example/"}; !slices.Equal(rtSorted(got), rtSorted(want)) {
			t.Errorf("events %q, want %q", got, want)
		}
	}
	clone := stands.Clone()
	restore()
	rtWant(t, clone, "http://b.example/", "by proxy to b.example")
}

func rtSorted(s []string) []string { return slices.Sorted(slices.Values(s)) }

// What is no transport at all is no reason to panic.
func TestDefaultThatIsNone(t *testing.T) {
	client := http.DefaultClient
	defer func() { http.DefaultClient = client }()
	for _, rt := range []http.RoundTripper{nil, (*http.Transport)(nil)} {
		rtDefault(t, rt)
		http.DefaultClient = nil
		f, _, restore := rtDefaultFence(t, rtDenyAll)
		http.DefaultClient = &http.Client{Transport: rt}
		f.GuardDefault()()
		restore()
		if http.DefaultTransport != rt {
			t.Errorf("%#v became %#v", rt, http.DefaultTransport)
		}
	}
}

// A client whose transport wraps the default one makes one event of one call.
func TestDefaultClientAroundDefaultTransport(t *testing.T) {
	srv := rtServer(t)
	stands := rtTrusting(srv)
	rtDefault(t, stands)
	around := rtRoundTripper(func(r *http.Request) (*http.Response, error) { return http.DefaultTransport.RoundTrip(r) })
	t.Cleanup(func() { http.DefaultClient.Transport = nil })
	for _, rt := range []http.RoundTripper{around, stands} {
		http.DefaultClient.Transport = rt
		_, sink, restore := rtDefaultFence(t, rtOpens(srv))
		if err := rtGet(t.Context(), http.DefaultClient, srv.URL); err != nil {
			t.Error(err)
		}
		if err := rtGet(t.Context(), http.DefaultClient, srv.URL+"/denied"); !errors.Is(err, wrapper.ErrBlocked) {
			t.Error(err)
		}
		rtWantEvents(t, sink, "allowed GET "+srv.URL+"/", "blocked GET "+srv.URL+"/denied")
		// Who puts another transport there keeps it.
		kept := http.RoundTripper(rtTrusting(srv))
		http.DefaultClient.Transport = kept
		_, _, restoreNext := rtDefaultFence(t, rtDenyAll)
		guarded := http.DefaultClient.Transport
		restore()
		if http.DefaultClient.Transport != guarded {
			t.Error("restore took away another fence's guard")
		}
		rtWant(t, http.DefaultClient.Transport, srv.URL, "blocked")
		restoreNext()
		if http.DefaultClient.Transport != kept {
			t.Error("restore took away what another put there")
		}
	}
}
