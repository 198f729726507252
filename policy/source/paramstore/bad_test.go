package paramstore_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/smithy-go"
	"github.com/lambdafence/lambdafence/internal/awsstand"
	"github.com/lambdafence/lambdafence/internal/paramdoc"
	"github.com/lambdafence/lambdafence/policy/source"
	"github.com/lambdafence/lambdafence/policy/source/paramstore"
)

// refuses answers as SSM does when it refuses a call.
func refuses(code, message string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).Encode(map[string]string{"__type": code, "message": message})
	}
}

func answers(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// load loads with the given time and fails the test if it takes much longer.
func load(t *testing.T, p *paramstore.Parameter, budget time.Duration) (source.Document, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), budget)
	defer cancel()
	start := time.Now()
	doc, err := p.Load(ctx)
	if took := time.Since(start); took > budget+2*time.Second {
		t.Errorf("took %v of %v", took, budget)
	}
	return doc, err
}

// What SSM refuses is told in one line with what to do about it, and is not
// asked again: it would be refused again.
func TestRefusedLoads(t *testing.T) {
	const kms = "User: arn:aws:sts::123456789012:assumed-role/orders is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-west-1:123456789012:key/1"
	for _, tt := range []struct {
		code, message string
		want          []string
	}{
		{"ParameterNotFound", "", []string{"/fence/orders does not exist in eu-west-1", "push the policy"}},
		{"ParameterVersionNotFound", "Systems Manager could not find version live", []string{`no version or label "live"`}},
		{"AccessDeniedException", "User: x is not authorized to perform: ssm:GetParameter",
			[]string{"ssm:GetParameter on arn:aws:ssm:eu-west-1:ACCOUNT:parameter/fence/orders", "User: x"}},
		{"AccessDeniedException", kms, []string{"SecureString", "kms:Decrypt"}},
		{"AccessDeniedException", "The ciphertext refers to a customer master key that does not exist", []string{"SecureString", "kms:Decrypt"}},
		{"InvalidKeyId", "key is disabled", []string{"KMS key", "disabled"}},
		{"ValidationException", "1 validation error", []string{"ValidationException"}},
		{"ExpiredTokenException", "The security token included in the request is expired", []string{"refused the credentials", "expired"}},
		{"UnrecognizedClientException", "The security token is invalid", []string{"refused the credentials"}},
		{"WhateverException", "see https://u:pw@evil.example/?token=s3cret\nfatal: forged line\x1b[31m", []string{"WhateverException"}},
	} {
		var asked atomic.Int32
		h := refuses(tt.code, tt.message)
		p := at(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { asked.Add(1); h(w, r) }), "/fence/orders:live")
		_, err := load(t, p, 2*time.Second)
		if err == nil {
			t.Errorf("%s: loaded", tt.code)
			continue
		}
		for _, want := range tt.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v\nwant %q", tt.code, err, want)
			}
		}
		for _, leak := range []string{"very-secret", "s3cret", "pw@", "\n", "\x1b"} {
			if strings.Contains(err.Error(), leak) {
				t.Errorf("%s: %q in %q", tt.code, leak, err)
			}
		}
		var api smithy.APIError
		if !errors.As(err, &api) || api.ErrorCode() != tt.code {
			t.Errorf("%s: the SDK's error is not to be had", tt.code)
		}
		if asked.Load() != 1 {
			t.Errorf("%s: asked %d times", tt.code, asked.Load())
		}
	}
}

// A throttled load goes on to the end of its time and then says why.
func TestThrottledUntilTheEnd(t *testing.T) {
	var asked atomic.Int32
	h := refuses("ThrottlingException", "Rate exceeded")
	p := at(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { asked.Add(1); h(w, r) }), "/fence/orders")
	start := time.Now()
	_, err := load(t, p, time.Second)
	took := time.Since(start)
	if err == nil || !strings.Contains(err.Error(), "throttled") || !strings.Contains(err.Error(), fmt.Sprintf("%d tries", asked.Load())) {
		t.Errorf("%v after %d requests", err, asked.Load())
	}
	if n := asked.Load(); n < 3 || n > 20 || took < 700*time.Millisecond {
		t.Errorf("%d requests in %v", n, took)
	}
}

func TestThrottledForAWhile(t *testing.T) {
	s, url := stand(t, awsstand.Config{RequestsPerSecond: 5, Burst: 1})
	s.PutParameter("/fence/orders", doc)
	for range 4 {
		p := paramstore.New("/fence/orders", paramstore.WithConfig(config(url)))
		if got, err := load(t, p, 3*time.Second); err != nil || string(got.Data) != doc {
			t.Errorf("%q, %v", got.Data, err)
		}
	}
	throttled := 0
	for _, r := range s.Requests() {
		if r.Code == "ThrottlingException" {
			throttled++
		}
	}
	if throttled == 0 {
		t.Error("nothing was throttled: the test shows nothing")
	}
}

// What comes from the network and not from SSM: some of it passes.
func TestBrokenAnswers(t *testing.T) {
	for _, tt := range []struct {
		name    string
		h       http.Handler
		want    string
		retried bool
	}{
		{"no JSON", answers(200, "<html>login</html>"), "AWS_ENDPOINT_URL", false},
		{"nothing", answers(200, ""), "AWS_ENDPOINT_URL", false},
		{"no parameter", answers(200, "{}"), "AWS_ENDPOINT_URL", false},
		{"no value", answers(200, `{"Parameter":{"Name":"/fence/orders","Version":1}}`), "AWS_ENDPOINT_URL", false},
		{"another type", answers(200, `{"Parameter":[1]}`), "AWS_ENDPOINT_URL", false},
		{"a redirect", http.RedirectHandler("http://127.0.0.1:1/elsewhere?x=s3cret", http.StatusTemporaryRedirect), "", false},
		{"an answer without end", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			chunk := []byte(strings.Repeat(" ", 1<<16))
			for range 1 << 10 {
				if _, err := w.Write(chunk); err != nil {
					return
				}
			}
		}), "", false},
		{"unavailable", answers(503, ""), "", true},
		{"a broken connection", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), "", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var asked atomic.Int32
			p := at(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { asked.Add(1); tt.h.ServeHTTP(w, r) }), "/fence/orders")
			_, err := load(t, p, 600*time.Millisecond)
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.ContainsAny(err.Error(), "\n?") && !strings.Contains(err.Error(), "right (AWS") {
				t.Errorf("%v, want %q", err, tt.want)
			}
			if strings.Contains(fmt.Sprint(err), "s3cret") {
				t.Errorf("a URL in %v", err)
			}
			// Broken off, such a connection may look like one that broke by itself.
			mayRetry := tt.retried || tt.name == "an answer without end"
			if n := asked.Load(); tt.retried && n < 2 || !mayRetry && n > 1 || n > 20 {
				t.Errorf("asked %d times: %v", n, err)
			}
		})
	}
}

func TestRecoversFromABrokenAnswer(t *testing.T) {
	s := awsstand.New(awsstand.Config{})
	s.PutParameter("/fence/orders", doc)
	var asked atomic.Int32
	p := at(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 1 {
			panic(http.ErrAbortHandler)
		}
		s.ServeHTTP(w, r)
	}), "/fence/orders")
	if got, err := load(t, p, 2*time.Second); err != nil || string(got.Data) != doc {
		t.Errorf("%q, %v", got.Data, err)
	}
}

func TestHangingSSM(t *testing.T) {
	s, url := stand(t, awsstand.Config{})
	s.PutParameter("/fence/orders", doc)
	s.Hang(true)
	p := paramstore.New("/fence/orders", paramstore.WithConfig(config(url)))
	start := time.Now()
	_, err := load(t, p, 200*time.Millisecond)
	if took := time.Since(start); took > time.Second {
		t.Errorf("took %v", took)
	}
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "did not answer") {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := p.Load(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	s.Hang(false)
	if got, err := load(t, p, 2*time.Second); err != nil || string(got.Data) != doc {
		t.Errorf("SSM answers again: %q, %v", got.Data, err)
	}
}

// Half an answer, then silence: the body is read within the time as well.
func TestAnswerThatStops(t *testing.T) {
	done := make(chan struct{})
	p := at(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, `{"Parameter":{"Value":"`)
		w.(http.Flusher).Flush()
		<-done
	}), "/fence/orders")
	defer close(done)
	if _, err := load(t, p, 300*time.Millisecond); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

func TestUnreachable(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + l.Addr().String()
	l.Close()
	for _, tt := range []struct{ name, url, want string }{
		{"nothing listens", url + "/?token=s3cret", "connection refused"},
		{"no such host", "http://ssm.invalid/?token=s3cret", "cannot be reached"},
		{"a VPC endpoint that is gone", "http://vpce-0123456789abcdef0-abcdefgh.ssm.eu-west-1.vpce.amazonaws.invalid", "lookup vpce-0123456789abcdef0-abcdefgh.ssm.eu-west-1.vpce.amazonaws.invalid"},
		{"no TLS there", "https" + strings.TrimPrefix(httptestURL(t), "http"), "cannot be reached"},
	} {
		p := paramstore.New("/fence/orders", paramstore.WithConfig(config(tt.url)))
		_, err = load(t, p, 500*time.Millisecond)
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func httptestURL(t *testing.T) string {
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Config.ErrorLog = nil
	s.Start()
	t.Cleanup(s.Close)
	return s.URL
}

func TestMissingConfiguration(t *testing.T) {
	for k, v := range map[string]string{
		"AWS_REGION": "", "AWS_DEFAULT_REGION": "", "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_PROFILE": "",
		"AWS_CONFIG_FILE": "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent", "AWS_EC2_METADATA_DISABLED": "true",
		"AWS_ENDPOINT_URL_SSM": "http://127.0.0.1:1",
	} {
		t.Setenv(k, v)
	}
	p := paramstore.New("/fence/orders")
	if _, err := load(t, p, time.Second); err == nil || !strings.Contains(err.Error(), "AWS_REGION") {
		t.Errorf("no region: %v", err)
	}
	t.Setenv("AWS_REGION", "eu-west-1")
	if _, err := load(t, p, time.Second); err == nil || !strings.Contains(err.Error(), "credentials") {
		t.Errorf("no credentials: %v", err)
	}
	t.Setenv("AWS_CA_BUNDLE", "/nonexistent/ca.pem")
	if _, err := load(t, paramstore.New("/fence/orders"), time.Second); err == nil || !strings.Contains(err.Error(), "AWS configuration") {
		t.Errorf("a configuration that cannot be read: %v", err)
	}
	t.Setenv("AWS_CA_BUNDLE", "")
	s, url := stand(t, awsstand.Config{})
	s.PutParameter("/fence/orders", doc)
	t.Setenv("AWS_ENDPOINT_URL_SSM", url)
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "x")
	q := paramstore.New("/fence/orders")
	t.Setenv("AWS_REGION", "")
	if _, err := load(t, q, time.Second); err == nil {
		t.Error("loaded without a region")
	}
	t.Setenv("AWS_REGION", "eu-west-1")
	if got, err := load(t, q, 2*time.Second); err != nil || string(got.Data) != doc {
		t.Errorf("the next load does not try again: %q, %v", got.Data, err)
	}
}

func TestMistakesOfTheProgrammer(t *testing.T) {
	var none *paramstore.Parameter
	for _, tt := range []struct {
		name string
		p    *paramstore.Parameter
		want string
	}{
		{"nil", none, "nil parameter"},
		{"zero", &paramstore.Parameter{}, "no parameter name"},
		{"no name", paramstore.New(""), "no name"},
		{"nil option", paramstore.New("/x", nil), "option 0 is nil"},
		{"no slash", paramstore.New("fence/orders"), "/fence/orders"},
		{"two selectors", paramstore.New("/x:a:b"), "label"},
		{"an injected path", paramstore.New("/x\r\nHost: evil.example"), "letters, digits"},
	} {
		if _, err := tt.p.Load(t.Context()); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: Load: %v", tt.name, err)
		}
		if _, err := tt.p.Push(t.Context(), []byte(doc)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: Push: %v", tt.name, err)
		}
		source.Parameters(tt.p) // does not panic
		source.Describe(tt.p)
	}
}

// A document that cannot be read is an error, never a document.
func TestBadDocuments(t *testing.T) {
	packing, err := paramdoc.Pack([]byte(longDoc(900)), paramdoc.Standard)
	if err != nil || packing.Form != paramdoc.Split {
		t.Fatal(packing, err)
	}
	manifest, err := packing.Manifest(make1(len(packing.Parts)))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, value string
		parts       int // that are there
		want        string
	}{
		{"a wrong manifest", "lambdafence:split:1 {", 0, "manifest"},
		{"half a split", manifest, 1, "part 2 of " + fmt.Sprint(len(packing.Parts))},
		{"no parts", manifest, 0, "part 1 of"},
		{"an unknown form", "lambdafence:zstd:9 AAAA", 0, "does not know"},
		{"cut off", "lambdafence:gzip:1 H4sIAAAA", 0, "push again"},
	} {
		s, url := stand(t, awsstand.Config{})
		s.PutParameter("/fence/orders", tt.value)
		for i := range tt.parts {
			s.PutParameter(fmt.Sprintf("/fence/orders/lambdafence-part-%d", i+1), packing.Parts[i])
		}
		p := paramstore.New("/fence/orders", paramstore.WithConfig(config(url)))
		got, err := load(t, p, 2*time.Second)
		if err == nil || got.Data != nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "/fence/orders, version 1: ") {
			t.Errorf("%s: %q, %v", tt.name, got.Data, err)
		}
	}
}

func make1(n int) []int64 {
	v := make([]int64, n)
	for i := range v {
		v[i] = 1
	}
	return v
}

// Who may read the parameter but not its parts is told which permission lacks.
func TestDeniedParts(t *testing.T) {
	s, url := stand(t, awsstand.Config{})
	p := paramstore.New("/fence/orders", paramstore.WithConfig(config(url)))
	if _, err := p.Push(t.Context(), []byte(longDoc(900))); err != nil {
		t.Fatal(err)
	}
	s.Deny("/fence/orders/")
	_, err := load(t, p, 2*time.Second)
	if err == nil || !strings.Contains(err.Error(), "ssm:GetParameters on arn:aws:ssm:eu-west-1:ACCOUNT:parameter/fence/orders/*") {
		t.Errorf("%v", err)
	}
}
