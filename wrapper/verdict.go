package wrapper

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync/atomic"
	"time"

	"github.com/lambdafence/lambdafence/policy"
)

// A verdict is what was decided about one call: for its event, and for a guard
// beneath, which must not judge the call again.
type verdict struct {
	judged   judged // the context that the call goes on in
	fence    *Fence
	state    *state
	recorded atomic.Bool // its event was made, or is not to be made
	over     atomic.Bool // the call was made: what runs later is another one
	*told                // nil: an operation that is allowed and makes no event

	// What an operation of the SDK became: what must be sent, and nothing else.
	became *request      // nil: it is about no operation
	path   string        // of its URL
	raw    string        // the same with its escapes, if they are not Go's own
	signed *string       // the Authorization header, which covers what AWS is asked for; see attempt
	of     *http.Request // as the SDK has it: another operation may look the same but for its body
	sent   atomic.Bool   // by a guarded HTTP client
	taken  atomic.Bool   // see newAttempt
}

// A told is what an event tells of a call.
type told struct {
	call     policy.Call
	decision policy.Decision
	outcome  Outcome
	by       *callPath // the way by which the call came, if it was looked at
	query    string    // of the call's URL
}

// A request is the first line of a request, where it goes, and what it says in a
// header that it asks of AWS.
type request struct {
	url          url.URL
	method, host string
	target       string
	place        hostPort // of url, in its canonical form
}

func requestOf(r *http.Request, c *policy.Call) *request {
	return &request{*r.URL, r.Method, r.Host, first(r.Header, target), hostPort{c.Host, c.Port}}
}

// is reports whether r is that request, whatever its path is and its other headers say.
func (q *request) is(r *http.Request) bool {
	a, b, said := &q.url, r.URL, r.Header[target]
	switch {
	case b == nil || q.host != r.Host || q.method != r.Method || a.Host != b.Host || a.RawQuery != b.RawQuery || a.Scheme != b.Scheme:
		return false
	case len(said) > 1 || len(said) == 1 && said[0] != q.target || len(said) == 0 && q.target != "":
		return false
	case a.User != b.User || a.OmitHost != b.OmitHost || a.ForceQuery != b.ForceQuery:
		return false
	}
	return len(a.Opaque)+len(b.Opaque)+len(a.Fragment)+len(b.Fragment)+len(a.RawFragment)+len(b.RawFragment) == 0 || // as in nearly all
		a.Opaque == b.Opaque && a.Fragment == b.Fragment && a.RawFragment == b.RawFragment
}

func newVerdict(f *Fence, st *state, c *policy.Call, d policy.Decision) *verdict {
	v := &struct {
		verdict
		told
	}{told: told{call: *c, decision: d, outcome: outcomeOf(&d)}}
	v.verdict.told = &v.told
	v.fence, v.state = f, st
	return &v.verdict
}

// An attempt is the verdict on an operation that is allowed and makes no event. Its
// signature is a step away: fmt, which knows no bounds, prints a verdict with the
// context that it is a part of, but not what it points to.
type attempt struct {
	verdict
	signature string
}

// set makes a, which is new, the verdict on what goes out as r.
func (a *attempt) set(f *Fence, st *state, r *http.Request, became *request, signature string) *verdict {
	a.fence, a.state, a.of, a.became, a.path, a.raw = f, st, r, became, r.URL.Path, r.URL.RawPath
	a.signature = signature
	a.signed = &a.signature
	return &a.verdict
}

// settle makes the event of an allowed call, once it is sure that nothing
// beneath had more to say of it. A nil verdict has nothing to settle.
func (v *verdict) settle(ctx context.Context) {
	if v != nil && v.state.events != Violations && !v.recorded.Load() {
		v.record(ctx)
	}
}

// record makes the event.
func (v *verdict) record(ctx context.Context) {
	v.recorded.Store(true)
	ev := Event{
		Time:     time.Now(),
		Outcome:  v.outcome,
		Call:     v.shown(),
		Decision: v.decision,
		Policy:   v.policy(),
		Function: v.fence.function,
		Count:    1,
	}
	ev.Suggestion = v.state.set.Suggest(&ev.Call, ev.Decision)
	if inv := invocationFrom(ctx); inv != nil {
		ev.Function.RequestID = inv.requestID
	}
	v.fence.record(ctx, v.state.events, ev, v.by)
}

func (v *verdict) policy() PolicyRef { return v.state.refs[v.decision.Layer] }

// err is the error of a blocked call, nil for any other.
func (v *verdict) err() error {
	if v.outcome != Blocked {
		return nil
	}
	e := &BlockedError{Call: v.shown(), Decision: v.decision, Policy: v.policy()}
	e.hint = v.state.set.Suggest(&e.Call, e.Decision)
	return e
}

// shown returns the call as people see it: without secrets, and of its resources
// that one first for which it is denied.
func (v *verdict) shown() policy.Call {
	c := v.call
	if all := c.Resources; len(all) > 1 && v.decision.Effect == policy.Deny {
		for i := range all[:min(len(all), maxResource)] {
			c.Resources = all[i : i+1]
			if v.state.set.Decide(&c) == v.decision {
				all = slices.Concat(c.Resources, all[:i], all[i+1:])
				break
			}
		}
		c.Resources = all
	}
	return redact(&c)
}

// A verdictKey is that of one fence: each trusts its own verdicts only, and where
// several stand on the way none hides another's.
type verdictKey struct{ *Fence }

// under marks ctx, once, as that of a call which was judged: what runs beneath trusts
// the verdict, for the very same thing only.
func (v *verdict) under(ctx context.Context) context.Context {
	v.judged = judged{ctx, v}
	return &v.judged
}

// A judged is the context of a call with a verdict, and a part of that.
type judged struct {
	context.Context
	verdict *verdict
}

// Value returns the verdict for its key.
func (c *judged) Value(key any) any {
	if k, ok := key.(verdictKey); ok && k.Fence == c.verdict.fence {
		return c.verdict
	}
	return c.Context.Value(key)
}

// String is what there is to read of a context.
func (c *judged) String() string { return fmt.Sprintf("%v.WithVerdict", c.Context) }

// verdictFrom returns the verdict of this fence that ctx runs under.
func (f *Fence) verdictFrom(ctx context.Context) *verdict {
	v, _ := ctx.Value(verdictKey{f}).(*verdict)
	return v
}

// stands reports whether v may still be trusted.
func (v *verdict) stands() bool { return !v.over.Load() && v.state == v.fence.state.Load() }

// first is Header.Get for a name in its canonical form.
func first(h http.Header, name string) string {
	if values := h[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// coversOperation reports whether v is about an operation of the SDK that became
// this very request, and no other has been sent for it. It becomes one at once, with
// nothing in between: a policy that takes effect in that moment comes too late for
// it, and one call has one verdict.
func (v *verdict) coversOperation(r *http.Request) bool { return v.isOn(r) && !v.sent.Swap(true) }

// isOn reports whether v is about an operation of the SDK that became this request.
func (v *verdict) isOn(r *http.Request) bool {
	if v == nil || v.became == nil || v.over.Load() {
		return false
	}
	return *v.signed == first(r.Header, authorization) && v.became.is(r) && v.path == r.URL.Path && v.raw == r.URL.RawPath
}

// coversRequest reports whether v is about this very request, and what it asks of
// AWS: headers say that too, and a round tripper on the way may set them.
func (v *verdict) coversRequest(c *policy.Call, query string) bool {
	return v != nil && v.told != nil && v.isRequest(c, query) && v.asksFor(c) && v.stands()
}

// coversDial reports whether a connection to c leads where v's call goes.
func (v *verdict) coversDial(c *policy.Call) bool { return v != nil && v.isDial(c) && v.stands() }

func (v *verdict) isRequest(c *policy.Call, query string) bool {
	return v.isDial(c) && v.call.Scheme == c.Scheme && v.call.Method == c.Method && v.call.Path == c.Path && v.query == query && v.call.HostHeader == c.HostHeader
}

func (v *verdict) asksFor(c *policy.Call) bool {
	return v.call.Kind == c.Kind && v.call.Service == c.Service && v.call.Operation == c.Operation && v.call.Region == c.Region && v.call.Account == c.Account &&
		v.call.Access == c.Access && slices.Equal(v.call.Also, c.Also) && (v.call.Resources == nil) == (c.Resources == nil) && slices.Equal(v.call.Resources, c.Resources)
}

func (v *verdict) isDial(c *policy.Call) bool {
	if v.told == nil { // an operation
		return v.became.place == hostPort{c.Host, c.Port} && c.Network == "tcp"
	}
	return v.call.Host == c.Host && v.call.Port == c.Port && v.call.Network == c.Network
}
