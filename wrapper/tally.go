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
	tallyCalls  = 1000             // calls told apart; beyond that by shape, then by rule
	onceWindow  = time.Minute      // how often a known call's count goes out, where each is sent once
)

// A tally folds equal events. Its memory is bounded whatever the traffic.
type tally struct {
	mu      sync.Mutex
	entries map[tallyKey]*tallyEntry
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

// byShape forgets what an attacker can vary without end within a host.
func (k tallyKey) byShape() tallyKey {
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
	if t.entries == nil {
		t.entries = map[tallyKey]*tallyEntry{}
	}
	for _, k := range []tallyKey{k, k.byShape(), k.byRule()} {
		if e := t.entries[k]; e != nil {
			return e
		}
		if len(t.entries) < tallyCalls {
			t.entries[k] = &tallyEntry{}
			return t.entries[k]
		}
	}
	// Full: the last resort is one entry for each rule, then one for all.
	k = k.byRule()
	if len(t.entries) >= 2*tallyCalls {
		k = tallyKey{}
	}
	if t.entries[k] == nil {
		t.entries[k] = &tallyEntry{}
	}
	return t.entries[k]
}

// drain returns the counts that are due, and forgets calls not seen for long.
func (t *tally) drain(now time.Time) []Event {
	t.mu.Lock()
	defer t.mu.Unlock()
	var due []Event
	for k, e := range t.entries {
		old := age(now, e.since)
		if e.pending > 0 && (!e.once || old >= onceWindow) {
			ev := e.sample
			ev.Count, e.pending = e.pending, 0
			due = append(due, ev)
			if e.once {
				e.since = now
			}
		} else if !e.once && e.pending == 0 && old >= tallyWindow {
			delete(t.entries, k)
		}
	}
	return due
}
