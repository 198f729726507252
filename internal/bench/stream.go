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

// asks is a subject that goes through the stream, in batches that have every shape.
func (s stream) asks(e engines.Engine) subject {
	at, right := 0, s.allowed
	return subject{name: e.Name, step: engines.Shapes, do: func(n int) error {
		for range n {
			if e.Decide(&s.ask[at]) != right {
				return fmt.Errorf("%s: a wrong answer", s.ask[at].Call.String())
			}
			if at++; at == len(s.ask) {
				at = 0
			}
		}
		return nil
	}}
}

// allocations is how often a decision allocates, in one way through the stream.
func (s stream) allocations(fence subject) float64 {
	return testing.AllocsPerRun(2, func() { _ = fence.do(len(s.ask)) }) / float64(len(s.ask))
}
