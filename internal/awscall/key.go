package awscall

import (
	"hash/maphash"
	"slices"
	"strings"
)

// Known reports whether all that the input names was read.
func (n *Named) Known() bool { return n.plan != nil && !n.unread && !n.unsaid }

// Equal reports whether n and o name the same, and all is known of it: wherever
// they go and whoever signs them.
func (n *Named) Equal(o *Named) bool {
	return n.plan == o.plan && n.Known() && o.Known() && n.raised == o.raised &&
		slices.Equal(n.given.ends, o.given.ends) && slices.Equal(n.given.all, o.given.all)
}

// Clone returns a copy of n, to compare with, that shares no memory with the input.
func (n *Named) Clone() *Named {
	c := *n
	c.given.ends = slices.Clone(n.given.ends)
	c.given.all = make([]string, len(n.given.all))
	for i, s := range n.given.all {
		c.given.all[i] = strings.Clone(s)
	}
	return &c
}

// Size is the length of all texts in n.
func (n *Named) Size() (size int) {
	for _, s := range n.given.all {
		size += len(s)
	}
	return size
}

// Hash tells n, which is known, apart from most of those that it does not equal.
func (n *Named) Hash(seed maphash.Seed) uint64 {
	if i := len(n.given.all) - 1; i >= 0 { // mostly the name of the resource itself
		return n.plan.salt ^ maphash.String(seed, n.given.all[i])
	}
	return n.plan.salt
}
