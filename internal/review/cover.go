package review

import (
	"net/netip"
	"slices"
)

// covers reports whether a matches every call that b does. They are of one list, or
// a denies and b allows. What cannot be shown is not so: a rule that is taken for
// covered, and is not, would be a widening that nobody is told of.
func (e *effort) covers(a, b *terms) bool {
	if b.services != nil {
		return e.coversAWS(a, b) && e.coversOrigin(a, b)
	}
	return a.services == nil && e.coversSubject(a, b) && a.coversNetwork(b) && a.coversMethods(b) && e.coversPaths(a, b) && e.coversOrigin(a, b)
}

func (e *effort) coversSubject(a, b *terms) bool {
	if b.every && !a.every {
		return false
	}
	for _, n := range b.names {
		if !e.coversName(a, n) {
			return false
		}
	}
	// A deny rule for a range judges what a name leads to by the address alone, whatever
	// is sent.
	if a.every && a.deny && (!b.deny || a.asksNothingSent()) {
		return true
	}
	for _, p := range b.nets {
		if !a.coversNet(p) {
			return false
		}
	}
	return true
}

// asksNothingSent reports whether a rule looks neither at scheme, method nor path.
func (t *terms) asksNothingSent() bool {
	return t.schemes == anyScheme && t.methods == nil && t.paths == nil
}

func (e *effort) coversName(a *terms, n *name) bool {
	if !a.deny && n.special {
		return slices.ContainsFunc(a.names, func(m *name) bool { return m.plain && m.head == n.head })
	}
	if a.every {
		return true
	}
	for _, m := range a.names {
		if m.equal(n.glob) {
			return true
		}
	}
	if len(a.names) == 1 {
		return e.within(n.glob, []*glob{a.names[0].glob})
	}
	return e.within(n.glob, globsOf(a.names))
}

func globsOf(names []*name) (gs []*glob) {
	for _, n := range names {
		gs = append(gs, n.glob)
	}
	return gs
}

// coversNet reports whether one range holds p. A wider range opens no local door.
func (a *terms) coversNet(p netip.Prefix) bool {
	return slices.ContainsFunc(a.nets, func(q netip.Prefix) bool {
		return q == p || contains(q, p) && (a.deny || !opensDoors(p) || opensDoors(q))
	})
}

func contains(q, p netip.Prefix) bool { return q.Bits() <= p.Bits() && q.Contains(p.Addr()) }

// coversNetwork compares networks, schemes and ports.
func (a *terms) coversNetwork(b *terms) bool {
	if b.networks&^a.networks != 0 || b.schemes&^a.schemes != 0 {
		return false
	}
	if a.deny && a.ports == nil {
		return true
	}
	if a.deny && b.deny {
		return b.ports != nil && subset(b.ports, a.ports)
	}
	if !a.deny && b.networks&rawIP != 0 && !b.ownPorts && a.ownPorts {
		return false // a raw socket has no port to be one of them
	}
	for _, scheme := range []words{plainHTTP, https, noScheme} {
		ports := a.ports
		if !a.deny {
			ports = a.portsOf(scheme)
		}
		if b.schemes&scheme != 0 && !subset(b.portsOf(scheme), ports) {
			return false
		}
	}
	return true
}

func (a *terms) coversMethods(b *terms) bool {
	switch {
	case a.methods == nil:
		return a.deny || !slices.Contains(b.methods, "CONNECT") // a tunnel must be asked for by name
	case b.methods == nil:
		return false
	}
	return subset(b.methods, a.methods)
}

// coversPaths leaves an allow rule without paths alone: it allows what no pattern
// can read.
func (e *effort) coversPaths(a, b *terms) bool {
	return a.paths == nil || e.coversField(a.paths, b.paths, a.deny)
}

// coversField reports whether the patterns of a field, which is stated, match what
// others do. A deny rule's matches also what is not known.
func (e *effort) coversField(as, bs []*glob, deny bool) bool {
	if bs == nil {
		return deny && slices.ContainsFunc(as, func(g *glob) bool { return g.all })
	}
	for _, g := range bs {
		if !e.within(g, as) {
			return false
		}
	}
	return true
}

// coversOrigin compares from, functions and until. A caller that is not known
// matches no pattern, even in a deny rule.
func (e *effort) coversOrigin(a, b *terms) bool {
	switch {
	case a.from != nil && !e.coversField(a.from, b.from, false):
		return false
	case a.functions != nil && !e.coversField(a.functions, b.functions, a.deny):
		return false
	}
	return a.until.IsZero() || !b.until.IsZero() && !b.until.After(a.until)
}

func subset[T comparable](some, all []T) bool {
	return !slices.ContainsFunc(some, func(v T) bool { return !slices.Contains(all, v) })
}
