package main

import (
	"os"
	"runtime"
	"slices"
	"sync"
	"time"
)

// A sample is what the process holds while nothing is asked of it.
type sample struct {
	at         time.Duration
	goroutines int
	heap       int64 // bytes that are reachable
	fds        int   // 0: not known here
}

// takeSample waits for what is about to end, and measures.
func takeSample(at time.Duration) sample {
	settle()
	runtime.GC()
	runtime.GC() // what a finalizer let go of the first time
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return sample{at: at, goroutines: runtime.NumGoroutine(), heap: int64(m.HeapAlloc), fds: openFiles()}
}

// settle waits until goroutines cease to become fewer, for a second at most.
func settle() {
	for last, still := runtime.NumGoroutine(), 0; still < 5; {
		time.Sleep(10 * time.Millisecond)
		if n := runtime.NumGoroutine(); n < last {
			last, still = n, 0
		} else {
			still++
		}
	}
}

// openFiles is known where there is a /proc.
func openFiles() int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(entries)
}

// A tellTale counts what the table tells.
type tellTale struct {
	mu                       sync.Mutex
	lately                   []time.Duration // invocations since the last line
	all                      [5000]int       // invocations by milliseconds; the last stands for all above
	invocations              int
	calls, blocked, reported int64 // of functions that were dropped
}

func (t *tellTale) took(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lately = append(t.lately, d)
	t.all[min(int(d.Milliseconds()), len(t.all)-1)]++
	t.invocations++
}

// drop keeps the sums of a ledger that is given up.
func (t *tellTale) drop(l *ledger) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.calls, t.blocked, t.reported = t.calls+l.made.Load(), t.blocked+l.blocked.Load(), t.reported+l.told[1].Load()
}

// line returns percentiles of the invocations since the last one.
func (t *tellTale) line() (p50, p99 time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.lately) == 0 {
		return 0, 0
	}
	slices.Sort(t.lately)
	p50, p99 = t.lately[len(t.lately)/2], t.lately[len(t.lately)*99/100]
	t.lately = t.lately[:0]
	return p50, p99
}

// overall returns percentiles of all invocations.
func (t *tellTale) overall(percent int) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	left := t.invocations * percent / 100
	for ms, n := range t.all {
		if left -= n; left < 0 {
			return time.Duration(ms) * time.Millisecond
		}
	}
	return time.Duration(len(t.all)) * time.Millisecond
}
