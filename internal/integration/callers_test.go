package integration

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lambdafence/lambdafence/internal/awskey"
)

// TestCallers builds a program of six modules as it is built for Lambda, stripped
// and without paths, and has each of them call out.
func TestCallers(t *testing.T) {
	app := buildBootstrap(t, "testdata/callers/app", ".")
	run := func(policy string) string {
		t.Helper()
		cmd := exec.Command(app)
		cmd.Env = append(os.Environ(), "POLICY="+policy, "KEY_ID="+awskey.ID(account))
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return string(out)
	}
	// What is replaced by a directory has no version. The compiler may have put a
	// function into one that calls it: of payments, the package is that one's.
	const want = `reported collect.example: "example.com/metrics" "" "example.com/metrics"
reported api.payments.example: "example.com/payments/v2" "" "example.com/payments/v2"
reported beacon.example: "gopkg.in/beacon.v3" "" "gopkg.in/beacon.v3"
reported orders.s3.eu-west-1.amazonaws.com: "example.com/store" "" "example.com/store"
reported own.example: "example.com/app" "" "example.com/app/internal/own"
reported db.example: "example.com/metrics" "" "example.com/metrics"
reported main.example: "example.com/app" "" "example.com/app"
reported nobody.example: "" "" ""
`
	if diff := cmp.Diff(want, run("{mode: report, allow: []}")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}

	const ruled = `blocked collect.example: "example.com/metrics" "" "example.com/metrics"
allowed api.payments.example: "example.com/payments/v2" "" "example.com/payments/v2"
blocked beacon.example: "gopkg.in/beacon.v3" "" "gopkg.in/beacon.v3"
allowed orders.s3.eu-west-1.amazonaws.com: "example.com/store" "" "example.com/store"
allowed own.example: "example.com/app" "" "example.com/app/internal/own"
blocked db.example: "example.com/metrics" "" "example.com/metrics"
blocked main.example: "example.com/app" "" "example.com/app"
blocked nobody.example: "" "" ""
`
	if diff := cmp.Diff(ruled, run(`
mode: enforce
allow:
- {host: "**.example", from: ["example.com/payments/**", example.com/app/internal/*]}
- {aws: s3, from: example.com/store}
- {host: [collect.example, db.example], ports: [443, 5432]}
deny:
- {host: "**", from: [example.com/metrics]}
`)); diff != "" {
		t.Errorf("by from (-want +got)\n%s", diff)
	}

	// A deny rule means everyone on the stack, the SDK too.
	if diff := cmp.Diff(`blocked orders.s3.eu-west-1.amazonaws.com: "example.com/store" "" "example.com/store"`+"\n",
		only("amazonaws", run(`{mode: enforce, deny: [{host: "**", from: "github.com/aws/aws-sdk-go-v2/**"}]}`))); diff != "" {
		t.Errorf("the SDK (-want +got)\n%s", diff)
	}
}

func only(word, lines string) string {
	kept := ""
	for line := range strings.Lines(lines) {
		if strings.Contains(line, word) {
			kept += line
		}
	}
	return kept
}
