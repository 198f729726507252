package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
)

// forLambda are the flags that a bootstrap is built with; -s -w drops symbols.
var forLambda = []string{"build", "-tags", "lambda.norpc", "-trimpath"}

// buildAll builds functions of this module and returns where they are.
func buildAll(ctx context.Context, dir string, functions ...string) (map[string]string, error) {
	root, err := moduleRoot(ctx)
	if err != nil {
		return nil, err
	}
	built := map[string]string{}
	for _, name := range functions {
		built[name] = filepath.Join(dir, name)
		if err := build(ctx, filepath.Join(root, "internal", "bench"), "./functions/"+name, built[name], "-ldflags", "-s -w"); err != nil {
			return nil, err
		}
	}
	return built, nil
}

func build(ctx context.Context, module, pkg, to string, flags ...string) error {
	return buildFor(ctx, runtime.GOOS, module, pkg, to, flags...)
}

func buildFor(ctx context.Context, system, module, pkg, to string, flags ...string) error {
	args := slices.Concat(forLambda, flags, []string{"-o", to, pkg})
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Env = module, append(os.Environ(), "CGO_ENABLED=0", "GOOS="+system)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", pkg, err, out)
	}
	return nil
}
