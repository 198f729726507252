package events

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/wrapper"
)

const spans = `{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"x"}}]},"scopeSpans":[{"scope":{"name":"github.com/lambdafence/lambdafence/wrapper"},"spans":[
{"traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"EEE19B7EC3C1B174","parentSpanId":"EEE19B7EC3C1B173","name":"lambdafence blocked","startTimeUnixNano":"1763719200000000001","endTimeUnixNano":"1763719200000000002","kind":1,"status":{"code":2},"attributes":[
 {"key":"lambdafence.outcome","value":{"stringValue":"blocked"}},{"key":"lambdafence.decision","value":{"stringValue":"deny"}},{"key":"lambdafence.mode","value":{"stringValue":"enforce"}},
 {"key":"lambdafence.reason","value":{"stringValue":"drop site"}},{"key":"lambdafence.layer","value":{"intValue":"1"}},{"key":"lambdafence.count","value":{"intValue":3}},{"key":"lambdafence.kind","value":{"stringValue":"aws"}},
 {"key":"security_rule.name","value":{"stringValue":"deny[0]"}},{"key":"security_rule.ruleset.name","value":{"stringValue":"orders"}},{"key":"lambdafence.policy.version","value":{"stringValue":"7"}},
 {"key":"faas.name","value":{"stringValue":"orders"}},{"key":"server.address","value":{"stringValue":"b.s3.eu-west-1.amazonaws.com"}},{"key":"server.port","value":{"intValue":"443"}},{"key":"url.scheme","value":{"stringValue":"https"}},
 {"key":"cloud.region","value":{"stringValue":"eu-west-1"}},{"key":"lambdafence.account","value":{"stringValue":"111122223333"}},{"key":"lambdafence.self","value":{"stringValue":"111122223333"}},
 {"key":"rpc.system","value":{"stringValue":"aws-api"}},{"key":"rpc.service","value":{"stringValue":"S3"}},{"key":"rpc.method","value":{"stringValue":"CopyObject"}},{"key":"lambdafence.access","value":{"stringValue":"write"}},
 {"key":"lambdafence.also","value":{"arrayValue":{"values":[{"stringValue":"read"}]}}},{"key":"lambdafence.resources","value":{"arrayValue":{"values":[{"stringValue":"arn:aws:s3:::b/k"}]}}},
 {"key":"lambdafence.caller.module","value":{"stringValue":"example.com/m"}},{"key":"network.peer.address","value":{"stringValue":"10.0.0.1"}},{"key":"something.new","value":{"doubleValue":1.5}}]},
{"name":"GET","spanId":"01","attributes":[]}]}]}]}`

func TestSpansAreEvents(t *testing.T) {
	want := wrapper.Event{
		Time: time.Unix(1763719200, 1).UTC(), Outcome: wrapper.Blocked,
		Call: policy.Call{
			Kind: policy.AWS, Service: "S3", Operation: "CopyObject", Access: policy.Write, Also: []policy.Access{policy.Read}, Resources: []string{"arn:aws:s3:::b/k"},
			Region: "eu-west-1", Account: "111122223333", Self: "111122223333", Scheme: "https", Host: "b.s3.eu-west-1.amazonaws.com", Port: 443, Network: "tcp",
			Addr: netip.MustParseAddr("10.0.0.1"), Caller: policy.Caller{Module: "example.com/m"}, Function: "orders",
		},
		Decision: policy.Decision{Effect: policy.Deny, Mode: policy.Enforce, Layer: 1, Rule: "deny[0]", Reason: "drop site"},
		Policy:   wrapper.PolicyRef{Name: "orders", Version: "7"}, Function: wrapper.FunctionRef{Name: "orders"},
		TraceID: "5b8efff798038103d269b633813fc60c", SpanID: "eee19b7ec3c1b174", Count: 3,
	}
	for name, input := range map[string]string{"a line": strings.ReplaceAll(spans, "\n", ""), "a document": spans} {
		r, got, err := readAll(t, nil, input)
		if err != nil || r.Counts.Events != 1 || r.Counts.Calls != 3 || r.Counts.Others != 1 {
			t.Fatal(name, err, &r.Counts)
		}
		if diff := cmp.Diff(want, got[0], asRead); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
	// The span and the log line of one event are one event.
	line := `{"time":"2025-11-21T10:00:00Z","msg":"lambdafence","v":1,"outcome":"blocked","mode":"enforce","decision":"deny","call":{"kind":"aws"},"trace_id":"5b8efff798038103d269b633813fc60c","span_id":"eee19b7ec3c1b174"}`
	if r, _, err := readAll(t, nil, line+"\n"+strings.ReplaceAll(spans, "\n", "")); err != nil || r.Counts.Events != 1 || r.Counts.Duplicates != 1 {
		t.Error(err, &r.Counts)
	}
}

func TestBrokenSpans(t *testing.T) {
	for _, change := range [][2]string{
		{`"intValue":"443"`, `"intValue":"70000"`},
		{`"intValue":3`, `"intValue":"many"`},
		{`"stringValue":"blocked"`, `"stringValue":"pondered"`},
		{`"attributes":[
`, `"attributes":5,"x":[`},
		{`"scopeSpans":[`, `"scopeSpans":5,"x":[`},
		{`"10.0.0.1"`, `"10.0.0.999"`},
	} {
		if !strings.Contains(spans, change[0]) {
			t.Fatal(change)
		}
		r, _, err := readAll(t, nil, strings.Replace(spans, change[0], change[1], 1))
		if err != nil || r.Counts.Broken != 1 || r.Counts.Events != 0 {
			t.Errorf("%s: %v, %v", change[1], err, &r.Counts)
		}
	}
	if r, _, err := readAll(t, nil, `{"resourceLogs":[{"scopeLogs":7}]}`); err != nil || r.Counts.Broken != 1 {
		t.Error(err, &r.Counts)
	}
}

// TestLogRecords: a bridge of slog keeps the message as the body and the rest as
// attributes.
func TestLogRecords(t *testing.T) {
	const input = `{"resourceLogs":[{"scopeLogs":[{"logRecords":[
{"timeUnixNano":"1","body":{"stringValue":"lambdafence"},"attributes":[{"key":"v","value":{"intValue":"1"}},{"key":"outcome","value":{"stringValue":"reported"}},{"key":"mode","value":{"stringValue":"report"}},
 {"key":"decision","value":{"stringValue":"deny"}},{"key":"count","value":{"intValue":"2"}},{"key":"call","value":{"kvlistValue":{"values":[{"key":"kind","value":{"stringValue":"http"}},{"key":"host","value":{"stringValue":"a.example"}},
 {"key":"port","value":{"intValue":"443"}},{"key":"resources","value":{"arrayValue":{"values":[{"stringValue":"arn:x"}]}}}]}}},{"key":"rare","value":{"boolValue":true}},{"key":"rarer","value":{"doubleValue":1.5}},{"key":"none","value":{}}]},
{"body":{"kvlistValue":{"values":[{"key":"msg","value":{"stringValue":"lambdafence"}},{"key":"v","value":{"intValue":"9"}}]}}},
{"body":{"stringValue":"hello"}},{"body":{}}]}]}]}`
	r, got, err := readAll(t, nil, input)
	if err != nil || len(got) != 1 || got[0].Call.Host != "a.example" || got[0].Call.Port != 443 || got[0].Count != 2 || got[0].Call.Resources[0] != "arn:x" {
		t.Errorf("%v, %v, %+v", err, &r.Counts, got)
	}
	if r.Counts.Newer != 1 || r.Counts.Others != 2 {
		t.Error(&r.Counts)
	}
}

// FuzzRead: nothing panics, whatever is read, and what is counted adds up.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		spans, "timestamp,message\n1,\"{\"\"msg\"\":\"\"lambdafence\"\"}\"\n", `{"events":[{"message":"{\"msg\":\"lambdafence\",\"v\":1}"}]}`, "{\n\"results\":[[{\"field\":\"@message\",\"value\":\"x\"}]]}",
		`{"time":"2025-11-21T10:00:00Z","msg":"lambdafence","v":1,"outcome":"blocked","mode":"enforce","decision":"deny","call":{"kind":"aws"}}`, "\x1f\x8b", "[\n[[", `{"msg":{"msg":{"msg":"lambdafence"}}}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, got, err := readAll(t, nil, s)
		if err != nil {
			t.Error(err)
		}
		if int64(len(got)) != r.Counts.Events || r.Counts.Calls < r.Counts.Events {
			t.Error(&r.Counts)
		}
	})
}
