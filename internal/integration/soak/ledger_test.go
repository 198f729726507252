package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/lambdafence/lambdafence/internal/awsstand"
	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/wrapper"
)

// bookOf returns a ledger of a world in which versions 1, 2, ... were published and served, and the first is in force.
func bookOf(versions ...doc) *ledger {
	w := &world{faults: &faults{}}
	w.calls = newCalls(w.faults)
	w.parameter = newParameter(w, awsstand.New(awsstand.Config{}))
	for i, d := range versions {
		w.parameter.versions[i+1] = d
	}
	w.parameter.served.Store(int64(len(versions)))
	l := &ledger{name: "test", world: w, born: 1}
	l.inForce.Store(1)
	return l
}

// denied is what a fence returns of a call that a version blocks.
func denied(version string) error {
	return fmt.Errorf("get: %w", &wrapper.BlockedError{Policy: wrapper.PolicyRef{Version: version}})
}

func TestJudge(t *testing.T) {
	var (
		a, b    = doc{list: onlyA, mode: "enforce"}, doc{list: onlyB, mode: "enforce"}
		reportB = doc{list: onlyB, mode: "report"}
		bad     = doc{bad: "~"}
		gone    = errors.New("connection refused")
	)
	for _, tt := range []struct {
		name     string
		versions []doc
		class    class
		arrives  bool
		err      error
		want     string
	}{
		{"allowed by both", []doc{a, b}, always, true, nil, ""},
		{"allowed by one", []doc{a, b}, onlyA, true, nil, ""},
		{"blocked by the other", []doc{a, b}, onlyA, false, denied("2"), ""},
		{"blocked by both", []doc{a, b}, never, false, denied("1"), ""},
		{"reported by one", []doc{a, reportB}, never, true, nil, ""},
		{"fails by itself", []doc{a, b}, always, false, gone, ""},
		{"allowed by both and blocked", []doc{a, b}, always, false, denied("1"), "always was blocked by version"},
		{"blocked by both and let through", []doc{a, b}, never, true, nil, "was let through"},
		{"blocked by both, let through, fails", []doc{a, b}, never, false, gone, "was let through"},
		{"a bad policy excuses nothing", []doc{a, bad}, never, true, nil, "was let through"},
		{"blocked by the version that allows it", []doc{a, b}, onlyA, false, denied("1"), "only-a was blocked by version"},
		{"blocked by a version that nobody was given", []doc{a}, never, false, denied("2"), `by version "2"`},
		{"blocked by a bad policy", []doc{a, bad}, never, false, denied("2"), `by version "2"`},
		{"blocked for want of a policy that there was", []doc{a}, never, false, denied(""), `by version ""`},
		{"blocked and sent", []doc{a}, never, true, denied("1"), "was blocked, and arrived"},
		{"answered by nobody", []doc{a}, always, false, nil, "never arrived"},
		{"a denial that does not say why", []doc{a}, never, false, wrapper.ErrBlocked, "a denial without a policy"},
	} {
		l := bookOf(tt.versions...)
		l.judge(tt.class, true, func(id string) error {
			if tt.arrives {
				l.world.calls.arrive(id)
			}
			return tt.err
		})
		got := strings.Join(l.world.faults.list(), "; ")
		if (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestArrivals(t *testing.T) {
	l := bookOf(doc{list: onlyA, mode: "enforce"})
	late := ""
	l.judge(never, true, func(id string) error { late = id; return denied("1") })
	if len(l.world.faults.list()) > 0 {
		t.Fatal(l.world.faults.list())
	}
	l.world.calls.arrive(late)
	l.world.calls.arrive("")
	if got := strings.Join(l.world.faults.list(), "; "); !strings.Contains(got, "was blocked, and arrived all the same") || !strings.Contains(got, "no call was made for") {
		t.Error(got)
	}
	for range 3 * len(l.world.calls.ring) { // memory is bounded
		l.judge(never, true, func(string) error { return denied("1") })
	}
	if c := l.world.calls; len(c.open) > 0 || len(c.blocked) > len(c.ring) {
		t.Errorf("%d open, %d blocked are kept", len(c.open), len(c.blocked))
	}
}

func TestSettle(t *testing.T) {
	a := doc{list: onlyA, mode: "enforce"}
	reportA := doc{list: onlyA, mode: "report"}
	event := func(o wrapper.Outcome, version string, count int) wrapper.Event {
		return wrapper.Event{Outcome: o, Count: count, Policy: wrapper.PolicyRef{Version: version}, Call: policy.Call{Host: "never.example.com"}}
	}
	for _, tt := range []struct {
		name    string
		all     bool
		policy  doc
		results []error // of calls of the class never
		events  []wrapper.Event
		want    string
	}{
		{"all told", false, a, []error{denied("1"), denied("1")}, []wrapper.Event{event(wrapper.Blocked, "1", 2)}, ""},
		{"one lost", false, a, []error{denied("1"), denied("1")}, []wrapper.Event{event(wrapper.Blocked, "1", 1)}, "2 calls were blocked, events tell of 1"},
		{"one too many", false, a, []error{denied("1")}, []wrapper.Event{event(wrapper.Blocked, "1", 2)}, "1 calls were blocked, events tell of 2"},
		{"reported", false, reportA, []error{nil, nil}, []wrapper.Event{event(wrapper.Reported, "1", 2)}, ""},
		{"a report lost", false, reportA, []error{nil, nil}, []wrapper.Event{event(wrapper.Reported, "1", 1)}, "2 to 2 calls were reported, events tell of 1"},
		{"two verdicts on one call", true, reportA, []error{nil}, []wrapper.Event{event(wrapper.Reported, "1", 2)}, "1 calls were made, events tell of 2"},
		{"an event of another outcome", false, a, nil, []wrapper.Event{event(wrapper.Reported, "1", 1)}, "never was reported by version"},
	} {
		l := bookOf(tt.policy)
		l.all = tt.all
		for _, err := range tt.results {
			l.judge(never, false, func(string) error { return err })
		}
		for _, ev := range tt.events {
			func() {
				defer func() { _ = recover() }() // a sink panics now and then
				l.sink(t.Context(), ev)
			}()
		}
		l.settle()
		got := strings.Join(l.world.faults.list(), "; ")
		if (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestPolicies: what the soak takes for one must be one for the fence too, and the others must not.
func TestPolicies(t *testing.T) {
	for _, d := range badDocs {
		if _, err := policy.Parse([]byte(d.bad)); err == nil {
			t.Errorf("%q is a policy", d.bad)
		}
	}
	w, err := newWorld()
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	for _, d := range docs {
		p, err := policy.Parse([]byte(d.text(w)))
		if err != nil {
			t.Errorf("%s\n%v", d.text(w), err)
			continue
		}
		if _, err := policy.Compile(p); err != nil {
			t.Error(err)
		}
	}
}
