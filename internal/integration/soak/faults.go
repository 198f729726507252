package main

import (
	"fmt"
	"sync"
)

// faults are what was found wrong: the first few of each kind in full, the others counted.
type faults struct {
	mu    sync.Mutex
	kinds map[string]int // by format
	first []string
}

const faultsOfAKind = 3

func (f *faults) add(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.kinds == nil {
		f.kinds = map[string]int{}
	}
	if f.kinds[format]++; f.kinds[format] <= faultsOfAKind {
		f.first = append(f.first, fmt.Sprintf(format, args...))
	}
}

// list returns the first of each kind, and how many more there are.
func (f *faults) list() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	more := -len(f.first)
	for _, n := range f.kinds {
		more += n
	}
	if more > 0 {
		return append(f.first, fmt.Sprintf("and %d more of these", more))
	}
	return f.first
}
