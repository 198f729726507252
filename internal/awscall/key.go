package awscall

import (
	"slices"
	"strings"
)

// Equal reports whether n and o name the same, and all is known of it: wherever
// they go and whoever signs them.
func (n *Named) Equal(o *Named) bool {
	return n.plan == o.plan && n.plan != nil && n.raised == o.raised && !n.unread && !n.unsaid && !o.unread && !o.unsaid &&
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

// Values are the texts of what n names, nil where not all is known.
func (n *Named) Values() []string {
	if n.plan == nil || n.unread || n.unsaid {
		return nil
	}
	return n.given.all
}
