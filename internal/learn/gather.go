package learn

import (
	"maps"
	"strings"
)

// gather makes one node of those whose names are of one field, of what is done beneath
// many of them. at is the place of the names. named says how deep the names of things go
// that one owns: they are opened behind what they have in common alone.
func (n *node) gather(at, named int) {
	open := map[string]*node{}
	groups := make([][]string, 2)
	for _, key := range sorted(n.children) {
		c := n.children[key]
		if !c.mayVary() {
			continue
		}
		part := c.take(at)
		if part == nil {
			continue
		}
		if open[key] = part; c.isEmpty() {
			delete(n.children, key)
		}
		if c.escaped {
			groups[1] = append(groups[1], key)
		} else {
			groups[0] = append(groups[0], key)
		}
	}
	if named > 0 {
		groups = byStem(open, groups[0])
	}
	for _, keys := range groups {
		if len(keys) > 1 {
			n.join(open, keys)
		}
	}
	for _, key := range sorted(open) {
		n.put(key, open[key])
	}
	n.absorb()
	for _, key := range sorted(n.children) {
		deeper := named - 1
		if deeper == 1 && strings.Contains(n.children[key].head(), ":") {
			deeper = 0 // the name of a secret begins beside its kind
		}
		n.children[key].gather(at+1, deeper)
	}
}

// take takes from a node what was done beneath it where the name at a place is one of a
// field's. It returns nil if there is none of it.
func (n *node) take(at int) *node {
	if at >= maxPlaces {
		return nil
	}
	var taken *node
	part := func() *node {
		if taken == nil {
			taken = &node{any: n.any, prefix: n.prefix, suffix: n.suffix, closed: n.closed, escaped: n.escaped, here: uses{}, children: map[string]*node{}}
			for i := range n.slots {
				s := n.slots[i]
				s.values = maps.Clone(s.values)
				taken.slots = append(taken.slots, s)
			}
		}
		return taken
	}
	for use, e := range n.here {
		if e.fields&(1<<at) != 0 {
			part().here[use] = e
			delete(n.here, use)
		}
	}
	for key, c := range n.children {
		if one := c.take(at); one != nil {
			part().children[key] = one
			if c.isEmpty() {
				delete(n.children, key)
			}
		}
	}
	return taken
}

// isEmpty reports whether nothing is left that was done at a node or beneath it.
func (n *node) isEmpty() bool { return len(n.here) == 0 && len(n.children) == 0 }

// put puts a node among the children, which may have some of its kind already.
func (n *node) put(key string, c *node) {
	if old := n.children[key]; old != nil {
		old.merge(c)
		return
	}
	n.children[key] = c
}

// byStem parts names by what they begin with, up to the first separator. Those that
// begin with nothing of the kind are in no group.
func byStem(nodes map[string]*node, keys []string) [][]string {
	stems := map[string][]string{}
	for _, key := range keys {
		head := nodes[key].head()
		if end := strings.IndexAny(head, separators); end > 0 && end+1 < len(head) || end > 0 && len(nodes[key].slots) > 2 {
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

// join makes one node of some: any name, with what all of them begin and end with.
func (n *node) join(open map[string]*node, keys []string) {
	all := &node{any: true, escaped: open[keys[0]].escaped}
	var heads, tails, whole []string
	for _, key := range keys {
		c := open[key]
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
		all.merge(open[key])
		delete(open, key)
	}
	key := anyName + all.prefix + "\x00" + all.suffix
	if all.prefix+all.suffix == "" {
		key = anyName
	}
	if all.escaped {
		key = afterEscape + key
	}
	n.put(key, all)
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
