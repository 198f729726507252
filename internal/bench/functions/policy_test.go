package functions

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/lambdafence/lambdafence/internal/bench/engines"
)

var update = flag.Bool("update", false, "write the policy anew")

// TestPolicyOfAHundredRules holds that the embedded policy is the one that the
// other functions load.
func TestPolicyOfAHundredRules(t *testing.T) {
	const file = "embedded/policy.yaml"
	want := engines.Document(engines.Rules(100))
	if *update {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is another (%v): go test -update", file, err)
	}
}
