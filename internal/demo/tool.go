package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// A tool is the command-line tool, as a developer runs it in a folder.
type tool struct {
	path string
	dir  string
	env  []string
	tell *teller
}

func buildTool(ctx context.Context, tell *teller, root, dir string) (*tool, error) {
	t := &tool{path: filepath.Join(dir, "lambdafence"), dir: dir, tell: tell}
	began := time.Now()
	size, err := build(ctx, root, t.path, "-s -w", "./cmd/lambdafence")
	if err != nil {
		return nil, err
	}
	tell.line("tool", "lambdafence, %.1f MiB, built in %.1f s", size, time.Since(began).Seconds())
	return t, nil
}

// run runs the tool and shows what it says. Another exit status than the one that is
// wanted is an error.
func (t *tool) run(ctx context.Context, status int, args ...string) (out string, err error) {
	var both bytes.Buffer
	cmd := exec.CommandContext(ctx, t.path, args...)
	cmd.Dir, cmd.Env = t.dir, t.env
	cmd.Stdout, cmd.Stderr = &both, &both
	err = cmd.Run()
	var exit *exec.ExitError
	got := 0
	switch {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		return "", err
	}
	t.tell.line("$", "lambdafence %s", strings.Join(quoted(args), " "))
	for line := range strings.Lines(both.String()) {
		t.tell.line("", "%s", strings.TrimRight(line, "\n"))
	}
	if got != status {
		return "", fmt.Errorf("lambdafence %s: status %d, want %d", args[0], got, status)
	}
	return both.String(), nil
}

// quoted are arguments as a shell wants them.
func quoted(args []string) []string {
	var all []string
	for _, a := range args {
		if a == "" || strings.ContainsAny(a, "{\" ") {
			a = "'" + a + "'"
		}
		all = append(all, a)
	}
	return all
}
