package policy

import (
	"net/url"
	"testing"
)

// TestOtherHostsOfARequest holds that whatever else a request names as its host
// is judged, in spellings that only lenient servers take.
func TestOtherHostsOfARequest(t *testing.T) {
	s := mustCompile(t, "mode: enforce\ndeny: [{host: evil.example}]")
	for _, tt := range []struct{ name, method, opaque, path, host string }{
		{"junk port in Host", "GET", "", "/", "evil.example:80abc"},
		{"user in Host", "GET", "", "/", "x@evil.example"},
		{"absolute target", "GET", "//evil.example/x", "", ""},
		{"CONNECT to an authority", "CONNECT", "evil.example:443", "", ""},
		{"CONNECT to an authority behind slashes", "CONNECT", "//evil.example:443", "", ""},
		{"CONNECT to an absolute target", "CONNECT", "//evil.example/", "/", ""},
	} {
		c, err := HTTPCall(tt.method, &url.URL{Scheme: "http", Host: "good.example", Opaque: tt.opaque, Path: tt.path}, tt.host)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
		} else if d := s.Decide(&c); d.Effect != Deny {
			t.Errorf("%s: %+v of %+v", tt.name, d, c)
		}
	}
}
