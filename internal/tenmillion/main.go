// Command tenmillion pipes ten million events into the command-line tool and prints what that takes: time, and memory
// beside that of a million, since memory must not grow with the events. `make ten-million` runs it; nothing imports it.
//
//	go run ./internal/tenmillion -write 1000 > events.jsonl
//
// # Limits
//
// The events are made while they are read, on the same CPUs. Peak memory is what the system says of the tool's
// process; where it says nothing, none is printed.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

func main() { os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr)) }

// run returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("tenmillion", flag.ContinueOnError)
	flags.SetOutput(stderr)
	n := flags.Int("n", 10_000_000, "events")
	only := flags.Int("write", 0, "write so many events, and no more")
	kind := flags.String("kind", "fleet", "of -write: fleet or hostile")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if *n < 10 || *only < 0 || kinds[*kind] == nil {
		fmt.Fprintln(stderr, "tenmillion: error: -n must be 10 or more, -kind fleet or hostile")
		return 2
	}
	err := error(nil)
	if *only > 0 {
		err = write(stdout, *kind, *only)
	} else {
		err = measureAll(ctx, stdout, *n)
	}
	if err != nil {
		fmt.Fprintln(stderr, "tenmillion: error:", err)
		return 3
	}
	return 0
}

func measureAll(ctx context.Context, w io.Writer, n int) error {
	dir, err := os.MkdirTemp("", "tenmillion")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	tool := filepath.Join(dir, "lambdafence")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", tool, "github.com/lambdafence/lambdafence/cmd/lambdafence").CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	fmt.Fprintf(w, "%-8s %11s %9s %10s %12s %8s\n", "traffic", "events", "time", "events/s", "peak memory", "rules")
	for _, kind := range []string{"fleet", "hostile"} {
		for _, events := range []int{n / 10, n} {
			if err := measure(ctx, w, tool, kind, events); err != nil {
				return err
			}
		}
	}
	return nil
}

// measure learns from so many events, and prints what it took.
func measure(ctx context.Context, w io.Writer, tool, kind string, events int) error {
	cmd := exec.CommandContext(ctx, tool, "learn")
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	var policy, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &policy, &said
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return err
	}
	writing := write(in, kind, events)
	err = errors.Join(writing, in.Close(), cmd.Wait())
	took := time.Since(began)
	if err != nil {
		return fmt.Errorf("%w: %s", err, &said)
	}
	if want := fmt.Sprintf("%d events of ", events); !bytes.Contains(said.Bytes(), []byte(want)) || bytes.Contains(said.Bytes(), []byte("cannot be read")) {
		return fmt.Errorf("of %d events the tool says: %s", events, &said)
	}
	memory := "unknown"
	if peak := peakMemory(cmd.ProcessState); peak > 0 {
		memory = fmt.Sprintf("%d MB", peak>>20)
	}
	_, err = fmt.Fprintf(w, "%-8s %11d %8.1fs %10.0f %12s %8d\n", kind, events, took.Seconds(), float64(events)/took.Seconds(), memory, bytes.Count(policy.Bytes(), []byte("\n- ")))
	return err
}
