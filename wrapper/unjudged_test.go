package wrapper_test

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"

	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/policy/source"
	"github.com/lambdafence/lambdafence/wrapper"
)

// TestUnjudgedAddressesAreTold: where a transport makes it impossible to judge the
// addresses that names lead to, the log says so, once.
func TestUnjudgedAddressesAreTold(t *testing.T) {
	own := func(ctx context.Context, network, address string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, address)
	}
	byHand := map[string]func(string, *tls.Conn) http.RoundTripper{"h2": func(string, *tls.Conn) http.RoundTripper { return nil }}
	for _, tt := range []struct {
		name  string
		guard func(f *wrapper.Fence)
		opts  []wrapper.Option
		want  int
	}{
		{"the default", func(f *wrapper.Fence) { f.Transport(nil) }, nil, 0},
		{"a plain one", func(f *wrapper.Fence) { f.Transport(&http.Transport{}) }, nil, 0},
		{"with the fence's dialer", func(f *wrapper.Fence) { f.Transport(&http.Transport{DialContext: f.DialContext}) }, nil, 0},
		{"another round tripper", func(f *wrapper.Fence) { f.Transport(roundTripper(http.DefaultTransport.RoundTrip)) }, nil, 0},
		{"with a dialer", func(f *wrapper.Fence) {
			for range 3 {
				f.Transport(&http.Transport{DialContext: own})
			}
		}, nil, 1},
		{"with a TLS dialer", func(f *wrapper.Fence) { f.Transport(&http.Transport{DialTLSContext: own}) }, nil, 1},
		{"with HTTP/2 put in", func(f *wrapper.Fence) { f.Transport(&http.Transport{TLSNextProto: byHand}) }, nil, 1},
		{"of the SDK, with a dialer", func(f *wrapper.Fence) {
			cfg := aws.Config{HTTPClient: awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) { t.DialContext = own })}
			f.AWS(&cfg)
		}, nil, 1},
		{"of the SDK", func(f *wrapper.Fence) { f.AWS(&aws.Config{}) }, nil, 0},
		{"while the fence is off", func(f *wrapper.Fence) { f.Transport(&http.Transport{DialContext: own}) }, []wrapper.Option{wrapper.WithMode(policy.Off)}, 0},
	} {
		var book logBook
		opts := append(tt.opts, book.option(), wrapper.WithPolicy(source.Static("p", []byte("{mode: enforce, allow: [{host: a.test}]}"))))
		tt.guard(wrapper.Must(wrapper.New(t.Context(), opts...)))
		if n := strings.Count(book.String(), "addresses not judged"); n != tt.want {
			t.Errorf("%s: told %d times, want %d\n%s", tt.name, n, tt.want, book.String())
		}
	}
}
