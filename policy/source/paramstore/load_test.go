package paramstore_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/lambdafence/lambdafence/internal/awsstand"
	"github.com/lambdafence/lambdafence/policy/source"
	"github.com/lambdafence/lambdafence/policy/source/paramstore"
)

func TestLoad(t *testing.T) {
	s, url := stand(t, awsstand.Config{})
	s.PutParameter("/fence/orders", "mode: report\nallow: []\n", awsstand.WithLabel("live"))
	s.PutParameter("/fence/orders", doc)
	s.PutParameter("/fence/secret", doc, awsstand.Secure())
	s.PutParameter("flat", doc)
	arn := "arn:aws:ssm:eu-west-1:" + s.Account() + ":parameter/fence/orders"
	for _, tt := range []struct{ name, document, version, data string }{
		{"/fence/orders", "/fence/orders", "2", doc},
		{"/fence/orders:1", "/fence/orders", "1", "mode: report\nallow: []\n"},
		{"/fence/orders:live", "/fence/orders", "1", "mode: report\nallow: []\n"},
		{"/fence/secret", "/fence/secret", "1", doc},
		{"flat", "flat", "1", doc},
		{arn, arn, "2", doc},
		{arn + ":live", arn, "1", "mode: report\nallow: []\n"},
	} {
		p := paramstore.New(tt.name, paramstore.WithConfig(config(url)))
		got, err := p.Load(t.Context())
		want := source.Document{Name: tt.document, Version: tt.version, Data: []byte(tt.data), Origin: "ssm:" + tt.name}
		if diff := cmp.Diff(want, got, cmpopts.EquateErrors()); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", tt.name, err, diff)
		}
		if source.Describe(p) != "ssm:"+tt.name {
			t.Errorf("Describe = %s", source.Describe(p))
		}
	}
	s.PutParameter("/fence/orders", longDoc(3))
	p := paramstore.New("/fence/orders", paramstore.WithConfig(config(url)))
	if got, err := p.Load(t.Context()); err != nil || got.Version != "3" {
		t.Errorf("version %q, %v after a change", got.Version, err)
	}
}

// The whole of the configuration from the environment, as in Lambda.
func TestLoadFromEnvironment(t *testing.T) {
	s, url := stand(t, awsstand.Config{})
	s.PutParameter("/fence/orders", doc)
	for k, v := range map[string]string{
		"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "x", "AWS_SESSION_TOKEN": "y",
		"AWS_ENDPOINT_URL_SSM": url, "AWS_CONFIG_FILE": "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
	} {
		t.Setenv(k, v)
	}
	layers, err := source.Parse("ssm:/fence/orders")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := layers[0].Load(t.Context()); err != nil || string(got.Data) != doc {
		t.Errorf("%q, %v", got.Data, err)
	}
	if diff := cmp.Diff([]string{"GetParameter /fence/orders"}, operations(s)); diff != "" {
		t.Error(diff)
	}
	if _, err := source.Parse("ssm:fence/orders"); err == nil || !strings.Contains(err.Error(), "/fence/orders") {
		t.Errorf("a name without its slash: %v", err)
	}
}
