package wrapper_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/lambdafence/lambdafence/internal/awskey"
	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/wrapper"
)

const (
	reports    = "https://reports.s3.eu-west-1.amazonaws.com/"
	readReport = "mode: enforce\nallow: [{aws: s3, operations: [GetObject], resources: [\"reports/in/*\"]}]\n"
)

// presigned is a URL with a signature of an account's key.
func presigned(place, account string) string {
	return place + "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=" + awskey.ID(account) +
		"%2F20261121%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Date=20261121T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=51911a7e"
}

func authorization(account, service string) string {
	return "AWS4-HMAC-SHA256 Credential=" + awskey.ID(account) + "/20261121/eu-west-1/" + service + "/aws4_request, SignedHeaders=host;x-amz-date, Signature=51911a7e"
}

// sends reports whether a request arrived. It fails the test where an error and
// what arrived do not agree.
func sends(t *testing.T, c *cloud, rt http.RoundTripper, r *http.Request) bool {
	t.Helper()
	c.before = func(http.ResponseWriter, *http.Request) bool { return true }
	hits := c.hits.Load()
	res, err := rt.RoundTrip(r)
	if err == nil {
		res.Body.Close()
	}
	arrived := c.hits.Load() > hits
	if arrived == errors.Is(err, wrapper.ErrBlocked) {
		t.Errorf("%s %s: arrived %v, error %v", r.Method, r.URL.Path, arrived, err)
	}
	return arrived
}

func newRequest(t *testing.T, method, target string, header ...string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header[header[i]] = append(r.Header[header[i]], header[i+1])
	}
	return r
}

// TestPresigned: a request that the SDK did not make is judged as what it asks for.
func TestPresigned(t *testing.T) {
	c := newCloud(t)
	f, _ := awsFence(t, readReport)
	rt := f.Transport(c.transport())
	for _, tt := range []struct {
		name   string
		r      *http.Request
		allows bool
	}{
		{"the object", newRequest(t, "GET", presigned(reports+"in/1", ownAccount)), true},
		{"in the path", newRequest(t, "GET", presigned("https://s3.eu-west-1.amazonaws.com/reports/in/1", ownAccount)), true},
		{"signed by a header", newRequest(t, "GET", reports+"in/1", "Authorization", authorization(ownAccount, "s3")), true},
		{"with the host that presigning returns", newRequest(t, "GET", presigned(reports+"in/1", ownAccount), "Host", "reports.s3.eu-west-1.amazonaws.com"), true},
		{"another key", newRequest(t, "GET", presigned(reports+"out/1", ownAccount)), false},
		{"another bucket", newRequest(t, "GET", presigned("https://evil.s3.eu-west-1.amazonaws.com/in/1", ownAccount)), false},
		{"another account", newRequest(t, "GET", presigned(reports+"in/1", evilAccount)), false},
		{"nobody", newRequest(t, "GET", reports+"in/1"), false},
		{"another method", newRequest(t, "PUT", presigned(reports+"in/1", ownAccount)), false},
		{"a subresource", newRequest(t, "GET", presigned(reports+"in/1", ownAccount)+"&acl"), false},
		{"another region", newRequest(t, "GET", strings.Replace(presigned(reports+"in/1", ownAccount), "eu-west-1%2F", "us-east-1%2F", 1)), false},
		{"without TLS", newRequest(t, "GET", strings.Replace(presigned(reports+"in/1", ownAccount), "https", "http", 1)), false},
		{"another port", newRequest(t, "GET", strings.Replace(presigned(reports+"in/1", ownAccount), ".com/", ".com:8443/", 1)), false},
		{"dots", newRequest(t, "GET", presigned(reports+"in/../out/1", ownAccount)), false},
		{"two credentials", newRequest(t, "GET", presigned(reports+"in/1", ownAccount), "Authorization", authorization(ownAccount, "s3")), false},
		{"another Host in small letters", newRequest(t, "GET", presigned(reports+"in/1", ownAccount), "host", "evil.s3.eu-west-1.amazonaws.com"), false},
		{"another Host among the headers", newRequest(t, "GET", presigned(reports+"in/1", ownAccount), "Host", "evil.s3.eu-west-1.amazonaws.com"), false},
		{"a host with a final dot, which S3 may take for a bucket", newRequest(t, "GET", presigned(strings.Replace(reports, ".com/", ".com./", 1)+"in/1", ownAccount)), false},
		{"a host in capitals", newRequest(t, "GET", presigned(strings.Replace(reports, "reports", "REPORTS", 1)+"in/1", ownAccount)), false},
	} {
		if got := sends(t, c, rt, tt.r); got != tt.allows {
			t.Errorf("%s: allowed %v", tt.name, got)
		}
	}

	asked := newRequest(t, "GET", presigned(reports+"in/1", ownAccount))
	asked.Host = "evil.s3.eu-west-1.amazonaws.com"
	if sends(t, c, rt, asked) {
		t.Error("a Host that is another bucket's")
	}
	asked = newRequest(t, "GET", presigned(reports+"in/1", ownAccount))
	asked.Host = "user@reports.s3.eu-west-1.amazonaws.com"
	if sends(t, c, rt, asked) {
		t.Error("a Host with a user before it")
	}
	asked = newRequest(t, "GET", presigned(reports+"in/1", ownAccount))
	asked.URL = &url.URL{Scheme: "https", Host: asked.URL.Host, Opaque: "/in/1?acl", RawQuery: asked.URL.RawQuery}
	if sends(t, c, rt, asked) {
		t.Error("a query in URL.Opaque")
	}
	asked = newRequest(t, "GET", presigned(reports+"in/1", ownAccount))
	asked.Trailer = http.Header{"X-Amz-Copy-Source": nil}
	if sends(t, c, rt, asked) {
		t.Error("a trailer")
	}
}

// TestPresignedRules: what a rule does not ask need not be known, and an exact
// host allows as before.
func TestPresignedRules(t *testing.T) {
	c := newCloud(t)
	get, list := newRequest(t, "GET", presigned(reports+"in/1", ownAccount)), newRequest(t, "GET", presigned(reports, ownAccount)+"&newest")
	for _, tt := range []struct {
		policy    string
		get, list bool
	}{
		{"allow: [{aws: s3}]", true, true},
		{"allow: [{aws: s3, accounts: ['666677778888']}]", false, false},
		{"allow: [{aws: s3, resources: [reports]}]", true, false},
		{"allow: [{aws: s3, access: [read]}]", true, false},
		{"allow: [{aws: s3, access: [write]}]", false, false},
		{"allow: [{aws: sqs}]", false, false},
		{"allow: [{host: reports.s3.eu-west-1.amazonaws.com, paths: [/in/*]}]", true, false},
		{"allow: [{host: '**.amazonaws.com'}]", false, false},
		{"deny: [{aws: s3, access: [write]}]", true, false}, // it could be anything
		{"deny: [{aws: s3, resources: [reports/in]}]", false, false},
		{"deny: [{aws: s3, resources: [reports/out]}]", true, false},
		{"deny: [{aws: s3, accounts: [self]}]", false, false},
	} {
		f, _ := awsFence(t, "mode: enforce\n"+tt.policy+"\n")
		rt := f.Transport(c.transport())
		if got := sends(t, c, rt, get); got != tt.get {
			t.Errorf("%s: get allowed %v", tt.policy, got)
		}
		if got := sends(t, c, rt, list); got != tt.list {
			t.Errorf("%s: what is not known allowed %v", tt.policy, got)
		}
	}
}

// TestHandSigned: other protocols, and the built-in rule.
func TestHandSigned(t *testing.T) {
	c := newCloud(t)
	const json = "application/x-amz-json-1.0"
	post := func(host, target, key string) *http.Request {
		return newRequest(t, "POST", "https://"+host+"/", "Content-Type", json, "X-Amz-Target", target, "Authorization", authorization(key, "x"))
	}
	f, events := awsFence(t, "mode: enforce\nallow: [{aws: dynamodb, operations: [GetItem]}, {aws: ses}]\n")
	rt := f.Transport(c.transport())
	for _, tt := range []struct {
		r      *http.Request
		allows bool
		event  string
	}{
		{post("dynamodb.eu-west-1.amazonaws.com", "DynamoDB_20120810.GetItem", ownAccount), true, "allowed DynamoDB:GetItem"},
		{post("dynamodb.eu-west-1.amazonaws.com", "DynamoDB_20120810.PutItem", ownAccount), false, "blocked DynamoDB:PutItem"},
		{post("dynamodb.eu-west-1.amazonaws.com", "DynamoDB_20120810.GetItem", evilAccount), false, "blocked DynamoDB:GetItem"},
		// Several services answer there: it stays a request, but for who signs it.
		{post("email.eu-west-1.amazonaws.com", "x", ownAccount), true, "allowed POST https://email.eu-west-1.amazonaws.com/"},
		{post("email.eu-west-1.amazonaws.com", "x", evilAccount), false, "blocked POST https://email.eu-west-1.amazonaws.com/"},
	} {
		*events = nil
		if got := sends(t, c, rt, tt.r); got != tt.allows {
			t.Errorf("%s: allowed %v", tt.event, got)
		}
		wantEvents(t, events, tt.event)
	}
}

// TestHandSignedOwnPolicy: the built-in rule knows what may change the policy.
func TestHandSignedOwnPolicy(t *testing.T) {
	c := newCloud(t)
	c.PutParameter("/fence/app", "x")
	f := wrapper.Must(wrapper.New(t.Context(), discard(), wrapper.WithPolicy(ownSource{c.Stand})))
	wrapper.StartedWith(f, awskey.ID(ownAccount))
	rt := f.Transport(c.transport())
	for target, allows := range map[string]bool{"AmazonSSM.GetParameter": true, "AmazonSSM.PutParameter": false, "AmazonSSM.DeleteParameters": false, "AmazonSSM.Newest": true, "x.PutParameter": false, "": false} {
		r := newRequest(t, "POST", "https://ssm.eu-west-1.amazonaws.com/", "Content-Type", "application/x-amz-json-1.1", "X-Amz-Target", target, "Authorization", authorization(ownAccount, "ssm"))
		if got := sends(t, c, rt, r); got != allows {
			t.Errorf("%q: allowed %v", target, got)
		}
	}
}

// TestPresignedTellsNothing: neither query nor key id nor signature is in an
// event, a log line, a span or an error.
func TestPresignedTellsNothing(t *testing.T) {
	c := newCloud(t)
	var log bytes.Buffer
	spans := tracetest.NewSpanRecorder()
	f, events := awsFence(t, readReport, wrapper.WithLogger(slog.New(slog.NewJSONHandler(&log, nil))),
		wrapper.WithTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans))))
	rt := f.Transport(c.transport())
	c.before = func(http.ResponseWriter, *http.Request) bool { return true }
	_, err := rt.RoundTrip(newRequest(t, "PUT", presigned(reports+"in/1", ownAccount), "X-Amz-Security-Token", "FwoGZXIvYXdzEJr"))
	if err == nil {
		t.Fatal("not blocked")
	}
	if len(*events) != 1 || len(spans.Ended()) != 1 {
		t.Fatalf("%d events, %d spans", len(*events), len(spans.Ended()))
	}
	ev := (*events)[0]
	if c := ev.Call; c.Kind != policy.AWS || c.Service != "S3" || c.Operation != "PutObject" || c.Access != policy.Write || c.Account != ownAccount || c.Self != ownAccount ||
		c.Region != awsRegion || c.Host != "reports.s3.eu-west-1.amazonaws.com" || c.Path != "/in/1" || fmt.Sprint(c.Resources) != "[arn:aws:s3:::reports/in/1]" {
		t.Errorf("%+v", c)
	}
	if hint := `operations: [PutObject], resources: ["reports/in/1"]`; !strings.Contains(err.Error(), hint) {
		t.Errorf("%v does not suggest %s", err, hint)
	}
	told := fmt.Sprint(err, ev, log.String(), spans.Ended()[0].Attributes(), spans.Ended()[0].Name(), spans.Ended()[0].Status())
	for _, secret := range []string{awskey.ID(ownAccount), "51911a7e", "X-Amz-", "FwoGZXIvYXdzEJr", "20261121"} {
		if strings.Contains(told, secret) {
			t.Errorf("%s is told: %s", secret, told)
		}
	}
	if !strings.Contains(told, "PutObject") || !strings.Contains(log.String(), `"kind":"aws"`) {
		t.Errorf("not told: %s", told)
	}
}

// TestPresignedOnTheWay: what stands between two guards of one fence may not make
// another call of the one that was judged.
func TestPresignedOnTheWay(t *testing.T) {
	c := newCloud(t)
	f, events := awsFence(t, readReport)
	changed := func(name, value string) http.RoundTripper {
		inner := f.Transport(c.transport())
		return f.Transport(roundTripper(func(r *http.Request) (*http.Response, error) {
			r = r.Clone(r.Context())
			r.Header.Set(name, value)
			return inner.RoundTrip(r)
		}))
	}
	get := newRequest(t, "GET", reports+"in/1", "Authorization", authorization(ownAccount, "s3"))
	if !sends(t, c, changed("User-Agent", "x"), get) || len(*events) != 1 {
		t.Errorf("one call, %d events", len(*events))
	}
	for name, value := range map[string]string{"Authorization": authorization(evilAccount, "s3"), "X-Amz-Copy-Source": "payroll/1", "X-Http-Method-Override": "DELETE"} {
		if sends(t, c, changed(name, value), get) {
			t.Errorf("%s, set on the way", name)
		}
	}
}
