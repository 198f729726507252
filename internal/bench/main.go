package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"time"
)

func main() { os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr)) }

// quick is for every day, full for the page.
var (
	quick = effort{rounds: 3, turns: 25, batch: 100 * time.Microsecond, sizes: []int{10, 200, 10_000}, starts: 12, stream: 4000}
	full  = effort{rounds: 5, turns: 40, batch: 100 * time.Microsecond, sizes: []int{10, 100, 200, 1000, 10_000}, starts: 20, stream: 4000, burst: 1000, life: time.Minute}
)

// A measurement makes one part of the page.
type measurement struct {
	name string
	of   func(context.Context, effort) (part, error)
}

var measurements = []measurement{
	{"decision", measureDecision},
	{"http", measureHTTP},
	{"aws", measureAWS},
	{"start", measureStart},
	{"size", measureSize},
	{"burst", measureBurst},
}

// run returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	all := flags.Bool("full", false, "five rounds of all, and the burst")
	only := flags.String("only", "", "the sections whose names match this expression")
	docs := flags.String("page", "", "the directory to write the page to; none: print to the terminal")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	pick, err := regexp.Compile(*only)
	if err == nil && *docs != "" && (*only != "" || !*all) {
		err = errors.New("a page has every section: -page wants -full and no -only")
	}
	if err != nil {
		fmt.Fprintln(stderr, "bench: error:", err)
		return 2
	}
	e := quick
	if *all {
		e = full
	}
	if err := bench(ctx, e, pick, *docs, stdout, stderr); err != nil {
		fmt.Fprintln(stderr, "bench: error:", err)
		return 3
	}
	return 0
}

func bench(ctx context.Context, e effort, pick *regexp.Regexp, docs string, stdout, stderr io.Writer) error {
	root, err := moduleRoot(ctx)
	if err != nil {
		return err
	}
	var parts []part
	for _, m := range measurements {
		if !pick.MatchString(m.name) || m.name == "burst" && e.burst == 0 {
			continue
		}
		began := time.Now()
		p, err := m.of(ctx, e)
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		fmt.Fprintf(stderr, "bench: %s: %.1fs\n", m.name, time.Since(began).Seconds())
		parts = append(parts, p)
	}
	if docs != "" {
		return writePage(ctx, root, docs, e, parts)
	}
	for _, p := range parts {
		fmt.Fprintf(stdout, "## %s\n\n", p.title)
		for _, t := range p.tables {
			t.write(stdout)
		}
	}
	budgetTable(parts).write(stdout)
	return nil
}
