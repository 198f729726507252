package review

import (
	"slices"
	"strings"
)

// A ruleList finds the rules of a list that may cover another without comparing
// all of them.
type ruleList struct {
	all  []*terms
	keys map[string][]int
}

func newRuleList(all []*terms) *ruleList {
	l := &ruleList{all: all, keys: map[string][]int{}}
	for i, t := range all {
		for _, k := range t.coveringKeys() {
			if at := l.keys[k]; len(at) == 0 || at[len(at)-1] != i {
				l.keys[k] = append(at, i)
			}
		}
	}
	return l
}

// wide is the key of rules that may cover any other.
const wide = "*"

// coveringKeys are where a rule is looked for that is to cover another.
func (t *terms) coveringKeys() (keys []string) {
	if t.every {
		keys = append(keys, wide)
	}
	for _, n := range t.names {
		switch {
		case n.plain:
			keys = append(keys, "host "+n.head)
		case n.suffix != "":
			keys = append(keys, "below "+n.suffix)
		default:
			keys = append(keys, wide)
		}
	}
	if t.nets != nil {
		keys = append(keys, "net")
	}
	for _, name := range t.services {
		if name == "*" {
			name = wide
		}
		keys = append(keys, "aws "+name)
	}
	return keys
}

// coveredKeys are where to look for rules that cover t. They must cover the first
// of its subjects; which one that is does not matter.
func (t *terms) coveredKeys() []string {
	keys := []string{wide, "aws " + wide}
	switch {
	case len(t.names) > 0:
		n := t.names[0]
		name := n.suffix
		if n.plain {
			keys, name = append(keys, "host "+n.head), n.head
		}
		for more := n.plain || n.suffix != ""; more; {
			keys = append(keys, "below "+name)
			_, name, more = strings.Cut(name, ".")
		}
	case len(t.nets) > 0:
		keys = append(keys, "net")
	case len(t.services) > 0:
		keys = append(keys, "aws "+t.services[0])
		for _, s := range named(t.services[0]) {
			keys = append(keys, "aws "+s.ID, "aws "+s.IAM)
		}
	}
	return keys
}

// near returns the rules that may cover t, in their order.
func (l *ruleList) near(t *terms) []int {
	if len(t.names) > 0 && !t.names[0].plain && t.names[0].suffix == "" { // a pattern of another shape
		all := make([]int, len(l.all))
		for i := range all {
			all[i] = i
		}
		return all
	}
	var near []int
	for _, k := range t.coveredKeys() {
		near = append(near, l.keys[k]...)
	}
	slices.Sort(near)
	return slices.Compact(near)
}

// covering returns the first rule that covers t alone, and may say which rules do
// not count; -1 if there is none.
func (l *ruleList) covering(e *effort, t *terms, counts func(*terms) bool) int {
	for _, i := range l.near(t) {
		if counts(l.all[i]) && e.covers(l.all[i], t) {
			return i
		}
	}
	return -1
}

// uncovered returns the alternatives of t that no rule covers. whole says that those
// are all, or that t could not be split.
func (l *ruleList) uncovered(e *effort, t *terms, counts func(*terms) bool) (left []*terms, whole bool) {
	if l.covering(e, t, counts) >= 0 {
		return nil, false
	}
	parts, ok := t.split()
	if !ok {
		return []*terms{t}, true
	}
	for _, part := range parts {
		if l.covering(e, part, counts) < 0 {
			left = append(left, part)
		}
	}
	return left, len(left) == len(parts)
}
