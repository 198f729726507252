package paramstore

import (
	"context"
	"crypto/tls"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
)

// patience says how often one load or push asks. SSM serves 40 requests a second
// for a whole account and region by default, so a burst of cold starts is
// throttled for seconds: it goes on until the time is nearly over, and spreads
// its tries over that time at random, so that they do not come in waves. The
// SDK's own gives up after three.
//
// It is used by one goroutine at a time.
type patience struct {
	deadline  time.Time
	write     bool // only what was surely not done is done again
	tries     int
	throttled bool // the last try was
	clockSet  bool // to SSM's, which is done once
}

const (
	minPause   = 100 * time.Millisecond
	firstPause = 300 * time.Millisecond // at most; it doubles
	maxPause   = time.Second
	lastMoment = 50 * time.Millisecond // too short for another try
)

// newPatience returns one for the time that ctx has left.
func newPatience(ctx context.Context, write bool) *patience {
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = time.Now() // no time limit is known: nothing is tried twice
	}
	return &patience{deadline: deadline, write: write}
}

// again decides after each failed try. What the SDK would do again is done again.
func (p *patience) again(err error) bool {
	p.tries++
	p.throttled = retry.IsErrorThrottles(retry.DefaultThrottles).IsErrorThrottle(err).Bool() || statusOf(err) == http.StatusTooManyRequests
	switch {
	case time.Until(p.deadline) <= lastMoment:
		return false
	case p.throttled:
		return true
	case errors.As(err, new(*wrongClock)): // also a push: it was refused
		first := !p.clockSet
		p.clockSet = true
		return first
	case p.write:
		// A push that got no answer may have been done. Done twice it would be
		// two versions.
		return false
	case errors.As(err, new(*tls.CertificateVerificationError)):
		return false // it will not be a better one
	}
	return retry.IsErrorRetryables(retry.DefaultRetryables).IsErrorRetryable(err).Bool()
}

// pause waits before another try, and reports whether ctx lasts until then.
func (p *patience) pause(ctx context.Context, attempt int) bool {
	t := time.NewTimer(p.delay(attempt))
	defer t.Stop()
	select {
	case <-t.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// delay is a random time. Its limit grows with each try, and leaves time for
// another one before the end.
func (p *patience) delay(attempt int) time.Duration {
	left := max(time.Until(p.deadline)-lastMoment, 0)
	most := min(firstPause<<min(max(attempt-1, 0), 5), maxPause, left)
	least := min(minPause, most)
	return least + rand.N(most-least+1)
}

// statusOf returns the HTTP status of an answer that was an error, or 0.
func statusOf(err error) int {
	var v interface{ HTTPStatusCode() int }
	if errors.As(err, &v) {
		return v.HTTPStatusCode()
	}
	return 0
}
