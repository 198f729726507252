package learn

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awshost"
	"github.com/lambdafence/lambdafence/policy"
)

// A rule is one that is proposed.
type rule struct {
	subject subject
	hosts   []string
	uses    []string // methods or operations
	places  []string // paths or resources; none: any
	seen    evidence
}

// rules makes the rules of all that was seen.
func (l *Learner) rules() []rule {
	var all []rule
	window := l.days.window()
	for s, t := range l.trees {
		g := grade{level: l.level, window: window}
		switch {
		case s.kind != policy.AWS:
			t.settle(g, 0)
			all = append(all, rulesOfHosts(s, t, g)...)
		default:
			t.settle(g, s.named())
			all = append(all, l.rulesOfAWS(s, t, g)...)
		}
	}
	all = mergeHosts(all)
	slices.SortFunc(all, func(a, b rule) int { return cmp.Compare(a.key(), b.key()) })
	return all
}

// key orders rules, and is that of one alone.
func (r *rule) key() string {
	s := r.subject
	return fmt.Sprint(s.kind, "\x00", s.service, "\x00", r.hosts, "\x00", s.scheme, s.port, s.network, s.account, s.endpoint, "\x00", r.places, r.uses, "\x00", r.withoutHosts())
}

// withoutHosts is what a rule says of its hosts. Whatever is written in a path, what two
// rules say is not taken for one.
func (r *rule) withoutHosts() string {
	s := r.subject
	s.domain = ""
	return fmt.Sprintf("%#v %q %q", s, r.places, r.uses)
}

// mergeHosts makes one rule of those that differ in their hosts alone.
func mergeHosts(all []rule) []rule {
	var merged []rule
	at := map[string]int{}
	for _, r := range all {
		key := r.withoutHosts()
		i, there := at[key]
		if !there || r.subject.kind == policy.AWS {
			at[key] = len(merged)
			merged = append(merged, r)
			continue
		}
		merged[i].hosts = append(merged[i].hosts, r.hosts...)
		merged[i].seen.merge(&r.seen)
	}
	for i := range merged {
		slices.Sort(merged[i].hosts)
	}
	return merged
}

// settle makes one of the nodes that are of one kind. named is how many levels are names
// of things that one owns.
func (t *tree) settle(g grade, named int) {
	t.root.unify()
	t.mark(g)
	t.root.gather(0, named)
}

// unify merges names that differ in what kind of id they have by chance: digits
// alone, or letters among them.
func (n *node) unify() {
	for _, c := range n.children {
		c.unify()
	}
	byFrame := map[string][]string{}
	for _, key := range sorted(n.children) {
		frame := n.children[key].frame()
		if n.children[key].escaped {
			frame = afterEscape + frame
		}
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
	byLength := map[int][]string{}
	for _, key := range keys {
		length := len(n.children[key].slots)
		byLength[length] = append(byLength[length], key)
	}
	for _, key := range keys {
		ids := n.children[key]
		if ids == nil || !slices.ContainsFunc(ids.slots, func(s slot) bool { return s.kind == mixedToken }) {
			continue
		}
		var words []string
		sure := false
		for _, other := range byLength[len(ids.slots)] {
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
	if n.any || word.any || n.escaped != word.escaped || len(n.slots) != len(word.slots) {
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

// A place is a path or a resource, with what was done there.
type place struct {
	pattern string
	here    uses
}

// places returns those beneath a node. names is how many levels are names of things,
// and not ids; negative: it is a path, which begins with a slash.
func (n *node) places(g grade, prefix string, names int, d date) []place {
	var all []place
	if len(n.here) > 0 {
		all = append(all, place{prefix, n.here})
	}
	for _, key := range sorted(n.children) {
		c, within := n.children[key], d
		g.name = names > 0
		at := c.pattern(g, &within)
		switch {
		case c.escaped:
			at = prefix + escapedSlash + at
		case prefix != "" || names < 0:
			at = prefix + "/" + at
		}
		all = append(all, c.places(g, at, names-1, within)...)
	}
	return all
}

// group makes rules of places at which the same is done.
func group(s subject, host string, places []place) []rule {
	byUses := map[string]*rule{}
	for _, p := range places {
		key := strings.Join(sorted(p.here), "\x00")
		r := byUses[key]
		if r == nil {
			r = &rule{subject: s, uses: sorted(p.here)}
			if host != "" {
				r.hosts = []string{host}
			}
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

// named is how many levels of the names of a service's resources are names of things
// that one owns: the kind, and the name. The names of buckets are never opened.
func (s *subject) named() int {
	if s.service == "s3" {
		return 0
	}
	return 3 // and what is before them
}

func (l *Learner) rulesOfAWS(s subject, t *tree, g grade) []rule {
	if s.form == unnamed {
		r := rule{subject: s, uses: sorted(t.root.here)}
		for _, e := range t.root.here {
			r.seen.merge(e)
		}
		return []rule{r}
	}
	places := t.root.resources(g, s.service == "s3")
	for i := range places {
		if places[i].pattern == "*" { // alone it would mean any account's, too
			places[i].pattern = l.anyOf(s)
		}
	}
	return group(s, "", places)
}

// anyOf is the pattern for any resource of a service in the account of who signs.
func (l *Learner) anyOf(s subject) string {
	account := s.account
	if account == "self" {
		account = l.self
	}
	if s.account == "self" && l.several {
		return "?*" // a tail, and so of whichever account signs
	}
	service, _ := awshost.Find(s.service)
	return "arn:*:" + service.IAM + ":*:" + account + ":*"
}

// resources are the places of a tree of resources.
func (n *node) resources(g grade, s3 bool) []place {
	names := everyName
	if s3 {
		names = 1
	}
	var all []place
	for _, key := range sorted(n.children) {
		head := n.children[key]
		for _, p := range head.places(g, "", names, date{}) {
			p.pattern = quote(head.slots[0].text) + p.pattern
			all = append(all, p)
		}
	}
	return all
}

// everyName makes all levels of a resource's name those of names, and not of ids.
const everyName = 99

func rulesOfHosts(s subject, t *tree, g grade) []rule {
	var rules []rule
	var walk func(n *node, host []string)
	walk = func(n *node, host []string) {
		for _, key := range sorted(n.children) {
			c := n.children[key]
			if key == hostEnd {
				labels := slices.Clone(host)
				slices.Reverse(labels)
				rules = append(rules, rulesOfHost(s, strings.Join(labels, "."), c, g)...)
				continue
			}
			g.name = true
			walk(c, append(host, c.pattern(g, &date{})))
		}
	}
	walk(&t.root, nil)
	return rules
}

func rulesOfHost(s subject, host string, n *node, g grade) []rule {
	if s.kind == policy.HTTP {
		return group(s, host, bothForms(n.places(g, "", -1, date{})))
	}
	r := rule{subject: s, hosts: []string{host}}
	for _, e := range n.here {
		r.seen.merge(e)
	}
	return []rule{r}
}
