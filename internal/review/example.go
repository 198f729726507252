package review

import (
	"iter"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/lambdafence/lambdafence/policy"
)

// maxTries bounds the calls that are tried as examples, of all differences together
// and of each.
const (
	maxTries = 200_000
	maxEach  = 3_000
)

// An exampler makes calls that all of some rules match and that others, as far as it
// can, do not. It need not be right: every call is tried before it is shown.
type exampler struct {
	*effort
	in, avoid []*terms
}

// examples makes calls for each of several conjunctions of rules.
func (c *comparison) examples(all [][]*terms) iter.Seq[*policy.Call] {
	return func(yield func(*policy.Call) bool) {
		for _, in := range all {
			x := &exampler{c.effort, in, c.avoid(in[0])}
			left := maxEach
			for call := range x.calls() {
				if left--; left < 0 {
					break
				}
				if !yield(call) {
					return
				}
			}
		}
	}
}

// maxAvoided bounds the rules that an example stays out of.
const maxAvoided = 12

// avoid returns rules that could make an example of t none.
func (c *comparison) avoid(t *terms) []*terms {
	var avoid []*terms
	for _, l := range []*ruleList{c.from.allow, c.to.deny} {
		n := 0
		for _, other := range l.all {
			if n < maxAvoided && other.rule != t.rule && other.touches(t) {
				avoid, n = append(avoid, other), n+1
			}
		}
	}
	return avoid
}

// touches reports whether two rules have something of their subjects in common, as
// far as a glance tells.
func (t *terms) touches(u *terms) bool {
	if (t.services != nil) != (u.services != nil) {
		return true
	}
	if t.services != nil {
		return slices.ContainsFunc(t.services, func(s string) bool { return s == "*" || slices.Contains(u.services, s) })
	}
	return t.every || u.every || t.nets != nil && u.nets != nil || slices.ContainsFunc(t.names, func(n *name) bool {
		return slices.ContainsFunc(u.names, func(m *name) bool { return strings.HasPrefix(n.head, m.head) || strings.HasPrefix(m.head, n.head) })
	})
}

// calls makes calls that all the rules match.
func (x *exampler) calls() iter.Seq[*policy.Call] {
	if slices.ContainsFunc(x.in, func(t *terms) bool { return t.services != nil }) {
		return x.origins(x.operations())
	}
	return x.origins(x.requests())
}

// origins gives each call the functions, callers and times that the rules ask for.
func (x *exampler) origins(calls iter.Seq[policy.Call]) iter.Seq[*policy.Call] {
	functions := x.texts(func(t *terms) []*glob { return t.functions }, "", "orders")
	modules := x.texts(func(t *terms) []*glob { return t.from }, "", "example.com/app")
	times := x.times()
	return func(yield func(*policy.Call) bool) {
		for call := range calls {
			for _, call.Function = range functions {
				for _, module := range modules {
					for _, call.Time = range times {
						one := call
						if module != "" {
							one.Caller = policy.Caller{Module: module, Package: module}
							one.Callers = []policy.Caller{one.Caller}
						}
						if !yield(&one) {
							return
						}
					}
				}
			}
		}
	}
}

// texts are values for a field: members of what the rules ask for, outside of what
// is avoided if there are such. Where no rule asks, they are the others.
func (x *exampler) texts(field func(*terms) []*glob, others ...string) []string {
	var asked [][]*glob
	for _, t := range x.in {
		if gs := field(t); len(gs) > 0 {
			asked = append(asked, gs)
		}
	}
	var avoid []*glob
	for _, t := range x.avoid {
		avoid = append(avoid, field(t)...)
	}
	if asked == nil {
		if avoid != nil {
			return others
		}
		return others[:1]
	}
	var found []string
	for in := range choices(asked) {
		for _, out := range [][]*glob{avoid, nil} {
			if s, ok := x.member(in, out); ok && !slices.Contains(found, s) {
				found = append(found, s)
			}
		}
		if len(found) > 8 {
			break
		}
	}
	return found
}

// choices takes one of each list, in all ways.
func choices[T any](lists [][]T) iter.Seq[[]T] {
	return func(yield func([]T) bool) {
		at := make([]int, len(lists))
		for {
			one := make([]T, len(lists))
			for i, l := range lists {
				one[i] = l[at[i]]
			}
			if !yield(one) {
				return
			}
			i := 0
			for ; i < len(at); i++ {
				if at[i]++; at[i] < len(lists[i]) {
					break
				}
				at[i] = 0
			}
			if i == len(at) {
				return
			}
		}
	}
}

// times are none, if no rule asks, and else those around the ends of rules.
func (x *exampler) times() []time.Time {
	all := []time.Time{{}}
	for _, t := range append(slices.Clone(x.in), x.avoid...) {
		if !t.until.IsZero() {
			all = append(all, t.until.Add(-time.Second), t.until)
		}
	}
	return all
}

// doorCalls are calls to a local door, at its usual place.
func doorCalls(door string) (all []*policy.Call) {
	if path, ok := strings.CutPrefix(door, "unix:"); ok {
		return []*policy.Call{{Network: "unix", Path: path}}
	}
	places := map[string]string{"otlp": "127.0.0.1:4318", "xray": "127.0.0.1:2000", "parameters-extension": "127.0.0.1:2773"}
	if place, ok := places[door]; ok {
		door = place
	}
	at, err := netip.ParseAddrPort(door)
	if err != nil {
		return nil
	}
	host := at.Addr().Unmap().String()
	for _, when := range []time.Time{{}, time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)} { // a rule may have an end
		for _, host := range []string{host, "localhost"} {
			all = append(all, &policy.Call{Network: "tcp", Host: host, Port: at.Port(), Time: when})
			for _, method := range []string{"GET", "POST", "CONNECT"} {
				for _, scheme := range []string{"http", "https"} {
					all = append(all, &policy.Call{Kind: policy.HTTP, Scheme: scheme, Method: method, Path: "/", Host: host, Port: at.Port(), Time: when})
				}
			}
		}
	}
	return all
}
