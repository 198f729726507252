package main

import "testing"

// TestMutantsFit: what is broken is still there to be broken.
func TestMutantsFit(t *testing.T) {
	mutants, err := read(list)
	if err != nil || len(mutants) < 100 {
		t.Fatalf("%d mutants: %v", len(mutants), err)
	}
	names := map[string]bool{}
	for _, m := range mutants {
		if _, err := m.apply("../.."); err != nil {
			t.Errorf("%s: %v", m.name, err)
		}
		if names[m.name] || m.before == m.after {
			t.Errorf("%s is there twice, or changes nothing", m.name)
		}
		names[m.name] = true
	}
}
