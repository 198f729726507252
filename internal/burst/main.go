// Command burst prints what becomes of a thousand fences that load their policy at the same moment from a Parameter Store
// that serves 40 requests a second, which is AWS's default for a whole account and region. `make burst` runs it; nothing
// imports it.
//
// # Limits
//
// Parameter Store is the project's own stand-in over loopback HTTP, and all fences live in this one process, so that they
// also wait for each other's CPU time: a thousand real sandboxes have a thousand CPUs. The run without a limit shows how
// much of the time that is. A fence's clients are made from a ready aws.Config; what LoadDefaultConfig costs is not in it.
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

func main() {
	n := flag.Int("n", 1000, "fences")
	limit := flag.Float64("limit", 40, "requests a second that SSM serves")
	life := flag.Duration("for", 60*time.Second, "how long the sandboxes are then invoked, once a second each; 0: not at all")
	flag.Parse()
	if err := burst(context.Background(), os.Stdout, *n, *limit, *life); err != nil {
		fmt.Fprintln(os.Stderr, "burst: error:", err)
		os.Exit(1)
	}
}

func burst(ctx context.Context, w io.Writer, n int, limit float64, life time.Duration) error {
	fmt.Fprintf(w, "%d fences load at once, each with its own client, in one process on %d CPUs; the budget of a load is 2s.\n\n", n, runtime.NumCPU())
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
	report(w, all)
	return nil
}
