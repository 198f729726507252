package main

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"
)

// A canary knows how long a turn on a CPU is waited for at the moment, beside what that was at best: others want the
// CPUs too, and what they take is not the fence's doing.
type canary struct {
	mu     sync.Mutex
	best   time.Duration
	recent [64]time.Duration // of about a second, or longer where the machine is slow
	next   int
	worst  time.Duration
}

const canaryRests = 15 * time.Millisecond

func (c *canary) live(ctx context.Context) {
	for work := make([]byte, 256<<10); ctx.Err() == nil; {
		began := time.Now()
		time.Sleep(canaryRests)
		sum := sha256.Sum256(work)
		copy(work, sum[:])
		c.note(time.Since(began) - canaryRests)
	}
}

// note takes how long a wake-up and a little work took.
func (c *canary) note(took time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.best == 0 || took < c.best {
		c.best = took
	}
	c.recent[c.next%len(c.recent)] = took
	c.next++
	if c.next >= len(c.recent) {
		c.worst = max(c.worst, c.average())
	}
}

// waits is how long a turn on a CPU is waited for at the moment, on average.
func (c *canary) waits() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.average()
}

func (c *canary) average() (wait time.Duration) {
	n := min(c.next, len(c.recent))
	for _, took := range c.recent[:n] {
		wait += (took - c.best) / time.Duration(n)
	}
	return wait
}
