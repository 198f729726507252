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

// Hash tells n apart from most of those that it does not equal.
func (n *Named) Hash(seed maphash.Seed) uint64 {
	h := maphash.String(seed, n.operation)
	for _, s := range n.given.all[:min(len(n.given.all), 8)] {
		h = h*31 + maphash.String(seed, s)
	}
	return h
}
