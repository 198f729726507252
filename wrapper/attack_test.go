package wrapper_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/policy/source"
	"github.com/lambdafence/lambdafence/wrapper"
	"github.com/lambdafence/lambdafence/wrapper/wrappertest"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// A request must not ride on a connection from under an older policy, also not
// on one that was in use when the policy changed.
func TestConnectionInUseDoesNotOutliveItsPolicy(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		t.Run(fmt.Sprint("HTTP/2 ", http2), func(t *testing.T) {
			release, slow := make(chan struct{}), make(chan struct{}, 1)
			srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/slow" {
					w.(http.Flusher).Flush()
					slow <- struct{}{}
					<-release
				}
			}))
			srv.EnableHTTP2 = http2
			srv.StartTLS()
			defer srv.Close()
			port := strconv.Itoa(portOf(srv))
			allow := "mode: enforce\nallow: [{host: localhost, ports: [" + port + "]}]\n"
			src := &changing{}
			src.set(allow)
			f := wrapper.Must(wrapper.New(t.Context(), wrapper.WithPolicy(src), discard()))
			client := &http.Client{Transport: f.Transport(&http.Transport{
				TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: http2,
			})}
			resp, err := client.Get("https://localhost:" + port + "/slow")
			if err != nil {
				t.Fatal(err)
			}
			<-slow
			src.set(allow + "deny: [{cidr: 127.0.0.0/8}, {cidr: ::1}]")
			if err := f.Refresh(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, err := get(t, client, "https://localhost:"+port+"/during"); !errors.Is(err, wrapper.ErrBlocked) {
				t.Errorf("while the old connection is in use: %v", err)
			}
			close(release)
			_, _ = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			if _, err := get(t, client, "https://localhost:"+port+"/after"); !errors.Is(err, wrapper.ErrBlocked) {
				t.Errorf("when the old connection is free: %v", err)
			}
		})
	}
}

// The proxy that was judged must be the one that is used.
func TestProxyThatChanges(t *testing.T) {
	good, _ := server(t, nil)
	evil, evilHits := server(t, nil)
	for name, dial := range map[string]func(context.Context, string, string) (net.Conn, error){"our dialer": nil, "a dialer of the user": new(net.Dialer).DialContext} {
		t.Run(name, func(t *testing.T) {
			var n atomic.Int64
			tr := &http.Transport{DialContext: dial, Proxy: func(*http.Request) (*url.URL, error) {
				if n.Add(1)%2 == 1 {
					return url.Parse(good.URL)
				}
				return url.Parse(evil.URL)
			}}
			f := wrappertest.New(t, "mode: enforce\n"+opens(good)+"allow: [{host: api.example, schemes: [http]}]")
			c := &http.Client{Transport: f.Transport(tr)}
			for range 4 {
				_, _ = get(t, c, "http://api.example/")
			}
			if evilHits.Load() != 0 || n.Load() != 4 {
				t.Errorf("%d requests by the evil proxy, %d proxies asked for; want 0 and 4", evilHits.Load(), n.Load())
			}
			f.WantBlocked("tcp " + evil.Listener.Addr().String())
		})
	}
}

func TestManyProxiesAreJudgedNotRefused(t *testing.T) {
	through, hits := server(t, nil)
	var n atomic.Int64
	tr := &http.Transport{DisableKeepAlives: true, Proxy: func(*http.Request) (*url.URL, error) {
		return url.Parse(fmt.Sprintf("http://p%d.test:%d", n.Add(1), portOf(through)))
	}}
	names := map[string][]netip.Addr{}
	for i := range 300 {
		names[fmt.Sprintf("p%d.test.", i)] = addrs("127.0.0.1")
	}
	serveDNS(t, names)
	f := wrapper.Must(wrapper.New(t.Context(), discard(), wrapper.WithPolicy(source.Static("p", []byte("mode: report\nallow: []")))))
	for range 290 {
		if _, err := get(t, &http.Client{Transport: f.Transport(tr)}, "http://api.example/"); err != nil {
			t.Fatalf("after %d proxies: %v", n.Load(), err)
		}
	}
	if hits.Load() != 290 {
		t.Errorf("%d requests arrived", hits.Load())
	}
}

// A verdict ends with its call: who keeps its context has nothing in hand.
func TestVerdictEndsWithItsCall(t *testing.T) {
	src := &changing{}
	src.set("mode: enforce\nallow: [{host: a.test}]")
	var events []wrapper.Event
	f := wrapper.Must(wrapper.New(t.Context(), wrapper.WithPolicy(src), discard(), sinkTo(&events)))
	var kept context.Context
	client := &http.Client{Transport: f.Transport(roundTripper(func(r *http.Request) (*http.Response, error) {
		kept = r.Context()
		return nil, io.EOF
	}))}
	_, _ = get(t, client, "https://a.test/x")
	src.set("mode: enforce\nallow: []")
	if err := f.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	req, _ := http.NewRequestWithContext(kept, "GET", "https://a.test/x", nil)
	if _, err := client.Do(req); !errors.Is(err, wrapper.ErrBlocked) {
		t.Errorf("the same request again: %v", err)
	}
	if _, err := f.DialContext(kept, "tcp", "a.test:443"); !errors.Is(err, wrapper.ErrBlocked) {
		t.Errorf("a connection: %v", err)
	}
}

// A middleware that makes calls of its own with the context of the request it
// was given: each has an event of its own.
func TestCallsWithinACall(t *testing.T) {
	srv, _ := server(t, nil)
	serveDNS(t, map[string][]netip.Addr{"inner.test.": addrs("127.0.0.1")})
	port := strconv.Itoa(portOf(srv))
	f := wrappertest.New(t, "mode: enforce\nallow: [{host: [inner.test, outer.test], schemes: [http], ports: ["+port+"]}]", wrapper.WithEvents(wrapper.Violations))
	inner := &http.Client{Transport: f.Transport(&http.Transport{})}
	outer := &http.Client{Transport: f.Transport(roundTripper(func(r *http.Request) (*http.Response, error) {
		req, _ := http.NewRequestWithContext(r.Context(), "GET", "http://inner.test:"+port+"/inner", nil)
		return inner.Do(req)
	}))}
	_, err := get(t, outer, "http://outer.test:"+port+"/outer")
	if !errors.Is(err, wrapper.ErrBlocked) {
		t.Fatal(err)
	}
	ev := f.Violations()
	if len(ev) != 1 || ev[0].Call.Host != "inner.test" || ev[0].Call.Addr != netip.MustParseAddr("127.0.0.1") {
		t.Errorf("events = %+v, want one of the inner call", ev)
	}
}

func TestClientForEachCallDoesNotPileUp(t *testing.T) {
	srv, _ := server(t, nil)
	f := wrapper.Must(wrapper.New(t.Context(), discard(), wrapper.WithPolicy(source.Static("p", []byte(opens(srv)+"deny: []")))))
	if _, err := get(t, f.Client(), srv.URL); err != nil {
		t.Fatal(err)
	}
	before := runtime.NumGoroutine()
	for range 100 {
		if _, err := get(t, f.Client(), srv.URL); err != nil {
			t.Fatal(err)
		}
	}
	if after := runtime.NumGoroutine(); after > before+20 {
		t.Errorf("%d goroutines, and %d after 100 clients", before, after)
	}
}

// What net/http refuses, another round tripper may know how to send: below
// enforce nothing changes for it.
func TestRequestsOfAnotherKind(t *testing.T) {
	for mode, sent := range map[string]bool{"off": true, "learn": true, "report": true, "enforce": false} {
		arrived := false
		f := wrappertest.New(t, "mode: "+mode+"\ndeny: []")
		rt := f.Transport(roundTripper(func(*http.Request) (*http.Response, error) {
			arrived = true
			return nil, io.EOF
		}))
		_, _ = rt.RoundTrip(&http.Request{URL: &url.URL{Scheme: "file", Path: "/x"}, Header: http.Header{}})
		if arrived != sent {
			t.Errorf("mode %s: sent %v, want %v", mode, arrived, sent)
		}
	}
}

// An exporter that runs as spans end, behind the fence, whose connections lead
// where they may not: the processor holds a lock that a span of ours would wait
// for, on whichever goroutine it is made.
func TestExporterWhoseDialsAreViolations(t *testing.T) {
	srv, hits := server(t, nil)
	serveDNS(t, map[string][]netip.Addr{"collector.test.": addrs("127.0.0.1")})
	port := strconv.Itoa(portOf(srv))
	doc := "mode: report\nallow: [{host: collector.test, schemes: [http], ports: [" + port + "]}]"
	for name, transport := range map[string]func(*wrapper.Fence) http.RoundTripper{
		"Transport":   func(f *wrapper.Fence) http.RoundTripper { return f.Transport(&http.Transport{}) },
		"DialContext": func(f *wrapper.Fence) http.RoundTripper { return &http.Transport{DialContext: f.DialContext} },
	} {
		t.Run(name, func(t *testing.T) {
			provider := sdktrace.NewTracerProvider()
			var book logBook
			f := wrapper.Must(wrapper.New(t.Context(), book.option(), wrapper.WithTracerProvider(provider), wrapper.WithPolicy(source.Static("p", []byte(doc)))))
			client := &http.Client{Transport: transport(f), Timeout: 20 * time.Second}
			provider.RegisterSpanProcessor(sdktrace.NewSimpleSpanProcessor(exporter{client, "http://collector.test:" + port}))
			before, began := hits.Load(), time.Now()
			_, span := provider.Tracer("user").Start(t.Context(), "span")
			span.End()
			if n := hits.Load() - before; n != 1 || time.Since(began) > 15*time.Second {
				t.Errorf("%d exports in %v, want 1 at once", n, time.Since(began))
			}
			if lines := book.lines(t); len(lines) != 1 || lines[0]["outcome"] != "reported" || lines[0]["span_id"] != nil {
				t.Errorf("log = %v, want one line without a span", lines)
			}
		})
	}
}

// An exporter posts for each export, as real ones do.
type exporter struct {
	client *http.Client
	url    string
}

func (e exporter) ExportSpans(context.Context, []sdktrace.ReadOnlySpan) error {
	resp, err := e.client.Post(e.url, "text/plain", strings.NewReader("spans"))
	if err == nil {
		resp.Body.Close()
	}
	return err
}

func (e exporter) Shutdown(context.Context) error { return nil }

func TestAllowedCallsDoNotCrowdOutViolations(t *testing.T) {
	var events []wrapper.Event
	f := wrapper.Must(wrapper.New(t.Context(), discard(), sinkTo(&events), wrapper.WithEvents(wrapper.FirstSeen),
		wrapper.WithPolicy(source.Static("p", []byte("mode: enforce\nallow: [{host: good.test}]")))))
	for i := range 1500 {
		_ = f.Check(t.Context(), policy.Call{Kind: policy.HTTP, Scheme: "https", Host: "good.test", Path: fmt.Sprintf("/%d", i)})
	}
	events = nil
	for i := range 50 {
		_ = f.Check(t.Context(), policy.Call{Host: fmt.Sprintf("evil%d.test", i), Port: 443})
	}
	if len(events) != 50 {
		t.Errorf("%d events of 50 violations", len(events))
	}
}

// TestRecorderUnderIds: a function that puts an id into every path is seen to call a
// new host all the same, and every call is counted.
func TestRecorderUnderIds(t *testing.T) {
	var events []wrapper.Event
	f := wrapper.Must(wrapper.New(t.Context(), discard(), sinkTo(&events), wrapper.WithMode(policy.Learn),
		wrapper.WithPolicy(source.Static("p", []byte("mode: learn")))))
	const many = 20_000
	call := policy.Call{Kind: policy.HTTP, Scheme: "https", Host: "good.test", Port: 443, Method: "GET"}
	for i := range many {
		call.Path = fmt.Sprintf("/items/%d", i)
		_ = f.Check(t.Context(), call)
	}
	if n := len(events); n < 1000 || n > 1010 {
		t.Errorf("%d events of %d calls", n, many)
	}
	first := len(events)
	calls := []policy.Call{call, call, call, {Kind: policy.Net, Host: "db.test", Port: 5432}}
	calls[0].Path, calls[1].Method, calls[2].Host = "/other", "PUT", "new.test"
	calls = append(calls, policy.Call{Kind: policy.AWS, Service: "s3", Operation: "PutObject", Resources: []string{"arn:aws:s3:::b/1"}})
	for _, c := range calls {
		_ = f.Check(t.Context(), c)
	}
	if n := len(events) - first; n != len(calls) {
		t.Errorf("%d of %d calls of another kind are seen", n, len(calls))
	}
	// Shapes without end, too, leave room for what is not seen yet.
	for i := range many {
		call.Path = fmt.Sprintf("/%s", strings.Repeat("x", i%20+1)+string(rune('a'+i%26))+string(rune('a'+i/26%26))+string(rune('a'+i/676%26)))
		_ = f.Check(t.Context(), call)
	}
	first = len(events)
	if first > 2100 {
		t.Errorf("%d events", first)
	}
	_ = f.Check(t.Context(), policy.Call{Kind: policy.Net, Host: "late.test", Port: 443})
	if len(events) != first+1 {
		t.Error("a new host is not seen")
	}
}

func TestCheckOfWhatWasDescribedByHand(t *testing.T) {
	f := wrappertest.New(t, "mode: enforce\ndeny: [{host: '**', networks: [udp]}, {host: evil.test, schemes: [https]}]")
	for _, tt := range []struct {
		call    policy.Call
		blocked bool
	}{
		{policy.Call{Network: "udp4", Host: "a.test", Port: 53}, true},
		{policy.Call{Network: "UDP", Host: "a.test", Port: 53}, true},
		{policy.Call{Network: "unixgram", Path: "/run/x"}, true},
		{policy.Call{Kind: policy.HTTP, Scheme: "HTTPS", Host: "evil.test"}, true},
		{policy.Call{Kind: policy.AWS, Service: "s3", Operation: "GetObject"}, false},
		{policy.Call{Network: "tcp6", Host: "a.test", Port: 53}, false},
	} {
		if err := f.Check(nil, tt.call); errors.Is(err, wrapper.ErrBlocked) != tt.blocked { //nolint:staticcheck // a nil context must not be a panic
			t.Errorf("Check(%+v) = %v, want blocked %v", tt.call, err, tt.blocked)
		}
	}
}

// A rule may be harder than a policy that is off.
func TestHarderRuleInAPolicyThatIsOff(t *testing.T) {
	f := wrappertest.New(t, "mode: off\ndeny: [{host: evil.test, mode: enforce}]")
	if err := f.Check(t.Context(), evilCall); !errors.Is(err, wrapper.ErrBlocked) {
		t.Errorf("error = %v, want ErrBlocked", err)
	}
	if err := f.Check(t.Context(), goodCall); err != nil {
		t.Error(err)
	}
	f = wrappertest.New(t, "mode: off\ndeny: [{host: evil.test, mode: enforce}]", wrapper.WithMode(policy.Off))
	if err := f.Check(t.Context(), evilCall); err != nil {
		t.Errorf("behind the kill switch: %v", err)
	}
}

func TestRefreshEndsWithItsContext(t *testing.T) {
	src := &changing{}
	src.set(goodDoc)
	f := wrapper.Must(wrapper.New(t.Context(), wrapper.WithPolicy(src), discard()))
	release := make(chan struct{})
	defer close(release)
	src.hang(release)
	go f.Refresh(context.Background())
	eventually(t, "a load hangs", func() bool { return src.loads.Load() == 2 })
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	began := time.Now()
	if err := f.Refresh(ctx); err == nil || time.Since(began) > time.Second {
		t.Errorf("Refresh = %v after %v", err, time.Since(began))
	}
}

func TestSourceErrorsDoNotShowQueries(t *testing.T) {
	var book logBook
	src := &changing{err: &url.Error{Op: "Get", URL: "https://policies.test/p?token=s3cret#x", Err: io.EOF}}
	wrapper.Must(wrapper.New(t.Context(), wrapper.WithPolicy(src), book.option()))
	if log := book.String(); strings.Contains(log, "s3cret") || !strings.Contains(log, "policies.test/p") {
		t.Errorf("log: %s", log)
	}
}

type nilSource struct{ name string }

func (n *nilSource) Load(context.Context) (source.Document, error) {
	return source.Document{Name: n.name}, nil
}
func (n *nilSource) String() string { return n.name }

func TestTypedNilSource(t *testing.T) {
	var book logBook
	f := wrapper.Must(wrapper.New(t.Context(), wrapper.WithPolicy((*nilSource)(nil)), book.option()))
	if !blocked(t, f, goodCall) || !strings.Contains(book.String(), "panicked") {
		t.Errorf("log: %s", book.String())
	}
}

func TestFallbackForADocumentThatCannotBeRead(t *testing.T) {
	src := source.First(source.Static("later", []byte("mode: enforce\ndeny: [{aws: s3, moonphase: [full]}]")), source.Static("embedded", []byte(goodDoc)))
	f := wrapper.Must(wrapper.New(t.Context(), wrapper.WithPolicy(src), discard()))
	if blocked(t, f, goodCall) {
		t.Error("the fallback was not used")
	}
}
