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
type netIndex [2][]span

// A span is a range of addresses, in words of a machine, and the rules for it.
type span struct {
	first, last wideAddr
	up          int // index of the smallest span around this one, or -1
	rules       []int32
}

// A wideAddr is an address as a number.
type wideAddr struct{ hi, lo uint64 }

func wide(a netip.Addr) (w wideAddr, family int) {
	if a.Is4() {
		b := a.As4()
		return wideAddr{0, uint64(binary.BigEndian.Uint32(b[:]))}, 0
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
	last.lo |= 1<<free - 1 // all of it from 64 bits on
	if free > 64 {
		last.hi |= 1<<(free-64) - 1
	}
	ix[family] = append(ix[family], span{first: first, last: last, rules: []int32{ref}})
}

// sort sorts the spans, and makes one of equal ones.
func (ix *netIndex) sort() {
	for family, all := range ix {
		slices.SortStableFunc(all, func(a, b span) int { return cmp.Or(a.first.compare(b.first), b.last.compare(a.last)) })
		spans := all[:0]
		for _, s := range all {
			last := len(spans) - 1
			if last >= 0 && spans[last].first == s.first && spans[last].last == s.last {
				spans[last].rules = append(spans[last].rules, s.rules...)
				continue
			}
			for s.up = last; s.up >= 0 && s.first.after(spans[s.up].last); {
				s.up = spans[s.up].up
			}
			spans = append(spans, s)
		}
		ix[family] = spans
	}
}

// offer offers q the rules whose range holds a.
func (ix *netIndex) offer(q *query, a netip.Addr) {
	at, family := wide(a)
	spans := ix[family]
	from, to := 0, len(spans)
	for from < to {
		if i := (from + to) / 2; spans[i].first.after(at) {
			to = i
		} else {
			from = i + 1
		}
	}
	for i := from - 1; i >= 0; i = spans[i].up {
		if !at.after(spans[i].last) {
			q.candidates(spans[i].rules)
		}
	}
}
