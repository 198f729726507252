package wrapper_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lambdafence/lambdafence/internal/awskey"
	"github.com/lambdafence/lambdafence/policy/source"
	"github.com/lambdafence/lambdafence/wrapper"
)

// TestVerdictEndsWithAPanic: a verdict ends with its call also where that panics, and for an operation that was
// approved before. The context of the call is worth nothing afterwards, and shows nothing.
func TestVerdictEndsWithAPanic(t *testing.T) {
	for _, events := range []wrapper.Events{wrapper.Violations, wrapper.All} {
		c := newCloud(t)
		f := wrapper.Must(wrapper.New(t.Context(), discard(), wrapper.WithEvents(events), wrapper.WithPolicy(source.Static("p", []byte(appOnly)))))
		wrapper.StartedWith(f, awskey.ID(ownAccount))
		cfg := c.config(ownAccount)
		var ctx context.Context
		var host string
		calls := 0
		cfg.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			ctx, host = r.Context(), r.URL.Host
			if calls++; calls == 4 {
				panic("in a round tripper")
			}
			return c.transport().RoundTrip(r)
		})}
		f.AWS(&cfg)
		for range 3 {
			if _, err := read(t, cfg, "/app/colour"); err != nil {
				t.Fatal(err)
			}
		}
		func() {
			defer func() { _ = recover() }()
			_, _ = read(t, cfg, "/app/colour")
		}()
		if calls != 4 {
			t.Fatalf("%d calls", calls)
		}
		after, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		if _, err := f.DialContext(after, "tcp", host+":443"); !errors.Is(err, wrapper.ErrBlocked) {
			t.Errorf("events %v: a dial after the call: %v", events, err)
		}
		for _, holder := range []any{ctx, after, &ctx, []any{ctx}, struct{ C context.Context }{ctx}, struct{ c context.Context }{ctx}} {
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
				if s := fmt.Sprintf(verb, holder); strings.Contains(s, "AWS4") || strings.Contains(s, "41575334") {
					t.Errorf("events %v: %s of %T shows the signature: %.300s", events, verb, holder, s)
				}
			}
		}
	}
}
