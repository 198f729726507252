package main

import (
	"fmt"
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
		k := key{e.call(), e.Decision, e.rule(), e.Outcome, e.version()}
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

func (e event) call() string {
	if e.Call.Kind == "net" {
		return e.Call.Network + " " + e.Call.Host + ":" + strconv.Itoa(e.Call.Port)
	}
	return e.Call.Method + " " + e.Call.Host + e.Call.Path
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
	rows := [][]string{{"span", "status", "server.address", "server.port", "security_rule.name"}}
	var add func(parent string, depth int)
	add = func(parent string, depth int) {
		for _, s := range spans {
			if s.TraceID == traceID && parentIn(spans, s) == parent {
				rows = append(rows, []string{
					strings.Repeat("  ", depth) + s.Name,
					or(s.Status, "unset"),
					text(s.Attributes["server.address"]),
					text(s.Attributes["server.port"]),
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
