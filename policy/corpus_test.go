package policy

import (
	"os"
	"strings"
	"testing"

	"github.com/lambdafence/lambdafence/internal/corpus"
)

func TestCorpus(t *testing.T) {
	files, err := corpus.Glob("../testdata/corpus/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		t.Run(f.Name, func(t *testing.T) { checkFile(t, f) })
	}
}

// TestReference runs every example of the language reference.
func TestReference(t *testing.T) {
	doc, err := os.ReadFile("../docs/policy.md")
	if err != nil {
		t.Fatal(err)
	}
	files, err := corpus.Markdown("policy.md", doc)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		t.Run(f.Name, func(t *testing.T) { checkFile(t, f) })
	}
}

// checkFile compiles a file of the corpus and decides its calls.
func checkFile(t *testing.T, f *corpus.File) {
	policies := make([]*Policy, len(f.Layers))
	for i, doc := range f.Layers {
		policies[i] = mustParse(t, string(doc))
	}
	p := Platform{
		RuntimeAPI:    f.Platform["AWS_LAMBDA_RUNTIME_API"],
		XRay:          f.Platform["AWS_XRAY_DAEMON_ADDRESS"],
		ExtensionPort: f.Platform["PARAMETERS_SECRETS_EXTENSION_HTTP_PORT"],
		Credentials:   f.Platform["AWS_CONTAINER_CREDENTIALS_FULL_URI"],
	}
	// The parameters that a policy is loaded from are a matter of its source.
	if name, ok := strings.CutPrefix(f.Platform["LAMBDAFENCE_POLICY"], "ssm:"); ok {
		name, _, _ = strings.Cut(name, ":")
		p.Parameters = []string{name}
	}
	if mode, ok := f.Platform["LAMBDAFENCE_MODE"]; ok {
		var err error
		if p.Soften, err = ParseMode(mode); err != nil {
			t.Fatal(err)
		}
	}
	s, err := p.Compile(policies...)
	if err != nil {
		t.Fatal(err)
	}
	checkLines(t, s, f.Calls)
}
