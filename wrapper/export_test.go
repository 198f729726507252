package wrapper

import (
	"net/http"
	"time"

	"github.com/lambdafence/lambdafence/internal/awskey"
)

// OwnedTransport is a guard over rt as if rt were its own copy of a transport,
// to measure what the guard alone costs.
func OwnedTransport(f *Fence, rt func(*http.Request) (*http.Response, error)) http.RoundTripper {
	g := f.newGuard(roundTripFunc(rt))
	g.owned = true
	return g
}

type roundTripFunc func(*http.Request) (*http.Response, error)

func (f roundTripFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// SetClock sets the clock that the age of a policy is measured by.
func SetClock(f *Fence, now func() time.Time) { f.life.now = now }

// MaskPath and Clean are what makes an event safe to show.
var (
	MaskPath = maskPath
	Clean    = clean
)

// StartedWith makes keyID the access key id that the process started with.
func StartedWith(f *Fence, keyID string) {
	f.account.keyID = keyID
	f.account.own.Store(nil)
	f.account.learn(awskey.Account(keyID))
}

// Retired returns how many transports of older policies a guard looks after.
func Retired(guarded http.RoundTripper) int {
	r := &guarded.(*guard).copy.retired
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.transports)
}

// Approved returns how many operations are allowed without being judged.
func Approved(f *Fence) (n int) {
	a := &f.state.Load().approvals
	for i := range a.places {
		if known := a.places[i].Load(); known != nil {
			for _, k := range known {
				if k != nil {
					n++
				}
			}
		}
	}
	return n
}

// Refreshing reports whether a refresh is on its way.
func Refreshing(f *Fence) bool {
	f.life.mu.Lock()
	defer f.life.mu.Unlock()
	return f.life.running != nil
}
