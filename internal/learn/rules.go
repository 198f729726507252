package learn

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/lambdafence/lambdafence/policy"
)

// A rule is one that is proposed.
type rule struct {
	subject subject
	host    string
	uses    []string // methods or operations
	places  []string // paths or resources; none: any
	seen    evidence
}

// rules makes the rules of all that was seen.
func (l *Learner) rules() []rule {
	var all []rule
	for s, t := range l.trees {
		t.root.settle(l.level)
		switch s.kind {
		case policy.AWS:
			all = append(all, l.rulesOfAWS(s, t)...)
		default:
			all = append(all, l.rulesOfHosts(s, t)...)
		}
	}
	slices.SortFunc(all, func(a, b rule) int { return cmp.Compare(a.key(), b.key()) })
	return all
}

func (r *rule) key() string {
	s := r.subject
	return fmt.Sprint(s.kind, "\x00", s.service, "\x00", r.host, "\x00", s.scheme, s.port, s.network, s.account, s.endpoint, "\x00", r.places, r.uses)
}

// settle makes one of the nodes that are of one kind, from the bottom up.
func (n *node) settle(level Level) {
	for _, c := range n.children {
		c.settle(level)
	}
	n.unify()
	n.open(level)
}

// unify merges names that differ in what kind of id they have by chance: digits
// alone, or letters among them.
func (n *node) unify() {
	byFrame := map[string][]string{}
	for _, key := range sorted(n.children) {
		frame := n.children[key].frame()
		byFrame[frame] = append(byFrame[frame], key)
	}
	for _, frame := range sorted(byFrame) {
		keys := byFrame[frame]
		first := n.children[keys[0]]
		for _, key := range keys[1:] {
			other := n.children[key]
			for i := range first.slots {
				if first.slots[i].kind != other.slots[i].kind {
					first.slots[i].kind = mixedToken
				}
			}
			first.merge(other)
			delete(n.children, key)
		}
	}
	// A word of the length that ids have beside it may be one that has no digit by
	// chance.
	keys := slices.DeleteFunc(sorted(n.children), func(key string) bool { return n.children[key].closed })
	for _, key := range keys {
		ids := n.children[key]
		if ids == nil {
			continue
		}
		var words []string
		sure := false
		for _, other := range keys {
			if word := n.children[other]; word != nil && word != ids && ids.takes(word) {
				words = append(words, other)
				sure = sure || ids.surely(word)
			}
		}
		if len(words) < 3 && !sure {
			continue
		}
		for _, other := range words {
			ids.merge(n.children[other])
			delete(n.children, other)
		}
	}
}

// frame is the shape of a name with all ids alike.
func (n *node) frame() string {
	if n.any {
		return anyName
	}
	var b strings.Builder
	for i := range n.slots {
		switch s := &n.slots[i]; s.kind {
		case digitsToken, mixedToken:
			b.WriteString("\x00N")
		case uuidToken, maskToken:
			b.WriteString("\x00" + string(s.kind))
		default:
			b.WriteString(s.text)
		}
	}
	return b.String()
}

// takes reports whether a name of words may be one of n's ids: it has their lengths.
func (n *node) takes(word *node) bool {
	taken := false
	ok := n.beside(word, func(s, w *slot) bool { taken = true; return len(w.text) == s.length })
	return ok && taken
}

// surely reports whether such a name is one for sure: words are not written so.
func (n *node) surely(word *node) bool {
	return n.beside(word, func(_, w *slot) bool { return strings.ToLower(w.text[1:]) != w.text[1:] || isHex(w.text) })
}

// beside compares the tokens of a name with n's. is is asked of those that are a
// word there, and an id here.
func (n *node) beside(word *node, is func(s, w *slot) bool) bool {
	if n.any || word.any || len(n.slots) != len(word.slots) {
		return false
	}
	for i := range n.slots {
		s, w := &n.slots[i], &word.slots[i]
		switch {
		case s.kind == w.kind && (s.varies() || s.text == w.text):
		case s.kind == mixedToken && w.kind == wordToken && s.length >= 4 && s.distinct() > 1 && is(s, w):
		default:
			return false
		}
	}
	return true
}

func isHex(s string) bool { return strings.Trim(strings.ToLower(s), "0123456789abcdef") == "" }

func (s *slot) varies() bool { return s.kind != wordToken && s.kind != sepToken }

// open makes any name of many that are of one form beneath.
func (n *node) open(level Level) {
	byForm := map[string][]string{}
	for _, key := range sorted(n.children) {
		if !n.children[key].closed {
			form := n.children[key].form(3)
			byForm[form] = append(byForm[form], key)
		}
	}
	for _, form := range sorted(byForm) {
		keys := byForm[form]
		if len(keys) < needsWords.at(level) {
			continue
		}
		all := &node{any: true}
		for _, key := range keys {
			all.merge(n.children[key])
			delete(n.children, key)
		}
		if old := n.children[anyName]; old != nil {
			all.merge(old)
		}
		n.children[anyName] = all
	}
}

// form is what is done beneath a node, and how deep.
func (n *node) form(depth int) string {
	var b strings.Builder
	b.WriteString(strings.Join(sorted(n.here), ","))
	if depth > 0 && len(n.children) > 0 {
		b.WriteByte('(')
		for _, key := range sorted(n.children) {
			b.WriteString(n.children[key].form(depth - 1))
			b.WriteByte(';')
		}
		b.WriteByte(')')
	}
	return b.String()
}

// A place is a path or a resource, with what was done there.
type place struct {
	pattern string
	here    uses
}

// places returns those beneath a node. names is how many levels are names of
// things, and not ids.
func (n *node) places(level Level, prefix string, names int, year bool) []place {
	var all []place
	if n.here != nil {
		all = append(all, place{prefix, n.here})
	}
	for _, key := range sorted(n.children) {
		c := n.children[key]
		pattern := c.pattern(grade{level: level, name: names > 0, date: year && c.isNumber(2) || c.isYear()})
		at := prefix + "/" + pattern
		if prefix == "" && names >= 0 {
			at = pattern
		}
		all = append(all, c.places(level, at, names-1, c.isYear() || year && c.isNumber(2))...)
	}
	return all
}

// isYear reports whether the names of n are years, with months beneath.
func (n *node) isYear() bool {
	if !n.isNumber(4) || !n.slots[0].isYear() {
		return false
	}
	for _, c := range n.children {
		if c.isNumber(2) {
			return true
		}
	}
	return false
}

// isNumber reports whether the names of n are numbers of so many digits.
func (n *node) isNumber(digits int) bool {
	return !n.any && len(n.slots) == 1 && n.slots[0].kind == digitsToken && n.slots[0].length == digits
}

// group makes rules of places at which the same is done.
func group(s subject, host string, places []place) []rule {
	byUses := map[string]*rule{}
	for _, p := range places {
		key := strings.Join(sorted(p.here), "\x00")
		r := byUses[key]
		if r == nil {
			r = &rule{subject: s, host: host, uses: sorted(p.here)}
			byUses[key] = r
		}
		r.places = append(r.places, p.pattern)
		for _, e := range p.here {
			r.seen.merge(e)
		}
	}
	var rules []rule
	for _, key := range sorted(byUses) {
		r := byUses[key]
		slices.Sort(r.places)
		r.places = slices.Compact(r.places)
		rules = append(rules, *r)
	}
	return rules
}

func (l *Learner) rulesOfAWS(s subject, t *tree) []rule {
	if s.form == unnamed {
		r := rule{subject: s, uses: sorted(t.root.here)}
		for _, e := range t.root.here {
			r.seen.merge(e)
		}
		return []rule{r}
	}
	var places []place
	for _, key := range sorted(t.root.children) {
		head := t.root.children[key]
		names := 99 // all of them
		if s.service == "s3" {
			names = 1
		}
		for _, p := range head.places(l.level, "", names, false) {
			p.pattern = quote(head.slots[0].text) + p.pattern
			places = append(places, p)
		}
	}
	return group(s, "", places)
}

func (l *Learner) rulesOfHosts(s subject, t *tree) []rule {
	var rules []rule
	var walk func(n *node, host []string)
	walk = func(n *node, host []string) {
		for _, key := range sorted(n.children) {
			c := n.children[key]
			if key == hostEnd {
				labels := slices.Clone(host)
				slices.Reverse(labels)
				name := strings.Join(labels, ".")
				if s.kind == policy.HTTP {
					rules = append(rules, group(s, name, c.places(l.level, "", -1, false))...)
					continue
				}
				r := rule{subject: s, host: name}
				for _, e := range c.here {
					r.seen.merge(e)
				}
				rules = append(rules, r)
				continue
			}
			walk(c, append(host, c.pattern(grade{level: l.level, name: true})))
		}
	}
	walk(&t.root, nil)
	return rules
}
