package bypass

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var (
	scenario  = regexp.MustCompile(`^(\d+)\. (.+): (.+?)\. (\x60.+\x60)$`)
	reference = regexp.MustCompile(`\x60([a-z/]+)\.((?:Test|Fuzz)\w+)(?:/([^\x60]+))?\x60`)
)

// TestScenarios holds testdata/bypass/scenarios.md together with the tests that it
// names: each is there, with the row or subtest, and no number is left out.
func TestScenarios(t *testing.T) {
	doc, err := os.ReadFile("../../testdata/bypass/scenarios.md")
	if err != nil {
		t.Fatal(err)
	}
	sources := sources{}
	n, seen := 0, map[string]int{}
	for line := range strings.Lines(string(doc)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] < '0' || line[0] > '9' {
			continue
		}
		n++
		m := scenario.FindStringSubmatch(line)
		if m == nil || m[1] != strconv.Itoa(n) {
			t.Errorf("want scenario %d as \"%[1]d. attack: what must happen. `package.Test`\", got %q", n, line)
			continue
		}
		if other := seen[m[2]]; other != 0 {
			t.Errorf("%d is %d again", n, other)
		}
		seen[m[2]] = n
		refs := reference.FindAllStringSubmatch(m[4], -1)
		if len(refs) == 0 || strings.Join(strings.Fields(reference.ReplaceAllString(m[4], "")), "") != "" {
			t.Errorf("%d: want names of tests, got %s", n, m[4])
		}
		for _, r := range refs {
			if why := sources.lacks(t, filepath.Join("../..", r[1]), r[2], r[3]); why != "" {
				t.Errorf("%d: %s.%s/%s: %s", n, r[1], r[2], r[3], why)
			}
		}
	}
	if n < 75 {
		t.Errorf("%d scenarios", n)
	}
	checkThreatModel(t, n)
}

var (
	column   = regexp.MustCompile(`\| ([\d, -]+) \|\n`)
	brackets = regexp.MustCompile(`\[([\d, -]+)\]`)
	holding  = regexp.MustCompile(`honest: ([\d, ]+) and (\d+) hold`)
)

// checkThreatModel holds that docs/threat-model.md draws on every scenario, and on none
// that there isn't.
func checkThreatModel(t *testing.T, scenarios int) {
	t.Helper()
	doc, err := os.ReadFile("../../docs/threat-model.md")
	if err != nil {
		t.Fatal(err)
	}
	named := map[int]bool{}
	for _, form := range []*regexp.Regexp{column, brackets, holding} {
		all := form.FindAllStringSubmatch(string(doc), -1)
		if len(all) == 0 {
			t.Errorf("docs/threat-model.md names no scenario by %v", form)
		}
		for _, m := range all {
			for _, part := range strings.Split(strings.Join(m[1:], ","), ",") {
				first, last, isRange := strings.Cut(strings.TrimSpace(part), "-")
				if !isRange {
					last = first
				}
				for i := number(first); i <= number(last); i++ {
					named[i] = true
				}
			}
		}
	}
	for i := range scenarios {
		if !named[i+1] {
			t.Errorf("docs/threat-model.md does not name scenario %d", i+1)
		}
		delete(named, i+1)
	}
	delete(named, 0) // an empty part
	if len(named) > 0 {
		t.Errorf("docs/threat-model.md names %v", named)
	}
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// sources are the files of packages that declare tests, by directory and function.
type sources map[string]map[string]string

// lacks says what is not there of a test.
func (s sources) lacks(t *testing.T, dir, fn, row string) string {
	t.Helper()
	if s[dir] == nil {
		s[dir] = testsIn(t, dir)
	}
	source, ok := s[dir][fn]
	if !ok {
		return "no such test"
	}
	if strings.HasSuffix(row, ".txtar") {
		if _, err := os.Stat(filepath.Join("../../testdata/corpus", row)); err != nil {
			return err.Error()
		}
		return ""
	}
	if !strings.Contains(source, row) && !strings.Contains(source, strconv.Quote(row)) {
		return "no such row or subtest"
	}
	return ""
}

// testsIn returns the tests of a package, each with the text of its file.
func testsIn(t *testing.T, dir string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no tests: %v", dir, err)
	}
	tests := map[string]string{}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
				tests[fn.Name.Name] = string(text)
			}
		}
	}
	return tests
}
