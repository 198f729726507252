package wrapper

import (
	"context"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
)

// GuardDefault guards http.DefaultTransport and http.DefaultClient, and so every
// client that uses them, also those that took http.DefaultTransport into a
// variable before: the transport is guarded in place, and stays the
// *http.Transport that others expect. Call it before the transport is used;
// after that, requests over HTTPS of clients that captured it are judged only
// as connections.
//
// restore undoes it. Guarding twice by one fence does nothing the second time.
func (f *Fence) GuardDefault() (restore func()) {
	client := http.DefaultClient.Transport
	guardClient := client != nil && !f.guards(client)

	doors.Lock()
	defer doors.Unlock()
	var undo []func()
	if t, ok := http.DefaultTransport.(*http.Transport); ok {
		undo = append(undo, f.guardInPlace(t))
	} else if before := http.DefaultTransport; !f.guards(before) {
		http.DefaultTransport = f.newGuard(before)
		undo = append(undo, func() { http.DefaultTransport = before })
	}
	if guardClient {
		http.DefaultClient.Transport = f.newGuard(client)
		undo = append(undo, func() { http.DefaultClient.Transport = client })
	}
	return sync.OnceFunc(func() {
		doors.Lock()
		defer doors.Unlock()
		for _, fn := range undo {
			fn()
		}
	})
}

// doors are the front doors of this process, found by the transport that each
// was put into. What was registered with a transport stays there, so a door is
// put in once and stands open while no fence is behind it.
var doors = struct {
	sync.Mutex
	of    map[*http.Transport]*door
	armed *http.Transport // see armRuntime
	rearm atomic.Bool     // armed may be set
}{of: map[*http.Transport]*door{}}

// A door stands in front of a default transport: it hands requests and
// connections to the fence that is behind it, if there is one.
type door struct {
	transport *http.Transport // what http.DefaultTransport is while guarded
	base      http.RoundTripper
	dial      dialFunc // how it dialled before
	guard     atomic.Pointer[guard]
}

// A front is a door as net/http sees it. A transport takes a struct with one
// field that can close idle connections for an HTTP/2 transport, and leaves it
// and its own HTTP/2 settings alone (net/http, issue 22891).
type front struct{ Door *door }

func (d front) RoundTrip(r *http.Request) (*http.Response, error) {
	if g := d.Door.guard.Load(); g != nil {
		return g.RoundTrip(r)
	}
	return nil, http.ErrSkipAltProtocol
}

// guardInPlace puts a door into t, or finds the one that stands there, and
// places the fence behind it.
func (f *Fence) guardInPlace(t *http.Transport) (undo func()) {
	d := doors.of[t]
	if d == nil {
		d = putDoor(t)
	}
	before := d.guard.Load()
	if before != nil && before.fence == f {
		return func() {}
	}
	var base http.RoundTripper = d.base
	if before != nil {
		base = before // another fence is there: both must agree
	}
	d.guard.Store(f.newGuard(base))
	http.DefaultTransport = d.transport
	armRuntime(d)
	return func() {
		d.guard.Store(before)
		if http.DefaultTransport == d.transport || http.DefaultTransport == doors.armed {
			http.DefaultTransport = t
		}
	}
}

// putDoor puts a door into t where t allows it, which it does until it is used.
func putDoor(t *http.Transport) *door {
	d := &door{transport: t, dial: t.DialContext}
	if d.dial == nil {
		d.dial = dialer().DialContext
	}
	plain := register(t, "http", d)
	secure := plain && register(t, "https", d)
	d.base = t.Clone()
	switch {
	case !plain:
		// Somebody else registered a protocol with t: what they meant to happen
		// happens beneath the door, in t itself.
		d.base = asIs{t}
		d.transport = t.Clone()
	case !secure:
		// t was used and has an HTTP/2 transport of its own. Another takes its
		// place; who captured t meets the fence at each new connection.
		d.transport = t.Clone()
		t.DialContext = d.dialContext
		t.CloseIdleConnections()
	}
	if d.transport != t {
		register(d.transport, "http", d)
		register(d.transport, "https", d)
		doors.of[d.transport] = d
	}
	d.transport.DialContext = d.dialContext
	doors.of[t] = d
	return d
}

// asIs keeps a guard from putting a copy in the place of a transport.
type asIs struct{ *http.Transport }

// register reports whether t took the door for a scheme. It panics if it has
// one already, and there is no other way to ask.
func register(t *http.Transport, scheme string, d *door) (ok bool) {
	defer func() { ok = recover() == nil }()
	t.RegisterProtocol(scheme, front{d})
	return true
}

// dialContext is the dialer of a guarded default transport. Its own requests do
// not get here; those of its clones do, and are judged as connections.
func (d *door) dialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if g := d.guard.Load(); g != nil {
		return g.fence.DialContext(ctx, network, address)
	}
	return d.dial(ctx, network, address)
}

// CloseIdleConnections closes those of the transport beneath the door.
func (d *door) CloseIdleConnections() {
	if g := d.guard.Load(); g != nil {
		g.CloseIdleConnections()
	}
}

// isFront reports whether t is a default transport that f stands behind.
func isFront(t *http.Transport, f *Fence) bool {
	doors.Lock()
	defer doors.Unlock()
	d := doors.of[t]
	if d == nil {
		return false
	}
	g := d.guard.Load()
	return g != nil && g.fence == f && d.transport == t
}

// armRuntime lets lambda.Start have a transport that reaches the Runtime API,
// which nobody else may. lambda.Start clones http.DefaultTransport and nothing
// tells it from others, so until the first invocation a twin of the guarded
// transport stands there, whose dialer alone connects to that address; clones
// keep the dialer. Requests through the twin itself are judged as ever.
func armRuntime(d *door) {
	api := os.Getenv("AWS_LAMBDA_RUNTIME_API")
	if api == "" || doors.armed != nil && http.DefaultTransport == doors.armed {
		return
	}
	twin := d.transport.Clone()
	twin.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if address == api {
			return d.dial(ctx, network, address)
		}
		return d.dialContext(ctx, network, address)
	}
	register(twin, "http", d)
	register(twin, "https", d)
	delete(doors.of, doors.armed)
	doors.of[twin] = d
	doors.armed = twin
	doors.rearm.Store(true)
	http.DefaultTransport = twin
}

// disarmRuntime takes the twin away. It runs at the start of every invocation:
// the handler's code never sees the twin.
func disarmRuntime() {
	if !doors.rearm.Load() {
		return
	}
	doors.Lock()
	defer doors.Unlock()
	if twin := doors.armed; twin != nil {
		if http.DefaultTransport == twin {
			http.DefaultTransport = doors.of[twin].transport
		}
		delete(doors.of, twin)
		doors.armed = nil
		doors.rearm.Store(false)
	}
}
