package main

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"
)

// How far the last third of the samples may lie above the first, median against median. A sample is taken while
// nothing runs, so that what is left is noise: a refresh or an export in the background, how full the tables of folded
// events are at that moment. A leak grows with the time between the two, which is 4/9 of the soak.
const (
	moreGoroutines = 10
	moreFiles      = 10
	moreHeap       = 3 << 20
)

// risen says what grew from the first third of the samples to the last. The first fifth is the warm-up.
func risen(samples []sample) (wrong []string) {
	samples = samples[len(samples)/5:]
	third := len(samples) / 3
	if third < 2 {
		return []string{fmt.Sprintf("only %d samples: too few to tell whether anything grows", len(samples))}
	}
	early, late := samples[:third], samples[len(samples)-third:]
	for _, m := range []struct {
		what string
		of   func(sample) int64
		more int64
	}{
		{"goroutines", func(s sample) int64 { return int64(s.goroutines) }, moreGoroutines},
		{"open files", func(s sample) int64 { return int64(s.fds) }, moreFiles},
		{"bytes of heap", func(s sample) int64 { return s.heap }, moreHeap},
	} {
		if before, after := median(early, m.of), median(late, m.of); after > before+m.more {
			wrong = append(wrong, fmt.Sprintf("%s rise from %d to %d", m.what, before, after))
		}
	}
	return wrong
}

func median(samples []sample, of func(sample) int64) int64 {
	var values []int64
	for _, s := range samples {
		values = append(values, of(s))
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// remains lists the goroutines that are left, by their stacks, once what has an end of its own (a load of the policy
// after 2 seconds) had the time for it. ours are those that run the fence's code or were started by it: there must be
// none.
func remains(patience time.Duration) (ours, others []string) {
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		ours, others = nil, nil
		for _, stack := range stacks() {
			if strings.Contains(stack, "lambdafence/lambdafence/wrapper") || strings.Contains(stack, "lambdafence/lambdafence/policy") {
				ours = append(ours, stack)
			} else {
				others = append(others, stack)
			}
		}
		if len(ours) == 0 || time.Now().After(end) {
			return ours, others
		}
	}
}

// stacks returns those of all goroutines but this one.
func stacks() []string {
	buf := make([]byte, 1<<20)
	for {
		n := runtime.Stack(buf, true)
		if n < len(buf) {
			return strings.Split(strings.TrimSpace(string(buf[:n])), "\n\n")[1:]
		}
		buf = make([]byte, 2*len(buf))
	}
}

// kinds counts stacks by the function that the goroutine was started with.
func kinds(all []string) []string {
	count := map[string]int{}
	for _, stack := range all {
		lines := strings.Split(stack, "\n")
		kind := lines[min(1, len(lines)-1)]
		for i, line := range lines {
			if strings.HasPrefix(line, "created by ") && i >= 2 {
				kind = lines[i-2]
			}
		}
		kind, _, _ = strings.Cut(kind, "({")
		if i := strings.LastIndexByte(kind, '('); i > 0 {
			kind = kind[:i]
		}
		count[kind]++
	}
	var list []string
	for kind, n := range count {
		list = append(list, fmt.Sprintf("%d in %s", n, kind))
	}
	slices.Sort(list)
	return list
}
