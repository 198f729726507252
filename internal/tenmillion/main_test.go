package main

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/lambdafence/lambdafence/internal/events"
	"github.com/lambdafence/lambdafence/wrapper"
)

// TestTraffic: every line is an event, and the same ones each time.
func TestTraffic(t *testing.T) {
	for kind := range kinds {
		var a, b bytes.Buffer
		if err := write(&a, kind, 5000); err != nil {
			t.Fatal(err)
		}
		if err := write(&b, kind, 5000); err != nil || !bytes.Equal(a.Bytes(), b.Bytes()) {
			t.Error(kind, "differs", err)
		}
		r := events.NewReader(func(*wrapper.Event) error { return nil })
		r.Strict = true
		if err := r.Read(kind, &a); err != nil || r.Counts.Events != 5000 || r.Counts.Others > 0 {
			t.Error(kind, err, &r.Counts)
		}
	}
}

// TestMeasure runs the tool itself, on little.
func TestMeasure(t *testing.T) {
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"-n", "2000"}, &out, &errs); code != 0 {
		t.Fatal(code, &errs)
	}
	for _, row := range []string{`fleet +200 `, `fleet +2000 `, `hostile +200 `, `hostile +2000 `} {
		if !regexp.MustCompile(`(?m)^` + row + ` .*[1-9]$`).MatchString(out.String()) {
			t.Errorf("no %s in\n%s", row, &out)
		}
	}
	for _, wrong := range []string{"-n 1", "-kind x", "-write -1", "-x"} {
		if code := run(t.Context(), strings.Fields(wrong), &out, &errs); code != 2 {
			t.Error(wrong, code)
		}
	}
}
