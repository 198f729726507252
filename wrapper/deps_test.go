package wrapper_test

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func goList(t *testing.T, args ...string) []string {
	t.Helper()
	out, err := exec.Command("go", append([]string{"list", "-deps"}, args...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	return slices.Compact(slices.Sorted(slices.Values(strings.Fields(string(out)))))
}

// TestWhatAnImporterLinks holds the list of modules in docs/design.md.
func TestWhatAnImporterLinks(t *testing.T) {
	doc, err := os.ReadFile("../docs/design.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```modules\n(.*?)```").FindSubmatch(doc)
	if block == nil {
		t.Fatal("docs/design.md lists no modules")
	}
	if diff := cmp.Diff(strings.Fields(string(block[1])), goList(t, "-f", "{{with .Module}}{{.Path}}{{end}}", ".")); diff != "" {
		t.Errorf("modules that wrapper links (-docs/design.md +go list):\n%s", diff)
	}
}

func TestWhatAnImporterDoesNotLink(t *testing.T) {
	unwanted := regexp.MustCompile(`aws-sdk-go-v2/service/|go\.opentelemetry\.io/otel/(sdk|exporters)|/internal/(demo|lambdahost|otlprecv)|google\.golang\.org/|^testing$`)
	for _, pkg := range goList(t, ".") {
		if unwanted.MatchString(pkg) {
			t.Errorf("wrapper links %s", pkg)
		}
	}
}
