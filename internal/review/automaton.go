package review

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// A machine runs several globs of one separator at a time.
type machine struct {
	sep    string
	sets   []runes
	kinds  []tokenKind
	starts []int
}

func machineOf(gs []*glob) *machine {
	m := &machine{}
	for _, g := range gs {
		m.sep = g.sep
		m.starts = append(m.starts, len(m.sets))
		for _, t := range g.tokens {
			m.sets, m.kinds = append(m.sets, t.set), append(m.kinds, t.kind)
		}
	}
	return m
}

// states are those that a machine is in.
type stateSet []bool

func (b stateSet) empty() bool { return !slices.Contains(b, true) }

// key is b as the key of a map.
func (b stateSet) key() string {
	k := make([]byte, (len(b)+7)/8)
	for i, on := range b {
		if on {
			k[i/8] |= 1 << (i % 8)
		}
	}
	return string(k)
}

func (m *machine) start() stateSet {
	b := make(stateSet, len(m.sets))
	for _, i := range m.starts {
		b[i] = true
	}
	m.close(b)
	return b
}

// close adds the states that are reached without a character. They are all behind.
func (m *machine) close(b stateSet) {
	for i, on := range b {
		switch {
		case !on:
		case m.kinds[i] == many:
			b[i+1] = true
		case m.kinds[i] == deep:
			b[i+2] = true
		}
	}
}

// step reads a character.
func (m *machine) step(to, from stateSet, r rune) {
	clear(to)
	for i, on := range from {
		if !on || m.kinds[i] == end || !m.sets[i].has(r) {
			continue
		}
		if m.kinds[i] == many {
			to[i] = true
		} else {
			to[i+1] = true
		}
	}
	m.close(to)
}

func (m *machine) accepts(b stateSet) bool {
	for i, on := range b {
		if on && m.kinds[i] == end {
			return true
		}
	}
	return false
}

// An effort bounds the work of comparing. What it does not suffice for is not
// known.
type effort struct {
	left int // steps of machines
}

// Bounds of comparing two documents, and of each search within it.
const (
	maxEffort = 4_000_000
	maxSearch = 50_000
)

func newEffort() *effort { return &effort{maxEffort} }

// search looks for a text that each of the machines in takes, and that out, which
// may be nil, does not: the shortest one. known is false where the effort did not
// suffice.
func (e *effort) search(in []*machine, out *machine) (text string, found, known bool) {
	all := in
	if out != nil {
		all = append(slices.Clone(in), out)
	}
	s := searcher{machines: all, wanted: len(in), letters: alphabet(all), seen: map[string]bool{}}
	s.add("", s.starts())
	limit := min(maxSearch, e.left)
	for n := 0; len(s.queue) > 0; n++ {
		at := s.queue[0]
		s.queue = s.queue[1:]
		if s.accepts(at.states) {
			return at.text, true, true
		}
		for _, r := range s.letters {
			if limit, e.left = limit-1, e.left-1; limit < 0 {
				return "", false, false
			}
			s.add(at.text+string(r), s.step(at.states, r))
		}
	}
	return "", false, true
}

// A searcher walks machines in step.
type searcher struct {
	machines []*machine
	wanted   int // so many must accept, the rest must not
	letters  []rune
	queue    []position
	seen     map[string]bool
}

type position struct {
	text   string
	states []stateSet
}

func (s *searcher) starts() []stateSet {
	all := make([]stateSet, len(s.machines))
	for i, m := range s.machines {
		all[i] = m.start()
	}
	if sep := s.machines[0].sep; sep != "" {
		return s.step(all, rune(sep[0]))
	}
	return all
}

func (s *searcher) step(from []stateSet, r rune) []stateSet {
	to := make([]stateSet, len(from))
	for i, m := range s.machines {
		to[i] = make(stateSet, len(from[i]))
		m.step(to[i], from[i], r)
	}
	return to
}

func (s *searcher) add(text string, states []stateSet) {
	var key strings.Builder
	for i, b := range states {
		if i < s.wanted && b.empty() {
			return // it will never accept
		}
		key.WriteString(b.key())
	}
	if k := key.String(); !s.seen[k] {
		s.seen[k] = true
		s.queue = append(s.queue, position{text, states})
	}
}

func (s *searcher) accepts(states []stateSet) bool {
	for i, m := range s.machines {
		if m.accepts(states[i]) != (i < s.wanted) {
			return false
		}
	}
	return true
}

// alphabet returns a character for each that the machines tell apart, those that
// read best first.
func alphabet(ms []*machine) []rune {
	cuts := []rune{0}
	var sets []*runes
	for _, m := range ms {
		for i := range m.sets {
			set := &m.sets[i]
			sets = append(sets, set)
			for j := 0; j < len(set.ranges); j += 2 {
				cuts = append(cuts, set.ranges[j], set.ranges[j+1]+1)
			}
			if set.but >= 0 {
				cuts = append(cuts, set.but, set.but+1)
			}
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	best := map[string]rune{}
	for i, from := range cuts {
		through := rune(utf8.MaxRune)
		if i+1 < len(cuts) {
			through = cuts[i+1] - 1
		}
		if from > through {
			continue
		}
		r := legibleIn(from, through)
		key := membership(sets, r)
		if old, ok := best[key]; !ok || rank(r) < rank(old) {
			best[key] = r
		}
	}
	letters := make([]rune, 0, len(best))
	for _, r := range best {
		letters = append(letters, r)
	}
	slices.SortFunc(letters, func(a, b rune) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b)) })
	return letters
}

// membership tells which of the sets have r. Sets that are one after another in a
// literal are mostly false.
func membership(sets []*runes, r rune) string {
	b := make(stateSet, len(sets))
	for i, s := range sets {
		b[i] = s.has(r)
	}
	return b.key()
}

func legibleIn(from, through rune) rune {
	for _, r := range legible {
		if from <= r && r <= through {
			return r
		}
	}
	return from
}

func rank(r rune) int {
	if i := strings.IndexRune(legible, r); i >= 0 {
		return i
	}
	return len(legible)
}

// within reports whether every member of g is one of some of hs. What is not known
// is not so.
func (e *effort) within(g *glob, hs []*glob) bool {
	close := false
	for _, h := range hs {
		if h.all || g.equal(h) {
			return true
		}
		close = close || g.near(h)
	}
	if !close || g.opaque {
		return false
	}
	if g.plain {
		return anyMatches(hs, g.head)
	}
	var near []*glob
	for _, h := range hs {
		if g.near(h) {
			near = append(near, h)
		}
	}
	if !anyMatches(near, g.sample(1)) {
		return false // or there is no sample, and no comparing it
	}
	_, found, known := e.search([]*machine{g.machine()}, machineOf(near))
	return known && !found
}

// near reports whether two globs may share members, as far as a glance tells.
func (g *glob) near(h *glob) bool {
	return !h.opaque && (strings.HasPrefix(h.head, g.head) || strings.HasPrefix(g.head, h.head))
}

// apart reports whether no member of g is one of h. What is not known is not so.
func (e *effort) apart(g, h *glob) bool {
	if g.opaque || h.opaque || g.equal(h) {
		return false
	}
	if !g.near(h) {
		return true
	}
	_, found, known := e.search([]*machine{g.machine(), h.machine()}, nil)
	return known && !found
}

// member returns a text that is a member of each of gs and of none of hs: one that
// reads well, or else the shortest.
func (e *effort) member(gs, hs []*glob) (string, bool) {
	hs = slices.DeleteFunc(slices.Clone(hs), func(h *glob) bool { return h.opaque })
	var ms []*machine
	for _, g := range gs {
		if g.opaque {
			return "", false
		}
		ms = append(ms, g.machine())
	}
	for segments := 1; segments <= 3; segments++ {
		for _, g := range gs {
			s := g.sample(segments)
			if s != "" && !anyMatches(hs, s) && !slices.ContainsFunc(gs, func(g *glob) bool { return !g.matches(s) }) {
				return s, true
			}
		}
	}
	var out *machine
	if len(hs) > 0 {
		out = machineOf(hs)
	}
	s, found, _ := e.search(ms, out)
	return s, found
}
