package awscall

import (
	"hash/maphash"
	"slices"
)

// Known reports whether all that the input names was read.
func (n *Named) Known() bool { return n.plan != nil && !n.unread && !n.unsaid }

// Equal reports whether n and o name the same, and all is known of it: wherever
// they go and whoever signs them.
func (n *Named) Equal(o *Named) bool {
	return n.plan == o.plan && n.Known() && o.Known() && n.raised == o.raised &&
		slices.Equal(n.given.ends, o.given.ends) && slices.Equal(n.given.all, o.given.all)
}

// CopyTo makes c a copy of n, which is another.
func (n *Named) CopyTo(c *Named) {
	*c = *n
	clear(c.texts[:]) // which may be parts of something large
	c.given.all, c.given.ends = append(c.texts[:0], n.given.all...), append(c.ends[:0], n.given.ends...)
}

// Texts are the values that the input gives.
func (n *Named) Texts() []string { return n.given.all }

// Hash tells n, which is known, apart from most of those that it does not equal.
func (n *Named) Hash(seed maphash.Seed) uint64 {
	if i := len(n.given.all) - 1; i >= 0 { // mostly the name of the resource itself
		return n.plan.salt ^ maphash.String(seed, n.given.all[i])
	}
	return n.plan.salt
}
