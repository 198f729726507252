// Command soak runs fenced functions for a while under all that may go wrong around them, and holds that nothing is
// lost, nothing is late and nothing grows. `make soak` runs it for 10 minutes, CI for 30 seconds; nothing imports it.
//
// Two functions are invoked by several workers at once, and others are cold-started and dropped. Each invocation makes
// calls by HTTP clients, the AWS SDK and dials, and has more judged that are never made. Policies are published in
// Parameter Store every few hundred milliseconds, which answers, throttles, hangs, denies and garbles in turns; the
// collector of traces answers, hangs and is gone; sinks and loggers panic and block. What becomes of each call is held
// against the policies that could have judged it, by the soak's own understanding of them, and at the servers.
//
// # Limits
//
// Everything is in one process over loopback, and AWS is the project's own stand-in.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"time"
)

func main() { os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr)) }

// run returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("soak", flag.ContinueOnError)
	flags.SetOutput(stderr)
	long := flags.Duration("for", 10*time.Minute, "how long")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if *long < 5*time.Second {
		fmt.Fprintln(stderr, "soak: error: -for must be 5s or more")
		return 2
	}
	s := &soak{long: *long, out: stdout}
	wrong, err := s.run(ctx)
	if err != nil {
		fmt.Fprintln(stderr, "soak: error:", err)
		return 3
	}
	for _, w := range wrong {
		fmt.Fprintln(stdout, "soak: WRONG:", w)
	}
	if len(wrong) > 0 {
		return 1
	}
	return 0
}
