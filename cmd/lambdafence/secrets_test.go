package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/lambdafence/lambdafence/internal/leak"
	"github.com/lambdafence/lambdafence/policy/source"
	"github.com/lambdafence/lambdafence/wrapper"
)

// An answering round tripper sends nothing.
type answering struct{}

func (answering) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Header: http.Header{}, Request: r}, nil
}

// TestSecretsInEvents: what a fence logs of calls that carry secrets is given to every
// command that reads events, and asked about, and none of them tells a secret. Asked
// about the URLs themselves, explain repeats their path, and nothing else.
func TestSecretsInEvents(t *testing.T) {
	dir := t.TempDir()
	events, policy := filepath.Join(dir, "events.jsonl"), filepath.Join(dir, "policy.yaml")
	if err := os.WriteFile(policy, []byte("name: p\nmode: enforce\nallow: [{host: allowed.test}]\ndeny: [{host: denied.test}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(4) {
		l := leak.New(seed)
		logged, urls := logOf(t, l)
		if err := os.WriteFile(events, logged, 0o600); err != nil {
			t.Fatal(err)
		}
		questions := questionsOf(t, logged)
		for _, url := range urls {
			questions = append(questions, asked(t, "", url))
		}
		for _, args := range [][]string{
			{"learn", events}, {"learn", "--strict", events}, {"learn", "--loose", "--name", "x", events},
			{"replay", "--policy", policy, events}, {"replay", "--policy", policy, "--json", events},
			{"unused", "--policy", policy, events}, {"iam", events},
			{"explain", "--policy", policy, "--batch"},
		} {
			tell(t, l, seed, bytes.Join(questions, []byte("\n")), args...)
		}
		for _, url := range urls {
			tell(t, l, seed, nil, "explain", "--policy", policy, url)
			tell(t, l, seed, nil, "explain", "--policy", policy, "--json", url)
		}
		if places := l.Found(string(bytes.Join(questions, []byte("\n")))); len(places) < 10 {
			t.Errorf("only %d secrets were asked about: the test shows nothing", len(places))
		}
	}
}

var inPath = regexp.MustCompile(`^(redirect, )?(path|last of a path|parameters of a path|phone in a path|a URL in a path|a query, escaped)`)

// tell runs the tool, which must tell something, and no secret.
func tell(t *testing.T, l *leak.Loader, seed uint64, in []byte, args ...string) {
	t.Helper()
	var out, diagnostics bytes.Buffer
	status := run(t.Context(), args, bytes.NewReader(in), &out, &diagnostics)
	if status > exitDifferent && args[0] != "explain" || out.Len()+diagnostics.Len() == 0 {
		t.Errorf("%q: status %d: %s", args[0], status, diagnostics.String())
	}
	for _, place := range l.Found(out.String() + diagnostics.String()) {
		if asked := args[0] == "explain"; asked && inPath.MatchString(place) {
			continue
		}
		t.Errorf("seed %d: %s tells %s\n%.300s", seed, strings.Join(args[:1], " "), place, out.String()+diagnostics.String())
	}
}

// logOf is what a fence logs of the calls of l in learn and in report mode, and what
// URLs were called.
func logOf(t *testing.T, l *leak.Loader) (logged []byte, urls []string) {
	t.Helper()
	var log bytes.Buffer
	for _, mode := range []string{"learn", "report"} {
		f := wrapper.Must(wrapper.New(t.Context(), wrapper.WithLogger(slog.New(slog.NewJSONHandler(&log, nil))), wrapper.WithEvents(wrapper.All),
			wrapper.WithPolicy(source.Static("p", []byte("mode: "+mode+"\nallow: [{host: allowed.test}]\ndeny: [{host: denied.test}]")))))
		rt := f.Transport(answering{})
		noting := noting{rt, &urls}
		ways := leak.Ways{Client: &http.Client{Transport: noting}, By: func(*url.URL) http.RoundTripper { return noting }, Check: f.Check}
		for _, c := range l.Calls() {
			if err := c.Make(context.Background(), ways); err != nil && !errors.Is(err, io.EOF) {
				t.Logf("%s: %.100v", c.Place, err)
			}
		}
	}
	return log.Bytes(), urls
}

// A noting round tripper notes the URLs that it is asked for.
type noting struct {
	http.RoundTripper
	urls *[]string
}

func (n noting) RoundTrip(r *http.Request) (*http.Response, error) {
	*n.urls = append(*n.urls, r.URL.String())
	return n.RoundTripper.RoundTrip(r)
}

// questionsOf asks explain about what events tell.
func questionsOf(t *testing.T, logged []byte) (questions [][]byte) {
	t.Helper()
	for line := range bytes.Lines(logged) {
		var ev struct {
			Call struct{ Kind, Scheme, Host, Method, Path string }
		}
		if err := json.Unmarshal(line, &ev); err != nil {
			t.Fatal(err)
		}
		if ev.Call.Kind == "http" {
			questions = append(questions, asked(t, ev.Call.Method, ev.Call.Scheme+"://"+ev.Call.Host+ev.Call.Path))
		}
	}
	return questions
}

func asked(t *testing.T, method, url string) []byte {
	t.Helper()
	q, err := json.Marshal(map[string]string{"id": "1", "url": url, "method": method})
	if err != nil {
		t.Fatal(err)
	}
	return q
}
