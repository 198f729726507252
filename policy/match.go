package policy

import "net/netip"

// A match gathers, for one call and one layer, the rules that match: the first
// allow rule, and the hardest and then first deny rule. -1 stands for none.
type match struct {
	layer   *layer
	call    *Call
	forms   *pathForm
	reached bool // only the address is judged, see rule.matchesReached
	allow   int32
	deny    int32
}

// subjects looks up every rule whose subject matches t.
func (m *match) subjects(t *target) {
	ix := &m.layer.index
	switch {
	case m.call.network() == "unix":
		m.everything(false) // a socket has no name: only "every call" speaks of it
		return
	case t.lit.IsValid():
		m.addresses(t.lit)
	default:
		ix.named(t.name, m)
	}
	m.everything(!t.lit.IsValid() && !isLocalName(t.name))
}

// everything offers the rules for **. It means every call in a deny rule, but
// only every name in an allow rule: never an address, and never a local door.
func (m *match) everything(named bool) {
	for _, ref := range m.layer.index.anything {
		if named || m.layer.rules[ref].deny {
			m.candidate(ref)
		}
	}
}

// addresses offers the rules for an address, and the deny rules for an IPv4
// address inside it: allowing the one does not allow the other.
func (m *match) addresses(a netip.Addr) {
	ix := &m.layer.index
	ix.within(a, m)
	inner, n := embedded(a)
	for _, v4 := range inner[:n] {
		allow := m.allow
		ix.within(v4, m)
		m.allow = allow
	}
}

func (m *match) candidates(refs []int32) {
	for _, ref := range refs {
		m.candidate(ref)
	}
}

func (m *match) candidate(ref int32) {
	r := &m.layer.rules[ref]
	if r.deny {
		if m.deny >= 0 && !r.outweighs(ref, &m.layer.rules[m.deny], m.deny) {
			return
		}
		if m.reached && r.matchesReached(m.call) || !m.reached && r.matchesCall(m.call, m.forms) {
			m.deny = ref
		}
		return
	}
	if m.reached || m.allow >= 0 && m.allow <= ref {
		return
	}
	if r.matchesCall(m.call, m.forms) {
		m.allow = ref
	}
}

func (r *rule) outweighs(at int32, other *rule, otherAt int32) bool {
	if r.mode != other.mode {
		return r.mode > other.mode
	}
	return at < otherAt
}
