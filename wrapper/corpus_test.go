package wrapper_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/lambdafence/lambdafence/internal/corpus"
	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/policy/source"
	"github.com/lambdafence/lambdafence/wrapper"
)

// An everywhere is a network in which every address is a server of the test's:
// what a request would have reached anywhere, it reaches here.
type everywhere struct {
	plain, secure *httptest.Server
	tls           bool // of the request that is on its way
	dials         atomic.Int64
	transport     *http.Transport
}

func newEverywhere(t *testing.T) *everywhere {
	answer := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	e := &everywhere{plain: httptest.NewServer(answer), secure: httptest.NewTLSServer(answer)}
	e.transport = &http.Transport{
		DisableKeepAlives: true,
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true},
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			e.dials.Add(1)
			to := e.plain
			if e.tls {
				to = e.secure
			}
			return new(net.Dialer).DialContext(ctx, "tcp", to.Listener.Addr().String())
		},
	}
	t.Cleanup(e.plain.Close)
	t.Cleanup(e.secure.Close)
	return e
}

// TestCorpus runs testdata/corpus through a real client behind the HTTP guard:
// the verdict must be the one that Decide gives, and what is blocked must not
// reach anything.
func TestCorpus(t *testing.T) {
	files, err := corpus.Glob("../testdata/corpus/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	world := newEverywhere(t)
	calls := 0
	for _, file := range files {
		t.Run(file.Name, func(t *testing.T) {
			for k, v := range file.Platform {
				t.Setenv(k, v)
			}
			for _, c := range file.Calls {
				// A client has neither the time nor the address in its hands.
				if c.Time.IsZero() && !c.Addr.IsValid() && !dated(file) {
					calls++
					runCall(t, file, &c, world)
				}
			}
		})
	}
	if calls < 100 {
		t.Errorf("only %d calls", calls)
	}
}

// dated reports whether a policy asks for the time, which a fence always knows.
func dated(file *corpus.File) bool {
	return slices.ContainsFunc(file.Layers, func(doc []byte) bool { return bytes.Contains(doc, []byte("until:")) })
}

func runCall(t *testing.T, file *corpus.File, c *corpus.Call, world *everywhere) {
	t.Helper()
	t.Setenv("AWS_LAMBDA_FUNCTION_NAME", c.Function)
	var layers []source.Source
	for _, doc := range file.Layers {
		layers = append(layers, source.Static(file.Name, doc))
	}
	var events []wrapper.Event
	f := wrapper.Must(wrapper.New(t.Context(), discard(), sinkTo(&events), wrapper.WithPolicy(layers...), wrapper.WithEvents(wrapper.All)))

	before := world.dials.Load()
	refused, err := makeCall(t, f, c, world)
	arrived := world.dials.Load() > before || c.URL == "" && err == nil
	blocked := errors.Is(err, wrapper.ErrBlocked)
	fail := func(format string, args ...any) {
		t.Helper()
		t.Errorf("%s:%d: %s: "+format, append([]any{file.Name, c.Line, c}, args...)...)
	}
	switch {
	case c.Want == corpus.Refused:
		if !refused || arrived {
			fail("error = %v, arrived %v; want it refused", err, arrived)
		}
		return
	case refused:
		if c.Want == corpus.Allow || arrived {
			fail("refused with %v, arrived %v", err, arrived)
		}
		return
	case arrived == blocked:
		fail("blocked %v and arrived %v (%v)", blocked, arrived, err)
	}
	if len(events) == 0 { // the policy is off
		if blocked || c.Mode != "" && c.Mode != "off" {
			fail("no event")
		}
		return
	}
	ev := events[0]
	// The guard knows more of a request to AWS than a bare method and URL tell, so
	// that another rule may have denied it.
	told := ev.Call.Kind == policy.AWS
	if len(events) != 1 || (ev.Decision.Effect == policy.Allow) != (c.Want == corpus.Allow) || ev.Decision.Rule != c.Rule && !told {
		fail("events = %+v", events)
	}
	if c.Mode != "" && ev.Decision.Mode.String() != c.Mode || c.Layer >= 0 && ev.Decision.Layer != c.Layer {
		fail("decision = %+v", ev.Decision)
	}
	if blocked != (ev.Outcome == wrapper.Blocked) {
		fail("outcome %s, error %v", ev.Outcome, err)
	}
}

// makeCall makes the call, and reports whether Go itself refused it.
func makeCall(t *testing.T, f *wrapper.Fence, c *corpus.Call, world *everywhere) (refused bool, err error) {
	if c.Service != "" {
		call, err := operation(c)
		if err != nil {
			return true, err
		}
		return false, f.Check(t.Context(), call)
	}
	if c.URL == "" {
		call, err := policy.NetCall(c.Network, c.Address)
		if err != nil {
			return true, err
		}
		return false, f.Check(t.Context(), call)
	}
	req, err := http.NewRequestWithContext(t.Context(), c.Method, c.URL, nil)
	if err != nil {
		return true, err
	}
	if c.Host != "" {
		req.Host = c.Host
	}
	if _, err := policy.HTTPCall(c.Method, req.URL, req.Host); err != nil {
		refused = true
	}
	world.tls = req.URL.Scheme == "https"
	resp, err := f.Transport(world.transport).RoundTrip(req)
	if err == nil {
		resp.Body.Close()
	}
	return refused, err
}

// operation describes a call of AWS. That the AWS guard describes its own so, its
// tests show.
func operation(c *corpus.Call) (call policy.Call, err error) {
	if c.At != "" {
		u, err := url.Parse(c.At)
		if err != nil {
			return call, err
		}
		if call, err = policy.HTTPCall("POST", u, c.Host); err != nil {
			return call, err
		}
	}
	call.Kind, call.Service, call.Operation, call.Resources = policy.AWS, c.Service, c.Operation, c.Resources
	call.Region, call.Account, call.Self = c.Region, c.Account, c.Self
	for a := policy.List; a <= policy.Permissions; a++ {
		switch a.String() {
		case c.Access:
			call.Access = a
		case c.Also:
			call.Also = []policy.Access{a}
		}
	}
	return call, nil
}
