package policy

import (
	"cmp"
	"slices"
	"strings"
)

// The heads of patterns are what they begin with, up to the first star: sorted, so
// that the patterns which may match a name are found without trying all of them.
type heads struct {
	all    []head
	shared string // what all of them begin with
	keys   keys   // of what follows that
}

// A head is what some patterns begin with.
type head struct {
	text string
	refs refs  // what has them
	up   int32 // index of the longest other head that this one begins with, or -1
}

func (h *heads) add(text string, ref int32) {
	h.all = append(h.all, head{text: text, refs: refs{first: ref + 1}})
}

// sort sorts the heads, and makes one of equal ones: their last ref is put first.
func (h *heads) sort(lists *refLists) {
	slices.SortFunc(h.all, func(a, b head) int { return cmp.Or(strings.Compare(a.text, b.text), b.refs.compare(a.refs)) })
	all := h.all[:0]
	for _, next := range h.all {
		last := len(all) - 1
		if last >= 0 && all[last].text == next.text {
			lists.put(&all[last].refs, next.refs.first-1)
			continue
		}
		for next.up = int32(last); next.up >= 0 && !strings.HasPrefix(next.text, all[next.up].text); {
			next.up = all[next.up].up
		}
		all = append(all, next)
	}
	h.all = all
	h.sortKeys()
}

func (h *heads) sortKeys() {
	if len(h.all) == 0 {
		return
	}
	first, last := h.all[0].text, h.all[len(h.all)-1].text
	n := 0
	for n < len(first) && n < len(last) && first[n] == last[n] {
		n++
	}
	h.shared, h.keys = first[:n], make(keys, len(h.all))
	for i := range h.all {
		h.keys[i] = keyOf(h.all[i].text[n:])
	}
}

// begins returns the index of the greatest head that is not above name, or -1.
// Every head that name begins with is that one or up from it.
func (h *heads) begins(name string) int32 {
	rest, ok := strings.CutPrefix(name, h.shared)
	if !ok || len(h.all) == 0 {
		return -1
	}
	return int32(h.keys.last(keyOf(rest), func(i int) bool { return h.all[i].text <= name }))
}
