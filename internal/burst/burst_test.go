package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lambdafence/lambdafence/policy/source"
)

// TestEveryFenceEndsInTheBudget is the burst in small: what is held is that no fence takes longer than the budget, that
// none lets a call through, and that all have the policy of SSM soon.
func TestEveryFenceEndsInTheBudget(t *testing.T) {
	const fences, slack = 50, 2 * time.Second // other tests want the CPU as well
	for _, s := range []scenario{
		{name: "no limit", fences: fences},
		{name: "limit", fences: fences, limit: 10, life: 30 * time.Second},
		{name: "limit and fallback", fences: fences, limit: 10, fallback: true},
	} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			f, err := s.run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if most := percentile(f.took, 100); most > 2*time.Second+slack {
				t.Errorf("New took %v", most)
			}
			if f.states[open] > 0 || f.states[fromSSM]+f.states[carried]+f.states[byRule] != fences {
				t.Errorf("%v", f.states)
			}
			switch {
			case s.limit == 0 && (f.states[fromSSM] != fences || f.throttled > 0):
				t.Errorf("without a limit: %v, %d of %d throttled", f.states, f.throttled, f.asked)
			case s.limit > 0 && (f.states[fromSSM] == fences || f.throttled == 0):
				t.Errorf("the limit was not felt: %v, %d of %d throttled", f.states, f.throttled, f.asked)
			case s.fallback && f.states[byRule] > 0:
				t.Errorf("no policy although one was carried along: %v", f.states)
			case s.life > 0 && len(f.settled) != fences:
				t.Errorf("%d of %d came to SSM's policy", len(f.settled), fences)
			}
		})
	}
}

// TestStateIsNotBlind makes sure that a fence that stands open would be seen.
func TestStateIsNotBlind(t *testing.T) {
	for doc, want := range map[string]state{
		"version: 1\nname: ssm\nallow:\nmode: off\n":     open,
		"version: 1\nname: ssm\nallow:\nmode: report\n":  open,
		"version: 1\nname: ssm\nallow:\nmode: enforce\n": fromSSM,
		"version: 7\n": byRule,
		embedded:       carried,
	} {
		b := &sandbox{source: source.Static("doc", []byte(doc))}
		if err := b.start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := b.state(); got != want {
			t.Errorf("%q: %s, want %s", doc, got, want)
		}
	}
}

func TestAFenceThatCannotBeMadeIsAnError(t *testing.T) {
	err := each([]*sandbox{{}, {}}, func(b *sandbox) error { return b.start(t.Context()) })
	if err == nil || !strings.Contains(err.Error(), "wrapper.New") {
		t.Error(err)
	}
}

func TestTheTableTells(t *testing.T) {
	for _, test := range []struct {
		name, args string
		code       int
		want       []string // in the table
		not        string
	}{
		{"the burst alone", "-n=2 -limit=1000 -for=0", 0, []string{"2 fences", "no limit", "1000 requests a second", "First(ssm, embedded)"}, "invoked"},
		{"a life that is over", "-n=2 -limit=0.3 -for=1ms", 0, []string{"invoked once a second", "0.3 requests a second 1 1 "}, "-1"},
		{"no fences", "-n=0", 2, nil, "fences"},
		{"a flag that it has not", "-x", 2, nil, "fences"},
	} {
		var table, errs bytes.Buffer
		if got := run(t.Context(), strings.Fields(test.args), &table, &errs); got != test.code || (errs.Len() > 0) != (test.code > 0) {
			t.Errorf("%s: exit code %d, %s", test.name, got, errs.String())
		}
		text := strings.Join(strings.Fields(table.String()), " ")
		for _, want := range test.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in\n%s", test.name, want, table.String())
			}
		}
		if strings.Contains(text, test.not) {
			t.Errorf("%s: %q in\n%s", test.name, test.not, table.String())
		}
	}
}

func TestPercentile(t *testing.T) {
	var times []time.Duration
	for i := range 200 {
		times = append(times, time.Duration(200-i))
	}
	for p, want := range map[int]time.Duration{1: 2, 50: 100, 99: 198, 100: 200} {
		if got := percentile(times, p); got != want {
			t.Errorf("p%d is %d, want %d", p, got, want)
		}
	}
	if got := percentile(times[:1], 50); got != 200 {
		t.Errorf("p50 of one is %d", got)
	}
	if got := strings.Fields(percentiles(nil, 50) + percentiles([]time.Duration{12345 * time.Millisecond, 0}, 50, 100)); !slices.Equal(got, []string{"-", "0.00s", "12.3s"}) {
		t.Errorf("printed %q", got)
	}
}
