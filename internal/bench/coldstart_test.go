package main

import (
	"slices"
	"strings"
	"testing"
)

// TestAStartWithoutItsPolicyDoesNotCount holds that a fence which could not load
// its policy, and so was fast, is not taken for one that did.
func TestAStartWithoutItsPolicyDoesNotCount(t *testing.T) {
	dir := t.TempDir()
	built, err := buildAll(t.Context(), dir, "extension", "ssm", "plainssm")
	if err != nil {
		t.Fatal(err)
	}
	stands, err := newStands(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer stands.close()
	for _, c := range []struct {
		name, function string
		env            []string
		fails          bool
	}{
		{"from SSM", "ssm", stands.ssmEnv(true), false},
		{"no such parameter", "ssm", append(stands.ssmEnv(false), "LAMBDAFENCE_POLICY=ssm:/fence/none"), true},
		{"an unknown authority", "ssm", append(stands.ssmEnv(true), "SSL_CERT_FILE=/none"), true},
		{"nobody listens", "extension", append(stands.extensionEnv(), "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT=1"), true},
		{"the SDK, nobody listens", "plainssm", append(stands.ssmEnv(true), "AWS_ENDPOINT_URL=http://127.0.0.1:1", "AWS_MAX_ATTEMPTS=1"), true},
	} {
		s := start{name: c.name, function: c.function, env: slices.Clone(c.env)}
		next, answer, err := s.once(t.Context(), built[c.function])
		if (err != nil) != c.fails {
			t.Errorf("%s: error = %v", c.name, err)
		}
		if !c.fails && (next <= 0 || answer < next) {
			t.Errorf("%s: /next after %v, the answer after %v", c.name, next, answer)
		}
		if err != nil && strings.Contains(err.Error(), "deadline") {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
