package wrapper_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lambdafence/lambdafence/policy/source"
	"github.com/lambdafence/lambdafence/wrapper"
	"github.com/lambdafence/lambdafence/wrapper/wrappertest"
)

// A street is one port on several addresses, where the same server listens and
// notes which of them are reached.
type street struct {
	port    string
	mu      sync.Mutex
	reached map[string]int
}

func newStreet(t *testing.T, addresses ...string) *street {
	t.Helper()
	s := &street{reached: map[string]int{}}
	for _, a := range addresses {
		l, err := net.Listen("tcp", net.JoinHostPort(a, s.port))
		if err != nil {
			unavailable(t, err.Error())
		}
		_, s.port, _ = net.SplitHostPort(l.Addr().String())
		srv := &http.Server{
			Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, a) }),
			ConnState: func(_ net.Conn, state http.ConnState) {
				if state == http.StateNew {
					s.mu.Lock()
					defer s.mu.Unlock()
					s.reached[a]++
				}
			},
		}
		go srv.Serve(l)
		t.Cleanup(func() { srv.Close() })
	}
	return s
}

// take tells who was reached since it was asked last.
func (s *street) take() string {
	time.Sleep(20 * time.Millisecond) // for a connection that nobody waits for
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for a := range s.reached {
		all = append(all, a)
	}
	s.reached = map[string]int{}
	return strings.Join(all, " ")
}

// TestSeveralAnswers: a name may have an address that is closed beside one that is
// open, of the same family or of the other one, and whichever Go tries first or at
// the same time, only the open one is connected to.
func TestSeveralAnswers(t *testing.T) {
	s := newStreet(t, "127.0.0.1", "127.0.0.2", "::1")
	dns := serveDNS(t, map[string][]netip.Addr{})
	for _, tt := range []struct{ open, answers string }{
		{"127.0.0.1", "127.0.0.2 127.0.0.1"},
		{"127.0.0.1", "127.0.0.1 127.0.0.2"},
		{"127.0.0.2", "127.0.0.1 127.0.0.2"},
		{"127.0.0.2", "::1 127.0.0.2"}, // Happy Eyeballs
		{"127.0.0.2", "::1 127.0.0.1 127.0.0.2"},
		{"::1", "127.0.0.2 ::1"},
		{"", "127.0.0.1 ::1 127.0.0.2"},
	} {
		t.Run(tt.answers+", open: "+tt.open, func(t *testing.T) {
			dns.answers("many.test.", addrs(strings.Fields(tt.answers)...)...)
			local := ""
			if tt.open != "" {
				local = fmt.Sprintf("local: [%q]", net.JoinHostPort(tt.open, s.port))
			}
			f := wrappertest.New(t, fmt.Sprintf("mode: enforce\n%s\nallow: [{host: many.test, schemes: [http], ports: [%s]}, {host: many.test, ports: [%[2]s]}]", local, s.port))
			got, err := get(t, f.Client(), "http://many.test:"+s.port+"/")
			if got != tt.open || errors.Is(err, wrapper.ErrBlocked) != (tt.open == "") {
				t.Errorf("HTTP: reached %q, %v", got, err)
			}
			if reached := s.take(); reached != tt.open {
				t.Errorf("HTTP: connected to %q", reached)
			}
			conn, err := f.DialContext(t.Context(), "tcp", "many.test:"+s.port)
			if conn != nil {
				conn.Close()
			}
			if errors.Is(err, wrapper.ErrBlocked) != (tt.open == "") {
				t.Errorf("dial: %v", err)
			}
			if reached := s.take(); reached != tt.open {
				t.Errorf("dial: connected to %q", reached)
			}
			for _, ev := range f.Violations() {
				if ev.Call.Addr.String() == tt.open {
					t.Errorf("the open address is a violation: %+v", ev.Call)
				}
			}
		})
	}
}

// TestRebindingBetweenRequests: the first answer is harmless, the next one is not.
func TestRebindingBetweenRequests(t *testing.T) {
	s := newStreet(t, "127.0.0.1", "127.0.0.2")
	dns := serveDNS(t, map[string][]netip.Addr{"flip.test.": addrs("127.0.0.1")})
	f := wrappertest.New(t, "mode: enforce\nlocal: ['127.0.0.1:"+s.port+"']\nallow: [{host: flip.test, schemes: [http], ports: ["+s.port+"]}]")
	c := f.Client()
	if got, err := get(t, c, "http://flip.test:"+s.port+"/"); got != "127.0.0.1" {
		t.Fatalf("%q, %v", got, err)
	}
	dns.answers("flip.test.", addrs("127.0.0.2")...)
	if got, err := get(t, c, "http://flip.test:"+s.port+"/"); got != "127.0.0.1" {
		t.Errorf("over the connection that is open: %q, %v", got, err)
	}
	c.CloseIdleConnections()
	s.take()
	if _, err := get(t, c, "http://flip.test:"+s.port+"/"); !errors.Is(err, wrapper.ErrBlocked) || s.take() != "" {
		t.Errorf("over a new connection: %v", err)
	}
}

// TestAliases: an allowed name may stand for another by a CNAME record. What it leads
// to is judged by its address. The other name is not seen: the rule that allows the
// one allows what its owner makes of it.
func TestAliases(t *testing.T) {
	s := newStreet(t, "127.0.0.1", "127.0.0.2")
	dns := serveDNS(t, map[string][]netip.Addr{"inner.test.": addrs("127.0.0.2"), "denied.test.": addrs("127.0.0.1")})
	dns.alias("cdn.test.", "inner.test.")
	dns.alias("other.test.", "denied.test.")
	f := wrappertest.New(t, "mode: enforce\nlocal: ['127.0.0.1:"+s.port+"']\nallow: [{host: [cdn.test, other.test], schemes: [http], ports: ["+s.port+"]}]\ndeny: [{host: denied.test}]")
	if _, err := get(t, f.Client(), "http://cdn.test:"+s.port+"/"); !errors.Is(err, wrapper.ErrBlocked) || s.take() != "" {
		t.Errorf("to a closed address: %v", err)
	}
	if got, err := get(t, f.Client(), "http://other.test:"+s.port+"/"); got != "127.0.0.1" {
		t.Errorf("to an open address, by a denied name: %q, %v", got, err)
	}
}

// TestZonesAndFamilies: a zone is no part of an address, and tcp4 and tcp6 are tcp.
func TestZonesAndFamilies(t *testing.T) {
	s := newStreet(t, "127.0.0.1", "127.0.0.2", "::1")
	serveDNS(t, map[string][]netip.Addr{"two.test.": addrs("127.0.0.2", "::1")})
	f := wrappertest.New(t, "mode: enforce\nlocal: ['127.0.0.2:"+s.port+"']\nallow: [{host: two.test, ports: ["+s.port+"]}]\ndeny: [{cidr: 'fe80::/10'}]")
	for _, tt := range []struct{ network, host, reached string }{
		{"tcp4", "two.test", "127.0.0.2"},
		{"tcp6", "two.test", ""},
		{"tcp", "::1%lo", ""},
		{"tcp6", "::1%1", ""},
		{"tcp", "fe80::1%lo", ""},
		{"tcp", "fd00:ec2::254%lo", ""},
		{"tcp", "::ffff:127.0.0.1%lo", ""},
		{"tcp", "::ffff:127.0.0.2%lo", "127.0.0.2"},
	} {
		conn, err := f.DialContext(t.Context(), tt.network, net.JoinHostPort(tt.host, s.port))
		if conn != nil {
			conn.Close()
		}
		if got := s.take(); got != tt.reached || (err == nil) != (tt.reached != "") {
			t.Errorf("%s %s: reached %q, %v; want %q", tt.network, tt.host, got, err, tt.reached)
		}
	}
}

// byProxy is set in the process that has a proxy in its environment.
const byProxy = "LAMBDAFENCE_TEST_BY_PROXY"

// TestProxyFromTheEnvironment: net/http reads the environment but once, so that each
// case is a process of its own.
func TestProxyFromTheEnvironment(t *testing.T) {
	if doc := os.Getenv(byProxy); doc != "" {
		f := wrapper.Must(wrapper.New(t.Context(), discard(), wrapper.WithPolicy(source.Static("p", []byte(doc)))))
		defer f.GuardDefault()()
		for _, c := range []*http.Client{http.DefaultClient, {}, f.Client(), {Transport: f.Transport(&http.Transport{Proxy: http.ProxyFromEnvironment})}} {
			got, err := get(t, c, os.Getenv(byProxy+"_URL"))
			fmt.Println("proxied:", got, errors.Is(err, wrapper.ErrBlocked))
		}
		return
	}
	srv, hits := server(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "for "+r.URL.Host) })
	rule := "allow: [{host: api.example, schemes: [http]}]"
	for _, tt := range []struct {
		name, doc, url, variable string
		want                     string
	}{
		{"a proxy slipped in", "mode: enforce\n" + rule, "http://api.example/", "HTTP_PROXY", " true"},
		{"in small letters", "mode: enforce\n" + rule, "http://api.example/", "http_proxy", " true"},
		{"a proxy that is opened", "mode: enforce\n" + opens(srv) + rule, "http://api.example/", "HTTP_PROXY", "for api.example false"},
		{"another host through it", "mode: enforce\n" + opens(srv) + rule, "http://evil.example/", "HTTP_PROXY", " true"},
		{"for TLS", "mode: enforce\nallow: [{host: api.example}]", "https://api.example/", "HTTPS_PROXY", " true"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := hits.Load()
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProxyFromTheEnvironment$", "-test.v")
			cmd.Env = append(os.Environ(), byProxy+"="+tt.doc, byProxy+"_URL="+tt.url, tt.variable+"="+srv.URL)
			out, err := cmd.CombinedOutput()
			if n := strings.Count(string(out), "proxied: "+tt.want+"\n"); err != nil || n != 4 {
				t.Errorf("%d of 4 clients, want %q: %v\n%s", n, tt.want, err, out)
			}
			if got := hits.Load() > before; got != strings.HasSuffix(tt.want, "false") {
				t.Errorf("the proxy was reached: %v", got)
			}
		})
	}
}

// asChild is set in a child process, to the URL that it asks for.
const asChild = "LAMBDAFENCE_TEST_AS_CHILD"

// TestLimits holds what docs/threat-model.md says is not stopped: that a test shows it
// is no wish, but keeps the page honest.
func TestLimits(t *testing.T) {
	if url := os.Getenv(asChild); url != "" {
		if _, err := get(t, http.DefaultClient, url); err != nil {
			t.Fatal(err)
		}
		return
	}
	srv, hits := server(t, nil)
	serveDNS(t, map[string][]netip.Addr{"api.test.": addrs("127.0.0.1")})
	f := wrappertest.New(t, "mode: enforce\nallow: [{host: api.test, schemes: [http], ports: ["+strconv.Itoa(portOf(srv))+"]}]")
	before := &http.Transport{}
	defer f.GuardDefault()()
	url := "http://127.0.0.1:" + strconv.Itoa(portOf(srv))
	var dialled atomic.Int64
	for name, reach := range map[string]func() error{
		"a transport that nobody wrapped": func() error { _, err := get(t, &http.Client{Transport: before}, url); return err },
		"a socket of its own": func() error {
			conn, err := net.Dial("tcp", srv.Listener.Addr().String())
			if err != nil {
				return err
			}
			defer conn.Close()
			_, err = io.WriteString(conn, "GET / HTTP/1.0\r\n\r\n")
			_, _ = io.ReadAll(conn)
			return err
		},
		"a dialer of its own beneath an allowed name": func() error {
			_, err := get(t, &http.Client{Transport: f.Transport(&http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				dialled.Add(1)
				return new(net.Dialer).DialContext(ctx, "tcp", srv.Listener.Addr().String())
			}})}, "http://api.test:"+strconv.Itoa(portOf(srv))+"/")
			return err
		},
		"a child process": func() error {
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestLimits$")
			cmd.Env = append(os.Environ(), asChild+"="+url)
			out, err := cmd.CombinedOutput()
			if err != nil {
				return fmt.Errorf("%w: %s", err, out)
			}
			return nil
		},
	} {
		n := hits.Load()
		if err := reach(); err != nil || hits.Load() != n+1 {
			t.Errorf("%s: %v, %d requests arrived: the threat model says it is not stopped", name, err, hits.Load()-n)
		}
	}
	if _, err := get(t, &http.Client{}, url); !errors.Is(err, wrapper.ErrBlocked) {
		t.Errorf("what is stopped: %v", err)
	}
}
