package wrapper

import (
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// retired are the transports of older policies. They are told more than once to
// close what is idle: over HTTP/2 a connection that is busy at that moment would
// otherwise stay, for as long as the other end lets it if there is no
// IdleConnTimeout, and one more with each policy.
type retired struct {
	any   atomic.Bool
	sends atomic.Uint32

	mu         sync.Mutex
	transports []retiree // the oldest first
}

type retiree struct {
	http.RoundTripper
	since time.Time
}

const (
	maxRetired   = 64
	retiredFor   = 15 * time.Minute // no invocation lasts longer, nor does what it reads
	sendsToSweep = 16
)

func (r *retired) add(t http.RoundTripper) {
	r.mu.Lock()
	if r.transports = append(r.transports, retiree{t, time.Now()}); len(r.transports) > maxRetired {
		r.transports = slices.Delete(r.transports, 0, 1)
	}
	r.any.Store(true)
	r.mu.Unlock()
	r.sweep()
}

// sweepNowAndThen is called with each request, and costs it nothing but a load
// where there was no other policy lately.
func (r *retired) sweepNowAndThen() {
	if r.any.Load() && r.sends.Add(1)%sendsToSweep == 0 {
		r.sweep()
	}
}

func (r *retired) sweep() {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	r.transports = slices.DeleteFunc(r.transports, func(t retiree) bool { return age(now, t.since) > retiredFor })
	r.any.Store(len(r.transports) > 0)
	for _, t := range r.transports {
		closeIdle(t.RoundTripper)
	}
}
