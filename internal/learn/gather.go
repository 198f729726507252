package learn

import "strings"

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
