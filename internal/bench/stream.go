package main

import (
	"fmt"
	"testing"

	"github.com/lambdafence/lambdafence/internal/bench/engines"
)

// A stream is a sequence of questions, asked over and over.
type stream struct {
	name    string
	ask     []engines.Question
	allowed bool
}

const hot = 4 * engines.Shapes // calls of a stream that repeats itself

// streams are allowed and denied calls, each another or a few again and again.
func streams(rules []engines.Rule, length int) ([]stream, error) {
	var all []stream
	for _, allowed := range []bool{true, false} {
		name := "denied"
		if allowed {
			name = "allowed"
		}
		questions, err := engines.Ask(rules, length, allowed)
		if err != nil {
			return nil, err
		}
		all = append(all,
			stream{name + ", a few calls", questions[:hot], allowed},
			stream{name + ", never the same", questions, allowed})
	}
	return all, nil
}

func (s stream) repeats() bool { return len(s.ask) == hot }

// asks is a subject that goes through the stream, in batches that have every
// shape. The questions of a batch are read before the clock starts: in a program
// a call is in the cache when it is judged, the rule for it need not be.
func (s stream) asks(e engines.Engine) subject {
	at, right, seen := 0, s.allowed, 0
	next := func(i int) int {
		if i++; i == len(s.ask) {
			return 0
		}
		return i
	}
	return subject{name: e.Name, step: engines.Shapes,
		ready: func(n int) {
			for i := at; n > 0; n-- {
				seen += s.ask[i].Read()
				i = next(i)
			}
		},
		do: func(n int) error {
			i := at // two streams at once would share the cache line that at is in
			for range n {
				if e.Decide(&s.ask[i]) != right {
					return fmt.Errorf("%s: a wrong answer", s.ask[i].Call.String())
				}
				i = next(i)
			}
			at = i
			return nil
		}}
}

// allocations is how often a decision allocates, in one way through the stream.
func (s stream) allocations(fence subject) float64 {
	return testing.AllocsPerRun(2, func() { _ = fence.do(len(s.ask)) }) / float64(len(s.ask))
}
