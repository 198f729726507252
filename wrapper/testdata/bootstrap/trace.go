package main

import (
	"context"

	"github.com/lambdafence/lambdafence/wrapper/testdata/bootstrap/cases"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/embedded"
	"go.opentelemetry.io/otel/trace/noop"
)

// tellProvider tells the test of each span that ends and of each flush. It is
// no SDK: the tests in the process use the real one.
type tellProvider struct{ embedded.TracerProvider }

func (tellProvider) Tracer(string, ...trace.TracerOption) trace.Tracer { return tellTracer{} }

func (tellProvider) ForceFlush(context.Context) error {
	cases.Note("trace", "flush")
	return nil
}

type tellTracer struct{ embedded.Tracer }

func (tellTracer) Start(ctx context.Context, name string, _ ...trace.SpanStartOption) (context.Context, trace.Span) {
	s := &tellSpan{name: name}
	return trace.ContextWithSpan(ctx, s), s
}

type tellSpan struct {
	noop.Span
	name string
}

var spanContext = trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{1}, TraceFlags: trace.FlagsSampled})

func (s *tellSpan) SpanContext() trace.SpanContext { return spanContext }
func (s *tellSpan) IsRecording() bool              { return true }
func (s *tellSpan) End(...trace.SpanEndOption)     { cases.Note("trace", "span "+s.name) }
