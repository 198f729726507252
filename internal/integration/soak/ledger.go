package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/wrapper"
)

// A ledger keeps account of the calls behind one fence: of each, which outcomes the policies allow that could have
// judged it, and of all, that the events tell of them neither too few nor too many.
type ledger struct {
	name  string
	all   bool // the fence makes an event of every call
	cold  bool // its first load may have failed
	world *world

	born    int64        // no older version was ever loaded
	inForce atomic.Int64 // this version, or a newer one, judges from now on; 0: perhaps there is no policy yet

	made, blocked atomic.Int64
	surely, maybe [3]atomic.Int64 // calls by outcome: that could be none else, and that could
	told          [3]atomic.Int64 // by events, with their counts
}

// A window is the versions of the policy that could have judged a call.
type window struct {
	none     bool // that there is no policy yet, too
	from, to int64
}

func (l *ledger) open() window {
	v := l.inForce.Load()
	return window{none: v == 0, from: max(v, l.born)}
}

// judge makes a call and holds what became of it against the policies of that time. sent: the call says its id to a
// server.
func (l *ledger) judge(c class, sent bool, do func(id string) error) {
	win := l.open()
	made := l.world.calls.begin(c)
	err := do(strconv.FormatUint(made.id, 10))
	win.to = l.world.parameter.served.Load()
	blocked := errors.Is(err, wrapper.ErrBlocked)
	arrived := l.world.calls.end(made, blocked)
	l.close(made, win, err)
	switch {
	case blocked && arrived > 0:
		l.fault("call %d (%s) was blocked, and arrived", made.id, c)
	case sent && err == nil && arrived == 0:
		l.fault("call %d (%s) was answered and never arrived", made.id, c)
	}
}

// close books a call.
func (l *ledger) close(made *call, win window, err error) {
	l.made.Add(1)
	could := l.outcomes(made.class, win)
	var denial *wrapper.BlockedError
	switch {
	case errors.As(err, &denial):
		l.blocked.Add(1)
		l.holdVersion(made.class, denial.Policy.Version, wrapper.Blocked, denial.Error(), win)
		could = [3]bool{wrapper.Blocked: true}
	case errors.Is(err, wrapper.ErrBlocked):
		l.blocked.Add(1)
		l.fault("call %d (%s): a denial without a policy: %v", made.id, made.class, err)
		could = [3]bool{wrapper.Blocked: true}
	case could == [3]bool{wrapper.Blocked: true}:
		l.fault("call %d (%s) was let through; all policies of %+v block it", made.id, made.class, win)
	default:
		could[wrapper.Blocked] = false
	}
	book := &l.surely
	if could[wrapper.Allowed] && could[wrapper.Reported] {
		book = &l.maybe
	}
	for o, ok := range could {
		if ok {
			book[o].Add(1)
		}
	}
}

// outcomes says what may become of a call.
func (l *ledger) outcomes(c class, win window) (could [3]bool) {
	if win.none {
		could[noPolicy.outcome(c)] = true
	}
	for v := win.from; v <= win.to; v++ {
		if d := l.world.parameter.version(v); d.bad == "" {
			could[d.outcome(c)] = true
		}
	}
	return could
}

// holdVersion makes sure that the version that decided, as the fence says, was one that could, and says that.
func (l *ledger) holdVersion(c class, version string, o wrapper.Outcome, what string, win window) {
	d, could := noPolicy, win.none
	if version != "" {
		v, err := strconv.ParseInt(version, 10, 64)
		d, could = l.world.parameter.version(v), err == nil && v >= win.from && v <= win.to
	}
	if !could || d.bad != "" || d.outcome(c) != o {
		l.fault("%s: %s was %s by version %q (%+v), of %+v", what, c, o, version, d, win)
	}
}

// sink takes the fence's events.
func (l *ledger) sink(_ context.Context, ev wrapper.Event) {
	if ev.Call.Host == "127.0.0.1" {
		return // the exporter's own calls
	}
	l.told[ev.Outcome].Add(int64(ev.Count))
	if c, ok := classOf(&ev.Call); ok {
		// Of folded calls the event shows one, which may be older than what is in force.
		l.holdVersion(c, ev.Policy.Version, ev.Outcome, fmt.Sprintf("an event of %d %s (%s)", ev.Count, &ev.Call, ev.Decision.Reason), window{l.cold, l.born, l.world.parameter.served.Load()})
	} else {
		l.fault("an event of a call that nobody made: %s", &ev.Call)
	}
	if chance(200) {
		l.world.met.note("sinks that panic")
		panic("the sink of a user")
	}
}

// settle holds the sums against each other, when all calls are over and all events were flushed.
func (l *ledger) settle() {
	if blocked, told := l.blocked.Load(), l.told[wrapper.Blocked].Load(); blocked != told {
		l.fault("%d calls were blocked, events tell of %d", blocked, told)
	}
	outcomes := []wrapper.Outcome{wrapper.Reported}
	if l.all {
		outcomes = append(outcomes, wrapper.Allowed)
		if made, told := l.made.Load(), l.told[0].Load()+l.told[1].Load()+l.told[2].Load(); made != told {
			l.fault("%d calls were made, events tell of %d", made, told)
		}
	}
	for _, o := range outcomes {
		least, told := l.surely[o].Load(), l.told[o].Load()
		if most := least + l.maybe[o].Load(); told < least || told > most {
			l.fault("%d to %d calls were %s, events tell of %d", least, most, o, told)
		}
	}
}

func (l *ledger) fault(format string, args ...any) {
	l.world.faults.add("%s: "+format, append([]any{l.name}, args...)...)
}

// classOf reads the class out of a call.
func classOf(c *policy.Call) (class, bool) {
	word := ""
	switch {
	case c.Kind == policy.AWS && len(c.Resources) > 0:
		word = c.Resources[0][strings.LastIndexByte(c.Resources[0], ':')+1:]
		word = strings.TrimPrefix(word, "table/")
		word, _, _ = strings.Cut(word, "/")
	case c.Host == "paths.example.com":
		word, _, _ = strings.Cut(strings.TrimPrefix(c.Path, "/"), "/")
	default:
		labels := strings.Split(strings.TrimSuffix(c.Host, ".example.com"), ".")
		word = labels[len(labels)-1]
	}
	switch class(word) {
	case always, onlyA, onlyB, never:
		return class(word), true
	}
	return "", false
}

// classOfURL is classOf for a request.
func classOfURL(u *url.URL) class {
	c, _ := classOf(&policy.Call{Host: u.Hostname(), Path: u.EscapedPath()})
	return c
}
