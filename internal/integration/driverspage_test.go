package integration

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/lambdafence/lambdafence/policy"
)

// TestDriversPage holds the Go of docs/drivers.md against drivers_test.go, which
// the other tests run: each block is a function of it, each function a block. Its policies compile.
func TestDriversPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/drivers.md")
	if err != nil {
		t.Fatal(err)
	}
	code, err := os.ReadFile("drivers_test.go")
	if err != nil {
		t.Fatal(err)
	}
	shown := make(map[string]bool)
	for _, block := range regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(page), -1) {
		shown[block[1]] = true
		if !strings.Contains(string(code), block[1]) {
			t.Errorf("drivers_test.go does not have\n%s", block[1])
		}
	}
	for _, block := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(page), -1) {
		p, err := policy.Parse([]byte(block[1]))
		if err == nil {
			_, err = policy.Compile(p)
		}
		if err != nil {
			t.Errorf("%v in\n%s", err, block[1])
		}
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "drivers_test.go", code, 0)
	if err != nil {
		t.Fatal(err)
	}
	functions := 0
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok {
			continue
		}
		functions++
		if text := string(code[fset.Position(f.Pos()).Offset:fset.Position(f.End()).Offset]) + "\n"; !shown[text] {
			t.Errorf("docs/drivers.md does not show %s as it is", f.Name)
		}
	}
	if functions != len(shown) {
		t.Errorf("%d blocks for %d functions", len(shown), functions)
	}
}
