package review

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/lambdafence/lambdafence/policy"
)

// A Change is something that one policy lets through and another does not, or
// treats in another mode.
type Change struct {
	Kind    string   `json:"change"` // allowed, denied, mode or local
	Rule    string   `json:"rule,omitempty"`
	File    string   `json:"file"`
	Line    int      `json:"line,omitempty"`
	Text    string   `json:"text"` // in the policy's own words
	Widens  bool     `json:"widens"`
	Narrows bool     `json:"narrows"`
	Example string   `json:"example,omitempty"` // a call; empty where none was found
	Old     *Verdict `json:"old,omitempty"`     // on the example
	New     *Verdict `json:"new,omitempty"`

	Gone bool         `json:"gone"` // Rule is one of the old policy, or covers less there
	Call *policy.Call `json:"-"`    // the example

	softer bool // the rule is in both, in another mode
}

// A Verdict is what a policy says of an example.
type Verdict struct {
	Decision string `json:"decision"`
	Rule     string `json:"rule,omitempty"`
	Mode     string `json:"mode"`
	Reason   string `json:"reason"`
}

// Changes are all that are between two policies.
type Changes []Change

// Widens reports whether the new policy lets anything through, or only reports it,
// that the old one stops. It says so too where that could not be told.
func (ds Changes) Widens() bool {
	return slices.ContainsFunc(ds, func(d Change) bool { return d.Widens })
}

// Narrows is Widens the other way round.
func (ds Changes) Narrows() bool {
	return slices.ContainsFunc(ds, func(d Change) bool { return d.Narrows })
}

// Diff compares two policies by what they let through, whatever they look like. If
// nothing differs, they decide every call alike. Base are layers that both have.
func Diff(before, after *Document, base ...*policy.Policy) Changes {
	e := newEffort()
	old, now := newSide(before, base), newSide(after, base)
	var ds Changes
	// What is denied now is what would be allowed if time ran backwards.
	for _, c := range []*comparison{{effort: e, from: old, to: now, wider: true}, {effort: e, from: now, to: old}} {
		c.tries = maxTries
		c.compare()
		ds = append(ds, c.found...)
	}
	return ds
}

// A side is one of the policies that are compared.
type side struct {
	*Document
	mode        policy.Mode
	doors       policy.Mode // in which local doors are closed: the hardest of the layers
	allow, deny *ruleList
	set         *policy.Set
}

func newSide(d *Document, base []*policy.Policy) *side {
	s := &side{Document: d, mode: cmp.Or(d.Policy.Mode, policy.Report)}
	s.doors = s.mode
	for _, p := range base {
		s.doors = max(s.doors, p.Mode)
	}
	s.allow, s.deny = newRuleList(allTerms(d.Allow, s.mode)), newRuleList(allTerms(d.Deny, s.mode))
	s.set, _ = policy.Compile(append([]*policy.Policy{d.Policy}, base...)...) // without it there are no examples
	return s
}

func allTerms(rules []Rule, mode policy.Mode) []*terms {
	all := make([]*terms, len(rules))
	for i := range rules {
		all[i] = termsOf(&rules[i], mode)
	}
	return all
}

// A comparison looks for what one side lets through and the other does not.
type comparison struct {
	*effort
	from, to *side
	wider    bool // to is the new policy
	tries    int  // that are left for examples
	found    []Change
}

// mode is what both sides would do: that one has a softer mode is told once, and not
// again with each rule.
func (c *comparison) mode() policy.Mode { return min(c.from.mode, c.to.mode) }

func (c *comparison) compare() {
	c.softened()
	c.unlisted()
	for _, a := range c.to.allow.all {
		c.allowed(a)
	}
	for _, d := range c.from.deny.all {
		c.undenied(d)
	}
	c.opened()
}

// atLeast returns which deny rules stop a call as hard as mode does.
func atLeast(mode policy.Mode) func(*terms) bool {
	return func(t *terms) bool { return t.mode >= mode }
}

func always(*terms) bool { return true }

// everything is every call of any kind.
var everything = &terms{deny: true, every: true, schemes: anyScheme, networks: anyNetwork}

// deniesEverything reports whether a deny rule of to leaves nothing to the rest.
func (c *comparison) deniesEverything(mode policy.Mode) bool {
	return c.to.deny.covering(c.effort, everything, atLeast(mode)) >= 0
}

// softened tells of a softer mode. What closes the local doors is softer, if nothing
// else is.
func (c *comparison) softened() {
	if c.to.mode >= c.from.mode || c.deniesEverything(c.from.mode) {
		return
	}
	old, now := c.from.mode, c.to.mode
	if !c.wider {
		old, now = now, old
	}
	d := Change{Kind: "mode", Text: fmt.Sprintf("mode %s, which was %s", now, old)}
	c.tellCalls(d, outcome(c.from.mode) > outcome(c.to.mode), c.now(), c.examples([][]*terms{{everything}}))
}

// outcome orders what becomes of a violation: let through, reported, blocked.
func outcome(m policy.Mode) policy.Mode { return max(m, policy.Learn) }

// unlisted tells that to has no allow list, and from has one.
func (c *comparison) unlisted() {
	if !c.from.HasAllow || c.to.HasAllow || c.deniesEverything(c.mode()) {
		return
	}
	d := Change{Kind: c.kind(), Text: "no allow list any more"}
	if !c.wider {
		d.Text = "an allow list, and there was none"
	}
	c.tellCalls(d, c.mode() > policy.Learn, c.now(), c.examples([][]*terms{{everything}}))
}

// allowed tells what an allow rule of to lets through that from denies.
func (c *comparison) allowed(a *terms) {
	mode := c.mode()
	if !c.from.HasAllow { // then only local doors are denied
		if !a.opensDoors() {
			return
		}
		mode = min(c.from.doors, c.to.doors)
	}
	if c.to.deny.covering(c.effort, a, atLeast(mode)) >= 0 {
		return
	}
	left, whole := c.from.allow.uncovered(c.effort, a, always)
	left = slices.DeleteFunc(left, func(t *terms) bool {
		denied := c.to.deny.covering(c.effort, t, atLeast(mode)) >= 0
		whole = whole && !denied
		return denied || !c.from.HasAllow && !t.opensDoors() || t.neverAllows()
	})
	if len(left) > 0 {
		c.tellRule(c.to, left, whole, mode)
	}
}

// opensDoors reports whether an allow rule opens a local door.
func (t *terms) opensDoors() bool {
	local := func(n *name) bool { return n != nil && n.local }
	return slices.ContainsFunc(t.names, local) || slices.ContainsFunc(t.nets, opensDoors) ||
		slices.ContainsFunc(t.endpoints, func(e *endpoint) bool { return local(e.name) || e.name == nil && isLocal(e.net.Addr().String()) })
}

// neverAllows reports whether an allow rule is about names of this machine that only
// a rule for the very name opens, or about raw sockets on ports, which they have not.
func (t *terms) neverAllows() bool {
	return t.networks == rawIP && t.ownPorts || len(t.names) > 0 && t.nets == nil && !slices.ContainsFunc(t.names, func(n *name) bool { return n.plain || !n.allLocal() })
}

// allLocal reports whether each of the names is one of this machine.
func (n *name) allLocal() bool {
	return n.local || n.suffix != "" && isLocal("x."+n.suffix)
}

// undenied tells what a deny rule of from stops and to lets through.
func (c *comparison) undenied(d *terms) {
	mode := d.mode
	if d.rule.Fields["mode"] == nil {
		mode = c.mode()
	}
	left, whole := c.to.deny.uncovered(c.effort, d, atLeast(mode))
	left = slices.DeleteFunc(left, func(t *terms) bool {
		stopped := c.stopped(t, mode)
		whole = whole && !stopped
		return stopped
	})
	if len(left) > 0 {
		c.tellRule(c.from, left, whole, mode)
		c.softer(&c.found[len(c.found)-1], left)
	}
}

// softer adds that to has the deny rule, too, in a softer mode.
func (c *comparison) softer(told *Change, left []*terms) {
	mode := policy.Enforce
	for _, t := range left {
		i := c.to.deny.covering(c.effort, t, always)
		if i < 0 {
			return
		}
		mode = min(mode, c.to.deny.all[i].mode)
	}
	when := "was"
	if c.wider {
		when = "now"
	}
	told.Text += fmt.Sprintf(", %s in mode %s", when, mode)
	told.softer = true
}

// stopped reports whether to stops the calls of a deny rule by its allow list, which
// has none of them, or because they go to local doors, which it does not open.
func (c *comparison) stopped(d *terms, mode policy.Mode) bool {
	doors := len(c.to.Local) == 0
	switch {
	case d.onlyLocal() && doors && c.to.doors >= mode:
		return !slices.ContainsFunc(c.to.allow.all, func(a *terms) bool { return a.opensDoors() && c.lets(a, d, mode) })
	case c.to.HasAllow && c.to.mode >= mode && (doors || !d.maybeLocal()):
		return !slices.ContainsFunc(c.to.allow.all, func(a *terms) bool { return c.lets(a, d, mode) })
	}
	return false
}

// lets reports whether an allow rule of to may let calls of a deny rule through.
func (c *comparison) lets(a, d *terms, mode policy.Mode) bool {
	return !c.disjoint(d, a) && c.to.deny.covering(c.effort, a, atLeast(mode)) < 0
}

// onlyLocal reports whether a deny rule is about local doors alone.
func (t *terms) onlyLocal() bool {
	return !t.every && t.services == nil && !slices.ContainsFunc(t.names, func(n *name) bool { return !n.allLocal() }) &&
		!slices.ContainsFunc(t.nets, func(p netip.Prefix) bool { return !opensDoors(p) })
}

// maybeLocal reports whether a deny rule may be about a local door. Whatever the name
// of one leads to is judged by its address.
func (t *terms) maybeLocal() bool {
	return t.every || t.services != nil || t.nets != nil || slices.ContainsFunc(t.names, (*name).maybeLocal)
}

func (n *name) maybeLocal() bool {
	if n.plain {
		return n.local
	}
	return n.suffix == "" || slices.ContainsFunc([]string{"localhost.", "localhost4.", "localhost6."}, func(head string) bool { return isLocal(head + n.suffix) })
}

// opened tells of the local doors that to opens and from does not.
func (c *comparison) opened() {
	mode := min(c.from.doors, c.to.doors)
	if c.deniesEverything(mode) {
		return
	}
	for _, door := range c.to.Local {
		if !slices.ContainsFunc(c.from.Local, func(v Value) bool { return sameDoor(v.Text, door.Text) }) {
			d := Change{Kind: "local", Rule: "local", Line: door.Line, Text: printable(door.Text)}
			c.tellCalls(d, mode > policy.Learn, c.to, slices.Values(doorCalls(door.Text)))
		}
	}
}

// sameDoor reports whether two entries of local open the same.
func sameDoor(a, b string) bool {
	if a == b {
		return true
	}
	p, err1 := netip.ParseAddrPort(a)
	q, err2 := netip.ParseAddrPort(b)
	return err1 == nil && err2 == nil && p.Port() == q.Port() && doorAddr(p) == doorAddr(q)
}

// doorAddr makes one of the two usual loopback addresses.
func doorAddr(p netip.AddrPort) netip.Addr {
	a := p.Addr().WithZone("").Unmap()
	if a == netip.IPv6Loopback() {
		return netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	return a
}
