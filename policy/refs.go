package policy

// Refs are the rules that one thing leads to, in their order. Most lead to one,
// which needs no list of its own: of many rules, a list is in no cache.
type refs struct {
	first int32 // one more than the first; 0: none
	more  int32 // one more than the index of the list of the others; 0: there are none
}

// refLists are the rules that refs do not hold themselves.
type refLists [][]int32

func (l *refLists) add(to *refs, ref int32) {
	switch {
	case to.first == 0:
		to.first = ref + 1
	case to.more == 0:
		*l = append(*l, []int32{ref})
		to.more = int32(len(*l))
	default:
		(*l)[to.more-1] = append((*l)[to.more-1], ref)
	}
}

// rest returns the rules of r after the first.
func (l refLists) rest(r refs) []int32 {
	if r.more == 0 {
		return nil
	}
	return l[r.more-1]
}
