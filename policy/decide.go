package policy

import "slices"

// A finding is what one layer has against a call, or for it: the hardest of
// all findings decides. Indexes instead of rules keep it off the heap.
type finding struct {
	deny   bool
	mode   Mode
	layer  int
	order  int // among the findings of one layer: local doors, rules, allow-list miss
	rule   string
	reason string
}

// The places of a layer's findings that are not a rule's.
const (
	orderDoor = -1
	orderMiss = 1 << 30
)

// harder reports whether f outweighs g: a violation outweighs none, then the
// harder mode, then the earlier layer, then the order of its rules.
func (f *finding) harder(g *finding) bool {
	switch {
	case f.deny != g.deny:
		return f.deny
	case f.deny && f.mode != g.mode:
		return f.mode > g.mode
	case !f.deny && (f.rule == "") != (g.rule == ""):
		return f.rule != "" // the layer that allowed it by a rule says more
	case f.layer != g.layer:
		return f.layer < g.layer
	}
	return f.order < g.order
}

// Decide judges a call by every layer. It does not change c, makes no I/O and
// does not allocate, unless a host is not canonical or a path has escapes or
// dot segments. A call whose Addr is set is judged by that address as well.
func (s *Set) Decide(c *Call) Decision {
	f := s.decideHost(c, targetOf(c.Host))
	if c.HostHeader != "" {
		if second := targetOf(c.HostHeader); second != targetOf(c.Host) {
			if g := s.decideHost(c, second); g.deny && g.harder(&f) {
				f = g
			}
		}
	}
	if c.Addr.IsValid() {
		if g := s.reached(c); g.deny && g.harder(&f) {
			f = g
		}
	}
	return s.decision(&f)
}

// DecideReached judges only the address that a call is about to reach, c.Addr:
// by local doors and by the deny rules for addresses. It is the second half of
// the verdict on a call whose first half was [Set.Decide] without an address;
// c need not hold more than Host, Port, Network and Addr.
func (s *Set) DecideReached(c *Call) Decision {
	f := s.reached(c)
	return s.decision(&f)
}

func (s *Set) decision(f *finding) Decision {
	d := Decision{Effect: Allow, Mode: s.mode, Layer: f.layer, Rule: f.rule, Reason: f.reason}
	if f.deny {
		d.Effect, d.Mode = Deny, f.mode
	}
	return d
}

// decideHost judges c as a call to t.
func (s *Set) decideHost(c *Call, t target) finding {
	forms := pathForm{}
	if c.Kind == HTTP {
		forms = formsOf(c.Path)
	}
	local := localReason(c, &t)
	var worst finding
	for i := range s.layers {
		f := s.layers[i].decide(s, c, &t, &forms, local)
		f.layer = i
		if i == 0 || f.harder(&worst) {
			worst = f
		}
	}
	return worst
}

// decide is one layer's finding on a call to t. local says what makes t a local
// door, and is empty if it is none.
func (l *layer) decide(s *Set, c *Call, t *target, forms *pathForm, local string) finding {
	m := match{layer: l, call: c, forms: forms, allow: -1, deny: -1}
	m.subjects(t)

	worst := finding{mode: l.mode, order: orderMiss, reason: "no deny rule matched"}
	if l.hasAllow {
		worst.deny, worst.reason = true, "no allow rule matched"
	}
	if l.unavailable != "" {
		// No policy: deny. A cold start must not be a bypass.
		worst.reason = l.unavailable
	}
	if m.allow >= 0 {
		worst = finding{mode: l.mode, order: int(m.allow), rule: l.rules[m.allow].id, reason: l.rules[m.allow].allowReason()}
	}
	if local != "" {
		switch opened, by := l.opened(s, c, t, &m); {
		case !opened:
			worst = finding{deny: true, mode: s.mode, order: orderDoor, rule: "local", reason: local}
		case by == "local":
			worst = finding{mode: l.mode, order: orderDoor, rule: by, reason: "opened by local"}
		}
	}
	if m.deny >= 0 {
		r := &l.rules[m.deny]
		if d := (finding{deny: true, mode: r.mode, order: int(m.deny), rule: r.id, reason: r.denyReason()}); d.harder(&worst) {
			worst = d
		}
	}
	return worst
}

func (r *rule) allowReason() string {
	if r.reason == "" {
		return "allowed by rule"
	}
	return r.reason
}

func (r *rule) denyReason() string {
	if r.reason == "" {
		return "denied by rule"
	}
	return r.reason
}

// reached judges the address c.Addr.
func (s *Set) reached(c *Call) finding {
	t := target{lit: c.Addr.WithZone("").Unmap()}
	named := targetOf(c.Host)
	local := localRange(t.lit)
	var worst finding
	for i := range s.layers {
		l := &s.layers[i]
		m := match{layer: l, call: c, reached: true, allow: -1, deny: -1}
		m.addresses(t.lit)
		f := finding{mode: l.mode, layer: i, order: orderMiss, reason: "no deny rule matched the address"}
		if local != "" && !l.openedAddress(s, c, &t, &named) {
			f = finding{deny: true, mode: s.mode, layer: i, order: orderDoor, rule: "local", reason: local}
		}
		if m.deny >= 0 {
			r := &l.rules[m.deny]
			if d := (finding{deny: true, mode: r.mode, layer: i, order: int(m.deny), rule: r.id, reason: r.denyReason()}); d.harder(&f) {
				f = d
			}
		}
		if i == 0 || f.harder(&worst) {
			worst = f
		}
	}
	return worst
}

// localReason says what makes a call one to a local door.
func localReason(c *Call, t *target) string {
	switch {
	case c.network() == "unix":
		return "unix socket"
	case t.lit.IsValid():
		return localRange(t.lit)
	case c.Kind != AWS && isLocalName(t.name):
		return "name of this machine"
	}
	return ""
}

// opened reports whether l opens the local door t for c, by "local" or by the
// allow rule that matched.
func (l *layer) opened(s *Set, c *Call, t *target, m *match) (bool, string) {
	if c.network() == "unix" {
		return slices.Contains(l.sockets, c.Path), "local"
	}
	if s.guarded && s.runtime.covers(t, c.port()) {
		return false, "" // the Runtime API would hand over other invocations
	}
	for i := range l.doors {
		if l.doors[i].is(t, c.port()) {
			return true, "local"
		}
	}
	for _, ref := range l.openers {
		if r := &l.rules[ref]; r.opens(t) && r.matchesCall(c, m.forms) {
			return true, r.id
		}
	}
	return false, ""
}

// openedAddress is opened for an address that is about to be connected to. The
// name it was reached by counts: a rule for localhost opens loopback.
func (l *layer) openedAddress(s *Set, c *Call, t, named *target) bool {
	if s.guarded && s.runtime.covers(t, c.port()) {
		return false
	}
	for i := range l.doors {
		if l.doors[i].is(t, c.port()) {
			return true
		}
	}
	for _, ref := range l.openers {
		r := &l.rules[ref]
		if (r.opens(t) || isLocalName(named.name) && t.lit.IsLoopback() && r.opens(named)) && r.matchesOpener(c) {
			return true
		}
	}
	return false
}

// matchesOpener is matchesReached for an allow rule: a connection that is made
// for a request of any scheme the rule states.
func (r *rule) matchesOpener(c *Call) bool {
	if r.ports == nil && r.schemes != nil {
		ok := slices.ContainsFunc(r.schemes, func(s string) bool { return schemePort(s) == c.port() })
		return ok && r.matchesOrigin(c)
	}
	return r.matchesReached(c)
}
