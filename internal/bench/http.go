package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/doyensec/safeurl"

	"github.com/lambdafence/lambdafence/internal/bench/engines"
	"github.com/lambdafence/lambdafence/policy/source"
	"github.com/lambdafence/lambdafence/wrapper"
)

func measureHTTP(ctx context.Context, e effort) (part, error) {
	p := part{name: "http", title: "An HTTP call", text: []string{
		"What a guard adds to an allowed call, by a policy of 100 rules in enforce mode, each call to another path. Without a socket, so that the added time stands by itself: " +
			"beneath is a round tripper that answers at once. A fence copies an `*http.Transport` to have the connections judged, and then passes a call on as it is; that form, the usual one, is measured with " +
			"requests whose context is done, which net/http gives back without a connection after the guard has done all that it does. Over any other round tripper " +
			"the fence hands its verdict down in the context, which allocates.",
		"With spans, every call makes one, but for the row that says otherwise: an allowed call makes no event by default, and so no span. The context has a sampled parent, the SDK's batcher an exporter that discards. A fence folds equal events that come fast, ten of a kind in ten seconds; " +
			"each round of the row \"a span for each call\" begins with a fence that has seen none. Log lines go to a handler that discards, since no peer writes any.",
	}}
	if err := e.socketless(ctx, &p); err != nil {
		return p, err
	}
	return p, e.loopback(ctx, &p)
}

const distinct = 26 * 26 // of 1,000 that the fence tells apart

// newFence has a policy of 100 rules and those given, as YAML.
func newFence(ctx context.Context, rules string, opts ...wrapper.Option) (*wrapper.Fence, error) {
	doc := append(engines.Document(engines.Rules(100)), rules...)
	opts = append(opts, wrapper.WithPolicy(source.Static("bench", doc)), wrapper.WithRefresh(0), wrapper.WithAccount(ownAccount),
		wrapper.WithLogger(slog.New(slog.DiscardHandler)))
	return wrapper.New(ctx, opts...)
}

// answering answers every request at once.
type answering struct{}

func (answering) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
}

// requests are GET requests of different paths.
func requests(ctx context.Context, base string) ([]*http.Request, error) {
	all := make([]*http.Request, distinct)
	for i := range all {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, base+letters("/v1/charges/ch", i), nil)
		if err != nil {
			return nil, err
		}
		all[i] = r
	}
	return all, nil
}

// sends has rt send the requests, one after the other. gone: their context is done.
func sends(name string, rt http.RoundTripper, requests []*http.Request, gone bool) subject {
	at := 0
	return subject{name: name, do: func(n int) error {
		for range n {
			resp, err := rt.RoundTrip(requests[at])
			if gone && errors.Is(err, context.Canceled) {
				err = nil
			}
			if err != nil {
				return err
			}
			if resp != nil {
				resp.Body.Close()
			}
			if at++; at == len(requests) {
				at = 0
			}
		}
		return nil
	}}
}

const payments = "- {host: api.payments.example, methods: [GET], paths: [/v1/**]}\n"

func (e effort) socketless(ctx context.Context, p *part) error {
	live, err := requests(sampled(ctx), "https://api.payments.example")
	if err != nil {
		return err
	}
	p.tables = append(p.tables, addedTable("Without a socket, what is added to what is beneath:"))
	if err := e.plainHTTP(ctx, p, live); err != nil {
		return err
	}
	if err := e.tracedHTTP(ctx, p, live); err != nil {
		return err
	}
	return e.parallelHTTP(ctx, p, live)
}

// plainHTTP times guards that make no spans.
func (e effort) plainHTTP(ctx context.Context, p *part, live []*http.Request) error {
	done, fence, err := givenUp(ctx, live)
	if err != nil {
		return err
	}
	safe := safeurl.Client(safeurl.GetConfigBuilder().SetAllowedHosts("api.payments.example", "hooks.example.com").Build())
	safe.Client.Transport = answering{}
	transport := &http.Transport{}
	rows := []row{
		{subject: sends("`*http.Transport`, context done", transport, done, true)},
		{subject: sends("lambdafence over it", fence.Transport(transport), done, true)},
		{subject: sends("a round tripper that answers", answering{}, live, false), beneath: 2},
		{subject: sends("lambdafence over it", fence.Transport(answering{}), live, false), beneath: 2},
		{subject: sends("otelhttp, no-op provider", otelhttp.NewTransport(answering{}, otelhttp.WithTracerProvider(noop.NewTracerProvider())), live, false), beneath: 2},
		{subject: sends("`http.Client` over it", doer{&http.Client{Transport: answering{}}}, live, false), beneath: 5},
		{subject: sends("safeurl", doer{safe}, live, false), beneath: 5},
	}
	figures, err := e.added(&p.tables[len(p.tables)-1], rows)
	if err != nil {
		return err
	}
	p.budgets = append(p.budgets,
		budget{what: "HTTP guard adds / otelhttp no-op adds", got: figures[1].over(figures[4]), limit: 0.05, format: ratio},
		budget{what: "HTTP guard, allocations added to a plain call", got: once(rows[1].allocations() - rows[0].allocations()), limit: 0, format: count})
	return nil
}

// givenUp are the requests with a context that is done, and a fence for them.
func givenUp(ctx context.Context, live []*http.Request) ([]*http.Request, *wrapper.Fence, error) {
	over, cancel := context.WithCancel(live[0].Context())
	cancel()
	done := make([]*http.Request, len(live))
	for i, r := range live {
		done[i] = r.WithContext(over)
	}
	fence, err := newFence(ctx, payments)
	return done, fence, err
}

// parallelHTTP times guards on all cores at once.
func (e effort) parallelHTTP(ctx context.Context, p *part, live []*http.Request) error {
	done, fence, err := givenUp(ctx, live)
	if err != nil {
		return err
	}
	cores := runtime.NumCPU()
	all := func(name string, rt http.RoundTripper, requests []*http.Request, gone bool) subject {
		var each []subject
		for range cores {
			each = append(each, sends(name, rt, requests, gone))
		}
		s := together(each...)
		s.name = name
		return s
	}
	transport := &http.Transport{}
	t := addedTable(fmt.Sprintf("The same by %d goroutines at once on %d cores, the time divided by all calls:", cores, cores))
	_, err = e.slower(3).added(&t, []row{
		{subject: all("`*http.Transport`, context done", transport, done, true)},
		{subject: all("lambdafence over it", fence.Transport(transport), done, true)},
		{subject: all("a round tripper that answers", answering{}, live, false), beneath: 2},
		{subject: all("otelhttp, no-op provider", otelhttp.NewTransport(answering{}, otelhttp.WithTracerProvider(noop.NewTracerProvider())), live, false), beneath: 2},
	})
	p.tables = append(p.tables, t)
	return err
}

// tracedHTTP times guards that make spans of the SDK.
func (e effort) tracedHTTP(ctx context.Context, p *part, live []*http.Request) error {
	spans := newSpanCounter()
	spanning := func() (http.RoundTripper, error) {
		f, err := newFence(ctx, payments, wrapper.WithEvents(wrapper.All), wrapper.WithTracerProvider(spans.provider))
		return f.Transport(answering{}), err
	}
	folded, err := spanning()
	if err != nil {
		return err
	}
	silent, err := newFence(ctx, payments, wrapper.WithTracerProvider(spans.provider))
	if err != nil {
		return err
	}
	rows := []row{
		{subject: sends("a round tripper that answers", answering{}, live, false)},
		{subject: sends("otelhttp, SDK, a span for each call", otelhttp.NewTransport(answering{}, otelhttp.WithTracerProvider(spans.provider)), live, false), spans: spans},
		{subject: renewed("lambdafence, SDK, a span for each call", func() (subject, error) {
			rt, err := spanning()
			return sends("", rt, live, false), err
		}), spans: spans},
		{subject: sends("lambdafence, SDK, equal events folded", folded, live[:1], false), spans: spans},
		{subject: sends("lambdafence, SDK, events as by default", silent.Transport(answering{}), live, false), spans: spans},
	}
	figures, err := e.added(&p.tables[len(p.tables)-1], rows)
	if err != nil {
		return err
	}
	p.budgets = append(p.budgets,
		budget{what: "HTTP guard in an SDK span, no event for what is allowed / otelhttp with the SDK", got: figures[4].over(figures[1]), limit: 0.4, format: ratio},
		budget{what: "HTTP guard that makes an SDK span of each call / otelhttp with the SDK", got: figures[2].over(figures[1]), limit: 0.4, format: ratio})
	return nil
}

// renewed is another subject in each round.
func renewed(name string, another func() (subject, error)) subject {
	var now subject
	return subject{name: name,
		do:    func(n int) error { return now.do(n) },
		fresh: func() (err error) { now, err = another(); return err }}
}

// A doer makes a round tripper of a client.
type doer struct {
	client interface {
		Do(*http.Request) (*http.Response, error)
	}
}

func (d doer) RoundTrip(r *http.Request) (*http.Response, error) { return d.client.Do(r) }

func ratio(f float64) string { return fmt.Sprintf("%.3f", f) }
