package wrapper_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lambdafence/lambdafence/wrapper"
	"github.com/lambdafence/lambdafence/wrapper/wrappertest"
)

// A closer counts how often a body is closed.
type closer struct {
	io.Reader
	closed atomic.Int64
}

func (c *closer) Close() error { c.closed.Add(1); return nil }

// TestContract holds that a request behind the fence is sent as without it, over
// either version of HTTP: what http.RoundTripper asks for, and what users rely on.
func TestContract(t *testing.T) {
	for _, proto := range []string{"HTTP/1.1", "HTTP/2.0"} {
		t.Run(proto, func(t *testing.T) {
			srv := httptest.NewUnstartedServer(http.HandlerFunc(contractServer))
			srv.EnableHTTP2 = proto == "HTTP/2.0"
			srv.StartTLS()
			defer srv.Close()
			base := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: srv.EnableHTTP2}
			f := wrappertest.New(t, "mode: enforce\n"+opens(srv)+"allow: []")
			rt := f.Transport(base)
			for name, check := range contract {
				t.Run(name, func(t *testing.T) { check(t, rt, srv.URL, proto) })
			}
		})
	}
}

func contractServer(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/trailers":
		w.Header().Set("Trailer", "X-Answer")
		n, _ := io.Copy(io.Discard, r.Body)
		fmt.Fprint(w, n, " ", r.Trailer.Get("X-Asked"))
		w.Header().Set("X-Answer", "at the end")
	case "/again":
		http.Redirect(w, r, "/echo", http.StatusTemporaryRedirect)
	case "/hints":
		w.Header().Set("Link", "</style.css>; rel=preload")
		w.WriteHeader(http.StatusEarlyHints)
	case "/wait":
		<-r.Context().Done()
	default:
		b, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s %s %s %s", r.Proto, r.Method, r.RequestURI, r.RemoteAddr, b)
	}
}

var contract = map[string]func(t *testing.T, rt http.RoundTripper, url, proto string){
	"the request is not changed": func(t *testing.T, rt http.RoundTripper, url, proto string) {
		req, _ := http.NewRequestWithContext(t.Context(), "PUT", url+"/a%2Fb?q=1#f", strings.NewReader("x"))
		req.Header["x-odd"] = []string{"kept"}
		before, header := *req, req.Header.Clone()
		resp, err := rt.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if !reflect.DeepEqual(header, req.Header) || before.URL != req.URL || before.Context() != req.Context() || before.Host != req.Host {
			t.Errorf("before %+v, after %+v", before, req)
		}
		if b, _ := io.ReadAll(resp.Body); !strings.HasPrefix(string(b), proto+" PUT /a%2Fb?q=1 ") {
			t.Errorf("arrived: %s", b)
		}
		req, _ = http.NewRequest("GET", url, nil) // with a body net/http itself may answer for a copy
		resp, err = rt.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.Request != req {
			t.Error("the response is to another request")
		}
	},
	"GetBody sends a body again": func(t *testing.T, rt http.RoundTripper, url, _ string) {
		first := &closer{Reader: strings.NewReader("twice")}
		req, _ := http.NewRequest("POST", url+"/again", first)
		asked := 0
		req.ContentLength = 5
		req.GetBody = func() (io.ReadCloser, error) {
			asked++
			return io.NopCloser(strings.NewReader("twice")), nil
		}
		resp, err := (&http.Client{Transport: rt}).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if b, _ := io.ReadAll(resp.Body); !strings.HasSuffix(string(b), " twice") || asked != 1 {
			t.Errorf("%s, asked for %d times", b, asked)
		}
		eventually(t, "the first body is closed", func() bool { return first.closed.Load() > 0 })
	},
	"trailers of both sides": func(t *testing.T, rt http.RoundTripper, url, _ string) {
		req, _ := http.NewRequest("POST", url+"/trailers", io.NopCloser(strings.NewReader("body")))
		req.Trailer = http.Header{"X-Asked": {"as well"}}
		resp, err := rt.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if b, _ := io.ReadAll(resp.Body); string(b) != "4 as well" || resp.Trailer.Get("X-Answer") != "at the end" {
			t.Errorf("%s, trailer %v", b, resp.Trailer)
		}
	},
	"httptrace hooks": func(t *testing.T, rt http.RoundTripper, url, _ string) {
		var mu sync.Mutex
		seen := map[string]bool{}
		note := func(what string) {
			mu.Lock()
			defer mu.Unlock()
			seen[what] = true
		}
		ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
			GetConn:              func(string) { note("GetConn") },
			ConnectStart:         func(string, string) { note("ConnectStart") },
			TLSHandshakeDone:     func(tls.ConnectionState, error) { note("TLSHandshakeDone") },
			GotConn:              func(httptrace.GotConnInfo) { note("GotConn") },
			WroteRequest:         func(httptrace.WroteRequestInfo) { note("WroteRequest") },
			Got1xxResponse:       func(int, textproto.MIMEHeader) error { note("Got1xxResponse"); return nil },
			GotFirstResponseByte: func() { note("GotFirstResponseByte") },
		})
		// Another row's request may keep the connection for a moment longer.
		eventually(t, "every hook is called", func() bool {
			rt.(interface{ CloseIdleConnections() }).CloseIdleConnections()
			req, _ := http.NewRequestWithContext(ctx, "GET", url+"/hints", nil)
			resp, err := rt.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			mu.Lock()
			defer mu.Unlock()
			return len(seen) == 7
		})
	},
	"CloseIdleConnections": func(t *testing.T, rt http.RoundTripper, url, _ string) {
		from := func() string {
			body, err := get(t, &http.Client{Transport: rt}, url)
			if err != nil {
				t.Fatal(err)
			}
			return strings.Fields(body)[3]
		}
		first := from()
		eventually(t, "the connection is kept to begin with", func() bool { last := first; first = from(); return first == last })
		eventually(t, "the connection is closed", func() bool {
			(&http.Client{Transport: rt}).CloseIdleConnections()
			return from() != first
		})
	},
	"a cancelled context ends the request": func(t *testing.T, rt http.RoundTripper, url, _ string) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		req, _ := http.NewRequestWithContext(ctx, "GET", url+"/wait", nil)
		if _, err := rt.RoundTrip(req); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error = %v", err)
		}
	},
	"a body that cannot be read again": func(t *testing.T, rt http.RoundTripper, url, _ string) {
		b := &closer{Reader: bytes.NewBufferString("once")}
		req, _ := http.NewRequest("POST", url+"/again", b)
		resp, err := (&http.Client{Transport: rt}).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusTemporaryRedirect { // net/http stops there
			t.Errorf("%s", resp.Status)
		}
		eventually(t, "the body is closed", func() bool { return b.closed.Load() > 0 })
	},
}

// TestBodiesOfWhatIsBlocked: whichever half of the verdict blocks a request, its
// body is closed, and not a byte of it is read.
func TestBodiesOfWhatIsBlocked(t *testing.T) {
	srv, hits := server(t, nil)
	proxied, _ := server(t, nil)
	f := wrappertest.New(t, "mode: enforce\nallow: [{host: localhost, schemes: [http], ports: ["+fmt.Sprint(portOf(srv))+"]}, {host: api.example, schemes: [http]}]\ndeny: [{cidr: [127.0.0.0/8, '::1']}]")
	for name, tt := range map[string]struct {
		url string
		rt  http.RoundTripper
	}{
		"by the request": {"https://evil.example/", f.Transport(nil)},
		"by the address": {fmt.Sprintf("http://localhost:%d/", portOf(srv)), f.Transport(&http.Transport{})},
		"by the proxy":   {"http://api.example/", f.Transport(&http.Transport{Proxy: http.ProxyURL(mustURL(t, proxied.URL))})},
	} {
		t.Run(name, func(t *testing.T) {
			b := &body{}
			req, _ := http.NewRequest("POST", tt.url, b)
			req.ContentLength = 1
			if _, err := tt.rt.RoundTrip(req); !errors.Is(err, wrapper.ErrBlocked) {
				t.Errorf("error = %v, want ErrBlocked", err)
			}
			if b.read.Load() != 0 || b.closed.Load() != 1 {
				t.Errorf("read %d times, closed %d times; want 0 and 1", b.read.Load(), b.closed.Load())
			}
		})
	}
	if hits.Load() != 0 {
		t.Errorf("%d requests arrived", hits.Load())
	}
}

// TestUpgrade: a WebSocket is one call, judged as the request that asks for it; what
// then goes over it, in both directions, is the user's.
func TestUpgrade(t *testing.T) {
	srv, hits := server(t, func(w http.ResponseWriter, r *http.Request) {
		conn, buf, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
		line, _ := buf.ReadString('\n')
		_, _ = io.WriteString(conn, strings.ToUpper(line))
	})
	f := wrappertest.New(t, "mode: enforce\nallow: [{host: 127.0.0.1, schemes: [http], ports: ["+fmt.Sprint(portOf(srv))+"], methods: [GET], paths: [/chat]}]")
	ask := func(path string) (*http.Response, error) {
		req, _ := http.NewRequest("GET", srv.URL+path, nil)
		req.Header.Set("Connection", "Upgrade")
		req.Header.Set("Upgrade", "websocket")
		return f.Transport(&http.Transport{}).RoundTrip(req)
	}
	resp, err := ask("/chat")
	if err != nil {
		t.Fatal(err)
	}
	conn, ok := resp.Body.(io.ReadWriteCloser)
	if !ok {
		t.Fatalf("the body is a %T: nothing can be written to it", resp.Body)
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, "hello\n")
	if line, err := bufio.NewReader(conn).ReadString('\n'); line != "HELLO\n" {
		t.Errorf("%q, %v", line, err)
	}
	f.WantAllowed("GET " + srv.URL + "/chat")
	if _, err := ask("/admin"); !errors.Is(err, wrapper.ErrBlocked) || hits.Load() != 1 {
		t.Errorf("another path: %v, %d requests arrived", err, hits.Load())
	}
}

// TestDialersOfTheUser: a transport with a dialer of its own keeps it; what is
// denied never gets as far.
func TestDialersOfTheUser(t *testing.T) {
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "answer") }))
	defer srv.Close()
	var dialled atomic.Int64
	plain := func(context.Context, string, string) (net.Conn, error) {
		dialled.Add(1)
		return net.Dial("tcp", srv.Listener.Addr().String())
	}
	secure := func(context.Context, string, string) (net.Conn, error) {
		dialled.Add(1)
		return tls.Dial("tcp", srv.Listener.Addr().String(), &tls.Config{InsecureSkipVerify: true})
	}
	trusting := &tls.Config{InsecureSkipVerify: true}
	for name, tr := range map[string]*http.Transport{
		"DialContext":    {DialContext: plain, TLSClientConfig: trusting},
		"DialTLSContext": {DialTLSContext: secure},
		"Dial":           {Dial: func(n, a string) (net.Conn, error) { return plain(t.Context(), n, a) }, TLSClientConfig: trusting}, //nolint:staticcheck // a deprecated dialer still dials
		"DialTLS":        {DialTLS: func(n, a string) (net.Conn, error) { return secure(t.Context(), n, a) }},                        //nolint:staticcheck // likewise
	} {
		t.Run(name, func(t *testing.T) {
			dialled.Store(0)
			f := wrappertest.New(t, "mode: enforce\nallow: [{host: api.example}]")
			c := &http.Client{Transport: f.Transport(tr)}
			if _, err := get(t, c, "https://evil.example/"); !errors.Is(err, wrapper.ErrBlocked) || dialled.Load() != 0 {
				t.Errorf("what is denied: %v, dialled %d times", err, dialled.Load())
			}
			if got, err := get(t, c, "https://api.example/"); err != nil || got != "answer" || dialled.Load() != 1 {
				t.Errorf("what is allowed: %q, %v, dialled %d times", got, err, dialled.Load())
			}
			f.WantBlocked("GET https://evil.example/")
			f.WantAllowed("GET https://api.example/")
		})
	}
}

// TestRequestsOnOneConnection: a connection that one request opened is no way past for
// the next, by another path, method, Host header or query of the same host.
func TestRequestsOnOneConnection(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		t.Run(fmt.Sprint("HTTP/2 ", http2), func(t *testing.T) {
			var mu sync.Mutex
			var arrived []string
			conns := map[string]bool{}
			srv := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				mu.Lock()
				defer mu.Unlock()
				conns[r.RemoteAddr] = true
				arrived = append(arrived, r.Method+" "+r.URL.Path)
			}))
			srv.EnableHTTP2 = http2
			srv.StartTLS()
			defer srv.Close()
			f := wrappertest.New(t, "mode: enforce\nallow: [{host: 127.0.0.1, ports: ["+fmt.Sprint(portOf(srv))+"], methods: [GET], paths: [/a/*]}]")
			rt := f.Transport(&http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: http2})
			for _, tt := range []struct{ method, path, host string }{
				{"GET", "/a/1", ""}, {"GET", "/b", ""}, {"POST", "/a/1", ""}, {"GET", "/a/1", "evil.test"}, {"GET", "/a/../b", ""}, {"get", "/a/1", ""}, {"GET", "/a/2", ""},
			} {
				req, _ := http.NewRequest(tt.method, srv.URL+tt.path, nil)
				if req.Host = srv.Listener.Addr().String(); tt.host != "" {
					req.Host = tt.host
				}
				resp, err := rt.RoundTrip(req)
				if err == nil {
					_, _ = io.Copy(io.Discard, resp.Body)
					resp.Body.Close()
				}
				if good := tt.method == "GET" && tt.host == "" && strings.HasPrefix(tt.path, "/a/") && !strings.Contains(tt.path, ".."); good != (err == nil) || !good && !errors.Is(err, wrapper.ErrBlocked) {
					t.Errorf("%s %s %s: %v", tt.method, tt.path, tt.host, err)
				}
			}
			if got := strings.Join(arrived, ", "); got != "GET /a/1, GET /a/2" || len(conns) != 1 {
				t.Errorf("arrived: %s, over %d connections", got, len(conns))
			}
		})
	}
}
