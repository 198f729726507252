package main

import (
	"strings"
	"testing"
)

// TestCoverage: what is told of the operations that count does not get less.
func TestCoverage(t *testing.T) {
	r, err := measure()
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := r.print(&out); err != nil || !strings.Contains(out.String(), "cognitoidentityprovider") {
		t.Errorf("%v, %s", err, out.String())
	}
	all := r.all()
	if len(r.services) != 24 || all.operations != 1273 {
		t.Errorf("%d services, %d operations, want 24 and 1273", len(r.services), all.operations)
	}
	if percent(all.right, all.operations) < 95.5 {
		t.Errorf("resources of %d of %d operations are right, want 95.5 %%", all.right, all.operations)
	}
	if all.access != all.lines {
		t.Errorf("access of %d of %d inputs is right, want all", all.access, all.lines)
	}
}
