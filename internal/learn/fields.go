package learn

import (
	"hash/maphash"
	"slices"
	"time"
)

// A place in a path is a field, which may have any name, if many names were seen there
// of which the same was done beneath; or fewer, if new ones kept coming. Two fields may
// stand side by side, as an owner and a repository do: then no two paths are alike, so
// that a place is judged with others left out.
//
// What was done beneath is the rest of the path. Where it is judged with one or two
// other places left out, more names are asked for.

// reach is how far apart places are that are left out together.
const reach = 3

// maxPlaces is how many places of a path may be fields'; those deeper never are.
const maxPlaces = 64

// A row is a path that something was done to, of which the names are known by their
// hashes alone.
type row struct {
	nodes []*node
	names []uint64 // of a name at its place
	all   uint64   // the sum of names and of what was done: without a name, the rest is told
	seen  *evidence
}

// rest is what is told by a row without the names at some places; -1 is no place.
func (r *row) rest(places ...int) uint64 {
	rest := r.all
	for _, at := range places {
		if at >= 0 {
			rest -= r.names[at]
		}
	}
	return rest
}

// before is the same of the names before the first of the places.
func (r *row) before(at, a, b int) uint64 {
	sum := uint64(0)
	for i := range at {
		if i != a && i != b {
			sum += r.names[i]
		}
	}
	return sum
}

// mayVary reports whether the names at the places may be those of fields.
func (r *row) mayVary(places ...int) bool {
	for _, at := range places {
		if at >= 0 && !r.nodes[at].mayVary() {
			return false
		}
	}
	return true
}

// mayVary reports whether a node's name may be one of a field's.
func (n *node) mayVary() bool { return !n.any && !n.closed }

// mark notes in what was seen at which places the names are those of a field.
func (t *tree) mark(g grade) {
	seed := maphash.MakeSeed()
	byLength := map[int][]row{}
	var walk func(n *node, nodes []*node, names []uint64, all uint64)
	walk = func(n *node, nodes []*node, names []uint64, all uint64) {
		if len(n.here) > 0 {
			nodes, names := slices.Clone(nodes), slices.Clone(names)
			for use, seen := range n.here {
				byLength[len(names)] = append(byLength[len(names)], row{nodes, names, all + maphash.String(seed, use), seen})
			}
		}
		for key, c := range n.children {
			name := maphash.Comparable(seed, placed{len(names), key})
			walk(c, append(nodes, c), append(names, name), all+name)
		}
	}
	walk(&t.root, nil, nil, 0)
	found := map[found]bool{}
	for range 2 { // a field that is found in long paths is one in short ones, too
		for length, rows := range byLength {
			f := fields{grade: g, rows: rows, names: map[[2]uint64]name{}, contexts: map[uint64]*context{}, found: found}
			f.mark(min(length, maxPlaces))
		}
	}
}

// mark judges the places that have so many names that they may be fields.
func (f *fields) mark(places int) {
	names := f.namesAt(places)
	var wanted []int
	for at := range names {
		if names[at] >= needsSome.at(f.grade.level) {
			wanted = append(wanted, at)
		}
	}
	for _, at := range wanted {
		f.markAt(at, names, maxJudged/(len(wanted)*len(f.rows)))
	}
}

// found is where a field was found: its place, and the names before it.
type found struct {
	at     int
	before uint64
}

// maxJudged bounds how many names are judged of one tree and length, about: where somebody
// floods the log, fewer places are left out together.
const maxJudged = 1 << 24

type placed struct {
	at   int
	name string
}

type fields struct {
	grade grade
	rows  []row // of one length

	names    map[[2]uint64]name // in a context
	contexts map[uint64]*context
	found    map[found]bool // of all lengths
}

// namesAt counts the names at each place that may vary.
func (f *fields) namesAt(places int) []int {
	names := make([]int, places)
	for at := range names {
		seen := map[uint64]bool{}
		for i := range f.rows {
			if r := &f.rows[i]; r.mayVary(at) {
				seen[r.names[at]] = true
			}
		}
		names[at] = len(seen)
	}
	return names
}

// markAt judges a place, with none, one or two of those near it left out, in so many
// turns. To leave out one that has one name alone would tell nothing.
func (f *fields) markAt(at int, names []int, turns int) {
	f.judge(at, -1, -1)
	var near []int
	for i := max(0, at-reach); i <= min(len(names)-1, at+reach); i++ {
		if i != at && names[i] >= 2 {
			near = append(near, i)
		}
	}
	if turns <= len(near) {
		return
	}
	for _, a := range near {
		f.judge(at, a, -1)
	}
	if turns <= len(near)*(len(near)+1)/2 {
		return
	}
	for i, a := range near {
		for _, b := range near[i+1:] {
			f.judge(at, a, b)
		}
	}
}

// A name is a shape at a place: when it was seen first, and how many it stands for.
type name struct {
	first time.Time
	many  int
}

// A context is all that names at a place have in common, and what of it is before them.
type context struct {
	count
	before uint64
	open   bool
}

// judge marks the rows whose name at a place is one of a field's.
func (f *fields) judge(at, a, b int) {
	others := 0
	for _, place := range []int{a, b} {
		if place >= 0 {
			others++
		}
	}
	names, contexts := f.names, f.contexts
	clear(names)
	clear(contexts)
	for i := range f.rows {
		r := &f.rows[i]
		if !r.mayVary(at, a, b) {
			continue
		}
		rest := r.rest(at, a, b)
		if contexts[rest] == nil {
			contexts[rest] = &context{before: r.before(at, a, b)}
		}
		key := [2]uint64{rest, r.names[at]}
		n, there := names[key]
		if !there || r.seen.first.Before(n.first) {
			n.first = r.seen.first
		}
		names[key] = name{n.first, max(n.many, r.nodes[at].distinct())}
	}
	for key, n := range names {
		c := contexts[key[0]]
		c.shapes++
		c.names += n.many
		if f.grade.window.isLate(n.first) {
			c.late++
		}
	}
	// What is done beneath many names is a field's; so is what is done beneath some of
	// them. But what is done beneath one alone stays there.
	for _, c := range contexts {
		if c.open = f.grade.isField(&c.count, others); c.open {
			f.found[found{at, c.before}] = true
		}
	}
	for i := range f.rows {
		r := &f.rows[i]
		if !r.mayVary(at, a, b) {
			continue
		}
		if c := contexts[r.rest(at, a, b)]; c.open || f.found[found{at, c.before}] && c.shapes >= needsSome.at(f.grade.level)+others {
			r.seen.fields |= 1 << at
		}
	}
}

// distinct is how many names a node stands for, at least.
func (n *node) distinct() int {
	most := 1
	for i := range n.slots {
		most = max(most, n.slots[i].distinct())
	}
	return most
}

// A count is of the names at one place: their shapes, how many they are, and how many
// shapes came late.
type count struct{ shapes, names, late int }
