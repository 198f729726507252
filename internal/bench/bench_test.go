package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/lambdafence/lambdafence/internal/bench/engines"
)

// tiny measures everything once; no figure of it means anything.
var tiny = effort{rounds: 2, turns: 1, batch: time.Microsecond, sizes: []int{10, 40}, starts: 1, stream: 60, burst: 10}

// TestPage runs every measurement and holds that the page has what it should: what
// is asserted is never a time.
func TestPage(t *testing.T) {
	docs := t.TempDir()
	if err := bench(t.Context(), tiny, regexp.MustCompile(""), docs, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(docs, "benchmarks.md"))
	if err != nil {
		t.Fatal(err)
	}
	page := string(data)
	for _, want := range []string{
		"\n## Budgets\n", "\n## Method\n", "\n## The decision\n", "\n## An HTTP call\n", "\n## A call of the AWS SDK\n",
		"\n## The cold start\n", "\n## The size of the binary\n", "\n## A thousand cold starts at once\n",
		"otelhttp, no-op provider", "otelhttp, SDK", "safeurl", "code.dny.dev/ssrf", "otelaws, no-op provider", "otelaws, SDK",
		"fence, policy embedded", "policy from the extension", "policy from SSM", "SDK's GetParameter", "examples/minimal",
		"allowed, a few calls", "allowed, never the same", "denied, a few calls", "denied, never the same",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	budgets, _, _ := strings.Cut(page, "\n## Method\n")
	if n := strings.Count(budgets, " met ") + strings.Count(budgets, "**missed**"); n < 15 {
		t.Errorf("%d budgets", n)
	}
	if strings.Contains(page, "NaN") || strings.Contains(page, "Inf") {
		t.Error("a figure is none")
	}
	pictures := regexp.MustCompile(`\]\((benchmarks/[^)]+\.svg)\)`).FindAllStringSubmatch(page, -1)
	if len(pictures) != 2 {
		t.Errorf("%d pictures", len(pictures))
	}
	for _, p := range pictures {
		checkSVG(t, filepath.Join(docs, p[1]))
	}
}

// checkSVG holds that a plot is XML, without a script, and names every engine.
func checkSVG(t *testing.T, file string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for d := xml.NewDecoder(bytes.NewReader(data)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "polyline" {
			lines++
		} else if ok && e.Name.Local == "script" {
			t.Errorf("%s has a script", file)
		}
	}
	if lines != len(engines.All) {
		t.Errorf("%s: %d lines", file, lines)
	}
	for _, name := range engines.All {
		if !bytes.Contains(data, []byte(">"+name+",")) {
			t.Errorf("%s does not name %s", file, name)
		}
	}
}

func TestArguments(t *testing.T) {
	for _, args := range [][]string{{"-only", "("}, {"-page", t.TempDir()}, {"-full", "-only", "size", "-page", t.TempDir()}, {"-no-such-flag"}} {
		if code := run(t.Context(), args, io.Discard, io.Discard); code != 2 {
			t.Errorf("%v: exit code %d", args, code)
		}
	}
}

// TestNotesHaveTheirSections holds that what is written by hand comes to stand somewhere.
func TestNotesHaveTheirSections(t *testing.T) {
	known := map[string]bool{"budgets": true}
	for _, m := range measurements {
		known[m.name] = true
	}
	for _, name := range regexp.MustCompile(`(?m)^## (.*)$`).FindAllStringSubmatch(notes, -1) {
		if !known[name[1]] {
			t.Errorf("notes.md: no section %q", name[1])
		}
	}
}
