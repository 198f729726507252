package wrapper_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/lambdafence/lambdafence/policy"
)

// TestREADME holds what the README shows against what there is: its policy
// compiles, its Go is that of the packages' documentation, its links lead somewhere.
func TestREADME(t *testing.T) {
	data, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(data)
	for _, block := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(readme, -1) {
		p, err := policy.Parse([]byte(block[1]))
		if err == nil {
			_, err = policy.Compile(p)
		}
		if err != nil {
			t.Errorf("%v in\n%s", err, block[1])
		}
	}
	var doc []byte
	for _, name := range []string{"doc.go", "wrappertest/wrappertest.go"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		doc = append(doc, text...)
	}
	blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(readme, -1)
	if len(blocks) == 0 {
		t.Error("no Go in the README")
	}
	for _, block := range blocks {
		for line := range strings.Lines(block[1]) {
			if line = strings.TrimSpace(line); !strings.Contains(string(doc), line) {
				t.Errorf("no package documentation has %s", line)
			}
		}
	}
	for _, link := range regexp.MustCompile(`\]\(([^)#:]+)\)`).FindAllStringSubmatch(readme, -1) {
		if _, err := os.Stat(filepath.Join("..", link[1])); err != nil {
			t.Error(err)
		}
	}
	if lines := strings.Count(readme, "\n"); lines > 200 {
		t.Errorf("%d lines", lines)
	}
}
