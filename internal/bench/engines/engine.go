package engines

import (
	"fmt"

	"github.com/lambdafence/lambdafence/policy"
)

// An Engine answers questions about one list of rules.
type Engine struct {
	Name   string
	Decide func(*Question) bool
}

// The names of the engines, in the order of [New].
const (
	Fence   = "lambdafence"
	Map     = "Go map lookup"
	Globs   = "gobwas/glob loop"
	Cedar   = "cedar-go"
	Regexps = "regexp loop"
)

// All are the names of the engines.
var All = []string{Fence, Map, Globs, Cedar, Regexps}

// New returns all engines for the rules.
func New(rules []Rule) ([]Engine, error) {
	set, err := Compile(Document(rules))
	if err != nil {
		return nil, err
	}
	globs, err := newLoop(rules, compileGlob)
	if err != nil {
		return nil, err
	}
	regexps, err := newLoop(rules, compileRegexp)
	if err != nil {
		return nil, err
	}
	cedar, err := newCedar(rules)
	if err != nil {
		return nil, err
	}
	names := map[string]int{}
	for i, n := range Names(len(rules)) {
		names[n] = i
	}
	return []Engine{
		{Fence, func(q *Question) bool { return set.Decide(&q.Call).Effect == policy.Allow }},
		{Map, func(q *Question) bool { _, ok := names[q.Name]; return ok }},
		{Globs, globs.decide},
		{Cedar, cedar.decide},
		{Regexps, regexps.decide},
	}, nil
}

// Compile is what a fence does with a document.
func Compile(document []byte) (*policy.Set, error) {
	p, err := policy.Parse(document)
	if err != nil {
		return nil, err
	}
	return policy.Compile(p)
}

// Agree is an error if e answers one of the questions wrong: a wrong answer may be
// had at any speed.
func (e Engine) Agree(questions []Question) error {
	for i := range questions {
		if q := &questions[i]; e.Decide(q) != q.Allowed {
			return fmt.Errorf("%s: %s: the answer is not %v", e.Name, q.Call.String(), q.Allowed)
		}
	}
	return nil
}
