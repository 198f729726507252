package main

import (
	"context"
	"net/http"
	"testing"

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
	most := map[bool]float64{true: 5, false: 12} // the budget is 12
	fence, err := newFence(t.Context(), cloud)
	if err != nil {
		t.Fatal(err)
	}
	for name, calls := range map[string]caller{"GetItem": getItem, "GetObject": getObject} {
		for _, same := range []bool{true, false} {
			plain := repeat(t.Context(), "", calls(config(alone)), same).allocations()
			guard := repeat(t.Context(), "", calls(config(fence.AWS)), same)
			if err := guard.do(distinct); err != nil { // a host that was not seen before is read once
				t.Fatal(err)
			}
			guarded := guard.allocations()
			if guarded-plain > most[same]+0.5 { // what a pool drops is made anew now and then
				t.Errorf("%s, same: %v: the guard adds %v allocations to %v", name, same, guarded-plain, plain)
			}
		}
	}
}
