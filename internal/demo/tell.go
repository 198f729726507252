package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

const (
	width  = 100
	indent = 13 // of what stands beside a label
)

// A teller writes the demo's narration: short lines, each with a label on its left.
type teller struct {
	w      io.Writer
	colour bool
}

// newTeller writes to f, in colour if it is a terminal and NO_COLOR is not set.
func newTeller(f *os.File) *teller {
	info, err := f.Stat()
	terminal := err == nil && info.Mode()&os.ModeCharDevice != 0
	return &teller{w: f, colour: terminal && os.Getenv("NO_COLOR") == ""}
}

func (t *teller) head(format string, args ...any) {
	fmt.Fprintf(t.w, "\n%s\n\n", t.paint("bold", fmt.Sprintf(format, args...)))
}

func (t *teller) line(label, format string, args ...any) {
	fmt.Fprintf(t.w, "  %-*s%s\n", indent-2, label, t.outcomes(fmt.Sprintf(format, args...)))
}

func (t *teller) gap() { fmt.Fprintln(t.w) }

// quote shows a long line as it is, broken where it has commas so that it fits.
func (t *teller) quote(label, text string) {
	for _, part := range breakLine(text, width-indent) {
		t.line(label, "%s", part)
		label = ""
	}
}

func (t *teller) rows(rows [][]string) {
	for i, row := range align(rows) {
		if i == 0 {
			row = t.paint("bold", row)
		}
		fmt.Fprintf(t.w, "  %s\n", t.outcomes(row))
	}
}

var colours = map[string]string{"bold": "1", "allowed": "32", "reported": "33", "blocked": "31"}

func (t *teller) paint(colour, text string) string {
	if !t.colour {
		return text
	}
	return "\x1b[" + colours[colour] + "m" + text + "\x1b[0m"
}

// outcomes paints the words for what became of a call.
func (t *teller) outcomes(text string) string {
	for _, word := range []string{"allowed", "reported", "blocked"} {
		text = strings.ReplaceAll(text, word, t.paint(word, word))
	}
	return text
}

// breakLine cuts text into parts of at most n bytes, between two members of a JSON object where it can.
func breakLine(text string, n int) []string {
	var parts []string
	for len(text) > n {
		cut := strings.LastIndex(text[:n+1], `,"`) + 1
		if cut == 0 {
			cut = n
		}
		parts = append(parts, text[:cut])
		text = text[cut:]
	}
	return append(parts, text)
}

// align pads the cells of each column to its widest.
func align(rows [][]string) []string {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], len(cell))
		}
	}
	lines := make([]string, len(rows))
	for i, row := range rows {
		var b strings.Builder
		for j, cell := range row {
			fmt.Fprintf(&b, "%-*s  ", widths[j], cell)
		}
		lines[i] = strings.TrimRight(b.String(), " ")
	}
	return lines
}
