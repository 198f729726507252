package policy

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

// A Set is one or more policies compiled into layers that must all agree. It
// is immutable and safe for concurrent use.
type Set struct {
	layers  []layer
	mode    Mode // the hardest of the layers' modes
	runtime listener
	guarded bool // runtime is known

	partition string // that the function runs in; empty: unknown
	time      bool   // a rule has until
	callers   bool   // a rule has from
}

// A layer is one policy of a set.
type layer struct {
	mode        Mode
	rules       []rule // allow rules first, as in the policy
	index       index
	hasAllow    bool
	doors       []listener
	sockets     []string // unix: paths that local opens
	openers     []int32  // allow rules that name a local address
	unavailable string
	decisions   decisions
}

// Compile compiles policies into layers, in their order, for a [Platform] of
// which nothing is known. A nil policy and no policy at all are errors.
func Compile(layers ...*Policy) (*Set, error) { return Platform{}.Compile(layers...) }

// Compile is like the function of that name, with the addresses and the
// softening of p.
func (p Platform) Compile(policies ...*Policy) (*Set, error) {
	switch {
	case len(policies) == 0:
		return nil, errors.New("no policy to compile")
	case len(policies) > maxLayers:
		return nil, fmt.Errorf("%d layers: at most %d", len(policies), maxLayers)
	}
	s := &Set{}
	if p.Region != "" {
		s.partition = awshost.Partition(p.Region)
	}
	s.runtime, s.guarded = listenerOfURL("http://" + p.RuntimeAPI) // as the runtime's client does
	for i, pol := range policies {
		if pol == nil {
			return nil, fmt.Errorf("layer %d: nil policy", i)
		}
		l, err := p.layer(pol)
		switch {
		case err == nil:
		case len(policies) == 1:
			return nil, err
		default:
			return nil, fmt.Errorf("layer %d: %w", i, err)
		}
		s.layers = append(s.layers, l)
		s.mode = max(s.mode, l.mode)
		s.time = s.time || slices.ContainsFunc(l.rules, func(r rule) bool { return r.asksTime() })
		s.callers = s.callers || slices.ContainsFunc(l.rules, func(r rule) bool { return r.asksCallers() })
	}
	for i := range s.layers {
		s.layers[i].decisions = s.decisions(i)
	}
	return s, nil
}

func (p Platform) layer(pol *Policy) (layer, error) {
	l := layer{
		mode:        cmp.Or(pol.Mode, Report).soften(p.Soften),
		rules:       slices.Concat(pol.rules, p.ownRules()),
		hasAllow:    pol.hasAllow,
		unavailable: pol.unavailable,
	}
	if pol.lacksLists() {
		return layer{}, errNoList
	}
	for i := range l.rules {
		r := &l.rules[i]
		r.mode = cmp.Or(r.mode.soften(p.Soften), l.mode)
		if !r.deny && r.opensDoors() {
			l.openers = append(l.openers, int32(i))
		}
	}
	for _, d := range pol.local {
		if d.unix != "" {
			l.sockets = append(l.sockets, d.unix)
		}
		l.doors = append(l.doors, p.listeners(d)...)
	}
	l.index = newIndex(l.rules)
	return l, nil
}

// Mode returns the hardest mode of the layers.
func (s *Set) Mode() Mode { return s.mode }

// NeedsTime reports whether a rule has until, so that a call needs its Time.
func (s *Set) NeedsTime() bool { return s.time }

// NeedsCallers reports whether a rule has from, so that a call needs its Caller
// and Callers.
func (s *Set) NeedsCallers() bool { return s.callers }

// Off reports whether nothing that the set decides is acted upon: every layer
// and every rule is off.
func (s *Set) Off() bool {
	for i := range s.layers {
		if l := &s.layers[i]; l.mode > Off || slices.ContainsFunc(l.rules, func(r rule) bool { return r.deny && r.mode > Off }) {
			return false
		}
	}
	return true
}
