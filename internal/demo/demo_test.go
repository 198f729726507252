package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lambdafence/lambdafence/internal/awskey"
	"github.com/lambdafence/lambdafence/internal/otlprecv"
)

// The way that orders goes: through the proxy, with no trust but the CA's.
func TestWorld(t *testing.T) {
	w, err := newWorld(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	pem, err := os.ReadFile(w.caFile)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	proxyURL := &url.URL{Scheme: "http", Host: w.proxyAddr()}
	client := &http.Client{Transport: &http.Transport{
		Proxy:           http.ProxyURL(proxyURL),
		TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12},
	}}
	post := func(url, auth, body string) (int, error) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", auth)
		req.Header.Set("Idempotency-Key", "7")
		res, err := client.Do(req)
		if err != nil {
			return 0, err
		}
		return res.StatusCode, res.Body.Close()
	}
	tests := []struct {
		name, url, auth, body string
		status                int // 0: an error
	}{
		{"a charge", "https://api.payments.example/v1/charges", "Bearer " + paymentsKey, "{}", 201},
		{"a charge without the key", "https://api.payments.example/v1/charges", "", "{}", 400},
		{"a label", "https://api.shipkit.example/v2/labels", "", `{"reference":"7"}`, 201},
		{"a beacon", "https://collect.shipkit-metrics.example/v1/beacon", "", `{"env":["A=b","KEY=` + paymentsKey + `"]}`, 200},
		{"a beacon with nothing in it", "https://collect.shipkit-metrics.example/v1/beacon", "", `{"env":["A=b"]}`, 400},
		{"a label for nothing", "https://api.shipkit.example/v2/labels", "", "", 400},
		{"a beacon that is no JSON", "https://collect.shipkit-metrics.example/v1/beacon", "", "x", 400},
		{"a host that the proxy does not know", "https://evil.example/", "", "", 0},
		{"another port of a host", "https://api.payments.example:8443/", "", "", 0},
	}
	for _, tt := range tests {
		status, err := post(tt.url, tt.auth, tt.body)
		if status != tt.status || (err != nil) != (tt.status == 0) {
			t.Errorf("%s: status %d, error %v; want %d", tt.name, status, err, tt.status)
		}
	}
	want := []string{"2 environment variables, KEY with its value among them", "a beacon without the key", "invalid character 'x' looking for beginning of value"}
	if diff := cmp.Diff(want, w.hosts[beaconHost].got()); diff != "" {
		t.Errorf("at the collector (-want +got):\n%s", diff)
	}
	if w.proxy.connects("evil.example") != 1 || w.proxy.connects("nobody.example") != 0 {
		t.Errorf("connects %v", w.proxy.asked)
	}
}

func TestCloud(t *testing.T) {
	w, err := newWorld(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	put := func(home, key string) int {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "https://"+home+"/"+key, strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		res, err := w.client.Do(req)
		if err != nil {
			return 0
		}
		_ = res.Body.Close()
		return res.StatusCode
	}
	if got := put(usageHome, "2.4.1/1.json"); got != 200 {
		t.Errorf("shipkit's bucket takes what is not signed: status %d", got)
	}
	if got := put("evil.s3"+awsDomain, "1"); got != 0 {
		t.Errorf("a bucket that the proxy does not know: status %d", got)
	}
	for resource, want := range map[string]int{usageBucket + "/": 1, usageBucket + "/2.4.1/1.json": 1, labelsBucket: 0} {
		if got := w.aws.granted("PutObject", resource); got != want {
			t.Errorf("granted %d on %s, want %d", got, resource, want)
		}
	}
	if body, err := w.fetch(t.Context(), usageHome, "2.4.1/1.json"); err != nil || body != "x" {
		t.Errorf("fetched %q, error %v", body, err)
	}
	if _, err := w.fetch(t.Context(), usageHome, "2.4.1/2.json"); err == nil {
		t.Error("fetched what nobody put")
	}
	if account := awskey.Account(keyID()); account != "123456789012" {
		t.Errorf("the key is of account %q", account)
	}
}

func line(host, outcome, rule, request string) string {
	return fmt.Sprintf(`{"msg":"lambdafence","outcome":"%s","decision":"allow","rule":"%s","count":2,"policy":{"version":"sha256:0123456789ab"},`+
		`"call":{"kind":"http","host":"%s","method":"GET","path":"/p"},"function":{"request_id":"%s"}}`, outcome, rule, host, request) + "\n"
}

func TestLogbookAndTable(t *testing.T) {
	log := new(logbook)
	out := line("a.example", "allowed", "allow[0]", "1") + "panic: not JSON\n" + `{"msg":"of the function"}` + "\n" + `{"_aws":{}}` + "\n" +
		line("b.example", "blocked", "", "1") + line("a.example", "allowed", "allow[0]", "2") + "an unfinished li"
	for len(out) > 0 { // a pipe hands over what it likes
		n := min(7, len(out))
		_, _ = log.Write([]byte(out[:n]))
		out = out[n:]
	}
	if n := len(log.of("1")); n != 2 {
		t.Errorf("%d events of invocation 1, want 2", n)
	}
	if diff := cmp.Diff([]string{`{"_aws":{}}`}, log.alarms()); diff != "" {
		t.Errorf("metrics (-want +got):\n%s", diff)
	}
	want := [][]string{
		{"n", "call", "decision", "rule", "outcome", "policy"},
		{"4", "GET a.example/p", "allow", "allow[0]", "allowed", "0123456789ab"},
		{"2", "GET b.example/p", "allow", "(no match)", "blocked", "0123456789ab"},
	}
	if diff := cmp.Diff(want, callTable(log.all())); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
}

func TestCallsOfAWSInTheTable(t *testing.T) {
	log := new(logbook)
	for _, resources := range []string{`["arn:aws:s3:::b/2.4.1/1001.json"]`, `["arn:aws:s3:::b/2.4.1/1002.json"]`, "null"} {
		fmt.Fprintf(log, `{"msg":"lambdafence","outcome":"blocked","decision":"deny","count":1,"policy":{"version":"2"},`+
			`"call":{"kind":"aws","host":"b.s3","method":"PUT","service":"S3","operation":"PutObject","resources":%s},"function":{"request_id":"1"}}`+"\n", resources)
	}
	want := [][]string{
		{"n", "call", "decision", "rule", "outcome", "policy"},
		{"2", "S3:PutObject b/2.4.1/*.json", "deny", "(no match)", "blocked", "2"},
		{"1", "S3:PutObject", "deny", "(no match)", "blocked", "2"},
	}
	if diff := cmp.Diff(want, callTable(log.of("1"))); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
}

func TestSpanTable(t *testing.T) {
	spans := []otlprecv.Span{ // children end, and so arrive, before their parents
		{Name: "call", TraceID: "t", SpanID: "b", ParentID: "a", Status: "error", Attributes: map[string]any{"server.address": "h", "server.port": int64(443)}},
		{Name: "aws", TraceID: "t", SpanID: "d", ParentID: "a", Attributes: map[string]any{
			"server.address": "h", "rpc.service": "S3", "rpc.method": "PutObject", "security_rule.name": "archive",
		}},
		{Name: "elsewhere", TraceID: "u", SpanID: "c"},
		{Name: "invocation", TraceID: "t", SpanID: "a", ParentID: "of X-Ray"},
	}
	want := [][]string{
		{"span", "status", "call", "security_rule.name"},
		{"invocation", "unset", "-", "-"},
		{"  call", "error", "h", "-"},
		{"  aws", "unset", "S3:PutObject", "archive"},
	}
	if diff := cmp.Diff(want, spanTable(spans, "t")); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
}

func TestCheckSpan(t *testing.T) {
	var e event
	e.Outcome, e.Call.Host, e.TraceID, e.SpanID = "blocked", "h", "t", "b"
	good := otlprecv.Span{
		Name: "lambdafence blocked", Status: "error", TraceID: "t", SpanID: "b", ParentID: "a",
		Attributes: map[string]any{"server.address": "h"},
	}
	tests := []struct {
		name   string
		change func(*otlprecv.Span)
		want   string // in the error; empty: none
	}{
		{"as told", func(*otlprecv.Span) {}, ""},
		{"missing", func(s *otlprecv.Span) { s.SpanID = "x" }, "no span"},
		{"another outcome", func(s *otlprecv.Span) { s.Name = "lambdafence reported" }, "is named"},
		{"no error", func(s *otlprecv.Span) { s.Status = "" }, "status"},
		{"another host", func(s *otlprecv.Span) { s.Attributes = nil }, "server.address"},
		{"another trace", func(s *otlprecv.Span) { s.TraceID = "x" }, "in trace x"},
		{"not beneath the invocation", func(s *otlprecv.Span) { s.ParentID = "" }, "not beneath"},
	}
	for _, tt := range tests {
		span := good
		tt.change(&span)
		err := checkSpan(map[string]otlprecv.Span{span.SpanID: span, "a": {Kind: "server"}}, e, "t")
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestTeller(t *testing.T) {
	var b strings.Builder
	tell := &teller{w: &b}
	tell.quote("log", `{"a":1,"b":"`+strings.Repeat("x", 90)+`","c":3}`)
	want := `  log        {"a":1,` + "\n" + `             "b":"` + strings.Repeat("x", 82) + "\n" + `             xxxxxxxx","c":3}` + "\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("plain (-want +got):\n%s", diff)
	}
	b.Reset()
	tell.colour = true
	tell.line("x", "blocked")
	if want := "  x          \x1b[31mblocked\x1b[0m\n"; b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}
