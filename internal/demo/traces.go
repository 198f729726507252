package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/lambdafence/lambdafence/internal/lambdahost"
	"github.com/lambdafence/lambdafence/internal/otlprecv"
)

// checkTraces: each event of the log is a span as well, beneath the span of its invocation, in the trace that Lambda
// named; and only a blocked call is an error.
func (s *story) checkTraces(ctx context.Context) error {
	return eventually(ctx, func() error {
		spans := make(map[string]otlprecv.Span)
		for _, span := range s.traces.Spans() {
			spans[span.SpanID] = span
		}
		for _, result := range s.done {
			for _, e := range s.log.of(result.RequestID) {
				if err := checkSpan(spans, e, traceOf(result)); err != nil {
					return fmt.Errorf("%w; the log line is %s", err, e.line)
				}
			}
		}
		return nil
	})
}

func checkSpan(spans map[string]otlprecv.Span, e event, trace string) error {
	span, ok := spans[e.SpanID]
	if !ok {
		return fmt.Errorf("no span %q at the OTLP receiver", e.SpanID)
	}
	if name := "lambdafence " + e.Outcome; span.Name != name {
		return fmt.Errorf("span %s is named %q, want %q", e.SpanID, span.Name, name)
	}
	if isError := span.Status == "error"; isError != (e.Outcome == "blocked") {
		return fmt.Errorf("span %s has status %q", e.SpanID, span.Status)
	}
	if host := span.Attributes["server.address"]; host != e.Call.Host {
		return fmt.Errorf("span %s has server.address %v", e.SpanID, host)
	}
	if span.TraceID != trace || e.TraceID != trace {
		return fmt.Errorf("span %s is in trace %s, its log line in %s, its invocation in %s", e.SpanID, span.TraceID, e.TraceID, trace)
	}
	if parent := spans[span.ParentID]; parent.Kind != "server" {
		return fmt.Errorf("span %s is not beneath an invocation's span, but %q", e.SpanID, parent.Name)
	}
	return nil
}

// traceOf is the trace id of OpenTelemetry in an X-Ray header: Root=1-5759e988-bd862e3fe1be46a994272793;...
func traceOf(r *lambdahost.Result) string {
	root, _, _ := strings.Cut(strings.TrimPrefix(r.TraceHeader, "Root=1-"), ";")
	return strings.ReplaceAll(root, "-", "")
}
