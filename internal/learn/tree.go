package learn

import (
	"maps"
	"slices"
	"strings"
)

// Bounds of what a tree remembers, whatever it is given.
const (
	maxValues   = 64   // of one token: beyond that, there are many
	maxChildren = 256  // shapes beneath one node: beyond that, they are one
	maxNodes    = 8192 // of one tree: beyond that, what is new is any name, or lost
)

// A tree holds names that are paths: what was seen beneath what.
type tree struct {
	root  node
	nodes int
	lost  int64 // calls for which there was no room
	room  *room
}

// What is kept of a node, a slot, a value and a piece of evidence, about, beside texts.
const (
	nodeSize     = 512
	slotSize     = 96
	valueSize    = 128
	evidenceSize = 3072
)

// A node is the names of one shape at one place.
type node struct {
	slots    []slot // the tokens of the shape
	any      bool   // it is any name that begins and ends so:
	prefix   string
	suffix   string
	closed   bool             // nothing in it is left open but a date
	escaped  bool             // it follows a slash that is escaped
	here     uses             // what was done to what ends here
	children map[string]*node // by shape
}

// uses are what was done, by method or operation, with the evidence for it.
type uses map[string]*evidence

// add adds a path that something was done to.
func (t *tree) add(path []string, use string, seen *evidence) {
	n := &t.root
	for _, name := range path {
		if n = t.child(n, name, seen.span); n == nil {
			t.lost += seen.calls
			return
		}
	}
	e := n.here[use]
	if e == nil {
		if !t.room.take(evidenceSize + len(use)) {
			t.lost += seen.calls
			return
		}
		if n.here == nil {
			n.here = uses{}
		}
		e = &evidence{}
		n.here[use] = e
	}
	e.merge(seen)
}

// child returns the node of a name beneath n, or nil where there is no room for it.
func (t *tree) child(n *node, name string, when span) *node {
	ts := tokens(name)
	key := shape(ts)
	escaped := strings.HasPrefix(name, afterEscape)
	if escaped {
		key = afterEscape + key
	}
	c := n.children[key]
	if c == nil && name != hostEnd && !escaped {
		c = n.children[anyName]
	}
	isClosed := name == hostEnd || strings.HasPrefix(name, atom) || strings.HasPrefix(name, closed)
	if c == nil && (len(n.children) >= maxChildren || t.nodes >= maxNodes) {
		switch {
		case !isClosed && t.room.take(nodeSize):
			c = n.collapse()
		case !isClosed || t.nodes >= maxNodes:
			return nil
		}
	}
	switch {
	case c == nil:
		if c = t.newNode(ts, key); c == nil {
			return nil
		}
		c.closed, c.escaped = isClosed, escaped
		if n.children == nil {
			n.children = map[string]*node{}
		}
		n.children[key] = c
	case c.any:
		return c
	case !t.room.take(c.needs(ts)):
		// The value is lost, and does not count for many: whoever fills the room would
		// open what others do.
		return nil
	}
	for i := range ts {
		c.slots[i].add(ts[i].text, when)
	}
	return c
}

// newNode returns one of a shape, or nil where there is no room for it.
func (t *tree) newNode(ts []token, key string) *node {
	size := nodeSize + len(key) + (slotSize+valueSize)*len(ts)
	for i := range ts {
		size += 2 * len(ts[i].text)
	}
	if !t.room.take(size) {
		return nil
	}
	t.nodes++
	c := &node{slots: make([]slot, len(ts))}
	for i := range ts {
		c.slots[i] = slot{kind: ts[i].kind, text: strings.Clone(ts[i].text)}
	}
	return c
}

// needs is how many bytes the values of a name need that are not there yet.
func (n *node) needs(ts []token) int {
	all := 0
	for i := range ts {
		if s := &n.slots[i]; s.isNew(ts[i].text) && len(s.values) < maxValues {
			all += valueSize + len(ts[i].text)
		}
	}
	return all
}

const anyName = "\x00*"

// collapse makes all children one, which is any name, but for those that never are.
func (n *node) collapse() *node {
	all := &node{any: true}
	for _, key := range sorted(n.children) {
		if c := n.children[key]; !c.closed && !c.escaped {
			all.merge(c)
			delete(n.children, key)
		}
	}
	if n.children == nil {
		n.children = map[string]*node{}
	}
	n.children[anyName] = all
	return all
}

// merge adds what was seen beneath another node, and the values of its name if the
// shapes are one.
func (n *node) merge(other *node) {
	if !n.any {
		for i := range n.slots {
			n.slots[i].merge(&other.slots[i])
		}
	}
	for use, e := range other.here {
		if n.here == nil {
			n.here = uses{}
		}
		if mine := n.here[use]; mine != nil {
			mine.fields &= e.fields
			mine.merge(e)
		} else {
			n.here[use] = e
		}
	}
	for key, c := range other.children {
		if n.children == nil {
			n.children = map[string]*node{}
		}
		if mine := n.children[key]; mine != nil {
			mine.merge(c)
		} else {
			n.children[key] = c
		}
	}
}

// pattern returns the pattern for the names of a node. What varies becomes ? for
// each digit where it always has as many, as dates do, and else a star; a few
// values are listed.
func (n *node) pattern(g grade, d *date) string {
	if n.any {
		d.left = 0
		return quote(n.prefix) + "*" + quote(n.suffix)
	}
	var b strings.Builder
	for i := range n.slots {
		s := &n.slots[i]
		text := d.next(n, i, g.window)
		switch {
		case n.closed:
			text = s.closed(text)
		case text != "":
		case !s.varies():
			text = quote(s.text)
		case !g.varies(s, len(n.slots) == 1):
			text = s.list()
		default:
			text = s.open(g.name)
		}
		if text == "*" && strings.HasSuffix(b.String(), "*") {
			continue
		}
		b.WriteString(text)
	}
	return b.String()
}

// quote makes a pattern of a text.
func quote(s string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`, `]`, `\]`, `{`, `\{`, `}`, `\}`).Replace(s)
}

// sorted returns the keys of a map, in order.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
