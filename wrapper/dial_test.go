package wrapper_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/wrapper"
	"github.com/lambdafence/lambdafence/wrapper/wrappertest"
	"golang.org/x/net/dns/dnsmessage"
)

// A nameServer is a real DNS server on loopback that the whole test binary
// resolves by, and that counts what it is asked.
type nameServer struct {
	mu      sync.Mutex
	names   map[string][]netip.Addr
	aliases map[string]string // a name stands for another: a CNAME record
	asked   map[string]int
}

// serveDNS makes net.DefaultResolver ask a name server of the test's.
func serveDNS(t *testing.T, names map[string][]netip.Addr) *nameServer {
	t.Helper()
	s := &nameServer{names: names, asked: map[string]int{}}
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go s.serve(conn)
	before := net.DefaultResolver
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
	t.Cleanup(func() {
		net.DefaultResolver = before
		conn.Close()
	})
	return s
}

func (s *nameServer) serve(conn net.PacketConn) {
	buf := make([]byte, 1500)
	for {
		n, from, err := conn.ReadFrom(buf)
		if err != nil {
			return
		}
		var msg dnsmessage.Message
		if msg.Unpack(buf[:n]) != nil || len(msg.Questions) != 1 {
			continue
		}
		q := msg.Questions[0]
		name := q.Name.String()
		s.mu.Lock()
		s.asked[name]++
		alias, at := s.aliases[name], q.Name
		if alias != "" {
			name, at = alias, dnsmessage.MustNewName(alias)
		}
		addrs := s.names[name]
		s.mu.Unlock()
		msg.Response, msg.Additionals = true, nil
		if alias != "" {
			h := dnsmessage.ResourceHeader{Name: q.Name, Type: dnsmessage.TypeCNAME, Class: q.Class, TTL: 1}
			msg.Answers = append(msg.Answers, dnsmessage.Resource{Header: h, Body: &dnsmessage.CNAMEResource{CNAME: at}})
		}
		for _, a := range addrs {
			h := dnsmessage.ResourceHeader{Name: at, Type: q.Type, Class: q.Class, TTL: 1}
			switch {
			case a.Is4() && q.Type == dnsmessage.TypeA:
				msg.Answers = append(msg.Answers, dnsmessage.Resource{Header: h, Body: &dnsmessage.AResource{A: a.As4()}})
			case a.Is6() && q.Type == dnsmessage.TypeAAAA:
				msg.Answers = append(msg.Answers, dnsmessage.Resource{Header: h, Body: &dnsmessage.AAAAResource{AAAA: a.As16()}})
			}
		}
		if out, err := msg.Pack(); err == nil {
			_, _ = conn.WriteTo(out, from)
		}
	}
}

// answers changes what a name leads to.
func (s *nameServer) answers(name string, addrs ...netip.Addr) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.names[name] = addrs
}

// alias makes a name stand for another.
func (s *nameServer) alias(name, of string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.aliases == nil {
		s.aliases = map[string]string{}
	}
	s.aliases[name] = of
}

func (s *nameServer) count(name string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[name]
}

func addrs(texts ...string) (as []netip.Addr) {
	for _, s := range texts {
		as = append(as, netip.MustParseAddr(s))
	}
	return as
}

// listener counts the connections that reach it.
func listener(t *testing.T) (port int, accepted func() int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	var mu sync.Mutex
	n := 0
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			n++
			mu.Unlock()
			c.Close()
		}
	}()
	return l.Addr().(*net.TCPAddr).Port, func() int {
		time.Sleep(20 * time.Millisecond)
		mu.Lock()
		defer mu.Unlock()
		return n
	}
}

func TestDeniedNameIsNotLookedUp(t *testing.T) {
	dns := serveDNS(t, map[string][]netip.Addr{"good.test.": addrs("127.0.0.1")})
	f := wrappertest.New(t, "mode: enforce\nallow: [{host: good.test}, {host: good.test, ports: [5432]}]")
	_, _ = get(t, f.Client(), "https://good.test/")
	_, _ = get(t, f.Client(), "https://evil.test/")
	_, _ = f.DialContext(t.Context(), "tcp", "evil.test:5432")
	_ = f.Check(t.Context(), policy.Call{Host: "evil.test", Port: 5432})
	if dns.count("good.test.") == 0 {
		t.Error("the allowed name was never looked up: the test cannot fail")
	}
	if n := dns.count("evil.test."); n != 0 {
		t.Errorf("the denied name was looked up %d times", n)
	}
}

// TestRebinding has an allowed name lead to places that no rule allows.
func TestRebinding(t *testing.T) {
	port, accepted := listener(t)
	serveDNS(t, map[string][]netip.Addr{
		"loop.test.":   addrs("127.0.0.1"),
		"loop6.test.":  addrs("::ffff:127.0.0.1", "::1"),
		"nat64.test.":  addrs("64:ff9b::7f00:1"),
		"meta.test.":   addrs("169.254.169.254"),
		"mixed.test.":  addrs("169.254.169.254", "127.0.0.1"),
		"denied.test.": addrs("10.1.2.3"),
	})
	p := strconv.Itoa(port)
	doc := "mode: enforce\nallow: [{host: '*.test', schemes: [http], ports: [" + p + "]}, {host: '*.test', ports: [" + p + "]}]\ndeny: [{cidr: 10.0.0.0/8, id: private}]"
	for _, name := range []string{"loop.test", "loop6.test", "nat64.test", "meta.test", "mixed.test", "denied.test"} {
		t.Run(name, func(t *testing.T) {
			f := wrappertest.New(t, doc)
			_, err := get(t, f.Client(), "http://"+name+":"+p+"/")
			if !errors.Is(err, wrapper.ErrBlocked) {
				t.Errorf("HTTP: error = %v, want ErrBlocked", err)
			}
			if ev := f.Events(); len(ev) != 1 || ev[0].Outcome != wrapper.Blocked || ev[0].Call.Kind != policy.HTTP || !ev[0].Call.Addr.IsValid() {
				t.Errorf("HTTP: events = %+v, want one, blocked, with the address", ev)
			}
			f.Reset()
			_, err = f.DialContext(t.Context(), "tcp", name+":"+p)
			if !errors.Is(err, wrapper.ErrBlocked) {
				t.Errorf("dial: error = %v, want ErrBlocked", err)
			}
			if ev := f.Violations(); len(ev) != 1 || ev[0].Call.Kind != policy.Net || !ev[0].Call.Addr.IsValid() {
				t.Errorf("dial: violations = %+v, want one, with the address", ev)
			}
		})
	}
	if n := accepted(); n != 0 {
		t.Errorf("%d connections reached the listener", n)
	}
}

func TestRebindingIsReportedOnce(t *testing.T) {
	srv, hits := server(t, nil)
	serveDNS(t, map[string][]netip.Addr{"loop.test.": addrs("127.0.0.1")})
	port := strconv.Itoa(srv.Listener.Addr().(*net.TCPAddr).Port)
	f := wrappertest.New(t, "mode: report\nallow: [{host: loop.test, schemes: [http], ports: ["+port+"]}]")
	if _, err := get(t, f.Client(), "http://loop.test:"+port+"/"); err != nil || hits.Load() != 1 {
		t.Fatalf("error = %v, %d hits; report must let it through", err, hits.Load())
	}
	if ev := f.Events(); len(ev) != 1 || ev[0].Outcome != wrapper.Reported || ev[0].Decision.Rule != "local" {
		t.Errorf("events = %+v, want one, reported, rule local", ev)
	}
}

// An allowed name may lead to a private address: that is what a VPC is.
func TestPrivateAddressOfAnAllowedName(t *testing.T) {
	serveDNS(t, map[string][]netip.Addr{"db.test.": addrs("192.0.2.1")})
	f := wrappertest.New(t, "mode: enforce\nallow: [{host: db.test, ports: [5432]}]")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := f.DialContext(ctx, "tcp", "db.test:5432"); errors.Is(err, wrapper.ErrBlocked) {
		t.Errorf("error = %v", err)
	}
	f.WantBlocked()
}

// With a resolver that takes a number for a name, an address that is allowed in
// an odd spelling must not lead elsewhere.
func TestOddSpellingLeadsWhereItSays(t *testing.T) {
	port, accepted := listener(t)
	serveDNS(t, map[string][]netip.Addr{"0x0a000001.": addrs("127.0.0.1")})
	p := strconv.Itoa(port)
	f := wrappertest.New(t, "mode: enforce\nallow: [{cidr: 10.0.0.0/8, ports: ["+p+"]}]")
	if _, err := f.DialContext(t.Context(), "tcp", "0x0a000001:"+p); !errors.Is(err, wrapper.ErrBlocked) {
		t.Errorf("error = %v, want ErrBlocked", err)
	}
	if accepted() != 0 {
		t.Error("the name led to the listener")
	}
}

func TestDialContext(t *testing.T) {
	port, _ := listener(t)
	local := "127.0.0.1:" + strconv.Itoa(port)
	socket := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	f := wrappertest.New(t, "mode: enforce\nlocal: ['"+local+"', 'unix:"+socket+"']\nallow: [{cidr: 192.0.2.0/24, ports: [53], networks: [udp]}, {host: db.test, ports: [5432], methods: [GET]}]")
	for _, tt := range []struct {
		network, address string
		blocked          bool
	}{
		{"tcp", local, false},
		{"tcp4", local, false},
		{"tcp", "localhost:" + strconv.Itoa(port), false},
		{"unix", socket, false},
		{"unix", socket + "x", true},
		{"unix", "@abstract", true},
		{"unixgram", "/var/run/docker.sock", true},
		{"udp", "192.0.2.1:53", false},
		{"tcp", "192.0.2.1:53", true},
		{"udp", "192.0.2.1:54", true},
		{"tcp", "evil.test:443", true},
		{"tcp", "db.test:5432", true}, // a rule for methods does not speak of a bare connection
		{"tcp", "127.0.0.1:1", true},
		{"tcp", "[::ffff:127.0.0.1]:1", true},
		{"tcp", ":1", true},
		{"ip4:icmp", "127.0.0.1", true},
	} {
		conn, err := f.DialContext(t.Context(), tt.network, tt.address)
		if conn != nil {
			conn.Close()
		}
		if errors.Is(err, wrapper.ErrBlocked) != tt.blocked || !tt.blocked && err != nil {
			t.Errorf("dial %s %s: error = %v, want blocked %v", tt.network, tt.address, err, tt.blocked)
		}
	}
	for _, address := range []string{"no-port.test", "::1:80", "evil.test:99999"} {
		if conn, err := f.DialContext(t.Context(), "tcp", address); err == nil {
			conn.Close()
			t.Errorf("dial %s: no error", address)
		}
	}
}

// A user's clone of a guarded transport, or a driver with an HTTP API of its
// own, dials beneath nothing: it is judged by host and port.
func TestDialBeneathNothingIsJudgedInFull(t *testing.T) {
	f := wrappertest.New(t, "mode: enforce\nallow: [{host: api.test, paths: [/v1/**]}]")
	c := &http.Client{Transport: &http.Transport{DialContext: f.DialContext}}
	if _, err := get(t, c, "https://api.test/v1/x"); !errors.Is(err, wrapper.ErrBlocked) {
		t.Errorf("error = %v, want ErrBlocked: nothing shows what this connection will carry", err)
	}
	f.WantBlocked("tcp api.test:443")
}

func TestCheckCanonicalisesTheHost(t *testing.T) {
	f := wrappertest.New(t, "mode: enforce\ndeny: [{host: evil.example}]")
	for _, host := range []string{"evil.example", "EVIL.example.", "ｅvil.example", "[evil.example]"} {
		if err := f.Check(t.Context(), policy.Call{Host: host, Port: 443}); !errors.Is(err, wrapper.ErrBlocked) {
			t.Errorf("Check(%q) = %v, want ErrBlocked", host, err)
		}
	}
	if err := f.Check(t.Context(), policy.Call{Host: "good.example", Port: 443}); err != nil {
		t.Error(err)
	}
}

func TestUntilEndsWithItsDay(t *testing.T) {
	yesterday, today := time.Now().UTC().AddDate(0, 0, -1).Format(time.DateOnly), time.Now().UTC().Format(time.DateOnly)
	f := wrappertest.New(t, "mode: enforce\nallow: [{host: old.test, until: "+yesterday+"}, {host: new.test, until: "+today+"}]")
	if err := f.Check(t.Context(), policy.Call{Host: "old.test", Port: 443}); !errors.Is(err, wrapper.ErrBlocked) {
		t.Errorf("expired rule: %v", err)
	}
	if err := f.Check(t.Context(), policy.Call{Host: "new.test", Port: 443}); err != nil {
		t.Errorf("rule of today: %v", err)
	}
}

func TestFunctionsComeFromTheEnvironment(t *testing.T) {
	t.Setenv("AWS_LAMBDA_FUNCTION_NAME", "orders-prod")
	f := wrappertest.New(t, "mode: enforce\nallow: [{host: a.test, functions: ['orders-*']}, {host: b.test, functions: [billing]}]")
	if err := f.Check(t.Context(), policy.Call{Host: "a.test", Port: 443}); err != nil {
		t.Error(err)
	}
	if err := f.Check(t.Context(), policy.Call{Host: "b.test", Port: 443}); !errors.Is(err, wrapper.ErrBlocked) {
		t.Errorf("error = %v, want ErrBlocked", err)
	}
}

func TestMain(m *testing.M) {
	for _, name := range []string{"LAMBDAFENCE_POLICY", "LAMBDAFENCE_MODE", "LAMBDAFENCE_REFRESH", "LAMBDAFENCE_ON_LOAD_ERROR"} {
		os.Unsetenv(name) // of whoever runs the tests
	}
	os.Exit(m.Run())
}
