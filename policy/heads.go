package policy

import (
	"slices"
	"strings"
)

// The heads of patterns are what they begin with, up to the first star: sorted, so
// that the patterns which may match a name are found without trying all of them.
type heads []head

// A head is what some patterns begin with.
type head struct {
	text string
	refs []int32 // what has them
	up   int     // index of the longest other head that this one begins with, or -1
}

func (h *heads) add(text string, ref int32) {
	*h = append(*h, head{text: text, refs: []int32{ref}})
}

// sort sorts the heads, and makes one of equal ones.
func (h *heads) sort() {
	slices.SortStableFunc(*h, func(a, b head) int { return strings.Compare(a.text, b.text) })
	all := (*h)[:0]
	for _, next := range *h {
		last := len(all) - 1
		if last >= 0 && all[last].text == next.text {
			all[last].refs = append(all[last].refs, next.refs...)
			continue
		}
		for next.up = last; next.up >= 0 && !strings.HasPrefix(next.text, all[next.up].text); {
			next.up = all[next.up].up
		}
		all = append(all, next)
	}
	*h = all
}

// begins returns the index of the greatest head that is not above name, or -1.
// Every head that name begins with is that one or up from it.
func (h heads) begins(name string) int {
	from, to := 0, len(h)
	for from < to {
		if i := (from + to) / 2; h[i].text <= name {
			from = i + 1
		} else {
			to = i
		}
	}
	return from - 1
}
