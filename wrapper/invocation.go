package wrapper

import (
	"context"
	"os"
	"strings"
	"sync/atomic"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// An invocation is what the fence knows of one run of the handler. It rides in
// the context: several may run in one process.
type invocation struct {
	fence     *Fence
	requestID string
	span      trace.Span // the invocation span, or the one that the context had
	own       bool       // span is ours to end

	blocked, reported atomic.Int64
}

type invocationKey struct{}

func invocationFrom(ctx context.Context) *invocation {
	inv, _ := ctx.Value(invocationKey{}).(*invocation)
	return inv
}

func (inv *invocation) count(o Outcome) {
	switch o {
	case Blocked:
		inv.blocked.Add(1)
	case Reported:
		inv.reported.Add(1)
	}
}

// enter begins an invocation: the policy is brought up to date, and there is a
// span for the events to be children of.
func (f *Fence) enter(ctx context.Context) (context.Context, *invocation) {
	defaults.runtime.suspend()
	inv := &invocation{fence: f}
	arn := ""
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		inv.requestID, arn = lc.AwsRequestID, lc.InvokedFunctionArn
	}
	f.account.confirm(arn)
	ctx = inv.startSpan(ctx, arn)
	ctx = context.WithValue(ctx, invocationKey{}, inv)
	f.begin(ctx)
	return ctx, inv
}

// startSpan starts the invocation span, unless the user's own instrumentation
// did. Its parent is what the context has from elsewhere, or the X-Ray header of
// the invocation.
func (inv *invocation) startSpan(ctx context.Context, arn string) context.Context {
	current := trace.SpanFromContext(ctx)
	if sc := current.SpanContext(); sc.IsValid() && !sc.IsRemote() {
		inv.span = current
		return ctx
	}
	inv.own = true
	f := inv.fence
	parent := ctx
	if sc, ok := xrayParent(ctx); ok && !current.SpanContext().IsValid() {
		parent = trace.ContextWithRemoteSpanContext(ctx, sc)
	}
	name := f.function.Name
	if name == "" {
		name = "invocation"
	}
	inv.span = trace.SpanFromContext(ctx) // if the tracer panics: one that does nothing
	protect(func() {
		ctx, inv.span = f.reporter.provider().Tracer(scope).Start(parent, name,
			trace.WithSpanKind(trace.SpanKindServer),
			trace.WithAttributes(appendTexts(nil,
				semconv.FaaSNameKey, f.function.Name,
				semconv.FaaSVersionKey, f.function.Version,
				semconv.FaaSInvocationIDKey, inv.requestID,
				semconv.FaaSInstanceKey, os.Getenv("AWS_LAMBDA_LOG_STREAM_NAME"),
				semconv.CloudRegionKey, os.Getenv("AWS_REGION"),
				semconv.AWSLambdaInvokedARNKey, arn)...))
	})
	return ctx
}

// leave ends an invocation: its span, its counts, and a flush.
func (inv *invocation) leave(ctx context.Context, err error) {
	f := inv.fence
	f.drain(ctx)
	protect(func() { inv.endSpan(err) })
	_ = f.flush(ctx) // a collector that does not answer is left alone, and says so by its absence
	f.end()
	defaults.runtime.resume()
}

// endSpan has the span tell how it went, and ends it if it is ours.
func (inv *invocation) endSpan(err error) {
	if inv.own {
		defer inv.span.End()
	}
	inv.span.SetAttributes(
		attribute.Int64("lambdafence.blocked", inv.blocked.Load()),
		attribute.Int64("lambdafence.reported", inv.reported.Load()))
	if !inv.own {
		return
	}
	if inv.span.IsRecording() {
		inv.fence.reporter.spans.Add(1)
	}
	switch {
	case err == errPanicked:
		inv.span.SetStatus(codes.Error, "handler panicked")
		inv.span.SetAttributes(semconv.ErrorTypeKey.String("panic"))
	case err != nil:
		inv.span.SetStatus(codes.Error, "handler returned an error")
		inv.span.SetAttributes(semconv.ErrorType(err))
	}
}

// xrayParent reads the trace header that Lambda gives an invocation:
//
//	Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1
//
// https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
func xrayParent(ctx context.Context) (trace.SpanContext, bool) {
	header, _ := ctx.Value("x-amzn-trace-id").(string) // the key of aws-lambda-go, a plain string
	var cfg trace.SpanContextConfig
	for field := range strings.SplitSeq(header, ";") {
		key, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		switch key {
		case "Root":
			value, isV1 := strings.CutPrefix(value, "1-")
			id, err := trace.TraceIDFromHex(strings.ReplaceAll(value, "-", ""))
			if !isV1 || err != nil {
				return trace.SpanContext{}, false
			}
			cfg.TraceID = id
		case "Parent":
			id, err := trace.SpanIDFromHex(value)
			if err != nil {
				return trace.SpanContext{}, false
			}
			cfg.SpanID = id
		case "Sampled":
			if value == "1" {
				cfg.TraceFlags = trace.FlagsSampled
			}
		}
	}
	cfg.Remote = true
	sc := trace.NewSpanContext(cfg)
	return sc, sc.IsValid()
}
