package iam

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"testing"
)

// A row is a line of the corpus: a call, and what IAM wants of it.
type row struct {
	ID, Service, Operation, Region, Account, Partition, Note string
	Params                                                   map[string]any
	Expect, Optional                                         []wanted
	Forbidden                                                []string `json:"must_not_contain"`
}

type wanted struct {
	Action, Resource string
	Resources        []string
}

func (w *wanted) all() []string {
	if w.Resource == "" {
		return w.Resources
	}
	return append(w.Resources, w.Resource)
}

// TestCorpus: every call is granted what it needs, on what it needs it, and no action
// besides.
func TestCorpus(t *testing.T) {
	data, err := os.ReadFile("testdata/iam_expect.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range bytes.Lines(data) {
		var r row
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatal(err)
		}
		rows++
		grants, notes := Describe(r.Service, r.Operation, r.Params, r.Region, r.Account).Grants()
		check(t, &r, grants)
		if t.Failed() {
			t.Logf("%s: %v %v", r.ID, grants, notes)
		}
	}
	if rows != 55 {
		t.Errorf("%d rows, want 55", rows)
	}
}

func check(t *testing.T, r *row, grants []Grant) {
	t.Helper()
	may := map[string]bool{}
	for _, w := range slices.Concat(r.Expect, r.Optional) {
		may[w.Action] = true
	}
	for _, w := range r.Expect {
		for _, resource := range w.all() {
			if !slices.ContainsFunc(grants, func(g Grant) bool { return g.Action == w.Action && slices.Contains(g.Resources, resource) }) {
				t.Errorf("%s %s:%s: no %s on %s (%s)", r.ID, r.Service, r.Operation, w.Action, resource, r.Note)
			}
		}
	}
	for _, g := range grants {
		if !may[g.Action] || slices.Contains(r.Forbidden, g.Action) {
			t.Errorf("%s %s:%s: %s, which it does not need", r.ID, r.Service, r.Operation, g.Action)
		}
	}
}
