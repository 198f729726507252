package review

import (
	"math/bits"
	"net/netip"
	"slices"
	"strings"
)

// maxParts bounds what a rule is split into.
const maxParts = 2000

// split returns the alternatives that a rule with lists stands for: together they
// match what it does, so that several rules may cover it. ok is false where there
// are too many.
//
// Some lists are one thing. The forms of a path, the levels of an operation and the
// regions of a call may each be allowed by another value of one rule, but not of two.
func (t *terms) split() (all []*terms, ok bool) {
	all = t.subjects()
	ok = true
	ok = ok && by(&all, t.methods, func(t *terms, one []string) { t.methods = one })
	ok = ok && by(&all, t.from, func(t *terms, one []*glob) { t.from = one })
	ok = ok && by(&all, t.functions, func(t *terms, one []*glob) { t.functions = one })
	ok = ok && by(&all, t.operations, func(t *terms, one []*glob) { t.operations = one })
	ok = ok && t.byResources(&all)
	ok = ok && by(&all, t.accounts, func(t *terms, one []string) { t.accounts = one })
	ok = ok && by(&all, t.endpoints, func(t *terms, one []*endpoint) { t.endpoints = one })
	if t.ownPorts {
		ok = ok && by(&all, t.ports, func(t *terms, one []uint16) { t.ports = one })
	}
	if t.deny || !t.mixesPaths() {
		ok = ok && by(&all, t.paths, func(t *terms, one []*glob) { t.paths = one })
	}
	if t.deny {
		ok = ok && by(&all, t.regions, func(t *terms, one []*glob) { t.regions = one })
		ok = ok && by(&all, t.access.each(), func(t *terms, one []words) { t.access = one[0] })
	}
	if t.networks != anyNetwork {
		ok = ok && by(&all, t.networks.each(), func(t *terms, one []words) { t.networks = one[0] })
	}
	if stated := t.schemes & (plainHTTP | https); t.schemes != anyScheme && stated == plainHTTP|https {
		rest := t.schemes &^ stated
		ok = ok && by(&all, stated.each(), func(t *terms, one []words) { t.schemes = one[0] | rest })
	}
	return all, ok
}

// by splits each alternative by the values of a field, unless there are too many.
func by[T any](all *[]*terms, values []T, set func(*terms, []T)) bool {
	if len(values) < 2 {
		return true
	}
	if len(*all)*len(values) > maxParts {
		return false
	}
	var more []*terms
	for _, t := range *all {
		for i := range values {
			one := *t
			set(&one, values[i:i+1])
			more = append(more, &one)
		}
	}
	*all = more
	return true
}

// byResources splits by the resources, of which "*" may be one.
func (t *terms) byResources(all *[]*terms) bool {
	values := t.resources
	if t.anyNamed {
		values = append(values[:len(values):len(values)], nil)
	}
	return by(all, values, func(t *terms, one []*resource) {
		if t.anyNamed = one[0] == nil; t.anyNamed {
			one = nil
		}
		t.resources = one
	})
}

// subjects splits by the values of the subject.
func (t *terms) subjects() (all []*terms) {
	bare := *t
	bare.every, bare.names, bare.nets, bare.services = false, nil, nil, nil
	if t.every {
		one := bare
		one.every = true
		all = append(all, &one)
	}
	for i := range t.names {
		one := bare
		one.names = t.names[i : i+1]
		all = append(all, &one)
	}
	for i := range t.nets {
		one := bare
		one.nets = []netip.Prefix{t.nets[i]}
		all = append(all, &one)
	}
	for i := range t.services {
		one := bare
		one.services = t.services[i : i+1]
		all = append(all, &one)
	}
	return all
}

// each returns the words of a set.
func (w words) each() (all []words) {
	for bit := words(1); bit != 0; bit <<= 1 {
		if w&bit != 0 {
			all = append(all, bit)
		}
	}
	return all
}

// wordIndex is the place of a word in its list.
func wordIndex(w words) int { return bits.TrailingZeros8(uint8(w)) }

// mixesPaths reports whether an allow rule may take the path as it was sent by one
// of its patterns, and as a server reads it by another.
func (t *terms) mixesPaths() bool {
	return len(t.paths) > 1 && slices.ContainsFunc(t.paths, func(g *glob) bool { return !g.tidy() })
}

// tidy reports whether the pattern is one path that everyone reads alike: it has no
// escape, backslash, doubled slash or dot segment.
func (g *glob) tidy() bool {
	if !g.plain || g.opaque || strings.ContainsAny(g.head, `%\`) || strings.Contains(g.head, "//") {
		return false
	}
	return !slices.ContainsFunc(strings.Split(g.head, "/"), func(segment string) bool {
		dots, _, _ := strings.Cut(segment, ";") // some servers take parameters off first
		return dots == "." || dots == ".."
	})
}
