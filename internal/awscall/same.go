package awscall

import (
	"hash/maphash"
	"slices"
	"strings"
)

// Hash is the same for what is the same, in one process.
func (n *Named) Hash() uint64 {
	if n.plan == nil {
		return 0
	}
	h := n.plan.hash
	for i := range n.given {
		for _, s := range n.given[i].all {
			h = h*31 + maphash.String(seed, s)
		}
	}
	return h
}

var seed = maphash.MakeSeed()

// Same reports whether n and m are known in full, and would be described as the
// same call wherever it goes and whoever signs it.
func (n *Named) Same(m *Named) bool {
	if n.plan == nil || n.plan != m.plan || n.raised != m.raised || n.unread || m.unread || n.unsaid || m.unsaid {
		return false
	}
	for i := range n.given {
		if !n.given[i].same(&m.given[i]) {
			return false
		}
	}
	return n.wire.same(&m.wire)
}

func (v *values) same(w *values) bool { return v.ends == w.ends && slices.Equal(v.all, w.all) }

// Kept returns a copy that holds on to nothing of the input, if n is known in full
// and has at most size bytes.
func (n *Named) Kept(size int) (kept Named, ok bool) {
	kept = *n
	if n.plan == nil || n.unread || n.unsaid {
		return kept, false
	}
	kept.given = make([]values, len(n.given))
	kept.first = [1]values{}
	kept.texts = [4]string{}
	for i := range n.given {
		kept.given[i] = n.given[i].kept(&size)
	}
	kept.wire = n.wire.kept(&size)
	return kept, size >= 0
}

// kept copies what is left of size.
func (v *values) kept(size *int) values {
	all := make([]string, 0, min(len(v.all), maxMembers))
	for _, s := range v.all {
		if *size -= len(s) + 1; *size < 0 {
			break
		}
		all = append(all, strings.Clone(s))
	}
	return values{all, v.ends}
}
