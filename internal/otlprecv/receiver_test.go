package otlprecv_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/lambdafence/lambdafence/internal/otlprecv"
)

func start(t *testing.T) *otlprecv.Receiver {
	t.Helper()
	recv, err := otlprecv.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = recv.Close() })
	return recv
}

// provider is the real SDK with its real exporter.
func provider(t *testing.T, recv *otlprecv.Receiver, opts ...otlptracehttp.Option) *sdktrace.TracerProvider {
	t.Helper()
	opts = append(opts, otlptracehttp.WithEndpoint(recv.Addr()), otlptracehttp.WithInsecure(),
		otlptracehttp.WithRetry(otlptracehttp.RetryConfig{}))
	exporter, err := otlptrace.New(t.Context(), otlptracehttp.NewClient(opts...))
	if err != nil {
		t.Fatal(err)
	}
	tp := sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(exporter),
		sdktrace.WithResource(resource.NewSchemaless(attribute.String("service.name", "orders"))),
	)
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel() // what the test did not flush is of no interest
		_ = tp.Shutdown(ctx)
	})
	return tp
}

func TestSpansOfTheRealSDK(t *testing.T) {
	for name, opt := range map[string]otlptracehttp.Option{
		"plain": otlptracehttp.WithCompression(otlptracehttp.NoCompression),
		"gzip":  otlptracehttp.WithCompression(otlptracehttp.GzipCompression),
	} {
		t.Run(name, func(t *testing.T) {
			recv := start(t)
			tp := provider(t, recv, opt)
			begin := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
			ctx, parent := tp.Tracer("lambdafence").Start(t.Context(), "invocation",
				trace.WithSpanKind(trace.SpanKindServer), trace.WithTimestamp(begin))
			_, child := tp.Tracer("lambdafence").Start(ctx, "lambdafence blocked",
				trace.WithSpanKind(trace.SpanKindClient), trace.WithTimestamp(begin))
			child.SetAttributes(
				attribute.String("server.address", "evil.example"), attribute.Int("server.port", 443),
				attribute.Bool("b", true), attribute.Float64("f", 0.5), attribute.StringSlice("s", []string{"x", "y"}))
			child.AddEvent("seen", trace.WithTimestamp(begin), trace.WithAttributes(attribute.Int("n", 1)))
			child.SetStatus(codes.Error, "blocked by deny[0]")
			child.End(trace.WithTimestamp(begin.Add(time.Second)))
			parent.End(trace.WithTimestamp(begin.Add(2 * time.Second)))
			if err := tp.ForceFlush(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := recv.Wait(t.Context(), 2); err != nil {
				t.Fatal(err)
			}
			res := map[string]any{"service.name": "orders"}
			want := []otlprecv.Span{{
				Name: "lambdafence blocked", Kind: "client", Status: "error", Message: "blocked by deny[0]",
				TraceID:  parent.SpanContext().TraceID().String(),
				SpanID:   child.SpanContext().SpanID().String(),
				ParentID: parent.SpanContext().SpanID().String(),
				Start:    begin, End: begin.Add(time.Second),
				Attributes: map[string]any{
					"server.address": "evil.example", "server.port": int64(443), "b": true, "f": 0.5, "s": []any{"x", "y"},
				},
				Events:   []otlprecv.Event{{Name: "seen", Time: begin, Attributes: map[string]any{"n": int64(1)}}},
				Resource: res, Scope: "lambdafence",
			}, {
				Name: "invocation", Kind: "server",
				TraceID: parent.SpanContext().TraceID().String(), SpanID: parent.SpanContext().SpanID().String(),
				Start: begin, End: begin.Add(2 * time.Second),
				Resource: res, Scope: "lambdafence",
			}}
			if diff := cmp.Diff(want, recv.Spans(), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("spans (-want +got):\n%s", diff)
			}
		})
	}
}

func TestHang(t *testing.T) {
	recv := start(t)
	tp := provider(t, recv)
	recv.Hang(true)
	_, span := tp.Tracer("").Start(t.Context(), "lost")
	span.End()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := tp.ForceFlush(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("flush to a receiver that hangs: %v", err)
	}
	recv.Hang(false)
	_, span = tp.Tracer("").Start(t.Context(), "kept")
	span.End()
	if err := tp.ForceFlush(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, s := range recv.Spans() {
		if s.Name == "kept" {
			return
		}
	}
	t.Errorf("spans %v", recv.Spans())
}

func TestWaitSaysHowManyCame(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	err := start(t).Wait(ctx, 3)
	if want := "otlprecv: 0 of 3 spans: context deadline exceeded"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

func post(t *testing.T, recv *otlprecv.Receiver, body []byte, header map[string]string) (int, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+recv.Addr()+"/v1/traces", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-protobuf")
	for k, v := range header {
		req.Header.Set(k, v)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, answer
}

func TestBadRequests(t *testing.T) {
	var bomb bytes.Buffer
	zip := gzip.NewWriter(&bomb)
	_, _ = zip.Write(make([]byte, 5<<20))
	_ = zip.Close()
	tests := []struct {
		name   string
		body   []byte
		header map[string]string
		status int
	}{
		{"no protobuf", []byte("hello"), nil, 400},
		{"JSON", []byte("{}"), map[string]string{"Content-Type": "application/json"}, 415},
		{"too large", make([]byte, 5<<20), nil, 413},
		{"too large once unpacked", bomb.Bytes(), map[string]string{"Content-Encoding": "gzip"}, 413},
		{"no gzip", []byte("hello"), map[string]string{"Content-Encoding": "gzip"}, 400},
		{"another encoding", nil, map[string]string{"Content-Encoding": "zstd"}, 400},
	}
	recv := start(t)
	for _, tt := range tests {
		if status, _ := post(t, recv, tt.body, tt.header); status != tt.status {
			t.Errorf("%s: status %d, want %d", tt.name, status, tt.status)
		}
	}
	if n := len(recv.Spans()); n > 0 {
		t.Errorf("%d spans", n)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	var spans []*otlp.Span
	for i := range 6_000 {
		spans = append(spans, &otlp.Span{Name: fmt.Sprint(i)})
	}
	body, err := proto.Marshal(&collector.ExportTraceServiceRequest{
		ResourceSpans: []*otlp.ResourceSpans{{ScopeSpans: []*otlp.ScopeSpans{{Spans: spans}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	recv := start(t)
	var rejected []int64
	for range 3 {
		status, answer := post(t, recv, body, nil)
		var res collector.ExportTraceServiceResponse
		if err := proto.Unmarshal(answer, &res); err != nil || status != http.StatusOK {
			t.Fatal(status, err)
		}
		rejected = append(rejected, res.GetPartialSuccess().GetRejectedSpans())
	}
	if diff := cmp.Diff([]int64{0, 2_000, 6_000}, rejected); diff != "" || len(recv.Spans()) != 10_000 {
		t.Errorf("%d spans kept; rejected (-want +got):\n%s", len(recv.Spans()), diff)
	}
}

func TestAddressInUse(t *testing.T) {
	if _, err := otlprecv.Start(start(t).Addr()); err == nil {
		t.Error("no error")
	}
}
