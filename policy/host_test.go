package policy

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestCanonicalHost(t *testing.T) {
	tests := []struct{ name, host, want string }{
		{"plain", "api.example.com", "api.example.com"},
		{"case", "API.Example.COM", "api.example.com"},
		{"final dot", "api.example.com.", "api.example.com"},
		{"final dots", "api.example.com...", "api.example.com"},
		{"root", ".", "."},
		{"dots", "...", "."},
		{"empty", "", "localhost"},
		{"brackets", "[api.example.com]", "api.example.com"},
		{"brackets alone", "[]", "localhost"},
		{"brackets in brackets", "[[::1]]", "::1"},
		{"with port", "Api.Example.com:443", "api.example.com"},
		{"with empty port", "api.example.com:", "api.example.com"},
		{"with a colon that begins no port", "a:b", "a:b"},
		{"underscore", "_a._b.example", "_a._b.example"},

		{"IDNA", "bücher.example", "xn--bcher-kva.example"},
		{"IDNA upper", "BÜCHER.example", "xn--bcher-kva.example"},
		{"IDNA fullwidth", "ｅｖｉｌ.example", "evil.example"},
		{"IDNA circled digits", "①②⑦.0.0.1", "127.0.0.1"},
		{"IDNA full stop", "evil。example", "evil.example"},
		{"IDNA soft hyphen", "ev\u00adil.example", "evil.example"},
		{"IDNA soft hyphen alone", "\u00ad", "localhost"},
		{"IDNA Kelvin sign", "\u212a.example", "k.example"},
		{"IDNA fails", "a℀b.example", "a℀b.example"},
		{"IDNA fails, colon", "ｅ::1", "ｅ::1"},
		{"invalid UTF-8", "A\xff", "xn--a-q10i"},

		{"IPv4", "192.0.2.1", "192.0.2.1"},
		{"IPv4 final dot", "192.0.2.1.", "192.0.2.1"},
		{"IPv4 decimal", "3221225985", "192.0.2.1"},
		{"IPv4 hex", "0xC0000201", "192.0.2.1"},
		{"IPv4 octal", "030000001001", "192.0.2.1"},
		{"IPv4 octal parts", "0300.0.02.01", "192.0.2.1"},
		{"IPv4 mixed parts", "0xc0.0.0x2.01", "192.0.2.1"},
		{"IPv4 three parts", "192.0.513", "192.0.2.1"},
		{"IPv4 two parts", "192.513", "192.0.2.1"},
		{"IPv4 many zeros", "00000000000000300.0.2.1", "192.0.2.1"},
		{"IPv4 zero", "0", "0.0.0.0"},
		{"IPv4 white space", "192.0.2.1 evil", "192.0.2.1"},
		{"IPv4 part too large", "192.0.2.256", "192.0.2.256"},
		{"IPv4 too large", "4294967296", "4294967296"},
		{"IPv4 five parts", "1.2.3.4.5", "1.2.3.4.5"},
		{"IPv4 no octal", "192.0.2.08", "192.0.2.08"},
		{"IPv4 Go's octal", "0o300.0.2.1", "0o300.0.2.1"},
		{"IPv4 Go's underscore", "1_92.0.2.1", "1_92.0.2.1"},
		{"IPv4 zone", "192.0.2.1%eth0", "192.0.2.1%eth0"},
		{"name of digits and letters", "1a.2b", "1a.2b"},

		{"IPv6", "2001:db8::1", "2001:db8::1"},
		{"IPv6 long", "2001:0DB8:0:0:0:0:0:1", "2001:db8::1"},
		{"IPv6 brackets", "[2001:db8::1]", "2001:db8::1"},
		{"IPv6 zone", "fe80::1%eth0", "fe80::1"},
		{"IPv6 zone in brackets", "[fe80::1%25eth0]", "fe80::1"},
		{"IPv6 zone that is empty", "[::1%]", "::1"},
		{"IPv6 zone with another", "::1%a%b", "::1"},
		{"IPv6 mapped", "::ffff:192.0.2.1", "192.0.2.1"},
		{"IPv6 mapped hex", "::ffff:c000:201", "192.0.2.1"},
		{"IPv6 with IPv4 inside stays", "64:ff9b::192.0.2.1", "64:ff9b::c000:201"},
		{"IPv6 no address", "1:2:3", "1:2:3"},

		{"escape by number", `\101vil.example`, "evil.example"},
		{"escape of a capital by number", `\069vil.example`, "evil.example"},
		{"escape of a letter", `\Evil.example`, "evil.example"},
		{"escaped dot", `evil\.example`, `evil\.example`},
		{"escaped dot by number", `evil\046example`, `evil\046example`},
		{"escaped backslash", `\\101vil.example`, `\\101vil.example`},
		{"escape of no byte", `\300vil.example`, `300vil.example`},
		{"escape at the end", `evil.example\`, `evil.example\`},
	}
	for _, tt := range tests {
		if got := CanonicalHost(tt.host); got != tt.want {
			t.Errorf("%s: CanonicalHost(%q) = %q, want %q", tt.name, tt.host, got, tt.want)
		}
		if got := CanonicalHost(tt.want); got != tt.want {
			t.Errorf("%s: CanonicalHost(%q) = %q: not idempotent", tt.name, tt.want, got)
		}
	}
}

// TestCanonicalHostIsDialled compares CanonicalHost with the host that a real
// http.Transport gives to its dialer, over a few hundred odd ones.
func TestCanonicalHostIsDialled(t *testing.T) {
	var dialled string
	client := &http.Client{Transport: &http.Transport{
		DialContext: func(_ context.Context, _, address string) (net.Conn, error) {
			dialled = address
			return nil, errors.New("not dialled")
		},
	}}
	n := 0
	for _, host := range oddHosts(t) {
		req, err := http.NewRequest("GET", "http://"+host+"/", nil)
		if err != nil {
			continue
		}
		dialled = ""
		if _, err := client.Do(req); err == nil {
			t.Fatal("dialled")
		}
		if dialled == "" {
			continue
		}
		n++
		want := dialled[:strings.LastIndexByte(dialled, ':')]
		got := CanonicalHost(req.URL.Hostname())
		// What was dialled is ASCII, or IDNA failed: then only the case of ASCII,
		// dots and zones are left to differ.
		if !sameDialled(got, want) {
			t.Errorf("%q: %q, but %q was dialled", host, got, want)
		}
	}
	if n < 300 {
		t.Errorf("only %d hosts were dialled", n)
	}
}

// sameDialled compares a canonical host with one that was dialled, by what a
// resolver looks at. It does not use the code under test.
func sameDialled(canonical, dialled string) bool {
	dialled, _, _ = strings.Cut(dialled, "%")
	dialled = strings.Trim(dialled, "[]")
	if ip := net.ParseIP(dialled); ip != nil {
		return ip.Equal(net.ParseIP(canonical))
	}
	lower := strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 32
		}
		return r
	}, dialled)
	switch trimmed := strings.TrimRight(lower, "."); {
	case dialled == "":
		return canonical == "localhost"
	case trimmed == "":
		return canonical == "."
	case net.ParseIP(canonical) != nil:
		return strings.ContainsAny(trimmed[:1], "0123456789") // a form that only a C resolver takes for an address
	default:
		return canonical == trimmed || strings.HasPrefix(canonical, trimmed+"%")
	}
}

// oddHosts are the hosts of the bypass corpus, and letters of every script in
// places where a mapping may matter.
func oddHosts(tb testing.TB) []string {
	var hosts []string
	for _, r := range bypassRows(tb) {
		if u, err := url.Parse(r.URL); err == nil && u.Host != "" {
			hosts = append(hosts, u.Host)
		}
	}
	for _, letters := range []string{"ÀßĐǅΩςЖӀאبกひ한字", "ﬁﬀ①Ⅷ½㎏㏂℡ⅷ", "K℃ÅſẞᏊↄ", "\u200b\u200c\u200d\u00ad\u2060\ufeff", "。．｡․·", "😀👨‍👩‍👧"} {
		for _, r := range letters {
			hosts = append(hosts, "a"+string(r)+"b.example", string(r)+".example", "x."+string(r)+"example.com", "XN--"+string(r)+".example")
		}
	}
	return hosts
}

func TestLocalNames(t *testing.T) {
	for _, name := range strings.Fields("localhost x.localhost a.b.localhost localhost.localdomain localhost4 localhost6 localhost6.localdomain6 ip6-localhost ip6-loopback") {
		if !isLocalName(name) {
			t.Errorf("%s is local", name)
		}
	}
	for _, name := range strings.Fields("local host localhost.example notlocalhost localhostx . localhost7") {
		if isLocalName(name) {
			t.Errorf("%s is not local", name)
		}
	}
}
