package integration

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	record "github.com/lambdafence/lambdafence/internal/events"
	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/wrapper"
	"github.com/lambdafence/lambdafence/wrapper/wrappertest"
)

// A fileExporter takes OTLP over HTTP, and writes what the Collector's exporter of that
// name does: a batch a line, by the Collector's own types.
type fileExporter struct {
	t     *testing.T
	mu    sync.Mutex
	lines bytes.Buffer
}

func (e *fileExporter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	body := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		unpacked, err := gzip.NewReader(r.Body)
		if err != nil {
			e.t.Error(err)
			return
		}
		body = unpacked
	}
	data, err := io.ReadAll(body)
	if err != nil {
		e.t.Error(err)
		return
	}
	batch := ptraceotlp.NewExportRequest()
	if err := batch.UnmarshalProto(data); err != nil {
		e.t.Error(err)
		return
	}
	var marshal ptrace.JSONMarshaler
	line, err := marshal.MarshalTraces(batch.Traces())
	if err != nil {
		e.t.Error(err)
		return
	}
	e.lines.Write(append(line, '\n'))
	w.Header().Set("Content-Type", "application/x-protobuf")
}

// TestCollector: events come back from the Collector's files as the fence gave them, as
// spans, and as log lines that the Collector took up.
func TestCollector(t *testing.T) {
	exporter := &fileExporter{t: t}
	server := httptest.NewServer(exporter)
	t.Cleanup(server.Close)
	client, err := otlptracehttp.New(t.Context(), otlptracehttp.WithEndpointURL(server.URL+"/v1/traces"), otlptracehttp.WithCompression(otlptracehttp.GzipCompression))
	if err != nil {
		t.Fatal(err)
	}
	tracers := sdktrace.NewTracerProvider(sdktrace.WithBatcher(client))
	f := wrappertest.New(t, "{name: p, mode: enforce, allow: [{host: a.example}, {aws: s3, accounts: '*'}], deny: [{host: evil.example, reason: drop site}]}",
		wrapper.WithTracerProvider(tracers), wrapper.WithEvents(wrapper.All))
	for _, c := range []policy.Call{
		{Kind: policy.HTTP, Scheme: "https", Network: "tcp", Host: "a.example", Port: 443, Method: "GET", Path: "/v1/x"},
		{Kind: policy.HTTP, Scheme: "https", Network: "tcp", Host: "a.example", Port: 443, Method: "PUT", Path: "/", HostHeader: "b.example"},
		{Kind: policy.HTTP, Scheme: "http", Network: "tcp", Host: "evil.example", Port: 8080, Method: "POST", Path: "/ü"},
		{Kind: policy.Net, Network: "udp", Host: "dns.example", Port: 53, Addr: netip.MustParseAddr("192.0.2.1")},
		{Kind: policy.Net, Network: "unix", Path: "/run/x.sock"},
		{Kind: policy.AWS, Scheme: "https", Network: "tcp", Host: "b.s3.eu-west-1.amazonaws.com", Port: 443, Method: "GET", Path: "/k",
			Service: "S3", Operation: "GetObject", Access: policy.Read, Resources: []string{"arn:aws:s3:::b/k"}, Region: "eu-west-1", Account: "444455556666", Self: account},
		{Kind: policy.AWS, Scheme: "https", Network: "tcp", Host: "sqs.eu-west-1.amazonaws.com", Port: 443, Method: "POST", Path: "/",
			Service: "SQS", Operation: "ListQueues", Access: policy.List, Resources: []string{}, Region: "eu-west-1", Account: account, Self: account,
			Caller: policy.Caller{Module: "example.com/m", Version: "v1.2.3", Package: "example.com/m/p"}},
	} {
		_ = f.Check(t.Context(), c)
	}
	if err := tracers.Shutdown(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	seen := f.Events()
	if len(seen) != 7 {
		t.Fatalf("%d events", len(seen))
	}
	for i := range seen { // what a span does not say
		seen[i].Suggestion = ""
		if c := &seen[i].Call; c.Kind == policy.AWS {
			c.Method, c.Path = "", ""
		}
	}
	same := cmp.Options{cmpopts.IgnoreFields(wrapper.Event{}, "Time"), cmpopts.IgnoreFields(policy.Call{}, "Callers", "Time"), cmp.Comparer(func(a, b netip.Addr) bool { return a == b })}

	var got []wrapper.Event
	r := record.NewReader(func(ev *wrapper.Event) error { got = append(got, *ev); return nil })
	r.Strict = true
	if err := r.Read("traces.json", bytes.NewReader(exporter.lines.Bytes())); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(seen, got, same); diff != "" {
		t.Errorf("from spans (-seen +read):\n%s", diff)
	}
	for i := range got {
		if d := got[i].Time.Sub(seen[i].Time).Abs(); d > 1e9 {
			t.Errorf("event %d is %v off", i, d)
		}
	}

	// Half a batch is told, and the other lines are read.
	got = nil
	r = record.NewReader(func(ev *wrapper.Event) error { got = append(got, *ev); return nil })
	half := exporter.lines.String()[:exporter.lines.Len()/2]
	if err := r.Read("traces.json", strings.NewReader(half+"\n"+exporter.lines.String())); err != nil || len(got) != 7 || r.Counts.Broken == 0 {
		t.Errorf("%v, %d events, %s", err, len(got), r.Counts.String())
	}
}

// TestCollectorOfLogs: the function's log lines, as the Collector has log records.
func TestCollectorOfLogs(t *testing.T) {
	const line = `{"time":"2026-11-01T10:00:00Z","level":"INFO","msg":"lambdafence","v":1,"outcome":"allowed","mode":"learn","decision":"deny","count":3,` +
		`"call":{"kind":"http","scheme":"https","host":"a.example","port":443,"method":"GET","path":"/","network":"tcp"}}`
	logs := plog.NewLogs()
	records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	records.AppendEmpty().Body().SetStr(line)
	records.AppendEmpty().Body().SetStr("REPORT RequestId: 1")
	parsed := records.AppendEmpty().Body().SetEmptyMap()
	if err := parsed.FromRaw(map[string]any{
		"time": "2026-11-01T10:00:01Z", "msg": "lambdafence", "v": int64(1), "outcome": "allowed", "mode": "learn", "decision": "deny", "count": int64(4),
		"call": map[string]any{"kind": "net", "host": "db.example", "port": int64(5432), "network": "tcp"},
	}); err != nil {
		t.Fatal(err)
	}
	var marshal plog.JSONMarshaler
	doc, err := marshal.MarshalLogs(logs)
	if err != nil {
		t.Fatal(err)
	}
	calls := map[string]int{}
	r := record.NewReader(func(ev *wrapper.Event) error { calls[ev.Call.String()] += ev.Count; return nil })
	r.Strict = true
	if err := r.Read("logs.json", bytes.NewReader(append(doc, '\n'))); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int{"GET https://a.example/": 3, "tcp db.example:5432": 4}, calls); diff != "" {
		t.Error(diff)
	}
}
