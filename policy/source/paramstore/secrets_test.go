package paramstore_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/smithy-go"
	"github.com/lambdafence/lambdafence/internal/awsstand"
	"github.com/lambdafence/lambdafence/policy/source/paramstore"
)

const (
	keyID = "ASIAIOSFODNN7EXAMPLE"
	key   = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
)

// long is a session token as AWS makes them.
var long = "IQoJb3JpZ2luX2VjEXAMPLE" + strings.Repeat("aBcDeFgHiJ0123456789+/", 30) + "=="

// signedBy returns a configuration with these credentials.
func signedBy(url, key, token string) aws.Config {
	cfg := config(url)
	cfg.Credentials = credentials.NewStaticCredentialsProvider(keyID, key, token)
	return cfg
}

// Who answers in SSM's place was sent the session token, and sends it back in
// the hope that it is logged.
func TestEchoedCredentials(t *testing.T) {
	const short = "short-session-token" // no longer than a word may be
	for _, tt := range []struct {
		name, token   string
		code, message string // with TOKEN in it
		want          string
	}{
		{"the token", long, "AccessDeniedException", "denied to TOKEN here", "SSM said: denied to … here"},
		{"the token of a stand-in", short, "AccessDeniedException", "denied to TOKEN here", "SSM said: denied to … here"},
		{"in quotes", short, "ValidationException", `header "TOKEN", sorry`, `ValidationException: header "…", sorry`},
		{"behind a name", short, "ValidationException", "x-amz-security-token:TOKEN.", "ValidationException: x-amz-security-token:…."},
		{"twice in a word", short, "ValidationException", "TOKENTOKEN", "ValidationException: ……"},
		{"behind a name, long", long, "ExpiredTokenException", "x-amz-security-token:TOKEN is expired", "(ExpiredTokenException): x-amz-security-token:… is expired"},
		{"in capitals", strings.ToLower(long), "ValidationException", "got " + strings.ToUpper(long), "ValidationException: got …"},
		{"in lines", long, "ValidationException", "got " + wrap(long, 19), "ValidationException: got … …"},
		{"cut off", long, "ValidationException", "got " + long[:50] + ", and so on", "ValidationException: got … and so on"},
		{"from the middle", long, "ValidationException", "got (" + long[100:120] + ")", "ValidationException: got …"},
		{"the key", short, "ValidationException", "got " + key, "ValidationException: got …"},
		{"the key's id", short, "UnrecognizedClientException", "Credential=" + keyID + "/20261121", "Credential=…/20261121"},
		{"as the code", short, "TOKEN", "no", "refused GetParameter of /fence/orders: …: no"},
		{"as the code, long", long, "TOKEN", "no", "refused GetParameter of /fence/orders: …: no"},
		{"at the cut", long, "ValidationException", strings.Repeat("a ", 149) + "TOKEN", "a a …"},
		{"far behind", short, "ValidationException", strings.Repeat(long+" ", 30) + "TOKEN", "…"},
		{"as if there were none", long, "ValidationException", "get identity: TOKEN", "ValidationException: get identity: …"},
		{"about the key", short, "AccessDeniedException", "not authorized to perform: kms:Decrypt, TOKEN", "SSM said: not authorized to perform: kms:Decrypt, …"},
		{"a single letter as token", "x", "ValidationException", "an example: x, of extra text", "ValidationException: an example: … of extra text"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			replace := strings.NewReplacer("TOKEN", tt.token)
			url := server(t, refuses(replace.Replace(tt.code), replace.Replace(tt.message)))
			_, err := load(t, paramstore.New("/fence/orders", paramstore.WithConfig(signedBy(url, key, tt.token))), 2*time.Second)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v\nwant %s", err, tt.want)
			}
			nothingOf(t, err, tt.token, key, keyID)
			var api smithy.APIError
			if !errors.As(err, &api) || !strings.Contains(api.Error(), replace.Replace(tt.message)) {
				t.Errorf("the SDK's error does not hold the echo: the test shows nothing: %v", api)
			}
		})
	}
}

// wrap breaks s into lines of n characters.
func wrap(s string, n int) string {
	var lines []string
	for ; len(s) > n; s = s[n:] {
		lines = append(lines, s[:n])
	}
	return strings.Join(append(lines, s), "\n")
}

// nothingOf fails the test if err shows eight characters of a secret.
func nothingOf(t *testing.T, err error, secrets ...string) {
	t.Helper()
	text := strings.ToLower(fmt.Sprint(err))
	for _, s := range secrets {
		s = strings.ToLower(s)
		for i := range len(s) - 7 {
			if strings.Contains(text, s[i:i+8]) {
				t.Errorf("%q is in %v", s[i:i+8], err)
				break
			}
		}
	}
}

// server serves h and returns its URL.
func server(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// What is no answer of SSM may hold the token as well: net/http quotes what it
// cannot read.
func TestEchoOutsideOfHTTP(t *testing.T) {
	for _, answer := range []string{
		"TOKEN\r\n\r\n",
		"HTTP/1.1 TOKEN\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTOKEN\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: TOKEN\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: TOKEN\r\n\r\n",
	} {
		for _, token := range []string{long, "short-session-token"} {
			url := server(t, func(w http.ResponseWriter, _ *http.Request) {
				conn, _, err := w.(http.Hijacker).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = io.WriteString(conn, strings.ReplaceAll(answer, "TOKEN", token))
				conn.Close()
			})
			_, err := load(t, paramstore.New("/fence/orders", paramstore.WithConfig(signedBy(url, key, token))), 300*time.Millisecond)
			if err == nil {
				t.Errorf("%q: loaded", answer)
			}
			nothingOf(t, err, token)
		}
	}
}

// A push shows labels that the server names.
func TestEchoedAsLabel(t *testing.T) {
	const token = "short-session-token"
	s, _ := stand(t, awsstand.Config{})
	s.PutParameter("/fence/orders", doc, awsstand.WithLabel("live"))
	for _, tt := range []struct {
		operation string
		answer    any
		doc       string
		want      string
	}{
		{"LabelParameterVersion", map[string]any{"InvalidLabels": []string{token, "live"}, "ParameterVersion": 2}, doc, "SSM does not take …, live"},
		{"GetParameterHistory", map[string]any{"Parameters": []any{
			map[string]any{"Version": 1, "Labels": []string{token}}, map[string]any{"Version": 95},
		}}, longDoc(900), `label "…" stands on version 1`},
	} {
		url := before(t, s, tt.operation, func(w http.ResponseWriter, _ int) bool {
			_ = json.NewEncoder(w).Encode(tt.answer)
			return true
		})
		p := paramstore.New("/fence/orders", paramstore.WithConfig(signedBy(url, key, token)))
		_, err := p.Push(t.Context(), []byte(tt.doc), paramstore.Labels("live"))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", tt.operation, err, tt.want)
		}
		nothingOf(t, err, token)
	}
}

// Credentials that are renewed are hidden as they are now.
func TestRenewedCredentials(t *testing.T) {
	var token string
	url := server(t, func(w http.ResponseWriter, r *http.Request) {
		refuses("ValidationException", "got "+r.Header.Get("X-Amz-Security-Token"))(w, r)
	})
	cfg := config(url)
	cfg.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: keyID, SecretAccessKey: key, SessionToken: token}, nil
	})
	p := paramstore.New("/fence/orders", paramstore.WithConfig(cfg))
	for _, token = range []string{"first-session-token", "second-session-token"} {
		_, err := load(t, p, 2*time.Second)
		if err == nil || !strings.Contains(err.Error(), "ValidationException: got …") {
			t.Errorf("%v", err)
		}
		nothingOf(t, err, token)
	}
}

// A configuration without credentials calls without a signature, as the SDK does.
func TestAnonymous(t *testing.T) {
	var signed []string
	h := refuses("MissingAuthenticationToken", "no")
	url := server(t, func(w http.ResponseWriter, r *http.Request) {
		signed = append(signed, r.Header.Get("Authorization"))
		h(w, r)
	})
	for i, c := range []aws.CredentialsProvider{aws.AnonymousCredentials{}, nil} {
		cfg := config(url)
		cfg.Credentials = c
		_, err := load(t, paramstore.New("/fence/orders", paramstore.WithConfig(cfg)), 2*time.Second)
		if err == nil {
			t.Errorf("%T: loaded", c)
		}
		if len(signed) != i+1 || signed[i] != "" {
			t.Errorf("%T: %d calls, signed %q: %v", c, len(signed), signed, err)
		}
	}
}
