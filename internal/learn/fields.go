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

// A row is a path that something was done to.
type row struct {
	nodes []*node
	keys  []string
	use   string
	first time.Time
}

// mark marks the nodes of a tree whose names are those of a field.
func (t *tree) mark(g grade) {
	rows := t.root.rows(nil, nil, nil)
	f := fields{grade: g, seed: maphash.MakeSeed(), names: map[[2]uint64]name{}}
	wanted := f.candidates(rows)
	for i := range rows {
		f.contexts(&rows[i], wanted, func(at int, context uint64) { f.see(&rows[i], at, context) })
	}
	open := f.judge()
	for i := range rows {
		f.contexts(&rows[i], wanted, func(at int, context uint64) {
			if open[context] {
				rows[i].nodes[at].field = true
			}
		})
	}
}

// rows are those beneath a node, one for each thing that was done.
func (n *node) rows(nodes []*node, keys []string, all []row) []row {
	if len(n.here) > 0 {
		nodes, keys := slices.Clone(nodes), slices.Clone(keys)
		for use, e := range n.here {
			all = append(all, row{nodes, keys, use, e.first})
		}
	}
	for _, key := range sorted(n.children) {
		all = n.children[key].rows(append(nodes, n.children[key]), append(keys, key), all)
	}
	return all
}

type fields struct {
	grade grade
	seed  maphash.Seed
	names map[[2]uint64]name // of a context
}

// A name is a shape at a place: when it was seen first, and how many it stands for.
type name struct {
	first time.Time
	many  int
}

// candidates are the places with so many names that one of them may be a field's: by
// the length of the path, its first key and the place.
func (f *fields) candidates(rows []row) map[[2]int]bool {
	seen := map[[2]int]map[string]bool{}
	for i := range rows {
		r := &rows[i]
		for at := range r.nodes {
			if !r.nodes[at].mayVary() {
				continue
			}
			place := [2]int{len(r.keys), at}
			if seen[place] == nil {
				seen[place] = map[string]bool{}
			}
			seen[place][r.keys[at]] = true
		}
	}
	wanted := map[[2]int]bool{}
	for place, names := range seen {
		wanted[place] = len(names) >= needsFresh.at(f.grade.level)
	}
	return wanted
}

// mayVary reports whether a node's name may be one of a field's.
func (n *node) mayVary() bool { return !n.any && !n.closed }

// contexts calls each for every context of every place of a row that is wanted.
func (f *fields) contexts(r *row, wanted map[[2]int]bool, each func(at int, context uint64)) {
	for at := range r.nodes {
		if !wanted[[2]int{len(r.keys), at}] || !r.nodes[at].mayVary() {
			continue
		}
		each(at, f.context(r, at, -1, -1))
		var near []int
		for i := max(0, at-reach); i <= min(len(r.nodes)-1, at+reach); i++ {
			if i != at && r.nodes[i].mayVary() {
				near = append(near, i)
			}
		}
		for i, a := range near {
			each(at, f.context(r, at, a, -1))
			for _, b := range near[i+1:] {
				each(at, f.context(r, at, a, b))
			}
		}
	}
}

// context is a row without some places, and which they are. Its lowest bits say how many
// are left out beside the one that is judged.
func (f *fields) context(r *row, at, a, b int) uint64 {
	var h maphash.Hash
	h.SetSeed(f.seed)
	others := uint64(0)
	for i, key := range r.keys {
		switch i {
		case at:
			key = "\x00at"
		case a, b:
			key = "\x00left out"
			others++
		}
		_, _ = h.WriteString(key)
		_ = h.WriteByte(0xff)
	}
	_, _ = h.WriteString(r.use)
	return h.Sum64()&^3 | others
}

// see notes the name of a row at a place.
func (f *fields) see(r *row, at int, context uint64) {
	key := [2]uint64{context, maphash.String(f.seed, r.keys[at])}
	if n, ok := f.names[key]; !ok || r.first.Before(n.first) {
		f.names[key] = name{r.first, r.nodes[at].distinct()}
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

// judge returns the contexts whose place is a field.
func (f *fields) judge() map[uint64]bool {
	counts := map[uint64]*count{}
	for key, n := range f.names {
		c := counts[key[0]]
		if c == nil {
			c = &count{}
			counts[key[0]] = c
		}
		c.shapes++
		c.names += n.many
		if f.grade.window.isLate(n.first) {
			c.late++
		}
	}
	open := map[uint64]bool{}
	for context, c := range counts {
		if f.grade.isField(c, int(context&3)) {
			open[context] = true
		}
	}
	return open
}

// A count is of the names at one place: their shapes, how many they are, and how many
// shapes came late.
type count struct{ shapes, names, late int }
