package wrapper

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"unsafe"

	"github.com/lambdafence/lambdafence/policy"
)

// A door stands in front of a default transport: it hands requests and
// connections to the fences behind it. What was registered with a transport
// stays there, so a door is put in once, and stands open while there is no
// fence.
type door struct {
	found     *http.Transport // http.DefaultTransport as it was found; others may hold it
	transport *http.Transport // what stands in its place: found itself, where that took the door
	through   bool            // requests must still go through found

	before, installed fields   // of transport, without a fence and with one
	dial              dialFunc // how transport dials without a fence
	foreign           bool     // dial is not net/http's own
	forced            bool     // HTTP/2 had to be asked for

	fences   []*Fence // the first is innermost
	behind   atomic.Pointer[behind]
	upgrades upgrades
}

type proxyFunc = func(*http.Request) (*url.URL, error)

// fields are those of a transport that a door changes.
type fields struct {
	dial  dialFunc
	proxy proxyFunc
}

// behind is what requests through a door come to.
type behind struct {
	top    http.RoundTripper
	fences []*Fence
}

// A front is a door as net/http sees it. A transport takes a struct with one
// field that can close idle connections for an HTTP/2 transport, and leaves it
// and its own HTTP/2 settings alone (net/http, issue 22891).
type front struct{ Door *door }

// RoundTrip sends a request through the door, open or guarded.
func (d front) RoundTrip(r *http.Request) (*http.Response, error) {
	if d.Door.wasThrough(r.Context()) {
		return nil, http.ErrSkipAltProtocol
	}
	return d.Door.look().top.RoundTrip(r)
}

// A through sends requests behind a door on to the transport that it is in.
type through struct{ *door }

type throughKey struct{}

func (t through) RoundTrip(r *http.Request) (*http.Response, error) {
	sent := r.WithContext(context.WithValue(r.Context(), throughKey{}, t.door))
	resp, err := t.found.RoundTrip(sent)
	if resp != nil && resp.Request == sent {
		resp.Request = r
	}
	return resp, err
}

func (t through) CloseIdleConnections() { t.found.CloseIdleConnections() }

// wasThrough reports whether ctx is that of a request which every fence behind
// the door has judged, and which is on its way in the transport itself.
func (d *door) wasThrough(ctx context.Context) bool {
	return d.through && ctx.Value(throughKey{}) == d
}

// CloseIdleConnections closes those of the transport behind the door.
func (d *door) CloseIdleConnections() {
	if b := d.behind.Load(); b != nil {
		closeIdle(b.top)
	}
}

// doorOf returns the door in t, and puts one in if there is none. defaults is
// locked here and below.
func doorOf(t *http.Transport) *door {
	d := defaults.doors[t]
	if d == nil {
		d = putDoor(t)
		defaults.doors[t], defaults.doors[d.transport] = d, d
	}
	return d
}

// putDoor puts a door into t where t allows it, which it does until it is used.
func putDoor(t *http.Transport) *door {
	d := &door{found: t, transport: t}
	plain := register(t, "http", front{d})
	if plain && register(t, "https", front{d}) {
		return d
	}
	// t has been used, and has an HTTP/2 transport of its own: another takes its
	// place. Or somebody else registered a protocol with it, and then what they
	// meant to happen happens behind the door, in t itself.
	protocols := protocolsOf(t)
	d.transport = t.Clone()
	d.through = !plain || !strings.HasPrefix(protocols["https"], "net/http")
	register(d.transport, "http", front{d})
	register(d.transport, "https", front{d})
	for scheme := range protocols {
		register(d.transport, scheme, t)
	}
	return d
}

// register reports whether t took rt for a scheme. It panics if it has one
// already, and there is no other way to ask.
func register(t *http.Transport, scheme string, rt http.RoundTripper) (ok bool) {
	defer func() { ok = recover() == nil }()
	t.RegisterProtocol(scheme, rt)
	return true
}

// protocolsOf returns the schemes that were registered with t, such as "file",
// and the packages of what they were registered for. A clone does not have them,
// and nothing but a look into t tells; should another version of net/http keep
// them elsewhere, none are found.
func protocolsOf(t *http.Transport) (packages map[string]string) {
	packages = map[string]string{}
	defer func() { _ = recover() }()
	registered := reflect.ValueOf(t).Elem().FieldByName("altProto").FieldByName("v").Elem()
	for scheme, rt := range registered.Seq2() {
		packages[scheme.String()] = reflect.Indirect(rt.Elem()).Type().PkgPath()
	}
	return packages
}

// admit places f behind the door.
func (d *door) admit(f *Fence) (leave func()) {
	if slices.Contains(d.fences, f) {
		return func() {}
	}
	if len(d.fences) == 0 {
		d.install()
	}
	d.place(append(slices.Clone(d.fences), f))
	http.DefaultTransport = d.transport
	defaults.runtime.issue()
	return func() {
		d.place(slices.DeleteFunc(slices.Clone(d.fences), func(other *Fence) bool { return other == f }))
		if len(d.fences) == 0 {
			d.uninstall()
			if http.DefaultTransport == d.transport {
				http.DefaultTransport = d.found
			}
		}
		defaults.runtime.issue()
	}
}

func (d *door) place(fences []*Fence) {
	d.fences = fences
	if last := d.behind.Swap(nil); last != nil {
		closeIdle(last.top)
	}
}

// look returns what is behind the door. It is made at the first request: until
// then the settings of http.DefaultTransport may be changed, as of any transport.
func (d *door) look() *behind {
	if b := d.behind.Load(); b != nil {
		return b
	}
	defaults.Lock()
	defer defaults.Unlock()
	if b := d.behind.Load(); b != nil {
		return b
	}
	var base http.RoundTripper
	if d.through {
		base = through{d}
	} else {
		t := d.transport.Clone()
		d.give(t, d.before)
		base = t
	}
	b := &behind{fences: d.fences}
	b.top, _ = stack(base, d.fences)
	d.behind.Store(b)
	return b
}

// install has transport, and found where that is another one, dial through the
// door. Requests through the door do not dial there; clones do, and upgrades.
func (d *door) install() {
	t := d.transport
	d.before = fields{t.DialContext, t.Proxy}
	d.installed = fields{d.dialContext, d.proxyOf}
	d.dial, d.foreign = t.DialContext, !same(t.DialContext, standardDial)
	if old := t.Dial; d.dial == nil && old != nil { //nolint:staticcheck // a deprecated dialer still dials
		d.dial = func(_ context.Context, network, address string) (net.Conn, error) { return old(network, address) }
	} else if d.dial == nil {
		d.dial, d.foreign = dialer().DialContext, false
	}
	// A dialer of one's own turns HTTP/2 off, unless it is asked for.
	d.forced = !t.ForceAttemptHTTP2 && !d.foreign && t.TLSClientConfig == nil && t.TLSNextProto == nil
	t.ForceAttemptHTTP2 = t.ForceAttemptHTTP2 || d.forced
	d.give(t, d.installed)
	if d.found != t {
		// Who captured it meets the fence at each new connection.
		d.found.DialContext, d.found.Proxy = d.installed.dial, d.installed.proxy
		d.found.ForceAttemptHTTP2 = t.ForceAttemptHTTP2
		d.found.CloseIdleConnections()
	}
}

func (d *door) uninstall() {
	defaults.runtime.withdraw()
	d.give(d.transport, d.before)
	if d.forced {
		d.transport.ForceAttemptHTTP2 = false
	}
	if d.found != d.transport {
		d.found.DialContext, d.found.Proxy = d.before.dial, d.before.proxy
		d.found.ForceAttemptHTTP2 = d.transport.ForceAttemptHTTP2
	}
}

// give sets the fields of t, but for those that somebody has set since.
func (d *door) give(t *http.Transport, to fields) {
	if dial := t.DialContext; same(dial, d.before.dial) || same(dial, d.installed.dial) || defaults.runtime.issued(dial) {
		t.DialContext = to.dial
	}
	if same(t.Proxy, d.before.proxy) || same(t.Proxy, d.installed.proxy) {
		t.Proxy = to.proxy
	}
}

// same reports whether a and b are one function with one closure, as sameFunc.
func same[F dialFunc | proxyFunc](a, b F) bool {
	return *(*unsafe.Pointer)(unsafe.Pointer(&a)) == *(*unsafe.Pointer)(unsafe.Pointer(&b))
}

// dialContext is the dialer of a guarded default transport. Its own requests do
// not get here; those of its clones do, and are judged as connections.
func (d *door) dialContext(ctx context.Context, network, address string) (net.Conn, error) {
	fences := d.look().fences
	if len(fences) == 0 {
		return d.dial(ctx, network, address)
	}
	call, err := policy.NetCall(network, address)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: err}
	}
	innermost := fences[0].verdictFrom(ctx)
	if !innermost.coversDial(&call) {
		innermost = nil // of another call
	}
	judged := d.upgrades.take(&call) || d.wasThrough(ctx) && innermost != nil
	for i, f := range slices.Backward(fences) {
		if judged || f.verdictFrom(ctx).coversDial(&call) {
			continue
		}
		if i == 0 && !d.foreign {
			return f.dialJudged(ctx, nil, &call, network, address)
		}
		if err := f.checkSettled(ctx, call); err != nil {
			return nil, err
		}
	}
	if d.foreign {
		return d.dial(ctx, network, address)
	}
	return fences[0].connect(ctx, nil, &call, innermost, network, address)
}

// checkSettled is Check for a call that is canonical.
func (f *Fence) checkSettled(ctx context.Context, call policy.Call) error {
	v, err := f.check(ctx, &call)
	v.settle(ctx)
	return err
}
