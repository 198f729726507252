package wrapper

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/lambdafence/lambdafence/policy"
)

// A Fence judges outbound calls: its sources, its compiled policy, its guards
// and its events. It is safe for concurrent use.
type Fence struct {
	config   *config
	function FunctionRef
	policies *policies
	state    atomic.Pointer[state]
	known    knownGuards
	tally    tally  // of violations, and of all calls
	seen     tally  // of first sights
	id       string // of its guards in the SDK's stacks
	reporter reporter
	life     life
	otlp     []policy.Call // the endpoints of the exporter, by host and port
	account  account
	unjudged [2]sync.Once // what was told of addresses that are not judged
}

// A state is what a fence judges by. It is swapped whole, so that an event
// always names the policy that decided.
type state struct {
	set        *policy.Set
	refs       []PolicyRef // one for each layer
	generation uint64
	events     Events
	off        bool
	approves   bool // what it allows once it allows always, and without an event
	approvals  approvals
}

// New makes a fence and loads its policy within 2 seconds. The error is a
// mistake in opts; a policy that cannot be loaded gives a working fence under
// the load-error rule (see [WithOnLoadError]).
func New(ctx context.Context, opts ...Option) (*Fence, error) {
	c, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	f := &Fence{
		config: c,
		function: FunctionRef{
			Name:    os.Getenv("AWS_LAMBDA_FUNCTION_NAME"),
			Version: os.Getenv("AWS_LAMBDA_FUNCTION_VERSION"),
		},
		otlp: otlpEndpoints(),
	}
	f.id = fmt.Sprintf("lambdafence %p", f)
	f.reporter.config = c
	f.account.start(c.account)
	for _, err := range c.misread {
		f.reporter.notice(ctx, "setting ignored", err, PolicyRef{})
	}
	f.policies = newPolicies(f, c)
	ctx, cancel := context.WithTimeout(ctx, loadBudget)
	defer cancel()
	began := time.Now()
	err = f.policies.load(ctx) // a failure is logged, and its layer falls under the load-error rule
	f.life.ended(began, err, f.policies.fallback())
	return f, nil
}

// Must returns f, and panics if err is not nil.
func Must(f *Fence, err error) *Fence {
	if err != nil {
		panic(err)
	}
	return f
}

// Start is lambda.Start behind a fence: it makes one from opts and the
// environment, guards the default transport and runs handler. It panics if an
// option is wrong, and does not return.
func Start(handler any, opts ...Option) {
	Must(New(context.Background(), opts...)).Start(handler)
}

// Start guards http.DefaultTransport and runs lambda.Start with the wrapped
// handler. It does not return.
func (f *Fence) Start(handler any, opts ...lambda.Option) {
	f.GuardDefault()
	lambda.StartWithOptions(f.Wrap(handler, opts...))
}

// Check judges a call that no guard sees, such as one of a driver that opens its
// own connections. It makes the event, and returns a [*BlockedError] if the
// policy blocks the call. The caller then must not make it.
func (f *Fence) Check(ctx context.Context, call policy.Call) error {
	if ctx == nil {
		ctx = context.Background()
	}
	v, err := f.check(ctx, canonical(&call))
	v.settle(ctx)
	return err
}

// canonical puts what a user described by hand into the form of the guards.
func canonical(c *policy.Call) *policy.Call {
	if c.Host != "" || c.Kind != policy.AWS { // of an AWS call the host may be unknown
		c.Host = policy.CanonicalHost(c.Host)
	}
	c.Scheme, c.Network = strings.ToLower(c.Scheme), strings.ToLower(c.Network)
	for _, family := range []string{"tcp", "udp", "unix", "ip"} {
		if strings.HasPrefix(c.Network, family) {
			c.Network = family
		}
	}
	return c
}

// check is where call, decision, outcome and event meet. It returns nothing for
// a call that is allowed and makes no event: that is the path of most calls,
// and it does not allocate. Otherwise the verdict says what was found, and the
// guard settles it when the call is made.
func (f *Fence) check(ctx context.Context, c *policy.Call) (*verdict, error) {
	st := f.state.Load()
	if st.off {
		return nil, nil // the kill switch
	}
	c.Function = f.function.Name
	if st.set.NeedsTime() && c.Time.IsZero() {
		c.Time = time.Now()
	}
	var by *callPath
	if st.set.NeedsCallers() {
		by = f.attribute(ctx, c)
	}
	d := st.set.Decide(c)
	untold := d.Effect == policy.Allow && st.events == Violations
	if untold && !st.set.NeedsCallers() { // else who calls is to be known where the connection is made
		return nil, nil
	}
	if by == nil {
		by = f.attribute(ctx, c)
	}
	v := newVerdict(f, st, c, d)
	v.by = by
	v.recorded.Store(untold) // nothing to record
	if v.outcome == Allowed {
		return v, nil
	}
	v.record(ctx)
	return v, v.err()
}

// checkReached judges the address that a call is about to connect to. v is the
// verdict on the call, or nil where there was nothing to note. It returns nil
// where nothing is to be said of the address that v does not say already.
func (f *Fence) checkReached(ctx context.Context, c *policy.Call, v *verdict) *verdict {
	st := f.state.Load()
	if st.off {
		return nil
	}
	c.Function = f.function.Name
	if st.set.NeedsTime() {
		c.Time = time.Now()
	}
	if v != nil && v.told == nil {
		v = nil
	}
	if v != nil {
		c.Caller, c.Callers = v.call.Caller, v.call.Callers
	}
	if st.set.NeedsCallers() {
		f.attribute(ctx, c)
	}
	d := st.set.DecideReached(c)
	r := newVerdict(f, st, c, d)
	switch {
	case d.Effect == policy.Allow, r.outcome == Allowed && st.events == Violations:
		return nil
	case v == nil:
		f.attribute(ctx, &r.call)
	case v.decision.Effect == policy.Deny && r.outcome <= v.outcome:
		return nil
	default:
		r.call = v.call
		r.call.Addr = c.Addr
		v.recorded.Store(true) // one call, one event: this one knows more
	}
	return r
}
