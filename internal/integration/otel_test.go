package integration

import (
	"errors"
	"testing"

	"github.com/lambdafence/lambdafence/wrapper"
	"github.com/lambdafence/lambdafence/wrapper/wrappertest"
	"go.opentelemetry.io/contrib/instrumentation/github.com/aws/aws-sdk-go-v2/otelaws" //nolint:staticcheck // deprecated, and still what many use
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// TestBesideOtelaws: with otelaws on the same client, and the guards of HTTP and
// of connections beneath, a call has one span of each and one event.
func TestBesideOtelaws(t *testing.T) {
	p := tapMoto(t)
	makeBucket(t, p.config(), "traced-orders", "1001")
	doc := "mode: enforce\nallow: [{aws: s3, access: [read], resources: [traced-orders], accounts: ['" + account + "'], endpoint: '" + p.address() + "'}]"
	for _, row := range []struct {
		name, bucket, span string
		first              bool // the fence's middleware before that of otelaws
		blocked            bool
	}{
		{name: "allowed", bucket: "traced-orders", span: "lambdafence allowed"},
		{name: "allowed, the fence first", bucket: "traced-orders", span: "lambdafence allowed", first: true},
		{name: "blocked", bucket: "traced-payroll", span: "lambdafence blocked", blocked: true},
		{name: "blocked, the fence first", bucket: "traced-payroll", span: "lambdafence blocked", first: true, blocked: true},
	} {
		t.Run(row.name, func(t *testing.T) {
			spans := tracetest.NewSpanRecorder()
			tracers := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans))
			f := wrappertest.New(t, doc, wrapper.WithTracerProvider(tracers))
			t.Cleanup(f.GuardDefault())
			cfg := p.config()
			cfg.HTTPClient = f.Client()
			if row.first {
				f.AWS(&cfg)
			}
			otelaws.AppendMiddlewares(&cfg.APIOptions, otelaws.WithTracerProvider(tracers))
			if !row.first {
				f.AWS(&cfg)
			}
			f.AWS(&cfg) // twice is once
			p.took()
			err := getObject(row.bucket, "1001")(t.Context(), cfg)
			if errors.Is(err, wrapper.ErrBlocked) != row.blocked || !row.blocked && err != nil {
				t.Fatal(err)
			}
			if sent := p.took(); row.blocked == (len(sent) == 1) {
				t.Errorf("sent %q", sent)
			}
			if events := f.Events(); len(events) != 1 {
				t.Errorf("events %+v", events)
			}
			ended := spans.Ended()
			if len(ended) != 2 {
				t.Fatalf("%d spans", len(ended))
			}
			own, theirs := ended[0], ended[1]
			if own.Name() != row.span || theirs.Name() != "S3.GetObject" || own.Parent().SpanID() != theirs.SpanContext().SpanID() {
				t.Errorf("spans %q beneath %q", own.Name(), theirs.Name())
			}
			if (own.Status().Code == codes.Error) != row.blocked {
				t.Errorf("status %v", own.Status())
			}
		})
	}
}
