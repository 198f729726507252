package main

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// A part is one section of the page.
type part struct {
	name, title string // name: what -only picks and what notes.md speaks of
	text        []string
	tables      []table
	budgets     []budget
	plots       []plot
}

// A table has a caption, a head and rows of as many cells.
type table struct {
	caption string
	head    []string
	rows    [][]string
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// A budget is one of docs/design.md, and what was measured of it.
type budget struct {
	what   string
	got    runs
	limit  float64
	least  bool // it is the least, not the most, that is wanted
	format func(float64) string
}

func (b budget) met() bool {
	if b.least {
		return b.got.median() >= b.limit
	}
	return b.got.median() <= b.limit
}

func (b budget) cells() []string {
	sign, verdict := "<= ", "met"
	if b.least {
		sign = ">= "
	}
	if !b.met() {
		verdict = "**missed**"
	}
	return append(append([]string{b.what, sign + b.format(b.limit)}, spread(b.got, b.format)...), verdict)
}

var budgetHead = []string{"what", "budget", "min", "median", "max", ""}

func budgetTable(parts []part) table {
	t := table{head: budgetHead}
	for _, p := range parts {
		for _, b := range p.budgets {
			t.add(b.cells()...)
		}
	}
	return t
}

// spread is the minimum, the median and the maximum.
func spread(r runs, format func(float64) string) []string {
	return []string{format(r.min()), format(r.median()), format(r.max())}
}

// within is the spread in one cell: the median, and what it lies between.
func within(r runs, format func(float64) string) string {
	return fmt.Sprintf("%s (%s to %s)", format(r.median()), format(r.min()), format(r.max()))
}

// write prints the table in Markdown that can be read as it is.
func (t table) write(w io.Writer) {
	widths := make([]int, len(t.head))
	for _, row := range append([][]string{t.head}, t.rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell), 3)
		}
	}
	if t.caption != "" {
		fmt.Fprintf(w, "%s\n\n", t.caption)
	}
	line := func(row []string, pad string) {
		for i, cell := range row {
			fmt.Fprintf(w, "| %s%s ", cell, strings.Repeat(pad, widths[i]-utf8.RuneCountInString(cell)))
		}
		fmt.Fprintln(w, "|")
	}
	line(t.head, " ")
	line(make([]string, len(t.head)), "-")
	for _, row := range t.rows {
		line(row, " ")
	}
	fmt.Fprintln(w)
}

// nanos prints a time that is given in nanoseconds.
func nanos(ns float64) string {
	switch size := max(ns, -ns); {
	case size < 100:
		return fmt.Sprintf("%.1f ns", ns)
	case size < 1000:
		return fmt.Sprintf("%.0f ns", ns)
	case size < 1e6:
		return fmt.Sprintf("%.2f µs", ns/1e3)
	case size < 1e9:
		return fmt.Sprintf("%.2f ms", ns/1e6)
	}
	return fmt.Sprintf("%.2f s", time.Duration(ns).Seconds())
}

func times(f float64) string {
	if f >= 100 {
		return fmt.Sprintf("%.0fx", f)
	}
	return fmt.Sprintf("%.2fx", f)
}

func count(f float64) string { return fmt.Sprintf("%.4g", f) }

func mib(bytes float64) string { return fmt.Sprintf("%.2f MiB", bytes/(1<<20)) }

func amount(n float64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%.0f KiB", n/(1<<10))
	}
	return mib(n)
}
