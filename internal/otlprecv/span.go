package otlprecv

import (
	"encoding/hex"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
)

// A Span is a span as it came, flat: with the resource and the scope that the protocol puts around it.
type Span struct {
	Name    string
	Kind    string // internal, server, client, producer, consumer, or "" where the sender names none
	Status  string // "" (unset), ok, error
	Message string // of the status

	TraceID, SpanID, ParentID string // hex; ParentID is empty for a root
	Start, End                time.Time

	Attributes map[string]any // string, bool, int64, float64, []byte, []any or map[string]any
	Events     []Event
	Resource   map[string]any
	Scope      string // the instrumentation scope's name
}

// An Event is a point in time on a span.
type Event struct {
	Name       string
	Time       time.Time
	Attributes map[string]any
}

func flatten(req *collector.ExportTraceServiceRequest) []Span {
	var spans []Span
	for _, byResource := range req.GetResourceSpans() {
		resource := attributes(byResource.GetResource().GetAttributes())
		for _, byScope := range byResource.GetScopeSpans() {
			for _, s := range byScope.GetSpans() {
				span := flat(s)
				span.Resource, span.Scope = resource, byScope.GetScope().GetName()
				spans = append(spans, span)
			}
		}
	}
	return spans
}

func flat(s *trace.Span) Span {
	span := Span{
		Name:       s.GetName(),
		Kind:       kinds[s.GetKind()],
		Status:     statuses[s.GetStatus().GetCode()],
		Message:    s.GetStatus().GetMessage(),
		TraceID:    hex.EncodeToString(s.GetTraceId()),
		SpanID:     hex.EncodeToString(s.GetSpanId()),
		ParentID:   hex.EncodeToString(s.GetParentSpanId()),
		Start:      unixNano(s.GetStartTimeUnixNano()),
		End:        unixNano(s.GetEndTimeUnixNano()),
		Attributes: attributes(s.GetAttributes()),
	}
	for _, e := range s.GetEvents() {
		span.Events = append(span.Events, Event{e.GetName(), unixNano(e.GetTimeUnixNano()), attributes(e.GetAttributes())})
	}
	return span
}

var kinds = map[trace.Span_SpanKind]string{
	trace.Span_SPAN_KIND_INTERNAL: "internal",
	trace.Span_SPAN_KIND_SERVER:   "server",
	trace.Span_SPAN_KIND_CLIENT:   "client",
	trace.Span_SPAN_KIND_PRODUCER: "producer",
	trace.Span_SPAN_KIND_CONSUMER: "consumer",
}

var statuses = map[trace.Status_StatusCode]string{
	trace.Status_STATUS_CODE_OK:    "ok",
	trace.Status_STATUS_CODE_ERROR: "error",
}

func unixNano(ns uint64) time.Time { return time.Unix(0, int64(ns)).UTC() }

func attributes(list []*common.KeyValue) map[string]any {
	m := make(map[string]any, len(list))
	for _, kv := range list {
		m[kv.GetKey()] = value(kv.GetValue())
	}
	return m
}

func value(v *common.AnyValue) any {
	switch v := v.GetValue().(type) {
	case *common.AnyValue_StringValue:
		return v.StringValue
	case *common.AnyValue_BoolValue:
		return v.BoolValue
	case *common.AnyValue_IntValue:
		return v.IntValue
	case *common.AnyValue_DoubleValue:
		return v.DoubleValue
	case *common.AnyValue_BytesValue:
		return v.BytesValue
	case *common.AnyValue_ArrayValue:
		list := make([]any, 0, len(v.ArrayValue.GetValues()))
		for _, item := range v.ArrayValue.GetValues() {
			list = append(list, value(item))
		}
		return list
	case *common.AnyValue_KvlistValue:
		return attributes(v.KvlistValue.GetValues())
	default:
		return nil
	}
}
