package review

import (
	"math/rand/v2"
	"testing"

	"github.com/lambdafence/lambdafence/policy"
)

// TestDiffMissesNothing compares random policies and their changes by all calls of a
// small universe: what is let through by the new one alone must be told, and so must
// what it alone stops.
func TestDiffMissesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	calls := universe(r, 3000)
	pairs := 300
	if testing.Short() {
		pairs = 100
	}
	var told, seen, examples, alike int
	for range pairs {
		a := randomSketch(r)
		b := a.changed(r)
		if r.IntN(3) == 0 {
			b = b.changed(r)
		}
		wider, narrower := holdDiff(t, calls, a.String(), b.String(), &told, &examples)
		if wider {
			seen++
		}
		if !wider && !narrower {
			alike++
		}
	}
	t.Logf("%d pairs, %d of them alike to all calls; %d widen for some call, %d are said to; %d of those with an example", pairs, alike, seen, told, examples)
	if examples < told*9/10 {
		t.Errorf("of %d widenings only %d have an example", told, examples)
	}
}

// holdDiff compares what Diff says with what the calls show.
func holdDiff(t *testing.T, calls []policy.Call, a, b string, told, examples *int) (wider, narrower bool) {
	t.Helper()
	old, now := mustRead(t, a), mustRead(t, b)
	if cs := Diff(old, old); len(cs) > 0 {
		t.Fatalf("not like itself: %v\n%s", cs, a)
	}
	ds := Diff(old, now)
	before, after := mustCompile(t, old), mustCompile(t, now)
	var widening, narrowing *policy.Call
	differs := false
	for i := range calls {
		was, is := result(before, &calls[i]), result(after, &calls[i])
		if is < was && widening == nil {
			widening = &calls[i]
		}
		if is > was && narrowing == nil {
			narrowing = &calls[i]
		}
		differs = differs || before.Decide(&calls[i]).Effect != after.Decide(&calls[i]).Effect
	}
	switch {
	case widening != nil && !ds.Widens():
		t.Fatalf("not told: %+v\n%s\n%s", widening, a, b)
	case narrowing != nil && !ds.Narrows():
		t.Fatalf("not told, narrower: %+v\n%s\n%s", narrowing, a, b)
	case differs && len(ds) == 0:
		t.Fatalf("said to be the same\n%s\n%s", a, b)
	}
	if ds.Widens() {
		*told++
		for _, d := range ds {
			if d.Widens && d.Call != nil {
				*examples++
				break
			}
		}
	}
	holdExamples(t, ds, before, after)
	return widening != nil, narrowing != nil
}

// holdExamples tries the examples.
func holdExamples(t *testing.T, ds Changes, before, after *policy.Set) {
	t.Helper()
	for _, d := range ds {
		if d.Call == nil {
			continue
		}
		was, is := before.Decide(d.Call), after.Decide(d.Call)
		if strictness(&was) == strictness(&is) || d.Widens && strictness(&is) > strictness(&was) {
			t.Fatalf("%s: no example: %v, %v", &d, was, is)
		}
	}
}
