package main

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// What a person has to say about the figures, by section.
//
//go:embed notes.md
var notes string

const opening = `# What a fence costs

Written by ` + "`make bench-full`" + `; by hand is only what stands under "Notes". ` + "`make bench`" + ` measures the same in less than a minute, less exactly, and prints it.

`

const method = `## Method

What is compared runs in one process in turns: a batch of some hundred microseconds of each, in an order that chance makes, over and over, so that noise falls
on all alike. A batch begins with a few operations that are not timed; of calls of the AWS SDK, of which a batch has few, all make as many. A round is many turns; the figure of a round is what one in ten of its
batches is below, since what else a machine does makes a batch longer and never shorter. Ratios and differences are taken within a round, then the minimum, the median and the maximum of %d
rounds are told. "1.50 µs (1.40 µs to 1.60 µs)" is a median, a minimum and a maximum; a time that stands alone is a median. Cold starts are processes, started in turns; the figure of a round is
the lower quartile of its %d. What is judged against a budget is the median.

Collecting garbage falls on whoever runs at that moment, and the tenth leaves most of it out: that favours those who make garbage. Times are of this
machine; ratios are what to look at, and what the budgets speak of.

`

// writePage writes benchmarks.md and, in a directory beside it, the plots.
func writePage(ctx context.Context, root, docs string, e effort, parts []part) error {
	dir := filepath.Join(docs, "benchmarks")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, p := range parts {
		for _, pl := range p.plots {
			if err := os.WriteFile(filepath.Join(dir, pl.name+".svg"), []byte(pl.svg()), 0o644); err != nil {
				return err
			}
		}
	}
	return os.WriteFile(dir+".md", page(machine(ctx, root), e, parts), 0o644)
}

func page(machine table, e effort, parts []part) []byte {
	var b bytes.Buffer
	b.WriteString(opening)
	machine.write(&b)
	b.WriteString("## Budgets\n\n")
	budgetTable(parts).write(&b)
	note(&b, "budgets")
	fmt.Fprintf(&b, method, e.rounds, e.starts)
	for _, p := range parts {
		fmt.Fprintf(&b, "## %s\n\n", p.title)
		for _, text := range p.text {
			fmt.Fprintf(&b, "%s\n\n", text)
		}
		for _, pl := range p.plots {
			fmt.Fprintf(&b, "![%s](benchmarks/%s.svg)\n\n", pl.title, pl.name)
		}
		for _, t := range p.tables {
			t.write(&b)
		}
		note(&b, p.name)
	}
	return append(bytes.TrimRight(b.Bytes(), "\n"), '\n')
}

// note adds what notes.md says of a section.
func note(b *bytes.Buffer, name string) {
	_, rest, ok := strings.Cut(notes, "\n## "+name+"\n")
	if !ok {
		return
	}
	text, _, _ := strings.Cut(rest, "\n## ")
	if text = strings.TrimSpace(text); text != "" {
		fmt.Fprintf(b, "### Notes\n\n%s\n\n", text)
	}
}
