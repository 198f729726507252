package paramstore_test

import (
	"context"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go/middleware"
	"github.com/google/go-cmp/cmp"
	"github.com/lambdafence/lambdafence/internal/awsstand"
	"github.com/lambdafence/lambdafence/policy/source"
	"github.com/lambdafence/lambdafence/policy/source/paramstore"
)

var errGuarded = errors.New("blocked by a guard")

type blocking struct{}

func (blocking) Do(*http.Request) (*http.Response, error)        { return nil, errGuarded }
func (blocking) RoundTrip(*http.Request) (*http.Response, error) { return nil, errGuarded }

// A config that a fence guards still loads that fence's policy.
func TestGuardedConfig(t *testing.T) {
	s, url := stand(t, awsstand.Config{})
	s.PutParameter("/fence/orders", doc)
	cfg := config(url)
	cfg.HTTPClient = blocking{}
	cfg.APIOptions = append(cfg.APIOptions, func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("guard", func(context.Context, middleware.InitializeInput, middleware.InitializeHandler) (out middleware.InitializeOutput, _ middleware.Metadata, err error) {
			return out, middleware.Metadata{}, errGuarded
		}), middleware.Before)
	})
	cfg.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	p := paramstore.New("/fence/orders", paramstore.WithConfig(cfg))
	cfg.BaseEndpoint = aws.String("http://127.0.0.1:1") // the caller's own copy from now on
	if got, err := p.Load(t.Context()); err != nil || string(got.Data) != doc {
		t.Errorf("%q, %v", got.Data, err)
	}
	if cfg.HTTPClient != (blocking{}) || len(cfg.APIOptions) != 1 {
		t.Error("the caller's config was changed")
	}
}

// What somebody put into package net/http does not see the fetch.
func TestDefaultTransportIsNotUsed(t *testing.T) {
	s, url := stand(t, awsstand.Config{})
	s.PutParameter("/fence/orders", doc)
	transport, client := http.DefaultTransport, http.DefaultClient
	http.DefaultTransport, http.DefaultClient = blocking{}, &http.Client{Transport: blocking{}}
	defer func() { http.DefaultTransport, http.DefaultClient = transport, client }()
	p := paramstore.New("/fence/orders", paramstore.WithConfig(config(url)))
	if got, err := p.Load(t.Context()); err != nil || string(got.Data) != doc {
		t.Errorf("%q, %v", got.Data, err)
	}
}

// AWS_CA_BUNDLE holds for the private client, with TLS all the way, by itself and
// as the SDK has read it.
func TestCABundle(t *testing.T) {
	s := awsstand.New(awsstand.Config{})
	s.PutParameter("/fence/orders", doc)
	server := httptest.NewUnstartedServer(s)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // of the handshake that is to fail
	server.StartTLS()
	defer server.Close()
	bundle := filepath.Join(t.TempDir(), "ca.pem")
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(bundle, ca, 0o600); err != nil {
		t.Fatal(err)
	}
	for k, v := range map[string]string{
		"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "x",
		"AWS_ENDPOINT_URL": server.URL, "AWS_CONFIG_FILE": "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
	} {
		t.Setenv(k, v)
	}
	if _, err := load(t, paramstore.New("/fence/orders"), 300*time.Millisecond); err == nil {
		t.Error("an unknown authority was trusted")
	}
	t.Setenv("AWS_CA_BUNDLE", bundle)
	cfg, err := awsconfig.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []*paramstore.Parameter{paramstore.New("/fence/orders"), paramstore.New("/fence/orders", paramstore.WithConfig(cfg))} {
		if got, err := load(t, p, 5*time.Second); err != nil || string(got.Data) != doc {
			t.Errorf("%q, %v", got.Data, err)
		}
	}
	if err := os.WriteFile(bundle, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := load(t, paramstore.New("/fence/orders"), time.Second); err == nil || !strings.Contains(err.Error(), "AWS_CA_BUNDLE") {
		t.Errorf("a bundle of nothing: %v", err)
	}
}

// What the function makes of its environment later sends no fence elsewhere.
func TestEnvironmentIsReadOnce(t *testing.T) {
	s, url := stand(t, awsstand.Config{})
	s.PutParameter("/fence/orders", doc)
	evil, evilURL := stand(t, awsstand.Config{})
	evil.PutParameter("/fence/orders", "deny: []\n")
	for k, v := range map[string]string{"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "x", "AWS_ENDPOINT_URL_SSM": url} {
		t.Setenv(k, v)
	}
	p := paramstore.New("/fence/orders")
	for i := range 2 {
		if got, err := load(t, p, 5*time.Second); err != nil || string(got.Data) != doc {
			t.Errorf("load %d: %q, %v", i, got.Data, err)
		}
		t.Setenv("AWS_ENDPOINT_URL_SSM", evilURL)
		t.Setenv("AWS_ACCESS_KEY_ID", "AKIDEVIL")
		t.Setenv("AWS_REGION", "us-east-1")
	}
	if n := len(evil.Requests()); n > 0 {
		t.Errorf("%d requests went elsewhere", n)
	}
	for _, r := range s.Requests() {
		if r.AccessKeyID != "AKIDEXAMPLE" {
			t.Errorf("signed by %s", r.AccessKeyID)
		}
	}
}

// A sandbox may be frozen between two loads: no connection is kept for the next,
// which could find it dead.
func TestNoConnectionIsKept(t *testing.T) {
	s := awsstand.New(awsstand.Config{})
	s.PutParameter("/fence/orders", doc)
	closed := make(chan struct{}, 10)
	server := httptest.NewUnstartedServer(s)
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateClosed {
			closed <- struct{}{}
		}
	}
	server.Start()
	defer server.Close()
	p := paramstore.New("/fence/orders", paramstore.WithConfig(config(server.URL)))
	for range 2 {
		if _, err := p.Load(t.Context()); err != nil {
			t.Fatal(err)
		}
		select {
		case <-closed:
		case <-time.After(5 * time.Second):
			t.Fatal("a connection was kept")
		}
	}
}

func TestParameters(t *testing.T) {
	const arn = "arn:aws:ssm:eu-west-1:123456789012:parameter/shared"
	first := source.First(paramstore.New("/fence/orders:live"), source.Extension("/fence/orders:1"), paramstore.New(arn+":2"), source.Static("s", nil))
	for _, tt := range []struct {
		s    source.Source
		want []string
	}{
		{paramstore.New("/fence/orders:live"), []string{"/fence/orders"}},
		{paramstore.New("flat:3"), []string{"flat"}},
		{first, []string{"/fence/orders", arn}},
		{source.Bound(source.First(first, first)), []string{"/fence/orders", arn}},
		{source.Env("X"), nil},
		{paramstore.New("no/slash"), nil},
		{(*paramstore.Parameter)(nil), nil},
		{source.First(nil, paramstore.New("flat")), []string{"flat"}},
		{nil, nil},
	} {
		if diff := cmp.Diff(tt.want, source.Parameters(tt.s)); diff != "" {
			t.Errorf("%v (-want +got):\n%s", tt.s, diff)
		}
	}
}
