package policy

import (
	"net/netip"
	"slices"
	"strings"
)

// An index finds the rules whose subject matches a call without reading them
// all: names by hash, suffixes by hash at each label boundary, address ranges
// by hash for each prefix length in use. Only patterns of another shape are
// tried one by one. Refs are positions in the layer's rules.
type index struct {
	names    map[string]refs
	depths   uint64 // bit n: a name or suffix of n labels is in names (bit 63: of more)
	globs    []globRef
	nets     map[netip.Prefix][]int32
	bits     [2][]int // the prefix lengths in nets, for IPv4 and for IPv6
	anything []int32  // **
}

// refs are the rules that a name leads to.
type refs struct {
	exact []int32 // the name itself
	one   []int32 // *.name
	deep  []int32 // **.name
}

type globRef struct {
	rule int32
	glob matcher
}

func newIndex(rules []rule) index {
	ix := index{names: map[string]refs{}, nets: map[netip.Prefix][]int32{}}
	for i := range rules {
		ref := int32(i)
		for j := range rules[i].hosts {
			ix.addHost(&rules[i].hosts[j], ref)
		}
		for _, p := range rules[i].cidrs {
			ix.addNet(p, ref)
		}
	}
	return ix
}

func (ix *index) addHost(h *hostPattern, ref int32) {
	switch {
	case h.all:
		ix.anything = append(ix.anything, ref)
	case h.lit.IsValid():
		ix.addNet(h.lit, ref)
	case h.glob.glob != nil:
		ix.globs = append(ix.globs, globRef{ref, h.glob})
	default:
		name := h.exact + h.suffix
		ix.depths |= 1 << depth(name)
		r := ix.names[name]
		switch {
		case h.suffix == "":
			r.exact = append(r.exact, ref)
		case h.deep:
			r.deep = append(r.deep, ref)
		default:
			r.one = append(r.one, ref)
		}
		ix.names[name] = r
	}
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

// depth is the number of labels of a name, 63 at most.
func depth(name string) int { return min(strings.Count(name, ".")+1, 63) }

// named calls m.candidates with the rules that match a name.
func (ix *index) named(name string, m *match) {
	n := depth(name)
	for rest, below := name, 0; ; below++ {
		if ix.depths&(1<<min(n-below, 63)) != 0 || n == 63 {
			r := ix.names[rest]
			switch below {
			case 0:
				m.candidates(r.exact)
			case 1:
				m.candidates(r.one)
				m.candidates(r.deep)
			default:
				m.candidates(r.deep)
			}
		}
		dot := strings.IndexByte(rest, '.')
		if dot < 0 {
			break
		}
		rest = rest[dot+1:]
	}
	for i := range ix.globs {
		if g := &ix.globs[i]; g.glob.match(name) {
			m.candidate(g.rule)
		}
	}
}

// within calls m.candidates with the rules whose range holds a.
func (ix *index) within(a netip.Addr, m *match) {
	family := ix.bits[0]
	if a.Is6() {
		family = ix.bits[1]
	}
	for _, bits := range family {
		if p, err := a.Prefix(bits); err == nil {
			m.candidates(ix.nets[p])
		}
	}
}
