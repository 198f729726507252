package policy

import (
	"cmp"
	"encoding/binary"
	"net/netip"
	"slices"
)

// A netIndex finds the ranges that hold an address, those of IPv4 apart from those
// of IPv6. They are sorted, and either lie one in another or apart: so all that hold
// an address are the last one that begins before it and those around that one.
type netIndex [2]ranges

type ranges struct {
	spans []span
	keys  keys // the first words of the spans
}

// A span is a range of addresses, in words of a machine, and the rules for it.
type span struct {
	last  wideAddr
	rules refs
	up    int32 // index of the smallest span around this one, or -1
	first wideAddr
}

// A wideAddr is an address as a number; one of IPv4 has it all in its first word.
type wideAddr struct{ hi, lo uint64 }

func wide(a netip.Addr) (w wideAddr, family int) {
	if a.Is4() {
		b := a.As4()
		return wideAddr{hi: uint64(binary.BigEndian.Uint32(b[:]))}, 0
	}
	b := a.As16()
	return wideAddr{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}, 1
}

func (a wideAddr) after(b wideAddr) bool { return a.hi > b.hi || a.hi == b.hi && a.lo > b.lo }

func (a wideAddr) compare(b wideAddr) int {
	return cmp.Or(cmp.Compare(a.hi, b.hi), cmp.Compare(a.lo, b.lo))
}

func (ix *netIndex) add(p netip.Prefix, ref int32) {
	first, family := wide(p.Addr())
	last, free := first, p.Addr().BitLen()-p.Bits()
	if family == 0 {
		last.hi |= 1<<free - 1
	} else {
		last.lo |= 1<<free - 1 // all of it from 64 bits on
		last.hi |= 1<<max(free-64, 0) - 1
	}
	ix[family].spans = append(ix[family].spans, span{first: first, last: last, rules: refs{first: ref + 1}})
}

// sort sorts the spans, and makes one of equal ones: their last rule is put first.
func (ix *netIndex) sort(lists *refLists) {
	for family := range ix {
		all := ix[family].spans
		slices.SortFunc(all, func(a, b span) int {
			return cmp.Or(a.first.compare(b.first), b.last.compare(a.last), b.rules.compare(a.rules))
		})
		spans := all[:0]
		for _, s := range all {
			last := len(spans) - 1
			if last >= 0 && spans[last].first == s.first && spans[last].last == s.last {
				lists.put(&spans[last].rules, s.rules.first-1)
				continue
			}
			for s.up = int32(last); s.up >= 0 && s.first.after(spans[s.up].last); {
				s.up = spans[s.up].up
			}
			spans = append(spans, s)
		}
		words := make(keys, len(spans))
		for i := range spans {
			words[i] = spans[i].first.hi
		}
		ix[family] = ranges{spans, words}
	}
}

// offer offers q the rules whose range holds a.
func (ix *netIndex) offer(q *query, a netip.Addr) {
	at, family := wide(a)
	in := &ix[family]
	for i := in.before(at); i >= 0; i = in.spans[i].up {
		if s := &in.spans[i]; !at.after(s.last) {
			q.candidates(s.rules)
		}
	}
}

// before returns the index of the last span that begins at an address or before
// it, or -1.
func (r *ranges) before(at wideAddr) int32 {
	return int32(r.keys.last(at.hi, func(i int) bool { return !r.spans[i].first.after(at) }))
}
