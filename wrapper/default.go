package wrapper

import (
	"net/http"
	"slices"
	"sync"
)

// GuardDefault guards http.DefaultTransport and http.DefaultClient, and so every
// client that uses them, also those that took http.DefaultTransport into a
// variable before: the transport is guarded in place, and stays the
// *http.Transport that others expect. Call it before the transport is used over
// HTTPS; after that, a client that captured it is judged by its connections.
//
// A clone of the guarded transport is judged by its connections as well, and
// what is cloned before it is not judged at all.
//
// restore undoes it. Guarding twice by one fence does nothing the second time.
func (f *Fence) GuardDefault() (restore func()) {
	defaults.Lock()
	defer defaults.Unlock()
	var undo []func()
	if t, ok := http.DefaultTransport.(*http.Transport); ok && t != nil {
		undo = append(undo, doorOf(t).admit(f))
	} else if !ok {
		undo = append(undo, guardSlot(&defaults.transport, &http.DefaultTransport, f))
	}
	if c := http.DefaultClient; c != nil {
		undo = append(undo, guardSlot(&defaults.client, &c.Transport, f))
	}
	return sync.OnceFunc(func() {
		defaults.Lock()
		defer defaults.Unlock()
		for _, fn := range undo {
			fn()
		}
	})
}

// defaults are what stands guarded in this process. Its lock is held by whoever
// guards and restores; requests do not take it.
var defaults = struct {
	sync.Mutex
	doors             map[*http.Transport]*door
	transport, client *slot
	runtime           runtimeClient
}{doors: map[*http.Transport]*door{}}

// guardedBy reports whether f judges what rt sends. defaults is locked.
func guardedBy(f *Fence, rt http.RoundTripper) bool {
	for {
		switch is := rt.(type) {
		case *guard:
			if is.fence == f {
				return true
			}
			rt = is.base
			continue
		case *http.Transport:
			d := defaults.doors[is]
			return d != nil && d.transport == is && slices.Contains(d.fences, f)
		}
		return false
	}
}

// isFront reports whether t is a default transport that f stands behind.
func isFront(t *http.Transport, f *Fence) bool {
	defaults.Lock()
	defer defaults.Unlock()
	return guardedBy(f, t)
}

// A slot is a variable that holds a round tripper which is not a transport that
// takes a door: http.DefaultTransport at times, http.DefaultClient.Transport.
type slot struct {
	at     *http.RoundTripper
	before http.RoundTripper
	fences []*Fence // the first is innermost
	top    *guard   // what is there now
}

// guardSlot puts f before what is at a variable. known is what was put there
// last, and by now may be gone.
func guardSlot(known **slot, at *http.RoundTripper, f *Fence) (undo func()) {
	if t, ok := (*at).(*http.Transport); *at == nil || ok && t == nil || guardedBy(f, *at) {
		return func() {}
	}
	s := *known
	if s == nil || s.at != at || !s.stands() {
		s = &slot{at: at, before: *at}
		*known = s
	}
	s.put(append(slices.Clone(s.fences), f))
	return func() {
		s.put(slices.DeleteFunc(slices.Clone(s.fences), func(other *Fence) bool { return other == f }))
	}
}

// stands reports whether what was put into the variable is there still.
func (s *slot) stands() bool {
	g, ok := (*s.at).(*guard)
	return ok && g == s.top
}

// put has these fences and no others stand before the variable's old value. Who
// put something else there meanwhile keeps it.
func (s *slot) put(fences []*Fence) {
	replace := s.top == nil || s.stands()
	var rt http.RoundTripper
	rt, s.top = stack(s.before, fences)
	s.fences = fences
	if replace {
		*s.at = rt
	}
}

// stack puts the guards of fences before base. All of them must agree.
func stack(base http.RoundTripper, fences []*Fence) (rt http.RoundTripper, top *guard) {
	rt = base
	for _, f := range fences {
		top = f.newGuard(rt)
		rt = top
	}
	return rt, top
}
