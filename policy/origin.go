package policy

import (
	"slices"
	"time"
)

// An origin is what a rule asks of who calls and when: from, functions and until.
// A slice that is nil was left out.
type origin struct {
	from      []pattern
	functions []pattern
	until     time.Time // the first moment at which the rule no longer holds
}

// originOf returns what r asks of the origin, for the parser to fill in.
func (r *rule) originOf() *origin {
	if r.origin == nil {
		r.origin = new(origin)
	}
	return r.origin
}

func (r *rule) asksTime() bool    { return r.origin != nil && !r.origin.until.IsZero() }
func (r *rule) asksCallers() bool { return r.origin != nil && r.origin.from != nil }

// matchesOrigin judges who calls and when.
func (r *rule) matchesOrigin(q *query) bool { return r.origin == nil || r.origin.matches(q, r.deny) }

func (o *origin) matches(q *query, deny bool) bool {
	if o.from != nil && !o.matchesCaller(q, deny) {
		return false
	}
	switch {
	case o.functions == nil:
	case q.call.Function == "": // unknown
		if !deny {
			return false
		}
	case !matchAny(o.functions, q.call.Function):
		return false
	}
	switch {
	case o.until.IsZero():
		return true
	case q.call.Time.IsZero(): // unknown
		return deny
	}
	return q.call.Time.Before(o.until)
}

// matchesCaller judges which module calls. An allow rule means the one that made
// the call, a deny rule any that had a part in it. One that is not known is none
// of those that are named: a deny rule for a library must not stop the rest.
func (o *origin) matchesCaller(q *query, deny bool) bool {
	return o.isFrom(&q.call.Caller) || deny && slices.ContainsFunc(q.call.Callers, func(c Caller) bool { return o.isFrom(&c) })
}

func (o *origin) isFrom(c *Caller) bool {
	return c.Module != "" && matchAny(o.from, c.Module) || c.Package != "" && matchAny(o.from, c.Package)
}
