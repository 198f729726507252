// Command weigh prints what a fence adds to a function: the size of
// examples/minimal and its time to the first /next of the Runtime API, against
// the same function with lambda.Start. `make size` runs it; nothing imports it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/lambdafence/lambdafence/internal/lambdahost"
)

func main() {
	starts := flag.Int("n", 40, "cold starts of each function")
	rules := flag.Int("rules", 100, "rules of the policy")
	flag.Parse()
	if err := weigh(context.Background(), *starts, *rules); err != nil {
		fmt.Fprintln(os.Stderr, "weigh: error:", err)
		os.Exit(1)
	}
}

// A function is one bootstrap and what was measured of it.
type function struct {
	name, module, pkg string
	env               []string
	path              string
	size              int64
	inits             []time.Duration
}

func weigh(ctx context.Context, starts, rules int) error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "weigh")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	policy := filepath.Join(dir, "policy.yaml")
	if err := os.WriteFile(policy, document(rules), 0o600); err != nil {
		return err
	}
	functions := []*function{
		{name: "bare", module: root, pkg: "./internal/weigh/testdata/bare"},
		{name: "minimal", module: filepath.Join(root, "examples"), pkg: "./minimal", env: []string{"LAMBDAFENCE_POLICY=file:" + policy}},
	}
	for _, f := range functions {
		if err := f.build(ctx, dir); err != nil {
			return err
		}
	}
	// In turn, so that whatever else the machine does falls on both.
	for range starts {
		for _, f := range functions {
			if err := f.start(ctx); err != nil {
				return err
			}
		}
	}
	report(functions, rules)
	return nil
}

// document is a policy of n rules as a function may have.
func document(n int) []byte {
	doc := []byte("version: 1\nname: weigh\nmode: enforce\nallow:\n")
	for i := range n {
		doc = fmt.Appendf(doc, "- {host: api-%d.example.com, methods: [GET, POST], paths: [/v1/things-%d/**]}\n", i, i)
	}
	return doc
}

func (f *function) build(ctx context.Context, dir string) error {
	f.path = filepath.Join(dir, f.name)
	cmd := exec.CommandContext(ctx, "go", "build", "-tags", "lambda.norpc", "-trimpath", "-ldflags", "-s -w", "-o", f.path, f.pkg)
	cmd.Dir, cmd.Env = f.module, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", f.name, err, out)
	}
	info, err := os.Stat(f.path)
	if err != nil {
		return err
	}
	f.size = info.Size()
	return nil
}

// start measures one cold start, to the moment the runtime asks for work.
func (f *function) start(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	h, err := lambdahost.Start(ctx, lambdahost.Config{Path: f.path, Env: f.env})
	if err != nil {
		return err
	}
	defer h.Close()
	if _, err := h.Invoke(ctx, []byte(`{"url":"ftp://refused.example/"}`)); err != nil {
		return err
	}
	f.inits = append(f.inits, h.InitDuration())
	return nil
}

func report(functions []*function, rules int) {
	fmt.Printf("stripped linux binary; time from the start of the process to the first /next; policy of %d rules from a file\n\n", rules)
	fmt.Printf("%-10s %10s %8s %8s %8s %8s\n", "function", "size", "", "min", "median", "max")
	base := functions[0]
	for _, f := range functions {
		slices.Sort(f.inits)
		n := len(f.inits)
		fmt.Printf("%-10s %7.2f MiB %+7.2f %7.2fms %6.2fms %6.2fms\n", f.name, mib(f.size), mib(f.size-base.size),
			ms(f.inits[0]), ms(f.inits[n/2]), ms(f.inits[n-1]))
	}
	last := functions[len(functions)-1]
	fmt.Printf("\nmedian of %s / median of %s: %.2f over %d cold starts each\n", last.name, base.name,
		float64(last.inits[len(last.inits)/2])/float64(base.inits[len(base.inits)/2]), len(base.inits))
}

func mib(n int64) float64        { return float64(n) / (1 << 20) }
func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func moduleRoot() (string, error) {
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", err
	}
	file := strings.TrimSpace(string(out))
	if file == "" || file == os.DevNull {
		return "", errors.New("run it inside the module")
	}
	return filepath.Dir(file), nil
}
