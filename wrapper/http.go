package wrapper

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync/atomic"
	"unsafe"

	"github.com/lambdafence/lambdafence/policy"
)

// Transport returns a round tripper that judges each request, and each hop of a
// redirect, before base sends it. base is not changed; nil is
// http.DefaultTransport. A transport that this fence already guards is returned
// as it is.
//
// An *http.Transport that dials by itself is copied, so that the address really
// reached is judged before anything connects to it: later changes of base, and
// protocols registered with it, are not seen. A base with a dialer of its own,
// and any other round tripper, is used as it is; only its requests are judged.
func (f *Fence) Transport(base http.RoundTripper) http.RoundTripper {
	if base == nil {
		base = http.DefaultTransport
	}
	if f.guards(base) {
		return base
	}
	return f.newGuard(base)
}

// Client returns a client that uses Transport(nil).
func (f *Fence) Client() *http.Client { return &http.Client{Transport: f.Transport(nil)} }

// guards reports whether what base sends is judged by f already.
func (f *Fence) guards(base http.RoundTripper) bool {
	switch base := base.(type) {
	case *guard:
		return base.fence == f
	case *http.Transport:
		return isFront(base, f)
	}
	return false
}

// A guard is the HTTP guard: it describes requests and obeys the verdict.
type guard struct {
	fence   *Fence
	base    http.RoundTripper
	proxy   func(*http.Request) (*url.URL, error) // of a base that is not ours
	owned   bool                                  // base is a copy whose dials lead through this guard
	proxies proxySet
	seen    atomic.Uint64 // the policy generation that idle connections date from
}

func (f *Fence) newGuard(base http.RoundTripper) *guard {
	g := &guard{fence: f, base: base}
	g.seen.Store(f.state.Load().generation)
	if t, ok := base.(*http.Transport); ok && !g.own(t) {
		g.proxy = t.Proxy
	}
	return g
}

// own puts a copy of t beneath g, with a dialer that judges addresses. It
// reports false where a copy would not do.
func (g *guard) own(t *http.Transport) bool {
	if !dialsItself(t) {
		return false
	}
	wantsHTTP2 := t.ForceAttemptHTTP2 || t.TLSClientConfig == nil || slices.Contains(t.TLSClientConfig.NextProtos, "h2")
	c := t.Clone()
	if c.TLSNextProto["h2"] != nil {
		return false // an HTTP/2 transport put in by hand keeps its connections in t
	}
	// A dialer of one's own turns HTTP/2 off, unless it is asked for.
	c.ForceAttemptHTTP2 = wantsHTTP2
	c.DialContext = g.dial
	if c.Proxy != nil {
		proxy := c.Proxy
		c.Proxy = func(r *http.Request) (*url.URL, error) {
			u, err := proxy(r)
			if err == nil && u != nil {
				err = g.proxies.add(u)
			}
			return u, err
		}
	}
	g.base, g.owned = c, true
	return true
}

// standardDial is the dialer of the untouched http.DefaultTransport.
var standardDial = func() dialFunc {
	if t, ok := http.DefaultTransport.(*http.Transport); ok {
		return t.DialContext
	}
	return nil
}()

type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

// dialsItself reports whether t uses no dialer but net/http's own, so that ours
// can take its place.
func dialsItself(t *http.Transport) bool {
	standard := t.DialContext == nil || sameFunc(t.DialContext, standardDial)
	return standard && t.Dial == nil && t.DialTLS == nil && t.DialTLSContext == nil //nolint:staticcheck // a deprecated dialer still dials
}

// sameFunc reports whether a and b are one function with one closure. Go has no
// comparison of functions; a function value is a pointer to its closure.
func sameFunc(a, b dialFunc) bool {
	return *(*unsafe.Pointer)(unsafe.Pointer(&a)) == *(*unsafe.Pointer)(unsafe.Pointer(&b))
}

// RoundTrip judges r, and sends it if it may be sent. The body of a blocked
// request is closed and not read.
func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	f := g.fence
	if g.freshen(); f.state.Load().off {
		return g.base.RoundTrip(r)
	}
	call, err := policy.HTTPCall(r.Method, r.URL, r.Host)
	if err != nil {
		// What net/http itself would refuse: nothing would be sent.
		return nil, refuse(r, errors.New("lambdafence: "+err.Error()))
	}
	ctx := r.Context()
	if f.verdictFrom(ctx).coversRequest(&call) {
		return g.base.RoundTrip(r)
	}
	v, err := f.check(ctx, &call)
	if err == nil && g.proxy != nil {
		err = g.checkProxy(r)
	}
	if err != nil {
		return nil, refuse(r, err)
	}
	resp, err := g.send(r, v, &call)
	v.settle(ctx)
	return resp, err
}

// send passes r to the base. Beneath a copy of ours nothing needs to be told of
// a verdict that left no trace; anything else learns of it by the context.
func (g *guard) send(r *http.Request, v *verdict, call *policy.Call) (*http.Response, error) {
	if v == nil {
		if g.owned {
			return g.base.RoundTrip(r)
		}
		v = &verdict{fence: g.fence, state: g.fence.state.Load(), call: *call, decision: policy.Decision{Effect: policy.Allow}}
		v.recorded.Store(true) // nothing to record
	}
	judged := r.WithContext(v.under(r.Context()))
	resp, err := g.base.RoundTrip(judged)
	if resp != nil && resp.Request == judged {
		resp.Request = r
	}
	return resp, err
}

// dial makes the connections of an owned base. They are beneath a request that
// was judged, so only the address is; a proxy is judged in full.
func (g *guard) dial(ctx context.Context, network, address string) (net.Conn, error) {
	call, err := policy.NetCall(network, address)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: err}
	}
	if g.proxies.has(&call) {
		return g.fence.dialJudged(ctx, &call, network, address)
	}
	return g.fence.connect(ctx, &call, g.fence.verdictFrom(ctx), network, address)
}

// freshen closes idle connections when the policy has changed: they were made
// under another one.
func (g *guard) freshen() {
	if now := g.fence.state.Load().generation; g.seen.Load() != now && g.seen.Swap(now) != now {
		g.CloseIdleConnections()
	}
}

// CloseIdleConnections closes the idle connections of the base.
func (g *guard) CloseIdleConnections() {
	if c, ok := g.base.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// refuse closes the body of a request that is not sent, as RoundTrip must.
func refuse(r *http.Request, err error) error {
	if r.Body != nil {
		_ = r.Body.Close()
	}
	return err
}
