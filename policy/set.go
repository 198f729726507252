package policy

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// A Set is one or more policies compiled into layers that must all agree. It
// is immutable and safe for concurrent use.
type Set struct {
	layers  []layer
	mode    Mode // the hardest of the layers' modes
	runtime place
	guarded bool // runtime is known
	time    bool
}

// A layer is one policy of a set.
type layer struct {
	mode        Mode
	rules       []rule // allow rules first, as in the policy
	index       index
	hasAllow    bool
	doors       []place
	sockets     []string // unix: paths that local opens
	openers     []int32  // allow rules that name a local address
	unavailable string
}

// Compile compiles policies into layers, in their order, for a [Platform] of
// which nothing is known. A nil policy, no policy at all, and a rule that needs
// a later version of lambdafence are errors.
func Compile(layers ...*Policy) (*Set, error) { return Platform{}.Compile(layers...) }

// Compile is like the function of that name, with the addresses and the
// softening of p.
func (p Platform) Compile(policies ...*Policy) (*Set, error) {
	if len(policies) == 0 {
		return nil, errors.New("no policy to compile")
	}
	s := &Set{}
	s.runtime, s.guarded = placeOf(p.RuntimeAPI)
	for i, pol := range policies {
		if pol == nil {
			return nil, fmt.Errorf("layer %d: nil policy", i)
		}
		l, err := p.layer(pol)
		if err != nil {
			return nil, err
		}
		s.layers = append(s.layers, l)
		s.mode = max(s.mode, l.mode)
		s.time = s.time || slices.ContainsFunc(l.rules, func(r rule) bool { return !r.until.IsZero() })
	}
	return s, nil
}

func (p Platform) layer(pol *Policy) (layer, error) {
	l := layer{
		mode:        cmp.Or(pol.Mode, Report).soften(p.Soften),
		rules:       slices.Clone(pol.rules),
		hasAllow:    pol.hasAllow,
		unavailable: pol.unavailable,
	}
	for i := range l.rules {
		r := &l.rules[i]
		if r.unsupported != "" {
			return layer{}, Errors{{r.line, r.column, fmt.Sprintf("%s: %s is not supported yet", r.id, r.unsupported)}}
		}
		r.mode = cmp.Or(r.mode.soften(p.Soften), l.mode)
		if !r.deny && r.opensDoors() {
			l.openers = append(l.openers, int32(i))
		}
	}
	for _, d := range pol.local {
		l.doors = append(l.doors, p.places(d)...)
		if d.unix != "" {
			l.sockets = append(l.sockets, d.unix)
		}
	}
	l.index = newIndex(l.rules)
	return l, nil
}

// Mode returns the hardest mode of the layers.
func (s *Set) Mode() Mode { return s.mode }

// NeedsTime reports whether a rule has until, so that a call needs its Time.
func (s *Set) NeedsTime() bool { return s.time }

// opensDoors reports whether an allow rule names a local address or localhost,
// and so may open a local door. Wildcards never do.
func (r *rule) opensDoors() bool {
	for i := range r.hosts {
		if h := &r.hosts[i]; h.exact != "" && isLocalName(h.exact) || h.lit.IsValid() && isLocalPrefix(h.lit) {
			return true
		}
	}
	return slices.ContainsFunc(r.cidrs, isLocalPrefix)
}

// opens reports whether an allow rule names the local target t.
func (r *rule) opens(t *target) bool {
	for i := range r.hosts {
		h := &r.hosts[i]
		switch {
		case h.lit.IsValid() && h.lit.Contains(t.lit):
			return true
		case h.exact != "" && h.exact == t.name:
			return true
		}
	}
	for _, p := range r.cidrs {
		if isLocalPrefix(p) && p.Contains(t.lit) {
			return true
		}
	}
	return false
}
