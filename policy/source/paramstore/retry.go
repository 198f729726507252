package paramstore

import (
	"context"
	"crypto/tls"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
)

// patience is the retryer of one load or push. SSM serves 40 requests a second
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
}

const (
	minPause   = 100 * time.Millisecond
	firstPause = 300 * time.Millisecond // at most; it doubles
	maxPause   = time.Second
	lastMoment = 50 * time.Millisecond // too short for another try
)

// newPatience returns a retryer for the time that ctx has left.
func newPatience(ctx context.Context, write bool) *patience {
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = time.Now() // no time limit is known: nothing is tried twice
	}
	return &patience{deadline: deadline, write: write}
}

// with makes a call use p.
func (p *patience) with(o *ssm.Options) { o.Retryer = p }

var (
	throttles  = retry.IsErrorThrottles(retry.DefaultThrottles)
	retryables = retry.IsErrorRetryables(retry.DefaultRetryables)
)

// IsErrorRetryable decides after each failed try.
func (p *patience) IsErrorRetryable(err error) bool {
	p.tries++
	p.throttled = throttles.IsErrorThrottle(err).Bool() || statusOf(err) == 429
	switch {
	case time.Until(p.deadline) <= lastMoment:
		return false
	case p.throttled:
		return true
	case p.write:
		// A push that got no answer may have been done. Done twice it would be
		// two versions.
		return false
	case errors.As(err, new(*tls.CertificateVerificationError)):
		return false // it will not be a better one
	}
	return retryables.IsErrorRetryable(err).Bool()
}

// RetryDelay is a random time. Its limit grows with each try, and leaves time
// for another one before the end.
func (p *patience) RetryDelay(attempt int, _ error) (time.Duration, error) {
	left := max(time.Until(p.deadline)-lastMoment, 0)
	most := min(firstPause<<min(max(attempt-1, 0), 5), maxPause, left)
	least := min(minPause, most)
	return least + rand.N(most-least+1), nil
}

// MaxAttempts sets no number: the time does.
func (p *patience) MaxAttempts() int { return 0 }

// GetRetryToken and the next two keep no account: the pauses are enough.
func (p *patience) GetRetryToken(context.Context, error) (func(error) error, error) {
	return noToken, nil
}

// GetInitialToken is part of [aws.Retryer].
func (p *patience) GetInitialToken() func(error) error { return noToken }

// GetAttemptToken is part of [aws.RetryerV2].
func (p *patience) GetAttemptToken(context.Context) (func(error) error, error) {
	return noToken, nil
}

func noToken(error) error { return nil }

var _ aws.RetryerV2 = (*patience)(nil)

// statusOf returns the HTTP status of an answer that was an error, or 0.
func statusOf(err error) int {
	var v interface{ HTTPStatusCode() int }
	if errors.As(err, &v) {
		return v.HTTPStatusCode()
	}
	return 0
}
