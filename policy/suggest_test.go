package policy

import (
	"cmp"
	"net/url"
	"strings"
	"testing"
)

// TestSuggest checks the text, and that a policy which follows the suggestion
// lets the call through.
func TestSuggest(t *testing.T) {
	denyAll := "mode: enforce\nallow: []\n"
	tests := []struct{ name, call, host, want string }{
		{"https", "GET https://a.example/v1/x?q=secret", "", `allow: [{host: "a.example", methods: [GET], paths: ["/v1/x"]}]`},
		{"http", "POST http://a.example", "", `allow: [{host: "a.example", schemes: [http], methods: [POST], paths: ["/"]}]`},
		{"port", "GET https://a.example:8443/", "", `allow: [{host: "a.example", ports: [8443], methods: [GET], paths: ["/"]}]`},
		{"address", "GET https://192.0.2.1/", "", `allow: [{cidr: "192.0.2.1", methods: [GET], paths: ["/"]}]`},
		{"IPv6", "GET https://[2001:db8::1]/", "", `allow: [{cidr: "2001:db8::1", methods: [GET], paths: ["/"]}]`},
		{"pattern in a path", "GET https://a.example/*/[x]", "", `allow: [{host: "a.example", methods: [GET], paths: ["/\\*/\\[x\\]"]}]`},
		{"two readings of a path", "GET https://a.example/a%2Fb/../c", "", `allow: [{host: "a.example", methods: [GET], paths: ["/a%2Fb/../c", "/a/c"]}]`},
		{"question mark in a path", "GET https://a.example/a%3Fb=c", "", `allow: [{host: "a.example", methods: [GET], paths: ["/a%3Fb=c", "/a\\?b=c"]}]`},
		{"tunnel", "CONNECT https://a.example", "", `allow: [{host: "a.example", methods: [CONNECT]}]`},
		{"local", "GET http://localhost:4318/", "", `local: ["127.0.0.1:4318"]`},
		{"local IPv6", "GET http://[::1]:4318/", "", `local: ["[::1]:4318"]`},
		{"metadata", "GET http://169.254.169.254/", "", `local: ["169.254.169.254:80"]`},
		{"dial", "tcp db.example:5432", "", `allow: [{host: "db.example", ports: [5432]}]`},
		{"dial TLS", "tcp db.example:443", "", `allow: [{host: "db.example"}]`},
		{"dial UDP", "udp db.example:53", "", `allow: [{host: "db.example", networks: [udp], ports: [53]}]`},
		{"dial raw", "ip4:icmp db.example", "", `allow: [{host: "db.example", networks: [ip]}]`},
		{"dial socket", "unix /x.sock", "", `local: ["unix:/x.sock"]`},
	}
	for _, tt := range tests {
		c := suggestCall(t, tt.call, tt.host)
		s := mustCompile(t, denyAll)
		d := s.Decide(&c)
		got := s.Suggest(&c, d)
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
		policy := "mode: enforce\n" + got + "\n"
		if strings.HasPrefix(got, "local") {
			policy = denyAll + got + "\n"
		}
		if d := mustCompile(t, policy).Decide(&c); d.Effect != Allow {
			t.Errorf("%s: %v though %s", tt.name, d, got)
		}
	}

	// Two hosts need two rules, and the missing one is suggested.
	c := suggestCall(t, "GET https://a.example/", "b.example")
	s := mustCompile(t, "allow: [{host: c.example}]")
	if got := s.Suggest(&c, s.Decide(&c)); !strings.Contains(got, `host: "a.example"`) {
		t.Error(got)
	}
	s = mustCompile(t, "allow: [{host: a.example}]")
	if got := s.Suggest(&c, s.Decide(&c)); !strings.Contains(got, `host: "b.example"`) {
		t.Error(got)
	}
}

func TestSuggestNothing(t *testing.T) {
	p := Platform{RuntimeAPI: "127.0.0.1:9001"}
	s := mustCompileOn(t, p, "mode: enforce\nallow: [{host: ok.example}]\ndeny: [{host: evil.example}]")
	only := mustCompileOn(t, p, "deny: [{host: evil.example}]")
	none, err := p.Compile(Unavailable(Enforce, "none"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, call string
		s          *Set
	}{
		{"allowed", "GET https://ok.example/", s},
		{"denied by a rule", "GET https://evil.example/", only},
		{"Runtime API", "GET http://localhost:9001/", s},
		{"no policy", "GET https://a.example/", none},
		{"no port", "tcp localhost:", s},
	} {
		c := suggestCall(t, tt.call, "")
		if got := tt.s.Suggest(&c, tt.s.Decide(&c)); got != "" {
			t.Errorf("%s: %s", tt.name, got)
		}
	}
	odd := Call{Kind: HTTP, Scheme: "https", Host: "a.example", Path: "http://a.example/"}
	if got := s.Suggest(&odd, s.Decide(&odd)); got != "" {
		t.Errorf("no path: %s", got)
	}
	if got := s.Suggest(&odd, Decision{Layer: 7}); got != "" {
		t.Errorf("no such layer: %s", got)
	}
	reached := suggestCall(t, "tcp a.example:6379", "")
	reached.Addr = mustAddr(t, "127.0.0.1")
	if got := s.Suggest(&reached, s.DecideReached(&reached)); got != `local: ["127.0.0.1:6379"]` {
		t.Errorf("reached: %s", got)
	}
}

// suggestCall reads "GET url" or "tcp address".
func suggestCall(t *testing.T, text, host string) Call {
	t.Helper()
	word, rest, _ := strings.Cut(text, " ")
	c, err := NetCall(word, rest)
	if strings.Contains(rest, "://") {
		u, perr := url.Parse(rest)
		if perr != nil {
			t.Fatal(perr)
		}
		c, err = HTTPCall(word, u, cmp.Or(host, u.Host))
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}
