package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"sync"
)

// An event is what the demo reads of a lambdafence log line.
type event struct {
	Msg      string
	Outcome  string
	Mode     string
	Decision string
	Rule     string
	Reason   string
	Count    int
	Policy   struct{ Name, Version string }
	Call     struct {
		Kind, Scheme, Host, Method, Path, Network string
		Port                                      int
		Service, Operation                        string
		Resources                                 []string
	}
	Function struct {
		RequestID string `json:"request_id"`
	}
	TraceID string `json:"trace_id"`
	SpanID  string `json:"span_id"`

	line string // as the function wrote it
}

// A logbook is the function's stdout, which in Lambda is CloudWatch Logs.
type logbook struct {
	mu      sync.Mutex
	partial []byte
	lines   strings.Builder
	events  []event
	metrics []string // lines of the Embedded Metric Format
}

func (l *logbook) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.partial = append(l.partial, b...)
	for {
		line, rest, ok := bytes.Cut(l.partial, []byte("\n"))
		if !ok {
			return len(b), nil
		}
		l.add(string(line))
		l.partial = rest
	}
}

func (l *logbook) add(line string) {
	l.lines.WriteString(line + "\n")
	if bytes.Contains([]byte(line), []byte(`"_aws"`)) {
		l.metrics = append(l.metrics, line)
		return
	}
	e := event{line: line}
	if json.Unmarshal([]byte(line), &e) == nil && e.Msg == "lambdafence" && e.Outcome != "" {
		l.events = append(l.events, e)
	}
}

// of returns the events of one invocation but those of kind net: the proxy's are calls of their own, and as many as
// connections happen to be opened.
func (l *logbook) of(requestID string) []event {
	var events []event
	for _, e := range l.all() {
		if e.Function.RequestID == requestID && e.Call.Kind != "net" {
			events = append(events, e)
		}
	}
	return events
}

func (l *logbook) all() []event {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]event(nil), l.events...)
}

// text returns all lines so far.
func (l *logbook) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines.String()
}

// alarms returns the lines that CloudWatch would turn into metrics.
func (l *logbook) alarms() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.metrics...)
}
