package wrapper

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// thawGrace is how long an invocation waits for a refresh that the freezing of
// the sandbox may have cut off, before it starts another.
const thawGrace = 100 * time.Millisecond

// life decides when the policy is loaded again. It knows invocations by their
// start and end: between the last end and the next start the sandbox may be
// frozen, for milliseconds or for hours.
type life struct {
	mu       sync.Mutex
	active   int       // invocations that run now
	idle     uint64    // how often none ran any more
	loaded   time.Time // when the last load was begun that ended well
	tried    time.Time // when the last load was begun
	failed   int       // loads since then that did not end well
	fallback bool      // a layer runs on a later alternative of several
	running  *refresh
	cutOff   bool             // the last refresh failed, and a freeze may be why
	now      func() time.Time // nil: time.Now; tests set it
}

// A refresh is one load in the background.
type refresh struct {
	idle   uint64 // life.idle when it began
	cancel context.CancelFunc
	done   chan struct{}
	err    error // why it failed; to be read when done is closed
}

func (l *life) clock() time.Time {
	if l.now != nil {
		return l.now()
	}
	return time.Now()
}

// age is how old t is by the wall clock or by the monotonic one, whichever says
// more: the one may be set back, the other may stand still while frozen.
func age(now, t time.Time) time.Duration {
	return max(now.Sub(t), now.Round(0).Sub(t.Round(0)))
}

// begin is called when an invocation starts. It adds no latency, with two
// exceptions: a layer that has no policy yet is loaded, and a refresh that was
// cut off by a freeze is made good, so that a change is in effect on the second
// invocation after the interval at the latest, if its source answers in time.
func (f *Fence) begin(ctx context.Context) {
	l := &f.life
	l.mu.Lock()
	l.active++
	idle, running := l.idle, l.running
	due, cutOff := l.due(f.config.refresh), l.cutOff
	l.cutOff = false
	l.mu.Unlock()

	switch {
	case running != nil && running.idle != idle:
		f.thaw(ctx, running)
	case cutOff, f.policies.incomplete():
		ctx, cancel := atStart(ctx)
		defer cancel()
		f.refreshLater(ctx).wait(ctx, loadBudget)
	case due && running == nil:
		f.refreshLater(ctx)
	}
}

// atStart bounds what an invocation waits for before its handler runs: a quarter
// of the time that it has. A source that hangs costs it that and not the whole,
// or a function with a short timeout would be down for as long. The load itself
// goes on meanwhile.
func atStart(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, time.Until(deadline)/4)
}

// due reports whether the policy is older than the interval. After a failure it
// waits before it tries again, twice as long each time, up to the interval.
func (l *life) due(every time.Duration) bool {
	now := l.clock()
	pause := min(time.Second<<min(l.failed, 16), every)
	if l.fallback { // sandboxes that fell back together must not ask together
		pause = min(pause, 8*time.Second) / 2
		pause += rand.N(pause + 1)
	}
	return every > 0 && age(now, l.loaded) > every && (l.failed == 0 || age(now, l.tried) > pause)
}

// ended notes how a load ended that was begun at a certain time. One that found
// a fallback is soon tried again, as one that failed.
func (l *life) ended(began time.Time, err, fallback error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tried, l.fallback = began, fallback != nil
	if err != nil || l.fallback {
		l.failed++
		return
	}
	l.loaded, l.failed = began, 0
}

// end is called when an invocation is over.
func (f *Fence) end() {
	f.life.mu.Lock()
	defer f.life.mu.Unlock()
	if f.life.active--; f.life.active == 0 {
		f.life.idle++
	}
}

// refreshLater loads the policy in the background. It outlives the invocation
// but not its budget.
func (f *Fence) refreshLater(ctx context.Context) *refresh {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), loadBudget)
	l := &f.life
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.running != nil {
		cancel()
		return l.running
	}
	began := l.clock()
	r := &refresh{idle: l.idle, cancel: cancel, done: make(chan struct{})}
	l.running = r
	go func() {
		defer close(r.done)
		defer cancel()
		r.err = f.policies.load(ctx)
		l.ended(began, r.err, f.policies.fallback())
		l.finish(r, began)
	}()
	return r
}

// thaw waits for a refresh that began before the sandbox was last idle; if it
// does not come back to life, it is given up and another takes its place.
func (f *Fence) thaw(ctx context.Context, old *refresh) {
	ctx, cancel := atStart(ctx)
	defer cancel()
	if old.wait(ctx, thawGrace) && old.err == nil {
		return
	}
	old.cancel()
	f.life.forget(old)
	f.refreshLater(ctx).wait(ctx, loadBudget)
}

// wait reports whether the refresh ended within d.
func (r *refresh) wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-r.done:
		return true
	case <-ctx.Done():
	case <-t.C:
	}
	return false
}

// finish notes whether a refresh that failed may have been cut off: it ran while
// the sandbox was idle, and not for a moment only.
func (l *life) finish(r *refresh, began time.Time) {
	l.mu.Lock()
	l.cutOff = l.running == r && r.err != nil && r.idle != l.idle && age(l.clock(), began) > thawGrace
	l.mu.Unlock()
	l.forget(r)
}

// forget makes room for another refresh than r.
func (l *life) forget(r *refresh) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.running == r {
		l.running = nil
	}
}
