package learn

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/lambdafence/lambdafence/wrapper"
)

// evidence is what speaks for a rule.
type evidence struct {
	span
	calls     int64
	callers   bounded // packages or, where these are not known, modules
	functions bounded
	examples  bounded // hosts with paths, ARNs
	fields    uint64  // of one path, at which places its names are those of a field: a bit each
}

// Bounds of one piece of evidence.
const (
	maxKept     = 8
	maxKeptText = 256 // bytes
)

// A bounded set keeps the least of what it is given, and says if there was more:
// so that what it keeps does not hang on the order.
type bounded struct {
	items []string
	more  bool
}

func (b *bounded) add(s string) {
	if len(s) > maxKeptText {
		s = strings.Clone(s[:maxKeptText])
	}
	at, there := slices.BinarySearch(b.items, s)
	switch {
	case s == "" || there:
		return
	case len(b.items) == maxKept:
		if b.more = true; at == len(b.items) {
			return
		}
		b.items = b.items[:len(b.items)-1]
	}
	b.items = slices.Insert(b.items, at, s)
}

// several reports whether there is more than one.
func (b *bounded) several() bool { return len(b.items) > 1 }

func (b *bounded) String() string {
	s := strings.Join(b.items, ", ")
	if b.more {
		s += " and others"
	}
	return s
}

func (b *bounded) merge(other *bounded) {
	b.more = b.more || other.more
	for _, s := range other.items {
		b.add(s)
	}
}

// evidenceOf is that of one event.
func evidenceOf(ev *wrapper.Event) *evidence {
	e := &evidence{calls: int64(max(ev.Count, 1)), span: span{ev.Time, ev.Time}}
	c := ev.Call.Caller
	e.callers.add(cmp.Or(c.Package, c.Module))
	e.functions.add(ev.Function.Name)
	return e
}

func (e *evidence) merge(other *evidence) {
	if e.calls += other.calls; e.calls < 0 {
		e.calls = math.MaxInt64
	}
	e.add(other.span)
	e.callers.merge(&other.callers)
	e.functions.merge(&other.functions)
	e.examples.merge(&other.examples)
}
