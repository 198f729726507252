package learn

import (
	"hash/maphash"
	"slices"
	"strings"
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

// gather makes one node of those whose names are of one field. named says how deep the
// names of things go that one owns: they are opened behind what they have in common
// alone.
func (n *node) gather(named int) {
	groups := make([][]string, 2)
	for _, key := range sorted(n.children) {
		switch c := n.children[key]; {
		case !c.field || !c.mayVary():
		case c.escaped:
			groups[1] = append(groups[1], key)
		default:
			groups[0] = append(groups[0], key)
		}
	}
	if named > 0 {
		groups = n.byStem(groups[0])
	}
	for _, keys := range groups {
		if len(keys) > 1 {
			n.join(keys)
		}
	}
	n.absorb()
	for _, key := range sorted(n.children) {
		deeper := named - 1
		if deeper == 1 && strings.Contains(n.children[key].head(), ":") {
			deeper = 0 // the name of a secret begins beside its kind
		}
		n.children[key].gather(deeper)
	}
}

// byStem parts names by what they begin with, up to the first separator. Those that
// begin with nothing of the kind are in no group.
func (n *node) byStem(keys []string) [][]string {
	stems := map[string][]string{}
	for _, key := range keys {
		head := n.children[key].head()
		if end := strings.IndexAny(head, separators); end > 0 && end+1 < len(head) || end > 0 && len(n.children[key].slots) > 2 {
			stems[head[:end+1]] = append(stems[head[:end+1]], key)
		}
	}
	var groups [][]string
	for _, stem := range sorted(stems) {
		if len(stems[stem]) >= 3 {
			groups = append(groups, stems[stem])
		}
	}
	return groups
}

// join makes one node of some children: any name, with what all of them begin and end
// with.
func (n *node) join(keys []string) {
	all := &node{any: true, escaped: n.children[keys[0]].escaped}
	var heads, tails, whole []string
	for _, key := range keys {
		c := n.children[key]
		heads, tails = append(heads, c.head()), append(tails, c.tail())
		if c.isText() {
			whole = append(whole, c.head())
		}
	}
	all.prefix, all.suffix = commonHead(heads, len(whole) == len(keys)), commonTail(tails)
	for _, text := range whole {
		if len(text) <= len(all.prefix)+len(all.suffix) {
			all.suffix = ""
		}
	}
	for _, key := range keys {
		all.merge(n.children[key])
		delete(n.children, key)
	}
	key := anyName + all.prefix + "\x00" + all.suffix
	if all.prefix+all.suffix == "" {
		key = anyName
	}
	if all.escaped {
		key = afterEscape + key
	}
	if old := n.children[key]; old != nil {
		old.merge(all)
		return
	}
	n.children[key] = all
}

// absorb takes into a node of any name its neighbours that have such a name, and of
// which nothing is done that is not done there.
func (n *node) absorb() {
	for _, anyKey := range sorted(n.children) {
		all := n.children[anyKey]
		if all == nil || !all.any {
			continue
		}
		for _, key := range sorted(n.children) {
			c := n.children[key]
			if key == anyKey || c == nil || !c.mayVary() || c.escaped != all.escaped || !strings.HasPrefix(c.head(), all.prefix) || !strings.HasSuffix(c.tail(), all.suffix) || !all.covers(c) {
				continue
			}
			all.merge(c)
			delete(n.children, key)
		}
	}
}

// covers reports whether all that is done beneath other is done beneath n, too.
func (n *node) covers(other *node) bool {
	for use := range other.here {
		if n.here[use] == nil {
			return false
		}
	}
	for key, c := range other.children {
		mine := n.children[key]
		if mine == nil && c.mayVary() {
			mine = n.children[anyName]
		}
		if mine == nil || !mine.covers(c) {
			return false
		}
	}
	return true
}

const separators = "-_.:/=@~+, "

// isText reports whether the name of a node never varies.
func (n *node) isText() bool {
	for i := range n.slots {
		if n.slots[i].varies() {
			return false
		}
	}
	return !n.any
}

// head is what a name begins with before anything varies, tail what it ends with.
func (n *node) head() string {
	if n.any {
		return n.prefix
	}
	var b strings.Builder
	for i := range n.slots {
		if n.slots[i].varies() {
			break
		}
		b.WriteString(n.slots[i].text)
	}
	return b.String()
}

func (n *node) tail() string {
	if n.any {
		return n.suffix
	}
	tail := ""
	for i := len(n.slots) - 1; i >= 0 && !n.slots[i].varies(); i-- {
		tail = n.slots[i].text + tail
	}
	return tail
}

// commonHead is what all begin with, up to a separator; or, of whole names, a word
// with nothing but digits behind it.
func commonHead(heads []string, whole bool) string {
	head := heads[0]
	for _, s := range heads[1:] {
		for !strings.HasPrefix(s, head) {
			head = head[:len(head)-1]
		}
	}
	if word := strings.TrimRight(head, "0123456789"); whole && word != "" && isAlphanumeric(word[len(word)-1]) {
		numbered := true
		for _, s := range heads {
			numbered = numbered && len(s) > len(word) && strings.Trim(s[len(word):], "0123456789") == ""
		}
		if numbered {
			return word
		}
	}
	return head[:strings.LastIndexAny(head, separators)+1]
}

// commonTail is what all end with, from a separator.
func commonTail(tails []string) string {
	tail := tails[0]
	for _, s := range tails[1:] {
		for !strings.HasSuffix(s, tail) {
			tail = tail[1:]
		}
	}
	if at := strings.IndexAny(tail, separators); at >= 0 {
		return tail[at:]
	}
	return ""
}
