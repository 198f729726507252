// Package wrappertest helps to test a handler behind a fence: a policy from a
// string, the events that were made, stand-ins for the hosts that are called.
//
//	func TestOrder(t *testing.T) {
//		f := wrappertest.New(t, policyYAML)
//		f.Serve(map[string]http.Handler{"api.payments.example": payments})
//		_, err := f.Wrap(handle).Invoke(t.Context(), []byte(`{"order_id":"1"}`))
//		...
//		f.WantBlocked("POST https://collect.example/v1/beacon")
//	}
//
// # Limits
//
// Serve changes http.DefaultTransport until the test ends, so such tests must
// not run in parallel.
package wrappertest

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/policy/source"
	"github.com/lambdafence/lambdafence/wrapper"
)

// Account is the function's own account in a test: self in a policy.
const Account = "123456789012"

// A Fence is a fence that keeps its events.
type Fence struct {
	*wrapper.Fence
	t      testing.TB
	stands *http.Transport // leads to the handlers of Serve

	mu     sync.Mutex
	events []wrapper.Event
}

// New returns a fence with the given policy, in YAML or JSON, of a function of
// [Account]. It makes an event of every call (of equal ones as often as a fence
// does: ten, and then in one with a count), logs nothing and never refreshes, unless
// opts say otherwise. A policy that cannot be read ends the test.
func New(t testing.TB, doc string, opts ...wrapper.Option) *Fence {
	t.Helper()
	p, err := policy.Parse([]byte(doc))
	if err == nil {
		_, err = policy.Compile(p)
	}
	if err != nil {
		t.Fatalf("wrappertest: policy: %v", err)
	}
	f := &Fence{t: t}
	defaults := []wrapper.Option{
		wrapper.WithPolicy(source.Static(t.Name(), []byte(doc))),
		wrapper.WithLogger(slog.New(slog.NewJSONHandler(io.Discard, nil))),
		wrapper.WithEvents(wrapper.All),
		wrapper.WithRefresh(0),
		wrapper.WithSink(f.keep),
		wrapper.WithAccount(Account),
	}
	f.Fence, err = wrapper.New(t.Context(), append(defaults, opts...)...)
	if err != nil {
		t.Fatalf("wrappertest: %v", err)
	}
	return f
}

func (f *Fence) keep(_ context.Context, ev wrapper.Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.events = append(f.events, ev)
}

// Events returns the events so far, in their order.
func (f *Fence) Events() []wrapper.Event {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.events)
}

// Violations returns the events of calls that were reported or blocked.
func (f *Fence) Violations() []wrapper.Event {
	return slices.DeleteFunc(f.Events(), func(ev wrapper.Event) bool { return ev.Outcome == wrapper.Allowed })
}

// Reset forgets the events so far.
func (f *Fence) Reset() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.events = nil
}

// WantBlocked fails the test unless exactly these calls were blocked, in any
// order and however often. A call is written as an event's Call prints it:
// "POST https://collect.example/v1/beacon", "tcp db.internal:5432".
func (f *Fence) WantBlocked(calls ...string) {
	f.t.Helper()
	f.want(wrapper.Blocked, calls)
}

// WantReported is like WantBlocked for calls that were reported.
func (f *Fence) WantReported(calls ...string) {
	f.t.Helper()
	f.want(wrapper.Reported, calls)
}

// WantAllowed is like WantBlocked for calls that were allowed.
func (f *Fence) WantAllowed(calls ...string) {
	f.t.Helper()
	f.want(wrapper.Allowed, calls)
}

func (f *Fence) want(outcome wrapper.Outcome, want []string) {
	f.t.Helper()
	var got []string
	for _, ev := range f.Events() {
		if ev.Outcome == outcome {
			got = append(got, ev.Call.String())
		}
	}
	slices.Sort(got)
	want = slices.Sorted(slices.Values(want))
	if got, want = slices.Compact(got), slices.Compact(want); !slices.Equal(got, want) {
		f.t.Errorf("calls %s:\n  got  %s\n  want %s", outcome, strings.Join(got, ", "), strings.Join(want, ", "))
	}
}
