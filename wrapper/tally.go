package wrapper

import (
	"strings"
	"sync"
	"time"

	"github.com/lambdafence/lambdafence/policy"
)

// How fast equal events may come before they are folded into one.
const (
	tallyBurst  = 10               // this many go out one by one
	tallyWindow = 10 * time.Second // in this time
	tallyCalls  = 1000             // calls told apart; beyond that as many shapes, then targets, then rules
	onceWindow  = time.Minute      // how often a known call's count goes out, where each is sent once
)

// A tally folds equal events. Its memory is bounded whatever the traffic: where there
// are too many calls to tell apart, their shapes are told apart, and so on. So paths
// full of ids never hide that a new host is called.
type tally struct {
	mu     sync.Mutex
	levels [4]map[tallyKey]*tallyEntry // by call, by shape, by target, by rule
	rest   tallyEntry
}

// A tallyKey is what makes two events equal.
type tallyKey struct {
	outcome                    Outcome
	effect                     policy.Effect
	layer                      int
	rule                       string
	kind                       policy.Kind
	port                       uint16
	network, host, hostHeader  string
	scheme, method, path, addr string
	service, operation         string
	account, resources         string
	caller                     policy.Caller
}

type tallyEntry struct {
	once    bool
	since   time.Time // start of the window
	sent    int       // in this window
	pending int       // not sent yet
	sample  Event     // the first of the pending ones
}

func keyOf(ev *Event) tallyKey {
	c, d := &ev.Call, &ev.Decision
	k := tallyKey{
		outcome: ev.Outcome, effect: d.Effect, layer: d.Layer, rule: d.Rule,
		kind: c.Kind, port: c.Port, network: c.Network, host: c.Host, hostHeader: c.HostHeader, scheme: c.Scheme, method: c.Method, path: c.Path,
		service: c.Service, operation: c.Operation, account: c.Account, resources: strings.Join(c.Resources, " "), caller: c.Caller,
	}
	if c.Addr.IsValid() {
		k.addr = c.Addr.String()
	}
	return k
}

// byShape takes what looks like an id in paths and resources for any.
func (k tallyKey) byShape() tallyKey {
	k.path, k.resources = shapeOf(k.path), shapeOf(k.resources)
	return k
}

// byTarget forgets what an attacker can vary without end within a host or a service.
func (k tallyKey) byTarget() tallyKey {
	k.path, k.addr, k.method, k.hostHeader, k.resources = "", "", "", "", ""
	return k
}

// byRule forgets the call.
func (k tallyKey) byRule() tallyKey {
	return tallyKey{outcome: k.outcome, effect: k.effect, layer: k.layer, rule: k.rule}
}

// admit reports whether ev goes out now, and how many equal ones before it did
// not. once: the first of its kind only, for as long as the sandbox lives.
func (t *tally) admit(ev *Event, once bool) (pending int, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := t.entry(keyOf(ev))
	if e.since.IsZero() {
		e.once, e.since = once, ev.Time
	}
	burst := tallyBurst
	if e.once {
		burst = 1
	} else if age(ev.Time, e.since) >= tallyWindow {
		e.since, e.sent = ev.Time, 0
	}
	if e.sent < burst {
		e.sent++
		pending, e.pending = e.pending, 0
		return pending, true
	}
	if e.pending++; e.pending == 1 {
		e.sample = *ev
	}
	return 0, false
}

func (t *tally) entry(k tallyKey) *tallyEntry {
	for i := range t.levels {
		switch i {
		case 1:
			k = k.byShape()
		case 2:
			k = k.byTarget()
		case 3:
			k = k.byRule()
		}
		if e := t.levels[i][k]; e != nil {
			return e
		}
		if len(t.levels[i]) >= tallyCalls {
			continue
		}
		if t.levels[i] == nil {
			t.levels[i] = map[tallyKey]*tallyEntry{}
		}
		e := new(tallyEntry)
		t.levels[i][k] = e
		return e
	}
	return &t.rest
}

// shapeOf replaces the parts of a path or of ARNs that have a digit or are long: they
// may be ids.
func shapeOf(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		n := strings.IndexAny(s, "/: ")
		if n < 0 {
			n = len(s)
		}
		if part := s[:n]; len(part) > 24 || strings.ContainsAny(part, "0123456789") {
			b.WriteByte('*')
		} else {
			b.WriteString(part)
		}
		if n < len(s) {
			b.WriteByte(s[n])
			n++
		}
		s = s[n:]
	}
	return b.String()
}

// drain returns the counts that are due, and forgets calls not seen for long.
func (t *tally) drain(now time.Time) []Event {
	t.mu.Lock()
	defer t.mu.Unlock()
	var due []Event
	for _, level := range t.levels {
		for k, e := range level {
			if ev, ok := e.due(now); ok {
				due = append(due, ev)
			} else if !e.once && e.pending == 0 && age(now, e.since) >= tallyWindow {
				delete(level, k)
			}
		}
	}
	if ev, ok := t.rest.due(now); ok {
		due = append(due, ev)
	}
	return due
}

// due returns the count of an entry that is to go out now.
func (e *tallyEntry) due(now time.Time) (ev Event, ok bool) {
	if e.pending == 0 || e.once && age(now, e.since) < onceWindow {
		return ev, false
	}
	ev = e.sample
	ev.Count, e.pending = e.pending, 0
	if e.once {
		e.since = now
	}
	return ev, true
}
