package main

import (
	"context"
	"fmt"
	"sync/atomic"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// sampled is a context whose span is sampled, and elsewhere.
func sampled(ctx context.Context) context.Context {
	return trace.ContextWithRemoteSpanContext(ctx, trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID{1}, SpanID: trace.SpanID{1}, TraceFlags: trace.FlagsSampled, Remote: true}))
}

// A spanCounter counts the spans that a provider of the SDK ends. They go to the
// SDK's batcher, and from there nowhere.
type spanCounter struct {
	provider *sdktrace.TracerProvider
	ended    atomic.Int64
}

func newSpanCounter() *spanCounter {
	c := new(spanCounter)
	c.provider = sdktrace.NewTracerProvider(sdktrace.WithBatcher(discarding{}), sdktrace.WithSpanProcessor(c))
	return c
}

// perCall has s make some calls, and tells how many spans came of each.
func (c *spanCounter) perCall(s subject) (string, error) {
	const calls = 500
	if s.fresh != nil {
		if err := s.fresh(); err != nil {
			return "", err
		}
	}
	before := c.ended.Load()
	err := s.do(calls)
	return fmt.Sprintf("%.4g", float64(c.ended.Load()-before)/calls), err
}

func (c *spanCounter) OnStart(context.Context, sdktrace.ReadWriteSpan) {}
func (c *spanCounter) OnEnd(sdktrace.ReadOnlySpan)                     { c.ended.Add(1) }
func (c *spanCounter) Shutdown(context.Context) error                  { return nil }
func (c *spanCounter) ForceFlush(context.Context) error                { return nil }

// discarding is an exporter.
type discarding struct{}

func (discarding) ExportSpans(context.Context, []sdktrace.ReadOnlySpan) error { return nil }
func (discarding) Shutdown(context.Context) error                             { return nil }
