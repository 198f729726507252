package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/lambdafence/lambdafence/internal/bench/engines"
	"github.com/lambdafence/lambdafence/policy"
)

// compiling tells how long it takes to read and compile a policy, and what it
// takes of memory.
func (e effort) compiling(p *part) error {
	t := table{caption: "Reading and compiling a document, and what the compiled policy keeps:",
		head: []string{"rules", "document", "parse and compile", "allocations", "memory, if nothing is collected meanwhile", "kept"}}
	for _, n := range []int{10, 200, 10_000} {
		doc := engines.Document(engines.Rules(n))
		s := subject{name: fmt.Sprint(n), do: func(times int) error {
			for range times {
				if _, err := engines.Compile(doc); err != nil {
					return err
				}
			}
			return nil
		}}
		if n == 10_000 {
			e.turns = min(e.turns, 5) // each is long
		}
		figures, err := e.inTurns(s)
		if err != nil {
			return err
		}
		m, err := memoryOf(doc)
		if err != nil {
			return err
		}
		t.add(fmt.Sprint(n), amount(float64(len(doc))), within(figures[0], nanos), fmt.Sprint(m.allocations), amount(m.peak), amount(m.kept))
		if n == 200 {
			p.budgets = append(p.budgets, budget{what: "parse and compile 200 rules", got: figures[0], limit: 1e6, format: nanos})
		}
	}
	p.tables = append(p.tables, t)
	return nil
}

type memory struct {
	allocations uint64
	peak        float64 // bytes, if nothing is collected meanwhile
	kept        float64
}

// memoryOf compiles once without the garbage collector, then counts, collects
// and counts again.
func memoryOf(doc []byte) (memory, error) {
	if _, err := engines.Compile(doc); err != nil { // what is made once and for all
		return memory{}, err
	}
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	var before, after, kept runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	set, err := engines.Compile(doc)
	if err != nil {
		return memory{}, err
	}
	runtime.ReadMemStats(&after)
	runtime.GC()
	runtime.ReadMemStats(&kept)
	m := memory{
		allocations: after.Mallocs - before.Mallocs,
		peak:        float64(after.HeapAlloc) - float64(before.HeapAlloc),
		kept:        float64(kept.HeapAlloc) - float64(before.HeapAlloc),
	}
	holds(set)
	return m, nil
}

// holds keeps the set alive until here.
func holds(set *policy.Set) { runtime.KeepAlive(set) }
