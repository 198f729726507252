package policy

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

// naiveDecide decides by the letter of the language: every rule of every layer
// is asked, and the findings are put in their order.
func naiveDecide(s *Set, c *Call) Decision {
	verdict := naiveHost(s, c, c.host())
	if c.HostHeader != "" {
		verdict = naiveAnd(verdict, naiveHost(s, c, c.HostHeader))
	}
	if c.isRequest() && !isPath(c.Path) {
		verdict = naiveAnd(verdict, naiveHost(s, c, targetHost(c.Path)))
	}
	if c.Addr.IsValid() {
		verdict = naiveAnd(verdict, naiveReached(s, c))
	}
	return verdict.Decision
}

// A naiveFinding is a decision and its place in its layer.
type naiveFinding struct {
	Decision
	order int
}

// naiveWorst picks the deciding one of findings.
func naiveWorst(findings []naiveFinding) naiveFinding {
	return slices.MinFunc(findings, func(a, b naiveFinding) int {
		if a.Effect == Allow && b.Effect == Allow && (a.Rule == "") != (b.Rule == "") {
			return cmp.Compare(b.Rule, a.Rule) // what has a rule first
		}
		mode := cmp.Compare(b.Mode, a.Mode)
		if a.Effect == Allow {
			mode = 0
		}
		return cmp.Or(cmp.Compare(a.Effect, b.Effect), mode, cmp.Compare(a.Layer, b.Layer), cmp.Compare(a.order, b.order))
	})
}

func naiveAnd(a, b naiveFinding) naiveFinding {
	if b.Effect == Allow {
		return a
	}
	return naiveWorst([]naiveFinding{a, b})
}

func naiveHost(s *Set, c *Call, host string) naiveFinding {
	t := targetOf(host)
	var all []naiveFinding
	for i := range s.layers {
		l := &s.layers[i]
		d := Decision{Effect: Allow, Mode: s.mode, Layer: i, Reason: "no deny rule matched"}
		order := 1 << 30
		if l.hasAllow {
			d.Effect, d.Mode, d.Reason = Deny, l.mode, "no allow rule matched"
		}
		for j := range l.rules {
			if r := &l.rules[j]; !r.deny && d.Rule == "" && naiveSubject(r, c, t, false) && naiveFields(r, c, false) {
				d, order = Decision{Allow, s.mode, i, r.id, "allowed by rule"}, j
			}
		}
		if j := naiveAWSAllowed(l, c, t); d.Effect == Deny && c.Kind == AWS && len(c.Resources) > 1 && j >= 0 {
			d, order = Decision{Allow, s.mode, i, l.rules[j].id, "allowed by rule"}, j
		}
		if kind := naiveLocal(s, c, t); kind != notLocal {
			d, order = naiveDoor(s, l, i, c, t, nil, kind)
		}
		all = append(all, naiveFinding{d, order})
		for j := range l.rules {
			if r := &l.rules[j]; r.deny && naiveSubject(r, c, t, false) && naiveFields(r, c, false) {
				all = append(all, naiveFinding{Decision{Deny, r.mode, i, r.id, "denied by rule"}, j})
			}
		}
	}
	return naiveWorst(all)
}

func naiveReached(s *Set, c *Call) naiveFinding {
	t, named := target{lit: c.Addr.Unmap()}, targetOf(c.Host)
	var all []naiveFinding
	for i := range s.layers {
		l := &s.layers[i]
		d, order := Decision{Effect: Allow, Mode: s.mode, Layer: i, Reason: "no deny rule matched"}, 1<<30
		kind := localRange(t.lit)
		if s.guarded && s.runtime.port == c.port() && s.runtime.covers(&t) {
			kind = runtimeAPI
		}
		if kind != notLocal {
			d, order = naiveDoor(s, l, i, c, t, &named, kind)
		}
		all = append(all, naiveFinding{d, order})
		for j := range l.rules {
			if r := &l.rules[j]; r.deny && naiveSubject(r, c, t, true) && naiveFields(r, c, true) {
				all = append(all, naiveFinding{Decision{Deny, r.mode, i, r.id, "denied by rule"}, j})
			}
		}
	}
	return naiveWorst(all)
}

func naiveLocal(s *Set, c *Call, t target) localKind {
	switch {
	case c.Network == "unix":
		return unixSocket
	case s.guarded && s.runtime.port == c.port() && s.runtime.covers(&t):
		return runtimeAPI
	case t.lit.IsValid():
		return localRange(t.lit)
	case isLocalName(t.name):
		return localName
	}
	return notLocal
}

func naiveDoor(s *Set, l *layer, i int, c *Call, t target, named *target, kind localKind) (Decision, int) {
	opened := Decision{Allow, s.mode, i, localRule, "opened by local"}
	if kind == unixSocket && slices.Contains(l.sockets, c.Path) {
		return opened, -1
	}
	if kind != unixSocket && kind != runtimeAPI {
		for j := range l.doors {
			if l.doors[j].is(&t, c.port()) {
				return opened, -1
			}
		}
		for j := range l.rules {
			r := &l.rules[j]
			byName := named != nil && isLocalName(named.name) && t.lit.IsLoopback() && slices.ContainsFunc(r.hosts, func(h hostPattern) bool { return h.exact == named.name })
			if r.aws != nil {
				byName = named != nil && isLocalName(named.name) && t.lit.IsLoopback() && naiveOpens(r, *named)
			}
			if !r.deny && (naiveOpens(r, t) || byName) && naiveDoorFields(r, l, c, t, named) {
				return Decision{Allow, s.mode, i, r.id, "allowed by rule"}, j
			}
		}
	}
	return Decision{Deny, s.mode, i, localRule, kind.String()}, -1
}

func naiveOpens(r *rule, t target) bool {
	for _, h := range r.hosts {
		if h.lit.IsValid() && h.lit.Addr() == t.lit || h.exact != "" && h.exact == t.name {
			return true
		}
	}
	if r.aws != nil {
		return slices.ContainsFunc(r.aws.endpoints, func(e endpoint) bool {
			return e.host.lit.IsValid() && e.host.lit.Addr() == t.lit || e.host.exact != "" && e.host.exact == t.name
		})
	}
	return slices.ContainsFunc(r.cidrs, func(p netip.Prefix) bool { return isLocalPrefix(p) && p.Contains(t.lit) })
}

// naiveDoorFields asks the fields of a rule that names a local door.
func naiveDoorFields(r *rule, l *layer, c *Call, t target, named *target) bool {
	switch {
	case r.aws == nil:
		return naiveFields(r, c, named != nil)
	case named == nil:
		j := naiveAWSAllowed(l, c, t)
		return naiveOrigin(r, c) && naiveAWS(r, c, t) || c.Kind == AWS && len(c.Resources) > 1 && j >= 0 && r == &l.rules[j]
	}
	exact := slices.ContainsFunc(r.aws.endpoints, func(e endpoint) bool {
		return naiveEndpoint(e, c, *named) && (e.host.exact != "" || e.host.lit.IsValid())
	})
	port := slices.ContainsFunc(r.aws.endpoints, func(e endpoint) bool {
		return naiveEndpoint(e, c, t) && e.host.lit.IsValid() || isLocalName(named.name) && e.host.exact == named.name && (e.port == 0 || e.port == naivePort(c))
	})
	return (c.Network == "" || c.Network == "tcp") && naiveOrigin(r, c) && exact && port
}

// naiveSubject compares the subject of a rule with a target, one by one.
func naiveSubject(r *rule, c *Call, t target, reached bool) bool {
	var addrs []netip.Addr
	if t.lit.IsValid() {
		addrs = append(addrs, t.lit)
		if inner, n := embedded(t.lit); r.deny {
			addrs = append(addrs, inner[:n]...)
		}
	}
	if r.aws != nil {
		return !reached && naiveAWS(r, c, t)
	}
	api := false
	if h, _ := awshost.Parse(t.name); !r.deny && !t.lit.IsValid() {
		api = h.API
	}
	for _, h := range r.hosts {
		switch {
		case api && h.exact == "": // no wildcard allows an endpoint of AWS's API
		case h.all:
			if !reached && (r.deny || c.Network != "unix" && !t.lit.IsValid() && !isLocalName(t.name)) {
				return true
			}
		case c.Network == "unix" && !reached:
		case h.lit.IsValid():
			if slices.Contains(addrs, h.lit.Addr()) {
				return true
			}
		case t.lit.IsValid():
		case h.glob != nil:
			if h.glob.match(t.name) {
				return true
			}
		case h.exact != "":
			if h.exact == t.name {
				return true
			}
		default:
			own, ok := strings.CutSuffix(t.name, "."+h.suffix)
			if ok && (h.deep || !strings.Contains(own, ".")) {
				return true
			}
		}
	}
	return (reached || c.Network != "unix") && slices.ContainsFunc(r.cidrs, func(p netip.Prefix) bool { return slices.ContainsFunc(addrs, p.Contains) })
}

// naiveFields asks the fields of a rule with a query of its own.
func naiveFields(r *rule, c *Call, reached bool) bool {
	if r.aws != nil {
		return naiveOrigin(r, c)
	}
	q := query{call: c}
	q.ask()
	q.reached = reached
	return r.matches(&q)
}
