package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// machine says where and of what the figures are.
func machine(ctx context.Context, root string) table {
	t := table{head: []string{"", ""}}
	t.add("processor", fmt.Sprintf("%s, %d cores", processor(), runtime.NumCPU()))
	t.add("system", runtime.GOOS+"/"+runtime.GOARCH+" "+output(ctx, root, "uname", "-sr"))
	t.add("Go", runtime.Version())
	t.add("commit", commit(ctx, root))
	t.add("date", time.Now().UTC().Format(time.DateOnly))
	return t
}

// processor is the model of it, as Linux tells.
func processor() string {
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(info)) {
		if name, model, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(model)
		}
	}
	return "unknown"
}

func commit(ctx context.Context, root string) string {
	id := output(ctx, root, "git", "rev-parse", "--short=12", "HEAD")
	if output(ctx, root, "git", "status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs/benchmarks*") != "" {
		id += ", with changes"
	}
	return id
}

// output is what a command says; nothing, where it is not there.
func output(ctx context.Context, dir, name string, args ...string) string {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// moduleRoot is the directory of the library: two above this module's.
func moduleRoot(ctx context.Context) (string, error) {
	file := output(ctx, "", "go", "env", "GOMOD")
	if dir := filepath.Dir(file); filepath.Base(dir) == "bench" {
		return filepath.Dir(filepath.Dir(dir)), nil
	}
	return "", fmt.Errorf("run it inside internal/bench, not in %q", file)
}
