package wrapper

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"reflect"
	"sync"
	"sync/atomic"

	"github.com/lambdafence/lambdafence/policy"
)

// Transport returns a round tripper that judges each request, and each hop of a
// redirect, before base sends it. base is not changed; nil is
// http.DefaultTransport. A transport that this fence already guards is returned
// as it is.
//
// A request to an API of AWS, presigned or signed by hand, is judged as the call
// of AWS that it is, as far as its host, path, query and headers tell.
//
// An *http.Transport is copied, so that the proxy on the way of a request, and
// the address really reached, are judged before anything connects to them, and
// so that no connection from under an older policy is used: later changes of
// base, and protocols registered with it for http and https, are not seen. The
// address is not judged if base has a dialer of its own, which a notice tells. A
// transport with an HTTP/2 implementation put in by hand, and any other round
// tripper, is used as it is; only its requests are judged.
func (f *Fence) Transport(base http.RoundTripper) http.RoundTripper {
	if base == nil {
		base = http.DefaultTransport
	}
	if f.guards(base) {
		return base
	}
	t, ok := base.(*http.Transport)
	if !ok {
		return f.newGuard(base)
	}
	return f.known.of(t, func() *guard { return f.newGuard(t) })
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

// knownGuards are the guards of transports and SDK clients that were guarded
// before: a guard has connections of its own, and asking for one with each call
// must not make a pool of connections for each.
type knownGuards struct {
	mu     sync.Mutex
	guards map[any]*guard // by pointer
}

// maxKnown bounds the transports that are remembered.
const maxKnown = 64

func (k *knownGuards) of(t any, make func() *guard) *guard {
	k.mu.Lock()
	defer k.mu.Unlock()
	if g := k.guards[t]; g != nil {
		return g
	}
	g := make()
	if k.guards == nil {
		k.guards = map[any]*guard{}
	}
	if len(k.guards) < maxKnown {
		k.guards[t] = g
	}
	return g
}

// A guard is the HTTP guard: it describes requests and obeys the verdict.
type guard struct {
	fence *Fence
	base  http.RoundTripper
	copy  *transportCopy                        // sends in base's place; nil: base does
	owned bool                                  // the connections beneath are made by this guard
	proxy func(*http.Request) (*url.URL, error) // of an *http.Transport that could not be copied
	seen  atomic.Uint64                         // the policy generation that base's idle connections date from
}

func (f *Fence) newGuard(base http.RoundTripper) *guard {
	g := &guard{fence: f, base: base}
	g.seen.Store(f.state.Load().generation)
	if t, ok := base.(*http.Transport); ok {
		if g.copy, g.owned = copyTransport(f, t); g.copy == nil {
			g.proxy = t.Proxy
		}
		f.tellUnjudged(t, g.copy == nil, g.owned)
	}
	return g
}

// Why addresses are not judged beneath a transport.
var (
	errOwnHTTP2  = errors.New("an http.Transport has an HTTP/2 implementation put in by hand")
	errOwnDialer = errors.New("an http.Transport has a dialer of its own; Fence.DialContext in its place judges them")
)

// tellUnjudged tells, once for each reason, that the addresses which names lead to are
// not judged beneath a transport: whoever reads the log should know what is not seen.
func (f *Fence) tellUnjudged(t *http.Transport, byHand, owned bool) {
	switch {
	case f.state.Load().off:
	case byHand:
		f.unjudged[0].Do(func() { f.reporter.notice(context.Background(), "addresses not judged", errOwnHTTP2, PolicyRef{}) })
	case !owned && !f.isOwnDial(t.DialContext):
		f.unjudged[1].Do(func() { f.reporter.notice(context.Background(), "addresses not judged", errOwnDialer, PolicyRef{}) })
	}
}

// isOwnDial reports whether a dialer is f.DialContext, or another fence's.
func (f *Fence) isOwnDial(dial dialFunc) bool {
	return dial != nil && reflect.ValueOf(dial).Pointer() == reflect.ValueOf(f.DialContext).Pointer()
}

// RoundTrip judges r, and sends it if it may be sent. The body of a blocked
// request is closed and not read.
func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	f := g.fence
	st := f.state.Load()
	if st.off {
		return g.pass(r, st)
	}
	above := f.verdictFrom(r.Context())
	if above.coversOperation(r) {
		return g.pass(r, st)
	}
	return g.judge(r, st, above)
}

// judge judges a request that runs under a verdict, or under none.
func (g *guard) judge(r *http.Request, st *state, above *verdict) (*http.Response, error) {
	f, ctx := g.fence, r.Context()
	var call policy.Call
	if err := call.SetRequest(r.Method, r.URL, r.Host); err != nil {
		if _, ok := g.base.(*http.Transport); !ok && st.set.Mode() < policy.Enforce {
			return g.pass(r, st) // what net/http refuses, another base may know how to send
		}
		return nil, refuse(r, errors.New("lambdafence: "+err.Error()))
	}
	f.describe(r, &call)
	if above.coversRequest(&call, r.URL.RawQuery) {
		return g.pass(r, st)
	}
	v, err := f.check(ctx, &call)
	if err == nil && g.proxy != nil {
		err = f.checkProxy(r, g.proxy)
	}
	if err != nil {
		return nil, refuse(r, err)
	}
	resp, err := g.send(r, st, v, &call)
	v.settle(ctx)
	return resp, err
}

// send passes r on. Beneath a copy of ours nothing needs to be told of a
// verdict that left no trace; anything else learns of it by the context.
func (g *guard) send(r *http.Request, st *state, v *verdict, call *policy.Call) (*http.Response, error) {
	if v == nil {
		if g.owned {
			return g.pass(r, st)
		}
		v = newVerdict(g.fence, st, call, policy.Decision{Effect: policy.Allow})
		v.recorded.Store(true) // nothing to record
	}
	v.query = r.URL.RawQuery
	defer v.over.Store(true)
	judged := r.WithContext(v.under(r.Context()))
	resp, err := g.pass(judged, st)
	if resp != nil && resp.Request == judged {
		resp.Request = r
	}
	return resp, err
}

// pass has r sent, over no connection from under an older policy.
func (g *guard) pass(r *http.Request, st *state) (*http.Response, error) {
	if g.copy != nil && r.URL != nil && (r.URL.Scheme == "http" || r.URL.Scheme == "https") {
		return g.copy.send(r, st.generation)
	}
	if g.seen.Load() != st.generation && g.seen.Swap(st.generation) != st.generation {
		closeIdle(g.base)
	}
	return g.base.RoundTrip(r)
}

// CloseIdleConnections closes the idle connections of the base.
func (g *guard) CloseIdleConnections() {
	if g.copy != nil {
		closeIdle(g.copy.current.Load().RoundTripper)
		g.copy.retired.sweep()
	}
	closeIdle(g.base)
}

func closeIdle(rt http.RoundTripper) {
	if c, ok := rt.(interface{ CloseIdleConnections() }); ok {
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
