// Command burst prints what becomes of a thousand fences that load their policy at the same moment from a Parameter Store
// that serves 40 requests a second, which is AWS's default for a whole account and region. `make burst` runs it, and internal/bench for the
// page of all figures; nothing imports it.
//
// # Limits
//
// Parameter Store is the project's own stand-in over loopback HTTP, and all fences live in this one process, so that they
// also wait for each other's CPU time: a thousand real sandboxes have a thousand CPUs. The run without a limit shows how
// much of the time that is; figures of a busy machine say little.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"
)

func main() { os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr)) }

// run returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("burst", flag.ContinueOnError)
	flags.SetOutput(stderr)
	n := flags.Int("n", 1000, "fences")
	limit := flags.Float64("limit", 40, "requests a second that SSM serves")
	life := flags.Duration("for", 60*time.Second, "how long the sandboxes are then invoked, once a second each; 0: not at all")
	asJSON := flags.Bool("json", false, "print a JSON array of the runs, for internal/bench")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if *n < 1 || *limit <= 0 || *life < 0 {
		fmt.Fprintln(stderr, "burst: error: -n and -limit must be above 0, and -for not below")
		return 2
	}
	if err := burst(ctx, stdout, *n, *limit, *life, *asJSON); err != nil {
		fmt.Fprintln(stderr, "burst: error:", err)
		return 3
	}
	return 0
}

func burst(ctx context.Context, w io.Writer, n int, limit float64, life time.Duration, asJSON bool) error {
	runs := []scenario{
		{name: "no limit", fences: n},
		{name: fmt.Sprintf("%g requests a second", limit), fences: n, limit: limit, life: life},
		{name: "and First(ssm, embedded)", fences: n, limit: limit, life: life, fallback: true},
	}
	var all []*figures
	for _, s := range runs {
		f, err := s.run(ctx)
		if err != nil {
			return err
		}
		all = append(all, f)
	}
	if asJSON {
		return reportJSON(w, all)
	}
	fmt.Fprintf(w, "%d fences load at once, each with its own client, in one process on %d CPUs; the budget of a load is 2s.\n\n", n, runtime.NumCPU())
	report(w, all)
	return nil
}
