package wrapper

import (
	"bytes"
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// record counts an event and lets it out: a span, a log line, the sink. Equal
// events that come fast are folded into one with a count. by is the way by which the
// call came; nil: that of the goroutine.
func (f *Fence) record(ctx context.Context, which Events, ev Event, by *callPath) {
	if isQuiet(ctx) {
		return // a call of the flush itself: to report it would never end
	}
	if inv := invocationFrom(ctx); inv != nil {
		inv.count(ev.Outcome)
	}
	f.reporter.count(ev.Outcome)
	once := ev.Outcome == Allowed && which == FirstSeen
	t := &f.tally
	if once {
		t = &f.seen // so that what is allowed does not crowd out violations
	}
	if pending, ok := t.admit(&ev, once); ok {
		ev.Count += pending
		f.emit(ctx, ev, by)
	}
}

// emit sends an event on its ways. The user's tracer, logger and sink run here;
// a panic of theirs must not become one of the user's outbound call.
func (f *Fence) emit(ctx context.Context, ev Event, by *callPath) {
	if !f.isExport(&ev, by) {
		protect(func() { f.reporter.span(ctx, &ev) })
	}
	protect(func() { f.reporter.line(ctx, &ev) })
	if f.config.sink != nil {
		protect(func() { f.config.sink(ctx, ev) })
	}
}

func protect(fn func()) {
	defer func() { _ = recover() }()
	fn()
}

// isExport reports whether an event is about a call of the exporter. A span
// about it would be the next thing to export, and so on without end; and a
// processor that exports as spans end holds its lock meanwhile.
func (f *Fence) isExport(ev *Event, by *callPath) bool {
	for i := range f.otlp {
		if f.otlp[i].Host == ev.Call.Host && f.otlp[i].Port == ev.Call.Port {
			return true
		}
	}
	if by == nil {
		by = calledBy()
	}
	return by.isExport()
}

// isExport reports whether a call that came by p is one of a span exporter. An
// exporter has a context of its own, so that only the stack tells; and net/http dials on a goroutine of its own, so that where this is one, any
// exporter at work may be what it dials for. Stacks are looked at for calls that
// make an event, never for those that are simply allowed.
func (p *callPath) isExport() bool {
	if p.exports || !p.dials {
		return p.exports
	}
	all := make([]byte, 1<<20)
	return bytes.Contains(all[:runtime.Stack(all, true)], []byte(exportSpans+"("))
}

// exportSpans is the method of every exporter.
const exportSpans = ".ExportSpans"

type quietKey struct{}

// quiet marks a context whose calls are judged but make no events.
func quiet(ctx context.Context) context.Context { return context.WithValue(ctx, quietKey{}, true) }

func isQuiet(ctx context.Context) bool { return ctx.Value(quietKey{}) != nil }

// A reporter writes events: spans, log lines, metrics.
type reporter struct {
	config            *config
	blocked, reported atomic.Int64 // since the last metric line
	spans             atomic.Int64 // since the last flush
	flushing          atomic.Bool
	skipUntil         atomic.Int64 // unix nanoseconds: the collector hung, leave it alone
	hung              atomic.Int32 // how often in a row

	mu      sync.Mutex
	noticed map[string]time.Time // when a notice was last logged
}

func (r *reporter) count(o Outcome) {
	switch o {
	case Blocked:
		r.blocked.Add(1)
	case Reported:
		r.reported.Add(1)
	}
}
