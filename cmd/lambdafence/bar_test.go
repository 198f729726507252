package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestBar: it waits, is drawn no more than ten times a second, and goes.
func TestBar(t *testing.T) {
	var out bytes.Buffer
	clock := time.Unix(0, 0)
	b := &bar{w: &out, now: func() time.Time { return clock }, began: clock}
	for range 100 { // a second
		b.part(0.5)
		clock = clock.Add(10 * time.Millisecond)
	}
	if n := strings.Count(out.String(), "50%  "); n != 7 || !strings.Contains(out.String(), "[###############...............]") {
		t.Errorf("%d times: %q", n, out.String())
	}
	out.Reset()
	b.clear()
	b.clear()
	if out.String() != "\r\x1b[K" {
		t.Errorf("%q", out.String())
	}
	for _, tt := range []struct {
		read, all int64
		want      string
	}{
		{0, 10, "[..............................]   0%"},
		{10, 10, "100%  0s left"},
		{20, 10, "100%  0s left"}, // the file has grown
		{5e6, 0, "5 MB read, "},
	} {
		out.Reset()
		clock = clock.Add(time.Second)
		if b.bytes(tt.read, tt.all); !strings.Contains(out.String(), tt.want) {
			t.Errorf("%q, want %q", out.String(), tt.want)
		}
	}
}

// TestNoBar: none in a pipe or a file, nor on a terminal that cannot move back.
func TestNoBar(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	t.Setenv("TERM", "xterm")
	if newBar(file) != nil || newBar(io.Discard) != nil {
		t.Error("a bar in a file")
	}
	var none *bar
	none.part(1)
	none.bytes(1, 0)
	none.clear()
}

func TestSizeOf(t *testing.T) {
	name := filepath.Join(t.TempDir(), "events")
	if err := os.WriteFile(name, make([]byte, 7), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, tt := range []struct {
		stdin io.Reader
		files []string
		want  int64
	}{
		{f, []string{name, "-"}, 14},
		{strings.NewReader(""), []string{name, "-"}, 0},
		{f, []string{name, "nowhere"}, 0},
		{f, []string{os.DevNull}, 0},
	} {
		if got := sizeOf(tt.stdin, tt.files); got.all != tt.want {
			t.Error(tt.files, got.all)
		}
	}
}

// TestReadingEndsWithTheCommand: an interrupt does not wait for the end of a file.
func TestReadingEndsWithTheCommand(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r := &tracked{ctx: ctx, from: zeros{}, of: new(size)}
	if _, err := r.Read(make([]byte, 10)); err != nil || r.of.read != 10 {
		t.Error(err, r.of.read)
	}
	cancel()
	if _, err := r.Read(make([]byte, 10)); err != context.Canceled {
		t.Error(err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func TestSpan(t *testing.T) {
	now := time.Date(2026, 11, 8, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct{ since, until, from, to string }{
		{"", "", "2026-11-07T12:00:00Z", "2026-11-08T12:00:00Z"},
		{"7d", "", "2026-11-01T12:00:00Z", "2026-11-08T12:00:00Z"},
		{"2w", "2026-11-01", "2026-10-18T00:00:00Z", "2026-11-01T00:00:00Z"},
		{"90m", "1h", "2026-11-08T09:30:00Z", "2026-11-08T11:00:00Z"},
		{"2026-11-01T02:00:00+02:00", "", "2026-11-01T00:00:00Z", "2026-11-08T12:00:00Z"},
		{"1w ", "", "", ""},
		{"d", "", "", ""},
		{"1y", "", "", ""},
		{"4000d", "", "", ""},
		{"2026-13-01", "", "", ""},
		{"2027-01-01", "", "", ""},
	} {
		in := input{since: tt.since, until: tt.until}
		from, to, err := in.span(now)
		if (err != nil) != (tt.from == "") {
			t.Errorf("%q, %q: %v", tt.since, tt.until, err)
		} else if err == nil && (from.UTC().Format(time.RFC3339) != tt.from || to.UTC().Format(time.RFC3339) != tt.to) {
			t.Errorf("%q, %q: %v to %v", tt.since, tt.until, from, to)
		}
	}
}
