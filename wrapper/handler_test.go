package wrapper_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/google/go-cmp/cmp"
	"github.com/lambdafence/lambdafence/policy/source"
	"github.com/lambdafence/lambdafence/wrapper"
	"github.com/lambdafence/lambdafence/wrapper/testdata/bootstrap/cases"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

// rtNil are the cases that lambda.Start panics with at the first invocation, for
// which the fence has an error.
var rtNil = []string{"nil function", "nil Handler", "nil Handler function"}

// What a handler answers is what it answers without the fence: the requests that
// the runtime's client sends to the Runtime API are the same, header for header
// and byte for byte.
func TestHandlerAnswersAsWithoutFence(t *testing.T) {
	for _, c := range cases.All() {
		if slices.Contains(rtNil, c.Name) {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			raw, fenced := rtAnswers(t, c, ""), rtAnswers(t, c, "fence.Start")
			if diff := cmp.Diff(raw.answers, fenced.answers); diff != "" {
				t.Errorf("answers (-raw +fenced):\n%s", diff)
			}
			if diff := cmp.Diff(raw.notes, fenced.notes); diff != "" {
				t.Errorf("what the handler's values saw (-raw +fenced):\n%s", diff)
			}
			if c.Runs >= 0 {
				return
			}
			rtWantInvocations(t, fenced.trace, len(c.Events))
		})
	}
}

// rtWantInvocations fails the test unless the fence saw n invocations and
// flushed once after each.
func rtWantInvocations(t *testing.T, trace []string, n int) {
	t.Helper()
	if want := slices.Repeat([]string{"span function", "flush"}, n); !slices.Equal(trace, want) {
		t.Errorf("%q, want %q", trace, want)
	}
}

// rtOutcome is what the world sees of the invocations of a case.
type rtOutcome struct {
	answers []rtRequest
	notes   []string // of closed readers and signals
	trace   []string // of the fence
}

func rtAnswers(t *testing.T, c cases.Case, fence string) rtOutcome {
	s := rtStart(t, rtConfig{Case: c.Name, Fence: fence})
	s.put("go on", "")
	for _, event := range c.Events {
		s.invoke(event)
	}
	if c.Exits {
		if _, err := s.tryInvoke("null"); err == nil {
			t.Error("the process lives on")
		}
	} else {
		rtEventually(t, "the runtime's next question", func() bool { return s.tap.times("/invocation/next ") > len(c.Events) })
	}
	s.close()
	var o rtOutcome
	for _, r := range s.tap.requests() {
		if r.Method == http.MethodPost && strings.Contains(r.Path, "/invocation/") {
			o.answers = append(o.answers, r.comparable(c.Exits))
		}
	}
	if len(o.answers) != len(c.Events) {
		t.Fatalf("%d answers to %d events", len(o.answers), len(c.Events))
	}
	o.notes = append(s.lines("closed"), s.lines("sigterm")...)
	o.trace = s.lines("trace")
	return o
}

// The same in the process, where Invoke is called as tests of users do.
func TestHandlerInvokesAsWithoutFence(t *testing.T) {
	f := rtFence(t, rtDenyAll)
	all := cases.All()
	for i, c := range all {
		if c.Name == "SIGTERM" || c.Name == "do, for SIGTERM" || slices.Contains(rtNil, c.Name) {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			t.Setenv("BOOTSTRAP_SCRATCH", t.TempDir())
			if err := os.WriteFile(cases.Scratch("go on"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
			again := cases.All()[i] // readers can be read once
			raw, fenced := lambda.NewHandlerWithOptions(c.Handler, c.Options...), f.Wrap(again.Handler, again.Options...)
			for _, event := range c.Events {
				want, got := rtInvoke(t, raw, event), rtInvoke(t, fenced, event)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("event %s (-raw +fenced):\n%s", event, diff)
				}
			}
			closed, _ := os.ReadFile(cases.Scratch("closed"))
			if n := strings.Count(string(closed), "closed"); n%2 != 0 {
				t.Errorf("closed %d times by both", n)
			}
		})
	}
}

// rtInvoke tells what Invoke did, in words that can be compared.
func rtInvoke(t *testing.T, h lambda.Handler, event string) (did []string) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			did = []string{fmt.Sprintf("panic %T %v", p, p)}
		}
	}()
	ctx := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{AwsRequestID: "id-1"})
	payload, err := h.Invoke(ctx, []byte(event))
	if err != nil {
		return []string{fmt.Sprintf("error %T", err), rtPointer.ReplaceAllString(err.Error(), "pointer")}
	}
	return []string{string(payload)}
}

var rtPointer = regexp.MustCompile(`0x[0-9a-f]+`)

// What is no handler gives an error that says so. Where lambda.Start has a text
// for it, TestHandlerAnswersAsWithoutFence holds the fence to the same.
func TestHandlerThatIsNone(t *testing.T) {
	var (
		fn      func(context.Context) error
		pointer *rtHandler
		tests   = []struct {
			name    string
			handler any
			want    string
		}{
			{"nil", nil, "handler is nil"},
			{"a nil function", fn, "lambdafence: handler is a nil func(context.Context) error"},
			{"a nil Handler", pointer, "lambdafence: handler is a nil *wrapper_test.rtHandler"},
			{"a string", "main.handle", "handler kind string is not func"},
			{"three arguments", func(int, int, int) {}, "handlers may not take more than two arguments, but handler takes 3"},
			{"one result, no error", func() int { return 1 }, "handler returns a single value, but it does not implement error"},
		}
	)
	f := rtFence(t, rtDenyAll)
	for _, tt := range tests {
		for range 2 { // each time, and never a panic
			if _, err := f.Wrap(tt.handler).Invoke(t.Context(), []byte("null")); err == nil || err.Error() != tt.want {
				t.Errorf("%s: error %v, want %s", tt.name, err, tt.want)
			}
		}
	}
	for _, name := range rtNil {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := rtStart(t, rtConfig{Case: name, Fence: "fence.Start"})
			for range 2 {
				if res := s.invoke("null"); !res.Failed || !strings.Contains(string(res.Payload), "handler is a nil") {
					t.Errorf("answer %s", res.Payload)
				}
			}
		})
	}
}

type rtHandler struct{}

func (*rtHandler) Invoke(context.Context, []byte) ([]byte, error) { return nil, nil }

// A body streams: its first bytes arrive before the handler has written the
// last, and the invocation ends with its end.
func TestHandlerStreams(t *testing.T) {
	for _, name := range []string{"stream", "built stream"} {
		for _, fence := range []string{"", "fence.Start", "two fences"} {
			t.Run(name+" "+fence, func(t *testing.T) {
				t.Parallel()
				s := rtStart(t, rtConfig{Case: name, Fence: fence})
				answered := make(chan struct{})
				go func() {
					defer close(answered)
					res := s.invoke("null")
					if string(res.Payload) != "firstsecond" || res.ContentType != "text/event-stream" || res.Failed {
						t.Errorf("answer %s, %s, failed %v", res.Payload, res.ContentType, res.Failed)
					}
				}()
				rtEventually(t, "the first bytes", func() bool { return s.tap.saw("first") })
				if s.tap.saw("second") || len(s.lines("trace")) > 0 {
					t.Errorf("the invocation is over: %q", s.lines("trace"))
				}
				s.put("go on", "")
				<-answered
				s.invoke("null")
				rtEventually(t, "the second Close", func() bool { return len(s.lines("closed")) == 2 })
				s.close()
				rtWantInvocations(t, s.lines("trace"), map[string]int{"": 0, "fence.Start": 2, "two fences": 2}[fence])
				if n := len(s.lines("closed")); n != 2 {
					t.Errorf("closed %d times in 2 invocations", n)
				}
			})
		}
	}
}

// rtReader is a response that tells of its end.
type rtReader struct {
	io.Reader
	closed int
}

func (r *rtReader) Close() error               { r.closed++; return nil }
func (*rtReader) MarshalJSON() ([]byte, error) { return nil, errors.New("not JSON") }

// The invocation of a streamed body is over at its end, whichever way it ends.
func TestHandlerStreamEnd(t *testing.T) {
	tests := []struct {
		name string
		body io.Reader
		err  string
	}{
		{"at its end", strings.NewReader("text"), ""},
		{"with its last bytes", iotest.DataErrReader(strings.NewReader("text")), ""},
		{"by an error", io.MultiReader(strings.NewReader("te"), iotest.ErrReader(errors.New("half-way"))), "half-way"},
		{"never read", nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			spans := rtTracer(t)
			f := rtFence(t, rtDenyAll, wrapper.WithTracerProvider(spans))
			response := &rtReader{Reader: tt.body}
			if tt.body == nil {
				response.Reader = iotest.ErrReader(io.EOF)
			}
			h := f.Wrap(func(ctx context.Context) (*rtReader, error) {
				if err := rtGet(ctx, f.Client(), "https://denied.example/"); !errors.Is(err, wrapper.ErrBlocked) {
					t.Errorf("error %v", err)
				}
				if spans.flushes.Load() != 0 {
					t.Error("flushed before the end")
				}
				return response, nil
			})
			_, err := h.Invoke(t.Context(), []byte("null"))
			if got := fmt.Sprint(err); tt.err != "" && got != tt.err {
				t.Errorf("error %v, want %s", err, tt.err)
			}
			if response.closed != 1 || spans.flushes.Load() != 1 {
				t.Errorf("closed %d times, flushed %d times, want 1 each", response.closed, spans.flushes.Load())
			}
			span := spans.only(t, "invocation")
			if failed := span.Status.Code == codes.Error; failed != (tt.err != "") {
				t.Errorf("status %v", span.Status)
			}
		})
	}
}

// The handler's context is the runtime's: its deadline, its values, its
// cancellation.
func TestHandlerContext(t *testing.T) {
	f := rtFence(t, rtDenyAll)
	type key struct{}
	lc := &lambdacontext.LambdaContext{AwsRequestID: "id-1", InvokedFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:orders:live"}
	for _, kind := range []string{"function", "built", "Handler"} {
		ctx, cancel := context.WithTimeout(context.WithValue(lambdacontext.NewContext(t.Context(), lc), key{}, "value"), time.Minute)
		defer cancel()
		want, _ := ctx.Deadline()
		fn := func(ctx context.Context) error {
			got, _ := lambdacontext.FromContext(ctx)
			deadline, _ := ctx.Deadline()
			if got != lc || !deadline.Equal(want) || ctx.Value(key{}) != "value" || ctx.Err() != nil {
				t.Errorf("%s: lambda context %v, deadline %v, value %v, error %v", kind, got, deadline, ctx.Value(key{}), ctx.Err())
			}
			cancel()
			return ctx.Err()
		}
		h := map[string]any{"function": fn, "built": lambda.NewHandler(fn), "Handler": rtInvoker(fn)}[kind]
		if _, err := f.Wrap(h).Invoke(ctx, []byte("null")); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: error %v", kind, err)
		}
	}
}

type rtInvoker func(context.Context) error

func (f rtInvoker) Invoke(ctx context.Context, _ []byte) ([]byte, error) { return nil, f(ctx) }

const rtTrace = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=%d;Lineage=1:abc:0"

// Where the context has no span there is one for the invocation, which tells
// what was stopped in it.
func TestHandlerInvocationSpan(t *testing.T) {
	t.Setenv("AWS_LAMBDA_FUNCTION_NAME", "orders")
	t.Setenv("AWS_LAMBDA_FUNCTION_VERSION", "7")
	t.Setenv("AWS_LAMBDA_LOG_STREAM_NAME", "2026/11/21/[7]abc")
	t.Setenv("AWS_REGION", "eu-west-1")
	spans := rtTracer(t)
	f := rtFence(t, `{version: 1, mode: enforce, allow: [], deny: [{host: reported.invalid, mode: report}]}`, wrapper.WithTracerProvider(spans))
	arn := "arn:aws:lambda:eu-west-1:123456789012:function:orders:live"
	ctx := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{AwsRequestID: "id-1", InvokedFunctionArn: arn})
	ctx = context.WithValue(ctx, "x-amzn-trace-id", fmt.Sprintf(rtTrace, 1)) //nolint:staticcheck // the key of aws-lambda-go

	h := f.Wrap(func(ctx context.Context) error {
		for _, url := range []string{"https://a.example/", "https://b.example/"} {
			_ = rtGet(ctx, f.Client(), url)
		}
		return nil
	})
	if _, err := h.Invoke(ctx, []byte("null")); err != nil {
		t.Fatal(err)
	}
	inv := spans.only(t, "orders")
	if inv.SpanKind != trace.SpanKindServer || inv.Status.Code != codes.Unset {
		t.Errorf("kind %v, status %v", inv.SpanKind, inv.Status)
	}
	if got := inv.Parent; !got.IsRemote() || got.TraceID().String() != "5759e988bd862e3fe1be46a994272793" || got.SpanID().String() != "53995c3f42cd8ad8" {
		t.Errorf("parent %v", got)
	}
	rtAttributes(t, inv, map[string]any{
		"faas.name": "orders", "faas.version": "7", "faas.invocation_id": "id-1", "faas.instance": "2026/11/21/[7]abc",
		"cloud.region": "eu-west-1", "aws.lambda.invoked_arn": arn,
		"lambdafence.blocked": int64(2), "lambdafence.reported": int64(0),
	})
	blocked := 0
	for _, s := range spans.GetSpans() {
		if s.Name == "lambdafence blocked" {
			blocked++
			if s.Parent.SpanID() != inv.SpanContext.SpanID() {
				t.Errorf("the event's parent is %v", s.Parent)
			}
		}
	}
	if blocked != 2 {
		t.Errorf("%d events", blocked)
	}
}

func TestHandlerInvocationSpanParents(t *testing.T) {
	tests := []struct {
		name, header string
		parent       string // of the invocation span; empty: it is a root
		spans        int    // that are recorded
	}{
		{"sampled", fmt.Sprintf(rtTrace, 1), "53995c3f42cd8ad8", 1},
		{"not sampled", fmt.Sprintf(rtTrace, 0), "", 0},
		{"no header", "", "", 1},
		{"no parent", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1", "", 1},
		{"nonsense", "Root=1-zz;Parent=x;Sampled=1", "", 1},
		{"zeroes", "Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=1", "", 1},
		{"another version", "Root=2-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1", "", 1},
		{"a bad parent", "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=zz;Sampled=1", "", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			spans := rtTracer(t)
			f := rtFence(t, rtDenyAll, wrapper.WithTracerProvider(spans))
			ctx := context.WithValue(t.Context(), "x-amzn-trace-id", tt.header) //nolint:staticcheck // the key of aws-lambda-go
			if _, err := f.Wrap(func() {}).Invoke(ctx, nil); err != nil {
				t.Fatal(err)
			}
			got := spans.GetSpans()
			if len(got) != tt.spans {
				t.Fatalf("%d spans, want %d", len(got), tt.spans)
			}
			if tt.spans > 0 && got[0].Parent.HasSpanID() != (tt.parent != "") {
				t.Errorf("parent %v, want %q", got[0].Parent, tt.parent)
			}
		})
	}
}

// A context with a span is somebody's instrumentation: the fence adds its counts
// to that span, and none of its own. A parent from elsewhere is no span.
func TestHandlerInvocationSpanOfOthers(t *testing.T) {
	spans := rtTracer(t)
	f := rtFence(t, rtDenyAll, wrapper.WithTracerProvider(spans))
	h := f.Wrap(func(ctx context.Context) error { _ = rtGet(ctx, f.Client(), "https://a.example/"); return nil })

	ctx, span := spans.Tracer("user").Start(t.Context(), "theirs")
	if _, err := h.Invoke(ctx, []byte("null")); err != nil {
		t.Fatal(err)
	}
	if !span.IsRecording() {
		t.Error("their span was ended")
	}
	span.End()
	rtAttributes(t, spans.only(t, "theirs"), map[string]any{"lambdafence.blocked": int64(1), "lambdafence.reported": int64(0)})
	if n := len(spans.GetSpans()); n != 2 {
		t.Errorf("%d spans, want theirs and the event's", n)
	}

	spans.Reset()
	remote := span.SpanContext().WithRemote(true)
	ctx = context.WithValue(t.Context(), "x-amzn-trace-id", fmt.Sprintf(rtTrace, 1)) //nolint:staticcheck // the key of aws-lambda-go
	if _, err := h.Invoke(trace.ContextWithRemoteSpanContext(ctx, remote), []byte("null")); err != nil {
		t.Fatal(err)
	}
	inv := spans.only(t, "invocation")
	if inv.Parent.SpanID() != remote.SpanID() || inv.SpanKind != trace.SpanKindServer {
		t.Errorf("parent %v, kind %v", inv.Parent, inv.SpanKind)
	}
}

// An invocation that fails has a span that says so, and the error or the panic
// goes on as it is.
func TestHandlerInvocationSpanOfFailure(t *testing.T) {
	failed := &rtError{}
	tests := []struct {
		name, text string
		handler    any
		errorType  string
	}{
		{"error", "handler returned an error", func() error { return failed }, "*wrapper_test.rtError"},
		{"error of a Handler", "handler returned an error", rtInvoker(func(context.Context) error { return failed }), "*wrapper_test.rtError"},
		{"error of a built handler", "handler returned an error", lambda.NewHandler(func() error { return failed }), "*wrapper_test.rtError"},
		{"panic", "handler panicked", func() { panic(failed) }, "panic"},
		{"panic of a Handler", "handler panicked", rtInvoker(func(context.Context) error { panic(failed) }), "panic"},
		{"panic of a built handler", "handler panicked", lambda.NewHandler(func() { panic(failed) }), "panic"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			spans := rtTracer(t)
			f := rtFence(t, rtDenyAll, wrapper.WithTracerProvider(spans))
			func() {
				defer func() {
					if p := recover(); strings.HasPrefix(tt.name, "panic") != (p == any(failed)) {
						t.Errorf("panic %v", p)
					}
				}()
				if _, err := f.Wrap(tt.handler).Invoke(t.Context(), []byte("null")); err != error(failed) {
					t.Errorf("error %v", err)
				}
			}()
			inv := spans.only(t, "invocation")
			if inv.Status.Code != codes.Error || inv.Status.Description != tt.text {
				t.Errorf("status %v", inv.Status)
			}
			rtAttributes(t, inv, map[string]any{"error.type": tt.errorType})
			if spans.flushes.Load() != 1 {
				t.Errorf("flushed %d times", spans.flushes.Load())
			}
		})
	}
}

type rtError struct{}

func (*rtError) Error() string { return "failed" }

// A tracer that panics costs the invocation its span and nothing else.
func TestHandlerSurvivesTracer(t *testing.T) {
	f := rtFence(t, rtDenyAll, wrapper.WithTracerProvider(rtBadProvider{}))
	got, err := f.Wrap(func() (string, error) { return "fine", nil }).Invoke(t.Context(), []byte("null"))
	if string(got) != `"fine"` || err != nil {
		t.Errorf("%s, %v", got, err)
	}
}

type rtBadProvider struct{ trace.TracerProvider }

func (rtBadProvider) Tracer(string, ...trace.TracerOption) trace.Tracer { panic("tracer") }

// A handler may be wrapped by two fences: each counts its own.
func TestHandlerOfTwoFences(t *testing.T) {
	spans := rtTracer(t)
	a, b := rtFence(t, rtDenyAll, wrapper.WithTracerProvider(spans)), rtFence(t, rtDenyAll, wrapper.WithTracerProvider(spans))
	h := a.Wrap(b.Wrap(func(ctx context.Context, e map[string]string) (io.Reader, error) {
		return bytes.NewBufferString(e["body"]), rtIgnore(rtGet(ctx, b.Client(), "https://a.example/"))
	}))
	got, err := h.Invoke(t.Context(), []byte(`{"body":"text"}`))
	if string(got) != "text" || err != nil {
		t.Errorf("%s, %v", got, err)
	}
	spans.only(t, "invocation")
	spans.only(t, "lambdafence blocked")
}

func rtIgnore(error) error { return nil }

// Helpers of these tests.

const rtDenyAll = `{version: 1, name: none, mode: enforce, allow: []}`

// rtFence makes a fence that logs nothing.
func rtFence(t *testing.T, doc string, opts ...wrapper.Option) *wrapper.Fence {
	t.Helper()
	f, err := wrapper.New(t.Context(), append([]wrapper.Option{
		wrapper.WithPolicy(source.Static("test", []byte(doc))), wrapper.WithLogger(rtNoLog), wrapper.WithRefresh(0),
	}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func rtGet(ctx context.Context, c *http.Client, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	res, err := c.Do(req)
	if err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, res.Body)
	return res.Body.Close()
}

func rtAttributes(t *testing.T, span tracetest.SpanStub, want map[string]any) {
	t.Helper()
	set := attribute.NewSet(span.Attributes...)
	for name, v := range want {
		if got, ok := set.Value(attribute.Key(name)); !ok || !reflect.DeepEqual(got.AsInterface(), v) {
			t.Errorf("%s: %v, want %v", name, got.String(), v)
		}
	}
}

// rtSpans is the real SDK with an exporter in memory, which counts flushes.
type rtSpans struct {
	*sdk.TracerProvider
	*tracetest.InMemoryExporter
	flushes *rtCounter
}

func rtTracer(t *testing.T) rtSpans {
	exporter, flushes := tracetest.NewInMemoryExporter(), new(rtCounter)
	p := sdk.NewTracerProvider(sdk.WithSyncer(exporter), sdk.WithSpanProcessor(flushes))
	t.Cleanup(func() { _ = p.Shutdown(context.WithoutCancel(t.Context())) })
	return rtSpans{p, exporter, flushes}
}

func (s rtSpans) only(t *testing.T, name string) tracetest.SpanStub {
	t.Helper()
	var found tracetest.SpanStubs
	for _, span := range s.GetSpans() {
		if span.Name == name {
			found = append(found, span)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d spans %q, want 1", len(found), name)
	}
	return found[0]
}
