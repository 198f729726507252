package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/lambdafence/lambdafence/internal/otlprecv"
)

// callTable has a row for each distinct event of the log, in the order of their first sight.
func callTable(events []event) [][]string {
	type key struct{ call, decision, rule, outcome, policy string }
	var order []key
	count := make(map[key]int)
	for _, e := range events {
		k := key{shape(e.call()), e.Decision, e.rule(), e.Outcome, e.version()}
		if count[k] == 0 {
			order = append(order, k)
		}
		count[k] += e.Count
	}
	rows := [][]string{{"n", "call", "decision", "rule", "outcome", "policy"}}
	for _, k := range order {
		rows = append(rows, []string{fmt.Sprint(count[k]), k.call, k.decision, k.rule, k.outcome, k.policy})
	}
	return rows
}

// object is the name of an object that an order made, which is another for each.
var object = regexp.MustCompile(`/[0-9]{4,}\.`)

func shape(call string) string { return object.ReplaceAllString(call, "/*.") }

func (e event) call() string {
	switch e.Call.Kind {
	case "net":
		return e.Call.Network + " " + e.Call.Host + ":" + strconv.Itoa(e.Call.Port)
	case "aws":
		call := e.Call.Service + ":" + e.Call.Operation
		for _, arn := range e.Call.Resources {
			call += " " + tail(arn)
		}
		return call
	}
	return e.Call.Method + " " + e.Call.Host + e.Call.Path
}

// tail is an ARN without the five parts that say whose it is.
func tail(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	return parts[len(parts)-1]
}

// rule is empty where the allow list has none that matches, which is a reason of its own.
func (e event) rule() string {
	if e.Rule == "" {
		return "(no match)"
	}
	return e.Rule
}

// version is the policy's, without the name of the hash that it is.
func (e event) version() string { return strings.TrimPrefix(e.Policy.Version, "sha256:") }

// spanTable has the spans of one trace, each beneath its parent.
func spanTable(spans []otlprecv.Span, traceID string) [][]string {
	rows := [][]string{{"span", "status", "call", "security_rule.name"}}
	var add func(parent string, depth int)
	add = func(parent string, depth int) {
		for _, s := range spans {
			if s.TraceID == traceID && parentIn(spans, s) == parent {
				rows = append(rows, []string{
					strings.Repeat("  ", depth) + s.Name,
					or(s.Status, "unset"),
					callOf(s),
					text(s.Attributes["security_rule.name"]),
				})
				add(s.SpanID, depth+1)
			}
		}
	}
	add("", 0)
	return rows
}

// parentIn is the parent's id if that span is among spans; an invocation's parent is X-Ray's and never comes.
func parentIn(spans []otlprecv.Span, s otlprecv.Span) string {
	for _, p := range spans {
		if p.SpanID == s.ParentID && p.TraceID == s.TraceID {
			return p.SpanID
		}
	}
	return ""
}

// callOf is what the attributes say of a call, as short as that goes.
func callOf(s otlprecv.Span) string {
	if method, ok := s.Attributes["rpc.method"]; ok {
		return text(s.Attributes["rpc.service"]) + ":" + text(method)
	}
	return text(s.Attributes["server.address"])
}

func text(v any) string {
	if v == nil {
		return "-"
	}
	return fmt.Sprint(v)
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
