package policy

import (
	"net/netip"
	"slices"
)

// An index finds the rules whose subject matches a call without reading them
// all: names by hash, suffixes by hash at each label boundary, address ranges
// by hash for each prefix length in use. Only patterns of another shape are
// tried one by one. A ref is the position of a rule in its layer.
type index struct {
	names    map[string]*entry
	lengths  [4]uint64 // bit n: a key of n bytes is in names, so that others are not looked up
	globs    []globRef
	nets     map[netip.Prefix][]int32
	bits     [2][]int // the prefix lengths in nets, for IPv4 and for IPv6
	anything []int32  // **
	services map[string]*serviceIndex
}

// An entry holds the rules that a name leads to, and where to look on.
type entry struct {
	exact []int32 // the name itself
	one   []int32 // *.name
	deep  []int32 // **.name

	up     *entry // of the longest suffix of the name that is in the index
	parent bool   // up is one label shorter
	local  bool   // the name is one of this machine
}

type globRef struct {
	rule int32
	glob *pattern
}

func newIndex(rules []rule) index {
	ix := index{names: map[string]*entry{}, nets: map[netip.Prefix][]int32{}}
	for i := range rules {
		ref := int32(i)
		for j := range rules[i].hosts {
			ix.addHost(&rules[i].hosts[j], ref)
		}
		for _, p := range rules[i].cidrs {
			ix.addNet(p, ref)
		}
		if rules[i].aws != nil {
			ix.addServices(rules[i].aws, rules[i].deny, ref)
		}
	}
	for name, e := range ix.names {
		h := ix.above(name)
		e.up, e.parent, e.local = h.up, h.parent, isLocalName(name)
	}
	return ix
}

func (ix *index) addHost(h *hostPattern, ref int32) {
	switch {
	case h.all:
		ix.anything = append(ix.anything, ref)
	case h.lit.IsValid():
		ix.addNet(h.lit, ref)
	case h.glob != nil:
		ix.globs = append(ix.globs, globRef{ref, h.glob})
	case h.exact != "":
		e := ix.add(h.exact)
		e.exact = append(e.exact, ref)
	case h.deep:
		e := ix.add(h.suffix)
		e.deep = append(e.deep, ref)
	default:
		e := ix.add(h.suffix)
		e.one = append(e.one, ref)
	}
}

func (ix *index) add(name string) *entry {
	e := ix.names[name]
	if e == nil {
		e = new(entry)
		ix.names[name] = e
		n := min(len(name), 255)
		ix.lengths[n/64] |= 1 << (n % 64)
	}
	return e
}

func (ix *index) addNet(p netip.Prefix, ref int32) {
	family := &ix.bits[0]
	if p.Addr().Is6() {
		family = &ix.bits[1]
	}
	if !slices.Contains(*family, p.Bits()) {
		*family = append(*family, p.Bits())
	}
	ix.nets[p] = append(ix.nets[p], ref)
}

// at returns the entry of a name, or nil.
func (ix *index) at(name string) *entry {
	n := min(len(name), 255)
	if ix.lengths[n/64]>>(n%64)&1 == 0 {
		return nil
	}
	return ix.names[name]
}

// A hit is what the index has for a name: its entry, if it has one, and that of
// the longest suffix which has one.
type hit struct {
	entry  *entry
	up     *entry
	parent bool // up is one label shorter
	plain  bool // what the index does not have of the name is in canonical form
}

func (ix *index) lookup(name string) hit {
	if e := ix.at(name); e != nil {
		return hit{e, e.up, e.parent, true}
	}
	return ix.above(name)
}

// above looks up what is left of a name after each dot, and reads it on the way.
func (ix *index) above(name string) hit {
	h := hit{parent: true, plain: true}
	for i := range len(name) {
		b := hostBytes[name[i]]
		if b == ordinary {
			continue
		}
		if b == needsWork {
			h.plain = false
			continue
		}
		if h.up = ix.at(name[i+1:]); h.up != nil {
			return h
		}
		h.parent = false
	}
	return hit{plain: h.plain && name != "" && name[len(name)-1] != '.' && !endsInNumber(name)}
}

// local reports whether the name that was looked up is one of this machine.
func (h hit) local(name string) bool {
	if h.entry != nil {
		return h.entry.local
	}
	return isLocalName(name)
}

// offerName offers q the rules for a name. A wildcard never allows an endpoint
// of AWS's API, where anyone's bucket is as near as one's own.
func (ix *index) offerName(q *query, name string, h hit) {
	if h.entry != nil {
		q.candidates(h.entry.exact)
	}
	if q.aws.API {
		defer func(allow int32) { q.allow = allow }(q.allow)
	}
	if h.parent {
		q.candidates(h.up.one)
	}
	for up := h.up; up != nil; up = up.up {
		q.candidates(up.deep)
	}
	for i := range ix.globs {
		if g := &ix.globs[i]; g.glob.match(name) {
			q.candidate(g.rule)
		}
	}
}

// offerAddress offers q the rules for an address, and the deny rules for an
// IPv4 address inside it: allowing the one does not allow the other.
func (ix *index) offerAddress(q *query, a netip.Addr) {
	ix.within(q, a)
	inner, n := embedded(a)
	for _, v4 := range inner[:n] {
		allow := q.allow
		ix.within(q, v4)
		q.allow = allow
	}
}

// within offers q the rules whose range holds a.
func (ix *index) within(q *query, a netip.Addr) {
	family := ix.bits[0]
	if a.Is6() {
		family = ix.bits[1]
	}
	for _, bits := range family {
		if p, err := a.Prefix(bits); err == nil {
			q.candidates(ix.nets[p])
		}
	}
}

// offerEverything offers the rules for **. It means every call in a deny rule,
// but only every name in an allow rule: never an address or a local door.
func (ix *index) offerEverything(q *query, named bool) {
	for _, ref := range ix.anything {
		if named || q.rules[ref].deny {
			q.candidate(ref)
		}
	}
}
