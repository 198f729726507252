package awscall

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/lambdafence/lambdafence/policy"
)

// differs are the rows in which IAM's resources are not what a call is judged
// by, with what Describe returns and why.
var differs = map[string][]string{
	"i013": {"arn:aws:s3:::b1/k"},                                                                                                                                   // S3 uses the key for the caller: the KMS call is not the caller's own
	"i026": {},                                                                                                                                                      // * in a policy where an operation has no resource
	"i064": nil,                                                                                                                                                     // a phone number has no ARN, and something is addressed
	"i072": nil,                                                                                                                                                     // a task token neither
	"i076": {"arn:aws:secretsmanager:us-east-1:123456789012:secret:mysecret", "arn:aws:ssm:us-east-1:123456789012:parameter/aws/reference/secretsmanager/mysecret"}, // a secret's name without the suffix
	"i082": {"arn:aws:secretsmanager:us-east-1:123456789012:secret:a", "arn:aws:secretsmanager:us-east-1:123456789012:secret:b"},
	"i083": nil, // the key is in the ciphertext
}

func TestCorpus(t *testing.T) {
	data, err := os.ReadFile("testdata/iam_expect.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range bytes.Lines(data) {
		var row struct {
			ID, Service, Operation, Region, Account string
			Params                                  map[string]any
			Expect                                  []struct {
				Resource  string
				Resources []string
			}
		}
		if err := json.Unmarshal(line, &row); err != nil {
			t.Fatal(err)
		}
		want, ok := differs[row.ID]
		if !ok {
			want = []string{}
			for _, e := range row.Expect {
				for _, r := range append(e.Resources, e.Resource) {
					if r = strings.NewReplacer("${*}", "*", "${?}", "?").Replace(r); r != "" && !slices.Contains(want, r) {
						want = append(want, r)
					}
				}
			}
		}
		c := Call{Service: row.Service, Operation: row.Operation, Input: row.Params, Region: row.Region, Account: row.Account}
		access, _, got := c.Describe()
		if (want == nil) != (got == nil) || !slices.Equal(slices.Sorted(slices.Values(want)), slices.Sorted(slices.Values(got))) {
			t.Errorf("%s %s:%s: %q, want %q", row.ID, row.Service, row.Operation, got, want)
		}
		if access == policy.UnknownAccess {
			t.Errorf("%s %s:%s: no access level", row.ID, row.Service, row.Operation)
		}
		rows++
	}
	if rows != 48 {
		t.Errorf("%d rows, want 48", rows)
	}
}
