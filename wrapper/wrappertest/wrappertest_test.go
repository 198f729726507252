package wrappertest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/lambdafence/lambdafence/internal/awsstand"
	"github.com/lambdafence/lambdafence/wrapper"
	"github.com/lambdafence/lambdafence/wrapper/wrappertest"
)

const doc = `
mode: enforce
allow:
- {host: api.payments.example, methods: [POST]}
- {host: plain.example, schemes: [http]}
`

// A spy stands for the test that uses the package, to see how it fails.
type spy struct {
	testing.TB
	failed string
}

func (s *spy) Helper()                   {}
func (s *spy) Errorf(f string, a ...any) { s.failed += fmt.Sprintf(f, a...) }
func (s *spy) Fatalf(f string, a ...any) { s.failed += fmt.Sprintf(f, a...); panic(s) }
func (s *spy) Context() context.Context  { return context.Background() }
func (s *spy) Name() string              { return "spy" }
func (s *spy) Cleanup(fn func())         { s.TB.Cleanup(fn) }

func TestServe(t *testing.T) {
	f := wrappertest.New(t, doc)
	f.Serve(map[string]http.Handler{
		"api.payments.example": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "charged ", r.Proto) }),
		"plain.example":        http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "plain") }),
		"collect.example":      http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the beacon arrived") }),
	})
	handle := f.Wrap(func(ctx context.Context) (string, error) {
		resp, err := http.Post("https://api.payments.example/v1/charges", "text/plain", strings.NewReader("x"))
		if err != nil {
			return "", err
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if _, err := http.Get("https://collect.example/beacon"); !errors.Is(err, wrapper.ErrBlocked) {
			t.Errorf("beacon: %v", err)
		}
		if resp, err := http.Get("http://plain.example/"); err != nil {
			t.Error(err)
		} else {
			resp.Body.Close()
		}
		return string(body), err
	})
	got, err := handle.Invoke(t.Context(), []byte("{}"))
	if err != nil || string(got) != `"charged HTTP/2.0"` {
		t.Errorf("handler: %s, %v", got, err)
	}
	f.WantAllowed("POST https://api.payments.example/v1/charges", "GET http://plain.example/")
	f.WantBlocked("GET https://collect.example/beacon")
	f.WantReported()
	if n := len(f.Violations()); n != 1 {
		t.Errorf("%d violations, want 1", n)
	}
	f.Reset()
	f.WantBlocked()
	if _, err := http.Post("https://api.payments.example:8443/", "text/plain", nil); !errors.Is(err, wrapper.ErrBlocked) {
		t.Error(err)
	}
}

func TestServeLeavesTheDefaultTransportAsItWas(t *testing.T) {
	before := http.DefaultTransport
	t.Run("served", func(t *testing.T) { wrappertest.New(t, doc).Serve(nil) })
	if http.DefaultTransport != before {
		t.Error("http.DefaultTransport is another one after the test")
	}
}

func TestHostWithoutHandler(t *testing.T) {
	f := wrappertest.New(t, "mode: report\nallow: []")
	f.Serve(nil)
	if _, err := http.Get("https://nobody.example/"); err == nil || !strings.Contains(err.Error(), "nobody.example has no handler") {
		t.Error(err)
	}
	f.WantReported("GET https://nobody.example/")
}

func TestAssertionsCanFail(t *testing.T) {
	s := &spy{TB: t}
	f := wrappertest.New(s, doc)
	_, _ = f.Client().Get("https://evil.example/")
	f.WantBlocked("GET https://evil.example/")
	if s.failed != "" {
		t.Fatalf("a true assertion failed: %s", s.failed)
	}
	f.WantBlocked("GET https://other.example/")
	if !strings.Contains(s.failed, "got  GET https://evil.example/\n") || !strings.Contains(s.failed, "want GET https://other.example/") {
		t.Errorf("failure reads: %s", s.failed)
	}
}

func TestBadPolicyEndsTheTest(t *testing.T) {
	for _, tt := range []struct {
		doc  string
		opts []wrapper.Option
		want string
	}{
		{"mode: [", nil, "not YAML"},
		{doc, []wrapper.Option{nil}, "is nil"},
	} {
		s := &spy{TB: t}
		func() {
			defer func() { _ = recover() }()
			wrappertest.New(s, tt.doc, tt.opts...)
		}()
		if !strings.Contains(s.failed, tt.want) {
			t.Errorf("New(%q) fails with %q, want %q", tt.doc, s.failed, tt.want)
		}
	}
}

// TestAWS: a client of the SDK reaches the stand-ins by the names of AWS's hosts,
// and its calls are judged as those of the function's own account.
func TestAWS(t *testing.T) {
	stand := awsstand.New(awsstand.Config{Region: "eu-west-1", Account: wrappertest.Account})
	stand.PutParameter("/app/colour", "green")
	f := wrappertest.New(t, "mode: enforce\nallow: [{aws: ssm, operations: [GetParameter], resources: [parameter/app/*]}]")
	f.Serve(map[string]http.Handler{"ssm.eu-west-1.amazonaws.com": stand})
	cfg := aws.Config{Region: "eu-west-1"}
	f.AWS(&cfg)
	client := ssm.NewFromConfig(cfg)
	out, err := client.GetParameter(t.Context(), &ssm.GetParameterInput{Name: aws.String("/app/colour")})
	if err != nil || *out.Parameter.Value != "green" {
		t.Fatal(out, err)
	}
	if _, err = client.DeleteParameter(t.Context(), &ssm.DeleteParameterInput{Name: aws.String("/app/colour")}); !errors.Is(err, wrapper.ErrBlocked) {
		t.Error(err)
	}
	f.WantAllowed("SSM:GetParameter arn:aws:ssm:eu-west-1:123456789012:parameter/app/colour")
	f.WantBlocked("SSM:DeleteParameter arn:aws:ssm:eu-west-1:123456789012:parameter/app/colour")

	f.Reset()
	cfg.Credentials = wrappertest.Credentials("444455556666")
	_, err = ssm.NewFromConfig(cfg).GetParameter(t.Context(), &ssm.GetParameterInput{Name: aws.String("/app/colour")})
	if !errors.Is(err, wrapper.ErrBlocked) || f.Violations()[0].Call.Account != "444455556666" {
		t.Error("keys of another account", err)
	}
}
