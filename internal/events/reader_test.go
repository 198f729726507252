package events

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/policy/source"
	"github.com/lambdafence/lambdafence/wrapper"
)

// said returns what a fence logs of some calls, a line each, and its events.
func said(t *testing.T) (lines []string, events []wrapper.Event) {
	t.Helper()
	t.Setenv("AWS_LAMBDA_FUNCTION_NAME", "orders")
	var log bytes.Buffer
	doc := []byte("{name: p, mode: report, allow: [{aws: s3, resources: [b]}, {host: a.example}], deny: [{host: evil.example, mode: enforce, reason: drop site}], local: ['unix:/run/x']}")
	f := wrapper.Must(wrapper.New(t.Context(), wrapper.WithPolicy(source.Static("p", doc)), wrapper.WithEvents(wrapper.All), wrapper.WithAccount("111122223333"),
		wrapper.WithLogger(slog.New(slog.NewJSONHandler(&log, nil))),
		wrapper.WithSink(func(_ context.Context, ev wrapper.Event) { events = append(events, ev) })))
	for _, c := range []policy.Call{
		{Kind: policy.HTTP, Scheme: "https", Host: "a.example", Port: 443, Method: "POST", Path: "/v1/x"},
		{Kind: policy.HTTP, Scheme: "https", Host: "evil.example", Port: 443, Method: "GET", Path: "/\u2028\"{", HostHeader: "b.example"},
		{Kind: policy.Net, Network: "tcp", Host: "10.1.2.3", Port: 5432, Addr: netip.MustParseAddr("10.1.2.3")},
		{Kind: policy.Net, Network: "unix", Path: "/run/x"},
		{
			Kind: policy.AWS, Service: "S3", Operation: "CopyObject", Access: policy.Write, Also: []policy.Access{policy.Read}, Resources: []string{"arn:aws:s3:::b/k", "arn:aws:s3:::c/k"},
			Region: "eu-west-1", Account: "111122223333", Self: "111122223333", Scheme: "https", Host: "b.s3.eu-west-1.amazonaws.com", Port: 443, Method: "PUT", Path: "/k",
		},
		{Kind: policy.AWS, Service: "SQS", Operation: "ListQueues", Access: policy.List, Resources: []string{}, Region: "eu-west-1", Account: "111122223333", Self: "111122223333"},
		{Kind: policy.AWS, Service: "Newest", Operation: "Make", Caller: policy.Caller{Module: "example.com/m", Version: "v1.0.0", Package: "example.com/m/p"}},
	} {
		_ = f.Check(t.Context(), c)
	}
	for line := range strings.Lines(log.String()) {
		lines = append(lines, strings.TrimSpace(line))
	}
	if len(lines) != 7 || len(events) != 7 {
		t.Fatalf("%d lines, %d events", len(lines), len(events))
	}
	return lines, events
}

// asRead is what is left of an event in a log: about the time, and not
// what the log does not have.
var asRead = cmp.Options{
	cmpopts.EquateApproxTime(time.Second), cmpopts.EquateComparable(netip.Addr{}),
	cmp.Transformer("call", func(c policy.Call) any {
		c.Time, c.Callers, c.Function = time.Time{}, nil, ""
		type plain policy.Call
		return plain(c)
	}),
}

// TestLinesAreEvents: what the wrapper writes is read as what it was.
func TestLinesAreEvents(t *testing.T) {
	lines, events := said(t)
	for i, line := range lines {
		got, err := parseLine([]byte(line))
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		if diff := cmp.Diff(events[i], got, asRead); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", line, diff)
		}
	}
}

// readAll reads an input and returns the paths or operations of its events.
func readAll(t *testing.T, r *Reader, input string) (*Reader, []wrapper.Event, error) {
	t.Helper()
	var events []wrapper.Event
	if r == nil {
		r = NewReader(nil)
	}
	r.Each = func(ev *wrapper.Event) error { events = append(events, *ev); return nil }
	err := r.Read("in", strings.NewReader(input))
	return r, events, err
}

func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// TestForms reads the same events in every form that they come in.
func TestForms(t *testing.T) {
	lines, want := said(t)
	each := func(format string, write func(line string) string) string {
		var all []string
		for _, line := range lines {
			all = append(all, fmt.Sprintf(format, write(line)))
		}
		return strings.Join(all, ",\n")
	}
	same := func(line string) string { return line }
	indented := func(line string) string {
		var b bytes.Buffer
		if err := json.Indent(&b, []byte(line), "", "  "); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	packed := func(s string) string {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = io.WriteString(z, s)
		z.Close()
		return b.String()
	}
	plain := strings.Join(lines, "\n") + "\n"
	for name, input := range map[string]string{
		"lines":                    plain,
		"lines without an end":     strings.TrimSpace(plain),
		"lines of Windows":         strings.ReplaceAll(plain, "\n", "\r\n"),
		"gzip":                     packed(plain),
		"gzip twice in a row":      packed(lines[0]+"\n") + packed(strings.Join(lines[1:], "\n")),
		"S3 export":                "2026-11-21T10:00:00.000Z " + strings.Join(lines, "\n2026-11-21T10:00:00.000Z ") + "\n",
		"aws logs tail":            "2026-11-21T10:00:00+00:00 2026/11/21/[$LATEST]0123 " + strings.Join(lines, "\n2026-11-21T10:00:00+00:00 2026/11/21/[$LATEST]0123 ") + "\n",
		"filter-log-events":        "{\n  \"events\": [\n" + each("{\"logStreamName\": \"x\", \"timestamp\": 1, \"message\": %s, \"eventId\": \"1\"}", func(l string) string { return quoted(l + "\n") }) + "\n  ],\n  \"searchedLogStreams\": []\n}\n",
		"filter-log-events, short": `{"searchedLogStreams":[],"events":[` + strings.ReplaceAll(each(`{"message":%s}`, quoted), "\n", "") + `]}`,
		"get-query-results":        "{\"results\": [\n" + each(`[{"field": "@timestamp", "value": "2026"}, {"field": "@message", "value": %s}, {"field": "@ptr", "value": "x"}]`, quoted) + "\n], \"statistics\": {\"recordsMatched\": 7.0}, \"status\": \"Complete\"}",
		"subscription":             `{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logStream":"s","subscriptionFilters":["f"],"logEvents":[` + strings.ReplaceAll(each(`{"id":"1","timestamp":1,"message":%s}`, quoted), "\n", "") + `]}` + `{"messageType":"CONTROL_MESSAGE","logEvents":[{"id":"","timestamp":1,"message":"CWL CONTROL MESSAGE: Checking health of destination"}]}`,
		"console, CSV":             "timestamp,message\n" + strings.Join(strings.Split(strings.ReplaceAll(each("1763719200000,\"%s\"", func(l string) string { return strings.ReplaceAll(l, `"`, `""`) + "\n" }), ",\n1763", "\n1763"), "\x00"), "") + "\n",
		"Insights, CSV":            "@timestamp,@message,@log\n" + strings.ReplaceAll(each("2026-11-21 10:00:00.000,\"%s\",1:/aws/lambda/orders", func(l string) string { return strings.ReplaceAll(l, `"`, `""`) }), ",\n2026", "\n2026") + "\n",
		"Insights, JSON":           "[\n" + each(`{"@timestamp": "2026", "@message": %s}`, same) + "\n]\n",
		"Insights, JSON as text":   "[\n" + each(`{"@timestamp": "2026", "@message": %s}`, quoted) + "\n]\n",
		"a collector of logs":      strings.ReplaceAll(each(`{"log":%s,"stream":"stdout"}`, quoted), ",\n", "\n"),
		"indented":                 indented(lines[0]) + strings.ReplaceAll(strings.TrimPrefix(each("%s", indented), indented(lines[0])+","), "\n},\n{", "\n}\n{"),
		"an array":                 "[" + each("%s", indented) + "]",
		"OTLP logs":                `{"resourceLogs":[{"resource":{"attributes":[]},"scopeLogs":[{"scope":{},"logRecords":[` + strings.ReplaceAll(each(`{"timeUnixNano":"1","body":{"stringValue":%s}}`, quoted), "\n", "") + `]}]}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			r, got, err := readAll(t, nil, input)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, asRead); diff != "" {
				t.Errorf("%v: (-want +got)\n%.2000s", &r.Counts, diff)
			}
			if r.Counts.Broken > 0 || r.Counts.Newer > 0 || r.Counts.Duplicates > 0 || r.Counts.Events != 7 {
				t.Error(&r.Counts)
			}
		})
	}
}

// TestBadInput: what cannot be read is counted, and the rest is read.
func TestBadInput(t *testing.T) {
	lines, _ := said(t)
	plain := strings.Join(lines, "\n")
	const batch = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"lambdafence allowed","spanId":"1","attributes":[` +
		`{"key":"lambdafence.outcome","value":{"stringValue":"allowed"}},{"key":"lambdafence.decision","value":{"stringValue":"allow"}},{"key":"lambdafence.mode","value":{"stringValue":"learn"}},` +
		`{"key":"lambdafence.kind","value":{"stringValue":"net"}},{"key":"server.address","value":{"stringValue":"a.example"}}]}]}]}]}`
	for _, tt := range []struct {
		name, input string
		want        Counts // without bytes
	}{
		{"nothing", "", Counts{}},
		{"empty lines", "\n\n \n", Counts{}},
		{"another program's", "START RequestId: 1\n{\"level\":\"info\",\"msg\":\"hello\"}\nlambdafence is great\nEND\n", Counts{Others: 4}},
		{"a notice", `{"level":"ERROR","msg":"lambdafence notice","notice":"policy load failed"}`, Counts{Others: 1}},
		{"mixed", "START\n" + plain + "\nEND\n", Counts{Events: 7, Calls: 7, Others: 2}},
		{"truncated", plain[:len(plain)-10], Counts{Events: 6, Calls: 6, Broken: 1}},
		{"read twice", plain + "\n" + plain, Counts{Events: 7, Calls: 7, Duplicates: 7}},
		{"of another version", strings.Replace(lines[0], `"v":1`, `"v":2`, 1), Counts{Newer: 1}},
		{"of another version, in another form", strings.Replace(lines[0], `"v":1,"outcome":"allowed"`, `"v":2,"outcome":["allowed"]`, 1), Counts{Newer: 1}},
		{"an unknown outcome", strings.Replace(lines[0], `"allowed"`, `"pondered"`, 1), Counts{Broken: 1}},
		{"an unknown kind", strings.Replace(lines[0], `"kind":"http"`, `"kind":"smtp"`, 1), Counts{Broken: 1}},
		{"an unknown level", strings.Replace(lines[5], `"access":"list"`, `"access":"all"`, 1), Counts{Broken: 1}},
		{"an unknown further level", strings.Replace(lines[4], `"also":["read"]`, `"also":["unknown"]`, 1), Counts{Broken: 1}},
		{"no address", strings.Replace(lines[2], `"ip":"10.1.2.3"`, `"ip":"10.1.2"`, 1), Counts{Broken: 1}},
		{"a port out of range", strings.Replace(lines[0], `"port":443`, `"port":70000`, 1), Counts{Broken: 1}},
		{"a line of 1 MB", `{"msg":"` + strings.Repeat("x", 1<<20) + "\"}\n" + plain, Counts{Events: 7, Calls: 7, Others: 1}},
		{"half a document", "{\n\"events\": [\n{\"message\": " + quoted(lines[0]) + "},\n{\"mess", Counts{Events: 1, Calls: 1, Broken: 1, Others: 1}},
		{"half a batch", `{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"lambdafence`, Counts{Broken: 1}},
		{"a document with a mistake", "[\n" + lines[0] + ",\n}\n]", Counts{Events: 1, Calls: 1, Broken: 1, Others: 2}},
		{"a document with a mistake, then lines", "[\n" + lines[0] + ",\n}\n]\n" + plain, Counts{Events: 7, Calls: 7, Broken: 1, Others: 2, Duplicates: 1}},
		{"half an event, then others", lines[1][:100] + "\n" + plain, Counts{Events: 7, Calls: 7, Broken: 1}},
		{"half a batch, then another", `{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"lambdaf` + "\n" + batch, Counts{Events: 1, Calls: 1, Broken: 1}},
		{"a batch cut off at a comma, then another", `{"resourceSpans":[{"scopeSpans":[]},` + "\n" + batch, Counts{Events: 1, Calls: 1, Broken: 1}},
		{"a batch cut off at a bracket, then another", `{"resourceSpans":[` + "\n" + batch, Counts{Broken: 2}},
		{"a document of numbers", "[\n1,\n2\n]", Counts{Others: 2}},
		{"events of others", `{"events":[{"a":1},{"b":2}],"x":{"y":[1]}}`, Counts{Others: 2}},
		{"envelopes that are none", `{"events":{"a":{"b":1}},"results":5}` + "\n" + `{"resourceSpans":[5]}`, Counts{Broken: 1}},
		{"a table with a mistake", "timestamp,message\n1,\"a\n", Counts{Others: 1}},
		{"a table with short rows", "timestamp,message\n1\n2,x\n", Counts{Others: 2}},
		{"gzip that ends", "\x1f\x8b\x08\x00", Counts{Broken: 1}},
		{"counted", strings.Replace(lines[0], `"count":1`, `"count":41`, 1), Counts{Events: 1, Calls: 41}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, _, err := readAll(t, nil, tt.input)
			if err != nil {
				t.Error(err)
			}
			r.Counts.Bytes = 0
			if diff := cmp.Diff(tt.want, r.Counts); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			strict := NewReader(nil)
			strict.Strict = true
			if _, _, err := readAll(t, strict, tt.input); (err != nil) != (tt.want.Broken+tt.want.Newer > 0) {
				t.Errorf("strict: %v", err)
			} else if err != nil && !strings.HasPrefix(err.Error(), "in:") {
				t.Errorf("strict: %v does not say where", err)
			}
		})
	}
}

// TestLongLinesAreSkipped: memory does not grow with a line.
func TestLongLinesAreSkipped(t *testing.T) {
	lines, _ := said(t)
	r := NewReader(func(*wrapper.Event) error { return nil })
	long := io.MultiReader(strings.NewReader(lines[0]+"\n"), io.LimitReader(zeros{}, maxLine+1<<20), strings.NewReader("\n"+lines[1]+"\n"))
	if err := r.Read("in", long); err != nil || r.Counts.Events != 2 || r.Counts.Broken != 1 {
		t.Error(err, &r.Counts)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '0'
	}
	return len(p), nil
}

func TestEachMayEndIt(t *testing.T) {
	lines, _ := said(t)
	enough := errors.New("enough")
	n := 0
	r := NewReader(func(*wrapper.Event) error { n++; return enough })
	if err := r.Read("in", strings.NewReader(strings.Join(lines, "\n"))); !errors.Is(err, enough) || n != 1 {
		t.Error(err, n)
	}
	failing := errors.New("the disk is gone")
	if err := r.Read("in", io.MultiReader(strings.NewReader("x\n"), broken{failing})); !errors.Is(err, failing) {
		t.Error(err)
	}
}

type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

// TestSeenIsBounded: of any number of events, the last are remembered.
func TestSeenIsBounded(t *testing.T) {
	var s seen
	for i := range uint64(3*generation + 5) {
		if s.add(i + 1) {
			t.Fatal(i)
		}
	}
	if s.now.n+s.before.n > 2*generation || len(s.now.slots)+len(s.before.slots) > 4*generation {
		t.Error(s.now.n, s.before.n, len(s.now.slots), len(s.before.slots))
	}
	if !s.add(3*generation) || !s.add(2*generation+7) || s.add(1) {
		t.Error("the last are forgotten, or the first are not")
	}
}

func TestCountsTell(t *testing.T) {
	c := Counts{Events: 3, Calls: 40, Duplicates: 1, Others: 9, Newer: 2, Broken: 4}
	if got, want := c.String(), "3 events of 40 calls, 1 read twice, 9 lines of others, 2 of a newer version, left out, 4 that cannot be read, left out"; got != want {
		t.Error(got)
	}
}

// TestGroups: a group is told as its first and its last, with the count of all.
func TestGroups(t *testing.T) {
	lines, events := said(t)
	first, last := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 11, 7, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name  string
		group Group
		times []time.Time
		want  Counts // without bytes
	}{
		{"many", Group{Line: []byte(lines[0]), First: first, Last: last, Lines: 30, Calls: 50}, []time.Time{first, last}, Counts{Events: 30, Calls: 50}},
		{"one", Group{Line: []byte(lines[0]), First: first, Last: first, Lines: 1, Calls: 7}, []time.Time{events[0].Time}, Counts{Events: 1, Calls: 7}},
		{"no counts", Group{Line: []byte(lines[0])}, []time.Time{events[0].Time}, Counts{Events: 1, Calls: 1}},
		{"wrapped", Group{Line: []byte(`{"log":` + quoted(lines[0]) + `}`), First: first, Last: last, Lines: 2, Calls: 2}, []time.Time{first, last}, Counts{Events: 2, Calls: 2}},
		{"others", Group{Line: []byte(`{"msg":"lambdafence notice"}`), Lines: 4}, nil, Counts{Others: 4}},
		{"newer", Group{Line: []byte(strings.Replace(lines[0], `"v":1`, `"v":2`, 1)), Lines: 4}, nil, Counts{Newer: 4}},
		{"cut off", Group{Line: []byte(lines[0][:90]), Lines: 4}, nil, Counts{Broken: 4}},
		{"negative", Group{Line: []byte(lines[0]), Lines: -5, Calls: -5}, []time.Time{events[0].Time}, Counts{Events: 1, Calls: 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var times []time.Time
			calls := 0
			r := NewReader(func(ev *wrapper.Event) error {
				times = append(times, ev.Time)
				calls += ev.Count
				return nil
			})
			if err := r.Group("g", tt.group); err != nil {
				t.Error(err)
			}
			r.Counts.Bytes = 0
			if diff := cmp.Diff(tt.want, r.Counts); diff != "" || int64(calls) != tt.want.Calls {
				t.Errorf("%d calls, (-want +got)\n%s", calls, diff)
			}
			if diff := cmp.Diff(tt.times, times, cmpopts.EquateApproxTime(time.Second)); diff != "" {
				t.Error(diff)
			}
		})
	}
	strict := NewReader(func(*wrapper.Event) error { return nil })
	strict.Strict = true
	if err := strict.Group("g", Group{Line: []byte(lines[0][:90])}); err == nil || !strings.HasPrefix(err.Error(), "g: ") {
		t.Error(err)
	}
}
