package paramstore

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lambdafence/lambdafence/internal/awsstand"
)

// inContainer is an environment in which an endpoint gives the credentials.
func inContainer(t *testing.T, endpoint string, set map[string]string) {
	t.Helper()
	asInLambda(t, set)
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", endpoint)
}

// A container's credentials are asked for with its token, and kept.
func TestCredentialsOfAContainer(t *testing.T) {
	var tokens []string
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tokens = append(tokens, r.Header.Get("Authorization"))
		_ = json.NewEncoder(w).Encode(map[string]any{
			"AccessKeyId": "ASIAOFTHECONTAINER", "SecretAccessKey": "s3cret", "Token": "session", "Expiration": time.Now().Add(time.Hour).UTC(),
		})
	}))
	defer endpoint.Close()
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("token of the file"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := awsstand.New(awsstand.Config{})
	s.PutParameter("/fence/orders", "allow: []\n")
	server := httptest.NewServer(s)
	defer server.Close()
	for want, set := range map[string]map[string]string{
		"token of the variable": {"AWS_CONTAINER_AUTHORIZATION_TOKEN": "token of the variable"},
		"token of the file":     {"AWS_CONTAINER_AUTHORIZATION_TOKEN": "other", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": file},
	} {
		tokens = nil
		inContainer(t, endpoint.URL+"/v1/credentials", set)
		t.Setenv("AWS_ENDPOINT_URL", server.URL)
		p := New("/fence/orders")
		for range 2 {
			if _, err := p.Load(t.Context()); err != nil {
				t.Error(err)
			}
		}
		if len(tokens) != 1 || tokens[0] != want {
			t.Errorf("asked with %q, want %q once", tokens, want)
		}
	}
	for _, r := range s.Requests() {
		if r.AccessKeyID != "ASIAOFTHECONTAINER" {
			t.Errorf("signed by %q", r.AccessKeyID)
		}
	}
}

// Whoever is asked for credentials is sent a token.
func TestWhoIsAskedForCredentials(t *testing.T) {
	for uri, ok := range map[string]bool{
		"http://127.0.0.1:9001/credentials":   true,
		"http://localhost:9001/credentials":   true,
		"http://[::1]:9001/credentials":       true,
		"http://169.254.170.2/v2/credentials": true,
		"http://169.254.170.23/v1":            true,
		"http://[fd00:ec2::23]/v1":            true,
		"https://credentials.example/v1":      true,
		"http://credentials.example/v1":       false,
		"http://127.0.0.1.evil.example/v1":    false,
		"http://127.0.0.1@evil.example/v1":    false,
		"http://169.254.169.254/latest":       false,
		"http://[fd00:ec2::254]/latest":       false,
		"ftp://127.0.0.1/":                    false,
		"http:///v1":                          false,
		"http://[":                            false,
	} {
		inContainer(t, uri, nil)
		got, err := containerEndpoint()
		if ok && got != uri || !ok && err == nil {
			t.Errorf("%s: %q, %v", uri, got, err)
		}
	}
	inContainer(t, "", map[string]string{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/1"})
	if got, err := containerEndpoint(); got != "http://169.254.170.2/v2/credentials/1" {
		t.Errorf("%q, %v", got, err)
	}
	t.Setenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "@evil.example/v1")
	if got, err := containerEndpoint(); err == nil {
		t.Errorf("%q is asked", got)
	}
}

// An endpoint that gives no credentials is told of in one line.
func TestNoCredentialsOfAContainer(t *testing.T) {
	token := strings.Repeat("s3cret-token", 10)
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		_ = json.NewEncoder(w).Encode(map[string]string{"code": "Denied", "message": "no\n" + r.Header.Get("Authorization")})
	}))
	defer endpoint.Close()
	inContainer(t, endpoint.URL, map[string]string{"AWS_CONTAINER_AUTHORIZATION_TOKEN": token})
	_, err := New("/fence/orders").Load(t.Context())
	if err == nil || !strings.Contains(err.Error(), "no AWS credentials") || strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "\n") {
		t.Error(err)
	}
}
