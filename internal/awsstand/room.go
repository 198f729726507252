package awsstand

import (
	"math"
	"sync"
	"time"
)

// room bounds what all services together keep, so that no test fills the machine's memory by mistake.
type room struct {
	mu   sync.Mutex
	left int
}

// take reports whether n more bytes fit.
func (r *room) take(n int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n > r.left {
		return false
	}
	r.left -= n
	return true
}

func (r *room) give(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.left += n
}

// A bucket of tokens: it fills at a steady rate up to its size, and each request takes one. AWS throttles its APIs so.
type bucket struct {
	mu         sync.Mutex
	rate, size float64
	tokens     float64
	filled     time.Time
}

// newBucket returns a full bucket, or nil, which never runs empty, for a rate of 0.
func newBucket(rate float64, size int) *bucket {
	if rate <= 0 {
		return nil
	}
	full := float64(size)
	if size <= 0 {
		full = math.Max(1, math.Ceil(rate))
	}
	return &bucket{rate: rate, size: full, tokens: full}
}

func (b *bucket) take(now time.Time) bool {
	if b == nil {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.filled.IsZero() {
		b.tokens = math.Min(b.size, b.tokens+b.rate*math.Max(0, now.Sub(b.filled).Seconds()))
	}
	b.filled = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}
