package paramstore

import (
	"context"
	"errors"
	"testing"
	"time"
)

// The pauses grow, differ, and leave time for another try before the end.
func TestPauses(t *testing.T) {
	for _, tt := range []struct {
		left        time.Duration
		attempt     int
		least, most time.Duration
	}{
		{time.Minute, 0, minPause, firstPause},
		{time.Minute, 1, minPause, firstPause},
		{time.Minute, 2, minPause, 2 * firstPause},
		{time.Minute, 100, minPause, maxPause},
		{500 * time.Millisecond, 3, 90 * time.Millisecond, 450 * time.Millisecond},
		{100 * time.Millisecond, 3, 0, 50 * time.Millisecond},
		{-time.Second, 3, 0, 0},
	} {
		seen := map[time.Duration]bool{}
		for range 100 {
			ctx, cancel := context.WithTimeout(t.Context(), tt.left)
			d := newPatience(ctx, false).delay(tt.attempt)
			cancel()
			if d < tt.least || d > tt.most {
				t.Fatalf("%v left, try %d: %v; want %v to %v", tt.left, tt.attempt, d, tt.least, tt.most)
			}
			seen[d] = true
		}
		if tt.most > minPause && len(seen) < 50 {
			t.Errorf("%v left, try %d: %d different pauses", tt.left, tt.attempt, len(seen))
		}
	}
}

// Without a deadline there is no time to spend on another try.
func TestNoDeadlineNoRetry(t *testing.T) {
	if newPatience(context.Background(), false).again(errors.New("connection reset")) {
		t.Error("tried again without end")
	}
}
