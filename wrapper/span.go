package wrapper

import (
	"context"
	"net/url"
	"os"

	"github.com/lambdafence/lambdafence/policy"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

const scope = "github.com/lambdafence/lambdafence/wrapper"

func (r *reporter) provider() trace.TracerProvider {
	if r.config.tracers != nil {
		return r.config.tracers
	}
	return otel.GetTracerProvider() // asked when used: users set it in main
}

// span makes the span of an event, a child of the context's, and notes its ids
// in the event.
func (r *reporter) span(ctx context.Context, ev *Event) {
	opts := []trace.SpanStartOption{trace.WithTimestamp(ev.Time)}
	if parent := trace.SpanContextFromContext(ctx); parent.IsValid() && !parent.IsSampled() && ev.Outcome != Allowed {
		// The invocation was not sampled, as most are not; an attempt must not be
		// lost to that. The sampler judges it as a root.
		opts = append(opts, trace.WithNewRoot(), trace.WithLinks(trace.Link{SpanContext: parent}))
	}
	_, span := r.provider().Tracer(scope).Start(ctx, "lambdafence "+ev.Outcome.String(), opts...)
	defer span.End()
	if sc := span.SpanContext(); sc.IsSampled() && span.IsRecording() {
		ev.TraceID, ev.SpanID = sc.TraceID().String(), sc.SpanID().String()
	}
	if !span.IsRecording() {
		return
	}
	r.spans.Add(1)
	span.SetAttributes(eventAttributes(ev)...)
	span.SetAttributes(callAttributes(&ev.Call)...)
	if ev.Outcome == Blocked {
		span.SetStatus(codes.Error, ev.Decision.Reason)
		span.SetAttributes(semconv.ErrorTypeKey.String("blocked"))
	}
}

func eventAttributes(ev *Event) []attribute.KeyValue {
	d := &ev.Decision
	attrs := []attribute.KeyValue{
		attribute.String("lambdafence.outcome", ev.Outcome.String()),
		attribute.String("lambdafence.decision", d.Effect.String()),
		attribute.String("lambdafence.mode", d.Mode.String()),
		attribute.String("lambdafence.reason", d.Reason),
		attribute.Int("lambdafence.layer", d.Layer),
		attribute.Int("lambdafence.count", ev.Count),
		attribute.String("lambdafence.kind", ev.Call.Kind.String()),
	}
	return appendTexts(attrs,
		semconv.SecurityRuleNameKey, d.Rule,
		semconv.SecurityRuleRulesetNameKey, ev.Policy.Name,
		"lambdafence.policy.version", ev.Policy.Version,
		"lambdafence.policy.source", ev.Policy.Source,
		semconv.FaaSNameKey, ev.Function.Name,
		semconv.FaaSVersionKey, ev.Function.Version,
		semconv.FaaSInvocationIDKey, ev.Function.RequestID)
}

func callAttributes(c *policy.Call) []attribute.KeyValue {
	attrs := appendTexts(nil,
		semconv.ServerAddressKey, c.Host,
		semconv.URLSchemeKey, c.Scheme,
		"lambdafence.host_header", c.HostHeader,
		semconv.CloudRegionKey, c.Region,
		"lambdafence.account", c.Account,
		"lambdafence.self", c.Self,
		"lambdafence.caller.module", c.Caller.Module,
		"lambdafence.caller.version", c.Caller.Version,
		"lambdafence.caller.package", c.Caller.Package)
	if c.Port != 0 {
		attrs = append(attrs, semconv.ServerPort(int(c.Port)))
	}
	if c.Addr.IsValid() {
		attrs = append(attrs, semconv.NetworkPeerAddress(c.Addr.String()))
	}
	switch c.Kind {
	case policy.HTTP:
		method := c.Method
		if method == "" {
			method = "GET"
		}
		attrs = appendTexts(attrs, semconv.HTTPRequestMethodKey, method, semconv.URLPathKey, c.Path)
	case policy.AWS:
		attrs = appendTexts(attrs, "rpc.system", "aws-api", "rpc.service", c.Service, semconv.RPCMethodKey, c.Operation)
		if c.Access != policy.UnknownAccess {
			attrs = append(attrs, attribute.String("lambdafence.access", c.Access.String()))
		}
		if len(c.Also) > 0 {
			attrs = append(attrs, attribute.StringSlice("lambdafence.also", words(c.Also)))
		}
		if c.Resources != nil {
			attrs = append(attrs, attribute.StringSlice("lambdafence.resources", c.Resources))
		}
	default:
		attrs = appendTexts(attrs, semconv.NetworkTransportKey, c.Network, "lambdafence.socket", c.Path)
	}
	return attrs
}

// appendTexts appends pairs of a key and its text, without the empty ones.
func appendTexts(attrs []attribute.KeyValue, pairs ...any) []attribute.KeyValue {
	for i := 0; i+1 < len(pairs); i += 2 {
		value := pairs[i+1].(string)
		if value == "" {
			continue
		}
		switch key := pairs[i].(type) {
		case attribute.Key:
			attrs = append(attrs, key.String(value))
		case string:
			attrs = append(attrs, attribute.String(key, value))
		}
	}
	return attrs
}

// noticeSpan notes on the invocation's span what the fence itself has to say.
func (r *reporter) noticeSpan(ctx context.Context, what string, err error, p PolicyRef) {
	trace.SpanFromContext(ctx).AddEvent("lambdafence "+what, trace.WithAttributes(appendTexts(nil,
		"error.message", errorText(err),
		"lambdafence.policy.source", p.Source,
		"lambdafence.policy.version", p.Version)...))
}

// otlpEndpoints returns where spans are exported to, as far as the standard
// environment tells, and the default places of a collector on this machine.
func otlpEndpoints() []policy.Call {
	var calls []policy.Call
	for _, port := range []uint16{4317, 4318} {
		for _, host := range []string{"localhost", "127.0.0.1", "::1"} {
			calls = append(calls, policy.Call{Host: host, Port: port})
		}
	}
	for _, name := range []string{"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"} {
		u, err := url.Parse(os.Getenv(name))
		if err != nil || u.Host == "" {
			continue
		}
		if c, err := policy.HTTPCall("POST", u, ""); err == nil {
			calls = append(calls, c)
		}
	}
	return calls
}
