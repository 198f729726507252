package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/lambdafence/lambdafence/internal/bypass"
)

// TestBypassBatch asks the tool about every row of testdata/bypass that a question can
// say: the tool judges as the fence does.
func TestBypassBatch(t *testing.T) {
	rows, err := bypass.Read("../../testdata/bypass/url_bypass.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var questions bytes.Buffer
	enc := json.NewEncoder(&questions)
	asked := map[string]*bypass.Row{}
	for i := range rows {
		r := &rows[i]
		q := map[string]any{"id": r.ID, "url": r.URL}
		switch r.Kind {
		case "dial":
			q = map[string]any{"id": r.ID, "dial": map[string]string{"network": r.Network, "address": r.Addr}}
		case "redirect":
			req, err := r.Request()
			if err != nil || req.URL.Opaque != "" {
				continue
			}
			q["url"] = req.URL.String()
		case "struct":
			continue // a URL in parts, which no text says
		}
		asked[r.ID] = r
		if err := enc.Encode(q); err != nil {
			t.Fatal(err)
		}
	}
	if len(asked) < 1350 {
		t.Errorf("%d questions", len(asked))
	}
	for _, p := range []struct {
		name, doc string
		want      func(*bypass.Row) string
	}{
		{"A", bypass.A, func(r *bypass.Row) string { return r.MustBe }},
		{"B", bypass.B, (*bypass.Row).DenyB},
		{"C", bypass.C, func(r *bypass.Row) string { return r.MustBePath }},
	} {
		file := filepath.Join(t.TempDir(), "policy.yaml")
		if err := os.WriteFile(file, []byte(p.doc), 0o600); err != nil {
			t.Fatal(err)
		}
		var out, stderr bytes.Buffer
		if status := run(t.Context(), []string{"explain", "--policy", file, "--batch"}, bytes.NewReader(questions.Bytes()), &out, &stderr); status != exitOK {
			t.Fatalf("%s: status %d: %s", p.name, status, &stderr)
		}
		answers := 0
		for dec := json.NewDecoder(&out); dec.More(); answers++ {
			var a explanation
			if err := dec.Decode(&a); err != nil {
				t.Fatal(err)
			}
			r := asked[a.ID]
			if r == nil {
				t.Fatalf("%s: an answer to no question: %+v", p.name, a)
			}
			if want := p.want(r); (want == "deny" || want == "allow" && bypass.Stricter[r.ID] == "") && a.Decision != want {
				t.Errorf("%s: %s says %+v, want %s", r, p.name, a, want)
			}
		}
		if answers != len(asked) {
			t.Errorf("%s: %d answers to %d questions", p.name, answers, len(asked))
		}
	}
}
