package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"
)

func report(w io.Writer, all []*figures) {
	fmt.Fprintf(w, "%-26s %8s %9s %8s %8s   %-29s %7s %10s %9s\n",
		"at the burst", "from SSM", "embedded", "by rule", "open", "New: p50    p90    p99    max", "CPU", "SSM asked", "refused")
	for _, f := range all {
		fmt.Fprintf(w, "%-26s %8d %9d %8d %8d   %-29s %7s %10d %9d\n",
			f.name, f.states[fromSSM], f.states[carried], f.states[byRule], f.states[open],
			percentiles(f.took, 50, 90, 99, 100), short(f.cpu), f.asked, f.throttled)
	}
	fmt.Fprint(w, "\nby rule: the load-error rule, which without a mode blocks every call. open: the fence let a call through that no policy allows.\n"+
		"CPU: of this process, all fences and SSM together, during the burst.\n")
	if !slices.ContainsFunc(all, func(f *figures) bool { return f.life > 0 }) {
		return
	}
	fmt.Fprintf(w, "\n%-26s %8s %9s   %-29s %10s %10s %9s\n",
		"invoked once a second", "from SSM", "not yet", "after: p50  p90    p99    max", "slowest", "SSM asked", "refused")
	for _, f := range all {
		if f.life == 0 {
			continue
		}
		fmt.Fprintf(w, "%-26s %8d %9d   %-29s %10s %10d %9d\n",
			f.name, len(f.settled), f.fences-len(f.settled), percentiles(f.settled, 50, 90, 99, 100), short(f.longest), f.askedLater, f.throttledLater)
	}
	fmt.Fprint(w, "\nafter: from the burst until SSM's policy was seen in force. slowest: the longest of the invocations, which do nothing.\n")
}

// percentiles prints some of them in columns; a dash if there is nothing to count.
func percentiles(times []time.Duration, at ...int) string {
	text := ""
	for _, p := range at {
		column := "-"
		if len(times) > 0 {
			column = short(percentile(times, p))
		}
		text += fmt.Sprintf("%7s", column)
	}
	return text
}

// percentile is the smallest value that p of a hundred do not pass.
func percentile(times []time.Duration, p int) time.Duration {
	sorted := slices.Sorted(slices.Values(times))
	return sorted[max(0, (len(sorted)*p+99)/100-1)]
}

func short(d time.Duration) string {
	if d >= 10*time.Second {
		return fmt.Sprintf("%.1fs", d.Seconds())
	}
	return fmt.Sprintf("%.2fs", d.Seconds())
}

// reportJSON prints what of the figures a page has room for; times in nanoseconds.
func reportJSON(w io.Writer, all []*figures) error {
	type line struct {
		Name                           string
		FromSSM, Embedded, Rule, Open  int
		Median, Longest, SettledWithin time.Duration
		Asked, Refused, NeverSettled   int
	}
	lines := make([]line, len(all))
	for i, f := range all {
		lines[i] = line{Name: f.name, FromSSM: f.states[fromSSM], Embedded: f.states[carried], Rule: f.states[byRule], Open: f.states[open],
			Median: percentile(f.took, 50), Longest: percentile(f.took, 100), Asked: f.askedLater, Refused: f.throttledLater, NeverSettled: f.fences - len(f.settled)}
		if len(f.settled) > 0 {
			lines[i].SettledWithin = percentile(f.settled, 100)
		}
	}
	return json.NewEncoder(w).Encode(lines)
}
