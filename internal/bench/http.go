package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

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
		"With spans, every call makes one: the context has a sampled parent, the SDK's batcher an exporter that discards. A fence folds equal events that come fast, ten of a kind in ten seconds; " +
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

// A row is a subject beside the one that does the same without it.
type row struct {
	subject
	beneath int          // which row
	spans   *spanCounter // of the SDK; nil: none
}

const payments = "- {host: api.payments.example, methods: [GET], paths: [/v1/**]}\n"

func (e effort) socketless(ctx context.Context, p *part) error {
	traced := sampled(ctx)
	live, err := requests(traced, "https://api.payments.example")
	if err != nil {
		return err
	}
	over, cancel := context.WithCancel(traced)
	cancel()
	done, err := requests(over, "https://api.payments.example")
	if err != nil {
		return err
	}
	fence, err := newFence(ctx, payments)
	if err != nil {
		return err
	}
	safe := safeurl.Client(safeurl.GetConfigBuilder().SetAllowedHosts("api.payments.example", "hooks.example.com").Build())
	safe.Client.Transport = answering{}
	otelSpans, fenceSpans, foldedSpans := newSpanCounter(), newSpanCounter(), newSpanCounter()
	folded, err := newFence(ctx, payments, wrapper.WithEvents(wrapper.All), wrapper.WithTracerProvider(foldedSpans.provider))
	if err != nil {
		return err
	}
	transport := &http.Transport{}
	rows := []row{
		{subject: sends("`*http.Transport`, context done", transport, done, true)},
		{subject: sends("lambdafence over it", fence.Transport(transport), done, true), beneath: 0},
		{subject: sends("a round tripper that answers", answering{}, live, false), beneath: 2},
		{subject: sends("lambdafence over it", fence.Transport(answering{}), live, false), beneath: 2},
		{subject: sends("otelhttp, no-op provider", otelhttp.NewTransport(answering{}, otelhttp.WithTracerProvider(noop.NewTracerProvider())), live, false), beneath: 2},
		{subject: sends("otelhttp, SDK, a span for each call", otelhttp.NewTransport(answering{}, otelhttp.WithTracerProvider(otelSpans.provider)), live, false), beneath: 2, spans: otelSpans},
		{subject: fresh(ctx, "lambdafence, SDK, a span for each call", fenceSpans, live), beneath: 2, spans: fenceSpans},
		{subject: sends("lambdafence, SDK, equal events folded", folded.Transport(answering{}), live[:1], false), beneath: 2, spans: foldedSpans},
		{subject: does("`http.Client` over it", &http.Client{Transport: answering{}}, live), beneath: 8},
		{subject: does("safeurl", safe, live), beneath: 8},
	}
	t, figures, err := e.slower(3).added(rows)
	if err != nil {
		return err
	}
	t.caption = "Without a socket, what is added to what is beneath:"
	p.tables = append(p.tables, t)
	added := func(i int) runs { return figures[i].less(figures[rows[i].beneath]) }
	p.budgets = append(p.budgets,
		budget{what: "HTTP guard adds / otelhttp no-op adds", got: added(1).over(added(4)), limit: 0.05, format: ratio},
		budget{what: "HTTP guard, allocations added to a plain call", got: once(rows[1].allocations() - rows[0].allocations()), limit: 0, format: count},
		budget{what: "HTTP guard with an SDK span adds / otelhttp with it", got: added(6).over(added(5)), limit: 0.4, format: ratio})
	return nil
}

// fresh sends by a fence that makes a span of each call, a new one for each round.
func fresh(ctx context.Context, name string, spans *spanCounter, requests []*http.Request) subject {
	var now subject
	return subject{name: name,
		do: func(n int) error { return now.do(n) },
		fresh: func() error {
			f, err := newFence(ctx, payments, wrapper.WithEvents(wrapper.All), wrapper.WithTracerProvider(spans.provider))
			if err != nil {
				return err
			}
			now = sends(name, f.Transport(answering{}), requests, false)
			return nil
		}}
}

// does has a client make the requests.
func does(name string, c interface {
	Do(*http.Request) (*http.Response, error)
}, requests []*http.Request) subject {
	return sends(name, doer{c}, requests, false)
}

type doer struct {
	client interface {
		Do(*http.Request) (*http.Response, error)
	}
}

func (d doer) RoundTrip(r *http.Request) (*http.Response, error) { return d.client.Do(r) }

// added times the rows and tells what each adds.
func (e effort) added(rows []row) (table, []runs, error) {
	var subjects []subject
	for _, r := range rows {
		subjects = append(subjects, r.subject)
	}
	figures, err := e.inTurns(subjects...)
	if err != nil {
		return table{}, nil, err
	}
	t := table{head: []string{"", "time of a call", "adds", "allocations it adds", "spans a call"}}
	for i, r := range rows {
		allocs, spans := r.allocations(), "0"
		if r.spans != nil {
			if spans, err = r.spans.perCall(r.subject); err != nil {
				return table{}, nil, err
			}
		}
		if r.beneath == i {
			t.add(r.name, nanos(figures[i].median()), "", "", "")
			continue
		}
		below := rows[r.beneath]
		t.add(r.name, nanos(figures[i].median()), within(figures[i].less(figures[r.beneath]), nanos), count(allocs-below.allocations()), spans)
	}
	return t, figures, nil
}

func ratio(f float64) string { return fmt.Sprintf("%.3f", f) }
