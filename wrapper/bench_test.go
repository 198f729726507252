package wrapper_test

import (
	"net/http"
	"testing"

	"github.com/lambdafence/lambdafence/policy/source"
	"github.com/lambdafence/lambdafence/wrapper"
)

// BenchmarkGuard times what the guard adds to a request, without a socket.
func BenchmarkGuard(b *testing.B) {
	f := wrapper.Must(wrapper.New(b.Context(), discard(), wrapper.WithPolicy(source.Static("p",
		[]byte("mode: enforce\nallow: [{host: api.example.com, methods: [GET], paths: [/v1/**]}]")))))
	rt := wrapper.OwnedTransport(f, func(*http.Request) (*http.Response, error) { return nil, nil })
	for _, bm := range []struct{ name, url string }{
		{"allowed", "https://api.example.com/v1/charges/1"},
		{"blocked", "https://evil.example/v1"},
	} {
		b.Run(bm.name, func(b *testing.B) {
			req, _ := http.NewRequest("GET", bm.url, nil)
			b.ReportAllocs()
			for b.Loop() {
				_, _ = rt.RoundTrip(req)
			}
		})
	}
}
