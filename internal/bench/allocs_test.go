package main

import (
	"context"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/lambdafence/lambdafence/internal/bench/engines"
)

func TestDecideDoesNotAllocate(t *testing.T) {
	for _, n := range []int{10, 200} {
		rules := engines.Rules(n)
		all, err := engines.New(rules)
		if err != nil {
			t.Fatal(err)
		}
		by, err := streams(rules, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range by {
			if allocs := s.allocations(s.asks(all[0])); allocs != 0 {
				t.Errorf("%d rules, %s: %v allocations", n, s.name, allocs)
			}
		}
	}
}

// TestHTTPGuardDoesNotAllocate is about the guard over an *http.Transport.
func TestHTTPGuardDoesNotAllocate(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	all, err := requests(ctx, "https://api.payments.example")
	if err != nil {
		t.Fatal(err)
	}
	fence, err := newFence(t.Context(), payments)
	if err != nil {
		t.Fatal(err)
	}
	plain := &http.Transport{}
	guarded := sends("guarded", fence.Transport(plain), all, true).allocations()
	if alone := sends("plain", plain, all, true).allocations(); guarded > alone {
		t.Errorf("%v allocations, and %v without a guard", guarded, alone)
	}
}

// TestAWSGuardAllocates holds what the guard adds to an allowed call of the SDK.
func TestAWSGuardAllocates(t *testing.T) {
	fence, err := newFence(t.Context(), cloud)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		calls caller
		most  float64 // the budget is 12
	}{
		{"the same item", getItem(1, 1), 4},
		{"another item", getItem(1, distinct), 4},
		{"another table", getItem(distinct, 1), 11},
		{"the same object", getObject(1, 1), 4},
		{"another object", getObject(1, distinct), 4},
		{"another bucket", getObject(distinct, distinct), 11},
		{"another object, all or a part", func(cfg aws.Config) func(context.Context, int) error {
			all, part := getObject(1, distinct)(cfg), getObject(1, distinct, "bytes=0-1")(cfg)
			return func(ctx context.Context, i int) error {
				if i%2 == 0 {
					return part(ctx, i)
				}
				return all(ctx, i)
			}
		}, 4},
	} {
		plain := repeat(t.Context(), "", tt.calls(config(alone))).allocations()
		guard := repeat(t.Context(), "", tt.calls(config(fence.AWS)))
		if err := guard.do(distinct); err != nil { // a host that was not seen before is read once
			t.Fatal(err)
		}
		guarded := guard.allocations()
		t.Logf("%s: %v of %v", tt.name, guarded-plain, guarded)
		if guarded-plain > tt.most+0.5 { // what a pool drops is made anew now and then
			t.Errorf("%s: the guard adds %v allocations to %v", tt.name, guarded-plain, plain)
		}
	}
}
