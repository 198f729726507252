package wrapper_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/url"
	"sync"
	"testing"

	"github.com/lambdafence/lambdafence/wrapper"
)

// discard keeps a fence's log lines out of the test's output.
func discard() wrapper.Option {
	return wrapper.WithLogger(slog.New(slog.NewJSONHandler(io.Discard, nil)))
}

// A logBook keeps log lines.
type logBook struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logBook) option() wrapper.Option {
	return wrapper.WithLogger(slog.New(slog.NewJSONHandler(l, nil)))
}

func (l *logBook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// lines returns the log as JSON objects.
func (l *logBook) lines(t *testing.T) (lines []map[string]any) {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader([]byte(l.String())))
	for dec.More() {
		var line map[string]any
		if err := dec.Decode(&line); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	return lines
}

func mustURL(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
