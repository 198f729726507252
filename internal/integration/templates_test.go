package integration

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestTemplates has cfn-lint, which is also what "sam validate --lint" runs, look
// at what the examples are deployed by.
func TestTemplates(t *testing.T) {
	lint := python(t, "bin/cfn-lint")
	templates, err := filepath.Glob("../../examples/*/template.yaml")
	if err != nil || len(templates) < 2 {
		t.Fatalf("%q, %v", templates, err)
	}
	for _, path := range templates {
		t.Run(filepath.Base(filepath.Dir(path)), func(t *testing.T) {
			if out, err := cfnLint(t, lint, path); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	t.Run("a wrong one is found", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "template.yaml")
		wrong := "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties: {MemorySize: much}\n"
		if err := os.WriteFile(path, []byte(wrong), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := cfnLint(t, lint, path); err == nil {
			t.Errorf("cfn-lint has nothing to say\n%s", out)
		}
	})
}

func cfnLint(t *testing.T, lint, template string) ([]byte, error) {
	return exec.CommandContext(t.Context(), lint, "--regions", region, "--", template).CombinedOutput()
}
