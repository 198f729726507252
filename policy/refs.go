package policy

import "cmp"

// Refs are the rules that one thing leads to, in their order. Most lead to one,
// which needs no list elsewhere: of many rules, a list is in no cache.
type refs struct {
	first int32 // one more than the position of the first; 0: there are none
	next  int32 // index of the others in the refLists
}

// refLists hold what follows the first of refs. At 0 nothing does.
type refLists []refs

// put puts a rule before all others: an index is made from the last rule on.
func (l *refLists) put(to *refs, ref int32) {
	next := int32(0)
	if to.first > 0 {
		next = int32(len(*l))
		*l = append(*l, *to)
	}
	*to = refs{ref + 1, next}
}

// compare puts those first whose first rule comes first.
func (r refs) compare(other refs) int { return cmp.Compare(r.first, other.first) }
