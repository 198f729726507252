package events

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/lambdafence/lambdafence/wrapper"
)

// What follows is of OTLP/JSON, as much of it as tells of events.
//
// https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding

type otlpSpan struct {
	TraceID           string `json:"traceId"`
	SpanID            string `json:"spanId"`
	Name              string
	StartTimeUnixNano json.RawMessage // a number, as text or not
	Attributes        []otlpAttribute
}

type otlpAttribute struct {
	Key   string
	Value otlpValue
}

type otlpValue struct {
	StringValue *string
	IntValue    json.RawMessage
	ArrayValue  *struct{ Values []otlpValue }
	KvlistValue *struct{ Values []otlpAttribute }
	BoolValue   *bool
	DoubleValue *float64
}

// resourceSpans reads the spans of one resource.
func (r *Reader) resourceSpans(value json.RawMessage) error {
	var resource struct {
		ScopeSpans []struct {
			Spans []json.RawMessage
		}
	}
	if err := json.Unmarshal(value, &resource); err != nil {
		return r.broken("", fmt.Errorf("resourceSpans: %w", err))
	}
	if resource.ScopeSpans == nil {
		return r.broken("", errors.New("resourceSpans: no scopeSpans"))
	}
	for _, scope := range resource.ScopeSpans {
		for _, raw := range scope.Spans {
			if err := r.span(raw); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *Reader) span(raw json.RawMessage) error {
	var s otlpSpan
	if err := json.Unmarshal(raw, &s); err != nil {
		return r.broken("", fmt.Errorf("a span: %w", err))
	}
	if !strings.HasPrefix(s.Name, "lambdafence ") {
		r.Counts.Others++
		return nil
	}
	ev, err := s.event()
	if err != nil {
		return r.broken("", fmt.Errorf("span %s: %w", s.SpanID, err))
	}
	return r.tell(&ev, raw)
}

// event makes an event of a span of one.
func (s *otlpSpan) event() (wrapper.Event, error) {
	var l line
	l.TraceID, l.SpanID = strings.ToLower(s.TraceID), strings.ToLower(s.SpanID)
	if nano, ok := integer(s.StartTimeUnixNano); ok {
		l.Time = time.Unix(0, nano).UTC()
	}
	c := &l.Call
	texts := map[string]*string{
		"lambdafence.outcome": &l.Outcome, "lambdafence.decision": &l.Decision, "lambdafence.mode": &l.Mode, "lambdafence.reason": &l.Reason,
		"security_rule.name": &l.Rule, "security_rule.ruleset.name": &l.Policy.Name,
		"lambdafence.policy.version": &l.Policy.Version, "lambdafence.policy.source": &l.Policy.Source,
		"faas.name": &l.Function.Name, "faas.version": &l.Function.Version, "faas.invocation_id": &l.Function.RequestID,
		"lambdafence.kind": &c.Kind, "server.address": &c.Host, "url.scheme": &c.Scheme, "lambdafence.host_header": &c.HostHeader,
		"cloud.region": &c.Region, "lambdafence.account": &c.Account, "lambdafence.self": &c.Self, "network.peer.address": &c.IP,
		"http.request.method": &c.Method, "url.path": &c.Path, "lambdafence.socket": &c.Path, "network.transport": &c.Network,
		"rpc.service": &c.Service, "rpc.method": &c.Operation, "lambdafence.access": &c.Access,
		"lambdafence.caller.module": &l.Caller.Module, "lambdafence.caller.version": &l.Caller.Version, "lambdafence.caller.package": &l.Caller.Package,
		"lambdafence.suggest": &l.Suggest,
	}
	for _, a := range s.Attributes {
		switch a.Key {
		case "lambdafence.layer", "lambdafence.count", "server.port":
			n, ok := integer(a.Value.IntValue)
			if !ok || n < 0 || a.Key == "server.port" && n > 1<<16-1 {
				return wrapper.Event{}, fmt.Errorf("%s: %s is no such number", a.Key, a.Value.IntValue)
			}
			switch a.Key {
			case "lambdafence.layer":
				l.Layer = int(n)
			case "lambdafence.count":
				l.Count = int(n)
			default:
				c.Port = uint16(n)
			}
		case "lambdafence.resources":
			c.Resources = a.Value.texts()
		case "lambdafence.also":
			c.Also = a.Value.texts()
		default:
			if to := texts[a.Key]; to != nil && a.Value.StringValue != nil {
				*to = *a.Value.StringValue
			}
		}
	}
	if c.Network == "" {
		c.Network = "tcp"
	}
	return l.event()
}

// texts returns the texts of an array. It is not nil.
func (v *otlpValue) texts() []string {
	all := []string{}
	if v.ArrayValue != nil {
		for _, e := range v.ArrayValue.Values {
			if e.StringValue != nil {
				all = append(all, *e.StringValue)
			}
		}
	}
	return all
}

// integer reads a number that protobuf's JSON has as text, and some writers not.
func integer(raw json.RawMessage) (int64, bool) {
	n, err := strconv.ParseInt(strings.Trim(string(raw), `"`), 10, 64)
	return n, err == nil
}

// resourceLogs reads the log records of one resource: a line of a log as the body,
// or what a bridge of slog made of it.
func (r *Reader) resourceLogs(value json.RawMessage) error {
	var resource struct {
		ScopeLogs []struct {
			LogRecords []struct {
				Body       otlpValue
				Attributes []otlpAttribute
			}
		}
	}
	if err := json.Unmarshal(value, &resource); err != nil {
		return r.broken("", fmt.Errorf("resourceLogs: %w", err))
	}
	if resource.ScopeLogs == nil {
		return r.broken("", errors.New("resourceLogs: no scopeLogs"))
	}
	for _, scope := range resource.ScopeLogs {
		for _, record := range scope.LogRecords {
			body := record.Body.plain()
			text, isText := body.(string)
			if isText && text == "lambdafence" { // a bridge: what else the line says are attributes
				object := (&otlpValue{KvlistValue: &struct{ Values []otlpAttribute }{record.Attributes}}).plain().(map[string]any)
				object["msg"] = text
				body, isText = object, false
			}
			if !isText {
				raw, err := json.Marshal(body)
				if err != nil {
					return err
				}
				text = string(raw)
			}
			if err := r.element([]byte(text)); err != nil {
				return err
			}
		}
	}
	return nil
}

// plain returns a value as JSON would have it.
func (v *otlpValue) plain() any {
	switch {
	case v.StringValue != nil:
		return *v.StringValue
	case v.BoolValue != nil:
		return *v.BoolValue
	case v.DoubleValue != nil:
		return *v.DoubleValue
	case v.IntValue != nil:
		n, _ := integer(v.IntValue)
		return n
	case v.ArrayValue != nil:
		all := []any{}
		for i := range v.ArrayValue.Values {
			all = append(all, v.ArrayValue.Values[i].plain())
		}
		return all
	case v.KvlistValue != nil:
		object := map[string]any{}
		for i := range v.KvlistValue.Values {
			object[v.KvlistValue.Values[i].Key] = v.KvlistValue.Values[i].Value.plain()
		}
		return object
	}
	return nil
}
