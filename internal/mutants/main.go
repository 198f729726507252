// Command mutants breaks the decision on purpose, one way at a time, and holds that the
// tests notice: `make mutants` runs it. mutants.txt says what is broken, and how.
//
// A mutant that the tests of package policy do not kill is given to those of wrapper
// that send the corpora through real clients, and then to those of what a policy
// remembers. One that survives all, one that does not compile and one that fits nowhere
// any more are failures.
package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"time"
)

//go:embed mutants.txt
var list string

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	survivors, err := run(ctx, os.Args[1:])
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	case survivors > 0:
		fmt.Fprintf(os.Stderr, "mutants: %d survived\n", survivors)
		os.Exit(1)
	}
}

// run tries the mutants that are named, or all.
func run(ctx context.Context, names []string) (survivors int, err error) {
	mutants, err := read(list)
	if err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "mutants-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	began, tried := time.Now(), 0
	for _, m := range mutants {
		if len(names) > 0 && !strings.Contains(" "+strings.Join(names, " ")+" ", " "+m.name+" ") {
			continue
		}
		tried++
		killer, err := m.try(ctx, dir)
		if err != nil {
			return survivors, fmt.Errorf("%s: %w", m.name, err)
		}
		if killer == "" {
			survivors++
			killer = "SURVIVES"
		}
		fmt.Printf("%-28s %-40s %s\n", m.name, killer, m.what)
	}
	fmt.Printf("%d mutants, %d killed, in %.0f s\n", tried, tried-survivors, time.Since(began).Seconds())
	return survivors, nil
}

// A mutant is one change of one file.
type mutant struct {
	name, what, file string
	before, after    string
}

// read reads the list: paragraphs of a name and what is broken, a file, and the lines
// that are taken out and put in.
func read(list string) ([]mutant, error) {
	var all []mutant
	for _, text := range strings.Split(strings.TrimSpace(list), "\n\n") {
		if strings.HasPrefix(text, "#") {
			continue
		}
		lines := strings.Split(text, "\n")
		if len(lines) < 3 {
			return nil, fmt.Errorf("no mutant: %q", text)
		}
		var m mutant
		m.name, m.what, _ = strings.Cut(lines[0], ": ")
		m.file = lines[1]
		for _, line := range lines[2:] {
			switch {
			case strings.HasPrefix(line, "-"):
				m.before += line[1:] + "\n"
			case strings.HasPrefix(line, "+"):
				m.after += line[1:] + "\n"
			default:
				return nil, fmt.Errorf("%s: neither - nor +: %q", m.name, line)
			}
		}
		all = append(all, m)
	}
	return all, nil
}

// suites are what must notice, the quick ones first.
var suites = []struct {
	dir  string
	args []string
}{
	{".", []string{"./policy"}},
	{".", []string{"./wrapper", "-run", "Corpus|Bypass|Verdict|RequestIs|Redirects"}},
	{".", []string{"./internal/awscall"}},
	{"internal/integration", []string{".", "-run", "Approv"}},
}

// apply returns the file, of the project at root, with the change.
func (m *mutant) apply(root string) (string, error) {
	source, err := os.ReadFile(filepath.Join(root, m.file))
	if err != nil {
		return "", err
	}
	if n := strings.Count(string(source), m.before); n != 1 {
		return "", fmt.Errorf("%s has what it changes %d times", m.file, n)
	}
	return strings.Replace(string(source), m.before, m.after, 1), nil
}

// try returns the test that kills the mutant, "" if none does.
func (m *mutant) try(ctx context.Context, dir string) (killer string, err error) {
	text, err := m.apply(".")
	if err != nil {
		return "", err
	}
	broken := filepath.Join(dir, m.name+".go")
	if err := os.WriteFile(broken, []byte(text), 0o600); err != nil {
		return "", err
	}
	file, err := filepath.Abs(m.file)
	if err != nil {
		return "", err
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{file: broken}})
	if err != nil {
		return "", err
	}
	overlayFile := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(overlayFile, overlay, 0o600); err != nil {
		return "", err
	}
	for _, suite := range suites {
		args := append([]string{"test", "-C", suite.dir, "-overlay", overlayFile, "-failfast", "-timeout", "90s"}, suite.args...)
		out, err := exec.CommandContext(ctx, "go", args...).CombinedOutput()
		var exit *exec.ExitError
		switch {
		case err == nil:
			continue
		case ctx.Err() != nil:
			return "", ctx.Err()
		case !errors.As(err, &exit):
			return "", err
		case bytes.Contains(out, []byte("[build failed]")) || bytes.Contains(out, []byte("[setup failed]")):
			return "", fmt.Errorf("it does not compile:\n%s", out)
		}
		return firstFailure(out), nil
	}
	return "", nil
}

// firstFailure is the name of the first test that failed.
func firstFailure(out []byte) string {
	for line := range strings.Lines(string(out)) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "--- FAIL: "); ok {
			name, _, _ = strings.Cut(name, " (")
			return name
		}
	}
	return "a panic, or no end" // both are noticed
}
