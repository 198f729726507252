package policy

import (
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestHTTPCall(t *testing.T) {
	tests := []struct {
		name, method string
		url          url.URL
		host         string
		want         Call
	}{
		{"plain", "GET", url.URL{Scheme: "https", Host: "a.example", Path: "/v1"}, "", Call{Host: "a.example", Scheme: "https", Port: 443, Method: "GET", Path: "/v1"}},
		{"no path", "", url.URL{Scheme: "http", Host: "a.example"}, "", Call{Host: "a.example", Scheme: "http", Port: 80, Path: "/"}},
		{"query and fragment", "GET", url.URL{Scheme: "http", Host: "a.example", Path: "/x", RawQuery: "secret", Fragment: "f"}, "", Call{Host: "a.example", Scheme: "http", Port: 80, Method: "GET", Path: "/x"}},
		{"user", "GET", url.URL{Scheme: "http", Host: "a.example", Path: "/x", User: url.UserPassword("u", "p")}, "", Call{Host: "a.example", Scheme: "http", Port: 80, Method: "GET", Path: "/x"}},
		{"escaped path", "GET", url.URL{Scheme: "http", Host: "a.example", Path: "/a b/c?d"}, "", Call{Host: "a.example", Scheme: "http", Port: 80, Method: "GET", Path: "/a%20b/c%3Fd"}},
		{"raw path", "GET", url.URL{Scheme: "http", Host: "a.example", Path: "/a/b", RawPath: "/a%2Fb"}, "", Call{Host: "a.example", Scheme: "http", Port: 80, Method: "GET", Path: "/a%2Fb"}},
		{"port", "GET", url.URL{Scheme: "https", Host: "a.example:8443"}, "", Call{Host: "a.example", Scheme: "https", Port: 8443, Method: "GET", Path: "/"}},
		{"empty port", "GET", url.URL{Scheme: "https", Host: "a.example:"}, "", Call{Host: "a.example", Scheme: "https", Port: 443, Method: "GET", Path: "/"}},
		{"port that wraps", "GET", url.URL{Scheme: "https", Host: "a.example:4294967739"}, "", Call{Host: "a.example", Scheme: "https", Port: 443, Method: "GET", Path: "/"}},
		{"local system", "GET", url.URL{Scheme: "http", Host: ":9001"}, "", Call{Host: "localhost", Scheme: "http", Port: 9001, Method: "GET", Path: "/"}},
		{"other scheme", "GET", url.URL{Scheme: "ftp", Host: "a.example"}, "", Call{Host: "a.example", Scheme: "ftp", Method: "GET", Path: "/"}},
		{"IPv6 zone", "GET", url.URL{Scheme: "http", Host: "[fe80::1%eth0]"}, "", Call{Host: "fe80::1", Scheme: "http", Port: 80, Method: "GET", Path: "/"}},

		{"Host the same", "GET", url.URL{Scheme: "http", Host: "a.example:80"}, "A.example.:81", Call{Host: "a.example", Scheme: "http", Port: 80, Method: "GET", Path: "/"}},
		{"Host another", "GET", url.URL{Scheme: "http", Host: "a.example"}, "B.example:81", Call{Host: "a.example", HostHeader: "b.example", Scheme: "http", Port: 80, Method: "GET", Path: "/"}},
		{"Host with user", "GET", url.URL{Scheme: "http", Host: "a.example"}, "a.example@b.example", Call{Host: "a.example", HostHeader: "b.example", Scheme: "http", Port: 80, Method: "GET", Path: "/"}},
		{"Host with a port that is none", "GET", url.URL{Scheme: "http", Host: "a.example"}, "b.example:x", Call{Host: "a.example", HostHeader: "b.example", Scheme: "http", Port: 80, Method: "GET", Path: "/"}},
		{"Host IPv6", "GET", url.URL{Scheme: "http", Host: "a.example"}, "[::1]:80", Call{Host: "a.example", HostHeader: "::1", Scheme: "http", Port: 80, Method: "GET", Path: "/"}},

		{"opaque path", "GET", url.URL{Scheme: "http", Host: "a.example", Path: "/public", Opaque: "/admin"}, "", Call{Host: "a.example", Scheme: "http", Port: 80, Method: "GET", Path: "/admin"}},
		{"opaque host", "GET", url.URL{Scheme: "http", Host: "a.example", Opaque: "//b.example/x?q"}, "", Call{Host: "a.example", Scheme: "http", Port: 80, Method: "GET", Path: "http://b.example/x"}},
		{"opaque user", "GET", url.URL{Scheme: "http", Host: "a.example", Opaque: "//u:p@b.example/x@y"}, "", Call{Host: "a.example", Scheme: "http", Port: 80, Method: "GET", Path: "http://b.example/x@y"}},
		{"opaque relative", "GET", url.URL{Scheme: "http", Host: "a.example", Opaque: "x/y"}, "", Call{Host: "a.example", Scheme: "http", Port: 80, Method: "GET", Path: "x/y"}},
		{"tunnel", "CONNECT", url.URL{Scheme: "https", Host: "a.example"}, "", Call{Host: "a.example", Scheme: "https", Port: 443, Method: "CONNECT", Path: "a.example"}},
		{"tunnel by Host", "CONNECT", url.URL{Scheme: "https", Host: "a.example"}, "b.example:22", Call{Host: "a.example", HostHeader: "b.example", Scheme: "https", Port: 443, Method: "CONNECT", Path: "b.example:22"}},
		{"tunnel by opaque", "CONNECT", url.URL{Scheme: "https", Host: "a.example", Opaque: "u:p@b.example:22"}, "", Call{Host: "a.example", Scheme: "https", Port: 443, Method: "CONNECT", Path: "b.example:22"}},
		{"tunnel by slashes", "CONNECT", url.URL{Scheme: "https", Host: "a.example", Opaque: "//b.example:22"}, "", Call{Host: "a.example", Scheme: "https", Port: 443, Method: "CONNECT", Path: "b.example:22"}},
		{"tunnel with path", "CONNECT", url.URL{Scheme: "https", Host: "a.example", Path: "/x"}, "", Call{Host: "a.example", Scheme: "https", Port: 443, Method: "CONNECT", Path: "/x"}},
	}
	for _, tt := range tests {
		tt.want.Kind, tt.want.Network = HTTP, "tcp"
		got, err := HTTPCall(tt.method, &tt.url, tt.host)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		if diff := cmp.Diff(tt.want, got, cmpopts.EquateComparable(netip.Addr{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestHTTPCallRefuses(t *testing.T) {
	tests := []struct {
		name string
		url  *url.URL
		want string
	}{
		{"nil", nil, "nil request URL"},
		{"no host", &url.URL{Scheme: "http", Path: "/x"}, "no host in request URL"},
		{"port", &url.URL{Scheme: "http", Host: "a.example:65536"}, "invalid port"},
		{"control character", &url.URL{Scheme: "http", Host: "a.example", Opaque: "/x HTTP/1.1\r\nHost: evil.example"}, "control character in request URL"},
	}
	for _, tt := range tests {
		if _, err := HTTPCall("GET", tt.url, ""); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
}

func TestNetCall(t *testing.T) {
	tests := []struct {
		name, network, address string
		want                   Call
	}{
		{"tcp", "tcp", "DB.internal.:5432", Call{Network: "tcp", Host: "db.internal", Port: 5432}},
		{"tcp4", "tcp4", "10.0.0.1:5432", Call{Network: "tcp", Host: "10.0.0.1", Port: 5432}},
		{"udp6", "udp6", "[2001:db8::1]:53", Call{Network: "udp", Host: "2001:db8::1", Port: 53}},
		{"zone", "tcp", "[fe80::1%eth0]:80", Call{Network: "tcp", Host: "fe80::1", Port: 80}},
		{"local system", "tcp", ":80", Call{Network: "tcp", Host: "localhost", Port: 80}},
		{"port by name", "tcp", "a.example:https", Call{Network: "tcp", Host: "a.example", Port: 443}},
		{"empty port", "tcp", "a.example:", Call{Network: "tcp", Host: "a.example"}},
		{"port with zeros", "tcp", "a.example:000443", Call{Network: "tcp", Host: "a.example", Port: 443}},
		{"port with sign", "tcp", "a.example:+443", Call{Network: "tcp", Host: "a.example", Port: 443}},
		{"port that wraps", "tcp", "a.example:4294967739", Call{Network: "tcp", Host: "a.example", Port: 443}},
		{"unix", "unix", "/var/run/x.sock", Call{Network: "unix", Path: "/var/run/x.sock"}},
		{"unixgram", "unixgram", "@abstract", Call{Network: "unix", Path: "@abstract"}},
		{"raw", "ip4:icmp", "192.0.2.1", Call{Network: "ip", Host: "192.0.2.1"}},
		{"raw IPv6", "ip6:58", "[::1]", Call{Network: "ip", Host: "::1"}},
	}
	for _, tt := range tests {
		got, err := NetCall(tt.network, tt.address)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		if diff := cmp.Diff(tt.want, got, cmpopts.EquateComparable(netip.Addr{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
	for name, tt := range map[string][2]string{
		"no port":         {"tcp", "a.example"},
		"two ports":       {"tcp", "a.example:1:2"},
		"negative port":   {"tcp", "a.example:-1"},
		"large port":      {"tcp", "a.example:65536"},
		"unknown service": {"udp", "a.example:no-such-service"},
		"unknown network": {"tcp5", "a.example:80"},
		"empty network":   {"", "a.example:80"},
	} {
		if c, err := NetCall(tt[0], tt[1]); err == nil {
			t.Errorf("%s: %v", name, &c)
		}
	}
}

func TestCallString(t *testing.T) {
	tests := []struct {
		call Call
		want string
	}{
		{Call{Kind: HTTP, Scheme: "https", Host: "a.example", Port: 443, Method: "POST", Path: "/v1"}, "POST https://a.example/v1"},
		{Call{Kind: HTTP, Scheme: "https", Host: "a.example", Port: 8443, Path: "/"}, "GET https://a.example:8443/"},
		{Call{Kind: HTTP, Scheme: "http", Host: "2001:db8::1", Port: 80, Path: "/"}, "GET http://[2001:db8::1]/"},
		{Call{Kind: HTTP, Scheme: "http", Host: "a.example", Path: "http://b.example/"}, "GET http://a.example http://b.example/"},
		{Call{Kind: HTTP, Scheme: "http", Host: "a.example", Path: "/x\r\nlevel=INFO \x1b[2J\u2028"}, `GET http://a.example/x\r\nlevel=INFO \x1b[2J\u2028`},
		{Call{Host: "db.internal", Port: 5432}, "tcp db.internal:5432"},
		{Call{Network: "udp", Host: "2001:db8::1", Port: 53}, "udp [2001:db8::1]:53"},
		{Call{Network: "unix", Path: "/x.sock"}, "unix /x.sock"},
		{Call{Network: "ip", Host: "192.0.2.1"}, "ip 192.0.2.1"},
		{Call{Kind: AWS, Service: "s3", Operation: "GetObject"}, "s3:GetObject"},
		{Call{Kind: AWS, Service: "S3"}, "S3:(unknown operation)"},
		{Call{Kind: AWS, Service: "S3", Operation: "GetObject", Host: "a.s3.eu-west-1.amazonaws.com", Scheme: "https", Port: 443, Resources: []string{"arn:aws:s3:::a/x\n"}}, `S3:GetObject arn:aws:s3:::a/x\n`},
		{Call{Kind: AWS, Service: "S3", Operation: "DeleteObjects", Host: "evil.example", Scheme: "https", Port: 443, Resources: []string{"a", "b", "c"}}, "S3:DeleteObjects a and 2 more at evil.example"},
		{Call{Kind: AWS, Service: "S3", Operation: "ListBuckets", Host: "::1", Scheme: "http", Port: 4566}, "S3:ListBuckets at [::1]:4566"},
	}
	for _, tt := range tests {
		if got := tt.call.String(); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
	for got, want := range map[string]string{
		Net.String() + HTTP.String() + AWS.String() + Kind(9).String():    "nethttpawsinvalid(9)",
		UnknownAccess.String() + List.String() + Permissions.String():     "unknownlistpermissions",
		Deny.String() + Allow.String():                                    "denyallow",
		Unset.String() + Off.String() + Learn.String() + Enforce.String(): "unsetofflearnenforce",
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// TestTargetIsThatOfTheURL: what is sent is what net/url escapes, for each byte.
func TestTargetIsThatOfTheURL(t *testing.T) {
	for c := range 256 {
		for _, path := range []string{"", "/a" + string([]byte{byte(c)}), string([]byte{byte(c)}), "/a/" + string([]byte{byte(c)}) + "b/c"} {
			u := url.URL{Scheme: "https", Host: "a.example", Path: path}
			want := u.RequestURI()
			if got, err := HTTPCall("GET", &u, ""); err != nil || got.Path != want {
				t.Errorf("%q: %q, %v, want %q", path, got.Path, err, want)
			}
		}
	}
}
