package wrapper

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"reflect"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/lambdafence/lambdafence/internal/awscall"
	"github.com/lambdafence/lambdafence/internal/awshost"
	"github.com/lambdafence/lambdafence/policy"
)

// AWS puts the fence around every client that is made from cfg from now on: each
// attempt of an operation is judged before it is sent, by service, operation,
// access level, resources, region, who signs it and the host that it goes to.
// Presigning sends nothing and is not judged. The HTTP client of cfg is guarded
// too, so that a client that was told to leave the guard out is still judged by
// its requests. Clients that exist already are not changed.
//
// An SDK client (*awshttp.BuildableClient, the default) keeps its transport,
// dialer, timeouts and redirects; of the timeouts, those that a client would set
// by its DefaultsMode are not applied. An *http.Client is copied and its
// transport guarded as by [Fence.Transport]. Of any other, each request is judged.
func (f *Fence) AWS(cfg *aws.Config) {
	if cfg == nil {
		return
	}
	cfg.APIOptions = append(slices.Clone(cfg.APIOptions), func(stack *middleware.Stack) error {
		return f.guardOperation(stack)
	})
	cfg.HTTPClient = f.awsClient(cfg.HTTPClient)
}

// guardOperation puts the AWS guard into the stack of one operation, innermost
// in two of its steps: where the input has been written into a request, and
// where the request, signed, is about to be sent.
func (f *Fence) guardOperation(stack *middleware.Stack) error {
	g := &awsGuard{fence: f, operation: stack.ID(), named: &nothing}
	if err := stack.Serialize.Add(g, middleware.After); err != nil {
		return err
	}
	return stack.Deserialize.Add(g, middleware.After)
}

// An awsGuard is the AWS guard of one operation that is on its way.
type awsGuard struct {
	fence     *Fence
	operation string         // as the SDK names it
	named     *awscall.Named // by the input
	approval  *approval      // of an operation that named the same, or nil
	key       string         // that the input names, where the approval is wide
	first     attempt        // see newAttempt
}

// nothing is what an input names that was not read, for there was no policy.
var nothing awscall.Named

// ID is the guard's name in the stack.
func (g *awsGuard) ID() string { return g.fence.id }

// Format prints the guard's name, by any verb: it holds a signature.
func (g *awsGuard) Format(s fmt.State, _ rune) { fmt.Fprint(s, g.ID()) }

// HandleSerialize reads the typed input, which later steps do not have: now, as
// it is written into the request, for it may change while credentials are fetched.
func (g *awsGuard) HandleSerialize(ctx context.Context, in middleware.SerializeInput, next middleware.SerializeHandler) (middleware.SerializeOutput, middleware.Metadata, error) {
	if st := g.fence.state.Load(); !st.off {
		g.read(ctx, st, in.Parameters)
	}
	return next.HandleSerialize(ctx, in)
}

// read reads the input, unless it names what that of an approval does.
func (g *awsGuard) read(ctx context.Context, st *state, input any) {
	in := awscall.Input{Operation: g.operation, Value: input}
	g.approval, g.key = nil, ""
	if st.approves {
		if g.approval, g.key = st.approvals.recall(&in); g.approval != nil {
			g.named = &g.approval.named
			return
		}
	}
	g.named = in.Read(middleware.GetServiceID(ctx))
}

// HandleDeserialize judges an attempt. Nothing but the HTTP client comes after.
func (g *awsGuard) HandleDeserialize(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (out middleware.DeserializeOutput, md middleware.Metadata, err error) {
	r, ok := in.Request.(*smithyhttp.Request)
	st := g.fence.state.Load()
	if !ok || st.off {
		return next.HandleDeserialize(ctx, in)
	}
	v := g.approved(st, r.Request)
	if v == nil {
		if v, err = g.judge(ctx, st, r.Request); err != nil {
			return out, md, err
		}
	}
	if v == nil {
		// Judged above, or not a request that net/http would send. If something of
		// that is sent all the same, the guard of the HTTP client judges it.
		return next.HandleDeserialize(ctx, in)
	}
	defer v.over.Store(true)
	out, md, err = next.HandleDeserialize(v.under(ctx), in)
	if v.told != nil && (v.sent.Load() || !errors.Is(err, ErrBlocked)) { // else another call is blocked beneath, in place of this one
		v.settle(ctx)
	}
	return out, md, err
}

// approved returns the verdict on an attempt that goes out as r, if st allowed the same
// before, or nil.
func (g *awsGuard) approved(st *state, r *http.Request) *verdict {
	if g.approval == nil || g.approval.under != st {
		return nil
	}
	k, signature := st.approvals.cover(g.approval, r, g.key)
	if k == nil {
		return nil
	}
	return g.newAttempt().set(g.fence, st, r, &k.request, signature)
}

// newAttempt returns what is to become the verdict on an attempt. The guard has room for
// the first: most operations need no second one.
func (g *awsGuard) newAttempt() *attempt {
	if g.first.taken.Swap(true) {
		return new(attempt)
	}
	return &g.first
}

// judge judges an attempt that goes out as r. There is no verdict on what is no
// request, nor another on what was judged.
func (g *awsGuard) judge(ctx context.Context, st *state, r *http.Request) (*verdict, error) {
	f, named := g.fence, g.named
	if v := f.verdictFrom(ctx); v.isOn(r) && v.of == r {
		return nil, nil // it was judged: AWS was called twice for the configuration
	}
	if g.key != "" {
		named = named.WithKey(g.key)
	}
	remembers := st.approves && named.Typed() && f.account.own.Load() != nil // before it is judged
	said := named.Heed(r.Header)
	var call policy.Call
	if !g.describe(ctx, r, named, &said, &call) {
		return nil, nil
	}
	v, err := f.check(ctx, &call)
	if err != nil {
		return nil, err
	}
	if v == nil {
		if remembers && f.state.Load() == st { // it was judged by st
			st.keep(named, r, &said, &call)
		}
		return g.newAttempt().set(f, st, r, requestOf(r, &call), said.Signature), nil
	}
	v.of, v.became, v.path, v.raw = r, requestOf(r, &call), r.URL.Path, r.URL.RawPath
	v.signed, v.query = &said.Signature, r.URL.RawQuery
	return v, nil
}

// describe describes an attempt: as the request that it is, and as what the SDK
// says of it.
func (g *awsGuard) describe(ctx context.Context, r *http.Request, named *awscall.Named, said *awscall.Headers, call *policy.Call) bool {
	if call.SetRequest(r.Method, r.URL, r.Host) != nil {
		return false
	}
	signed := signatureOf(said.Signature)
	call.Kind, call.Service, call.Operation = policy.AWS, cmp.Or(named.Service(), middleware.GetServiceID(ctx)), g.operation
	call.Account, call.Self = g.fence.account.of(signed.keyID), g.fence.account.self()
	if call.Region = signed.region; call.Region == "" {
		h, _ := awshost.Parse(call.Host)
		call.Region = h.Region
	}
	if named.Contradicts(r.Method, call.Path, r.URL.RawQuery, *said) {
		call.Operation = "" // whatever it does, it is not what was asked for
		return true
	}
	host := cmp.Or(call.HostHeader, call.Host) // AWS goes by the header
	call.Access, call.Also, call.Resources = named.Describe(call.Region, call.Account, host, call.Path)
	return true
}

// awsClient guards the HTTP client of a configuration.
func (f *Fence) awsClient(base aws.HTTPClient) aws.HTTPClient {
	switch base := base.(type) {
	case nil:
		return f.buildable(awshttp.NewBuildableClient())
	case *awshttp.BuildableClient:
		return f.buildable(base)
	case *http.Client:
		guarded := *base
		guarded.Transport = f.Transport(base.Transport)
		return &guarded
	case doer:
		if base.fence == f {
			return base
		}
	}
	return doer{f.newGuard(sender{base})}
}

// buildable guards a client of the SDK's own kind.
func (f *Fence) buildable(base *awshttp.BuildableClient) aws.HTTPClient {
	frozen, ok := base.Freeze().(*http.Client)
	if !ok {
		return doer{f.newGuard(sender{base})}
	}
	guarded := *frozen // with its timeout, and its way with redirects
	guarded.Transport = f.known.of(base, func() *guard { return f.newBuildableGuard(base) })
	return &guarded
}

// newBuildableGuard sends by transports that base builds, with the fence as
// their dialer unless base has one of the user's.
func (f *Fence) newBuildableGuard(base *awshttp.BuildableClient) *guard {
	c := &transportCopy{fence: f, dialer: base.GetDialer()}
	c.dials = dialsAsSDK(base.GetTransport())
	fenced := base.WithTransportOptions(func(t *http.Transport) {
		if c.dials {
			t.DialContext = c.dial
		}
		if t.Proxy != nil {
			t.Proxy = c.through(t.Proxy)
		}
	})
	c.renewed = func() http.RoundTripper {
		if client, ok := fenced.Freeze().(*http.Client); ok {
			return closing(client.Transport)
		}
		return fenced.GetTransport()
	}
	c.start(c.renewed())
	f.tellUnjudged(base.GetTransport(), false, c.dials)
	return &guard{fence: f, base: base.GetTransport(), copy: c, owned: c.dials}
}

// A closable is a round tripper of the SDK's, with the transport that it wraps: it
// hides that one's CloseIdleConnections, without which the connections of each
// policy would stay until they time out.
type closable struct {
	http.RoundTripper
	within *http.Transport
}

func (c closable) CloseIdleConnections() { c.within.CloseIdleConnections() }

// closing returns rt with the transport that it wraps. Nothing but a look into it
// tells; should another version of the SDK have none in a field, rt stays as it is.
func closing(rt http.RoundTripper) http.RoundTripper {
	v := reflect.ValueOf(rt)
	if v.Kind() != reflect.Struct {
		return rt
	}
	for _, field := range v.Fields() {
		if field.Kind() == reflect.Interface && !field.IsNil() && field.Elem().Type() == reflect.TypeFor[*http.Transport]() {
			return closable{rt, (*http.Transport)(field.Elem().UnsafePointer())}
		}
	}
	return rt
}

// dialsAsSDK reports whether t makes its connections by the dialer that
// BuildableClient gives it.
func dialsAsSDK(t *http.Transport) bool {
	code := func(f dialFunc) uintptr { return reflect.ValueOf(f).Pointer() }
	standard := awshttp.NewBuildableClient().GetTransport().DialContext
	own := t.DialContext == nil || code(t.DialContext) == code(standard) || code(t.DialContext) == code(new(net.Dialer).DialContext)
	return own && t.Dial == nil && t.DialTLS == nil && t.DialTLSContext == nil //nolint:staticcheck // a deprecated dialer still dials
}

// A doer is a guarded client that is no *http.Client.
type doer struct{ *guard }

// Do sends r as RoundTrip does.
func (d doer) Do(r *http.Request) (*http.Response, error) { return d.RoundTrip(r) }

// A sender is a client as the base of a guard.
type sender struct{ client aws.HTTPClient }

func (s sender) RoundTrip(r *http.Request) (*http.Response, error) { return s.client.Do(r) }
