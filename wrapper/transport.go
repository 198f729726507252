package wrapper

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/lambdafence/lambdafence/policy"
)

// A transportCopy is a guard's own copy of an *http.Transport: its proxies, and
// its connections where the original has no dialer of its own, lead through the
// fence. Another copy takes its place with each policy, for a connection from
// under an old one may not be used, and closing what is idle does not reach
// those that are not.
type transportCopy struct {
	fence   *Fence
	dials   bool        // the fence makes the connections
	dialer  *net.Dialer // with the settings of this one; nil: with net/http's own
	proxies proxySet
	renewed func() http.RoundTripper // makes a new one

	current    atomic.Pointer[roundTripper]
	renewing   sync.Mutex
	generation atomic.Uint64 // of the policy that current was made under
	retired    retired
}

type roundTripper struct{ http.RoundTripper }

// start makes t the transport that the first requests are sent by.
func (c *transportCopy) start(t http.RoundTripper) {
	c.current.Store(&roundTripper{t})
	c.generation.Store(c.fence.state.Load().generation)
}

// copyTransport copies t, and reports whether the copy dials by the fence. There
// is no copy of a transport with an HTTP/2 implementation that was put in by
// hand, which keeps its connections in t.
func copyTransport(f *Fence, t *http.Transport) (c *transportCopy, dials bool) {
	own := t.Clone()
	if own.TLSNextProto["h2"] != nil {
		return nil, false
	}
	c = &transportCopy{fence: f, dials: dialsItself(own)}
	if c.dials {
		// A dialer turns HTTP/2 off, unless it is asked for. The clone shows
		// whether t had it: cloning sets it up.
		own.ForceAttemptHTTP2 = t.ForceAttemptHTTP2 || own.TLSClientConfig != nil && slices.Contains(own.TLSClientConfig.NextProtos, "h2")
		own.DialContext = c.dial
	}
	if own.Proxy != nil {
		own.Proxy = c.through(own.Proxy)
	}
	c.renewed = func() http.RoundTripper { return own.Clone() }
	c.start(own)
	return c, c.dials
}

// send sends r by the copy of the current policy.
func (c *transportCopy) send(r *http.Request, generation uint64) (*http.Response, error) {
	if c.generation.Load() != generation {
		c.renew(generation)
	}
	t := c.current.Load()
	resp, err := t.RoundTrip(r)
	if c.current.Load() != t {
		closeIdle(t.RoundTripper) // replaced meanwhile: keep none for later
	}
	c.retired.sweepNowAndThen()
	return resp, err
}

func (c *transportCopy) renew(generation uint64) {
	c.renewing.Lock()
	defer c.renewing.Unlock()
	if c.generation.Load() == generation {
		return
	}
	old := c.current.Load()
	c.current.Store(&roundTripper{c.renewed()})
	c.generation.Store(generation)
	c.retired.add(old.RoundTripper)
}

// through judges the proxies that a transport asks for: at once, unless the
// fence makes the connections and will know them.
func (c *transportCopy) through(proxy func(*http.Request) (*url.URL, error)) func(*http.Request) (*url.URL, error) {
	return func(r *http.Request) (*url.URL, error) {
		u, err := proxy(r)
		if err != nil || u == nil || c.dials && c.proxies.add(u) {
			return u, err
		}
		return u, c.fence.checkProxyURL(r, u)
	}
}

// dial makes the connections of a copy. They are beneath a request that was
// judged, so only the address is; a proxy is judged in full.
func (c *transportCopy) dial(ctx context.Context, network, address string) (net.Conn, error) {
	call, err := policy.NetCall(network, address)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: err}
	}
	if c.proxies.has(&call) && !c.fence.state.Load().off {
		return c.fence.dialJudged(ctx, c.dialer, &call, network, address)
	}
	v := c.fence.verdictFrom(ctx)
	if !v.coversDial(&call) {
		v = nil // of the call that this one is made for
	}
	return c.fence.connect(ctx, c.dialer, &call, v, network, address)
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
