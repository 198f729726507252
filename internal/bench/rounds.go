package main

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"
)

// An effort says how much is measured.
type effort struct {
	rounds int           // each gives one figure
	turns  int           // batches of each subject in a round
	batch  time.Duration // how long one takes, about
	sizes  []int         // rules of the policies
	starts int           // cold starts in a round
	burst  int           // fences that load at once; 0: no burst
	life   time.Duration // how long they are then invoked
	stream int           // calls of a stream that never repeats itself
	even   bool          // all subjects make as many operations in a batch; see inTurns
}

// A subject is what is timed.
type subject struct {
	name  string
	do    func(n int) error // n operations
	fresh func() error      // before each round; may be nil
	ready func(n int)       // before the clock starts for n operations; may be nil
	step  int               // n is a multiple of it; 0: any
}

// inTurns times the subjects, batch by batch in turns, and returns the
// nanoseconds of one operation of each, a figure for each round.
//
// The first operations of a batch are slower than the others, so where a batch has few,
// one that makes fewer than another seems to be slower: then all make as many. Where it
// has many, longer batches would only have more garbage collected in them.
func (e effort) inTurns(subjects ...subject) ([]runs, error) {
	figures := make([]runs, len(subjects))
	var plans []plan
	for range e.rounds {
		for _, s := range subjects {
			if s.fresh != nil {
				if err := s.fresh(); err != nil {
					return nil, fmt.Errorf("%s: %w", s.name, err)
				}
			}
			if len(plans) < len(subjects) {
				p, err := e.plan(s)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", s.name, err)
				}
				plans = append(plans, p)
			}
		}
		if e.even {
			even(plans)
			e.even = false
		}
		batches, err := e.round(subjects, plans)
		if err != nil {
			return nil, err
		}
		for i := range subjects {
			// One in ten: nothing else on the machine got into it, nor the garbage collector.
			figures[i] = append(figures[i], batches[i].least(10))
		}
	}
	return figures, nil
}

// round times the batches of one round.
func (e effort) round(subjects []subject, plans []plan) ([]runs, error) {
	batches := make([]runs, len(subjects))
	runtime.GC()
	for turn := range e.turns {
		for _, i := range rand.Perm(len(subjects)) { // nobody always follows the same one
			if turn%plans[i].every != 0 {
				continue
			}
			ns, err := subjects[i].time(plans[i].lead, plans[i].n)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", subjects[i].name, err)
			}
			batches[i] = append(batches[i], ns)
		}
	}
	return batches, nil
}

// A plan says how many operations make a batch, after how many that are not
// timed, and in which turns there is one.
type plan struct{ lead, n, every int }

// plan makes batches as long as they should be. A subject that takes much longer
// for the least that it can do has fewer of them, but three at least.
func (e effort) plan(s subject) (plan, error) {
	for n := max(1, s.step); ; n *= 2 {
		ns, err := s.fastest(n)
		took := ns * float64(n) / float64(e.batch)
		switch {
		case err != nil:
			return plan{}, err
		case took >= 20:
			return plan{n: n, every: max(1, min(int(took/20), e.turns/3))}, nil
		case took >= 0.5:
			return plan{lead: (n + 1) / 2, n: n, every: 1}, nil
		}
	}
}

// even makes batches of as many operations as in the longest, in as many turns as before.
func even(plans []plan) {
	most := slices.MaxFunc(plans, func(a, b plan) int { return a.n - b.n })
	for i := range plans {
		plans[i].n, plans[i].lead = most.n, most.lead
	}
}

// fastest is the least of three times: one that something got into would make
// batches so short that the clock itself would count.
func (s subject) fastest(n int) (float64, error) {
	least := math.Inf(1)
	for range 3 {
		ns, err := s.time(0, n)
		if err != nil {
			return 0, err
		}
		least = min(least, ns)
	}
	return least, nil
}

// time times n operations, after some that are not timed: what ran before leaves
// its own data in the caches.
func (s subject) time(lead, n int) (float64, error) {
	if err := s.do(lead); err != nil {
		return 0, err
	}
	if s.ready != nil {
		s.ready(n)
	}
	start := time.Now()
	err := s.do(n)
	return float64(time.Since(start)) / float64(n), err
}

// allocations is how often one operation of s allocates, with one processor.
func (s subject) allocations() float64 {
	if s.fresh != nil && s.fresh() != nil {
		return -1
	}
	const many = 100
	return testing.AllocsPerRun(5, func() { _ = s.do(many) }) / many
}

// slower has batches that are long beside calls of so much more.
func (e effort) slower(times int) effort {
	e.batch *= time.Duration(times)
	return e
}

// shorter has more batches, each of which fits in the cache.
func (e effort) shorter() effort {
	e.batch, e.turns = e.batch/2, e.turns*2
	return e
}

// together does n operations, shared by the subjects, at the same time.
func together(subjects ...subject) subject {
	return subject{name: "together", do: func(n int) error {
		errs := make([]error, len(subjects))
		var wg sync.WaitGroup
		for i, s := range subjects {
			wg.Go(func() { errs[i] = s.do(max(1, n/len(subjects))) })
		}
		wg.Wait()
		return errors.Join(errs...)
	}}
}

// runs are the figures of a measurement, one for each round.
type runs []float64

func (r runs) min() float64 { return slices.Min(r) }
func (r runs) max() float64 { return slices.Max(r) }

// least is the figure that one in n are below.
func (r runs) least(n int) float64 { return slices.Sorted(slices.Values(r))[(len(r)-1)/n] }

func (r runs) median() float64 {
	sorted := slices.Sorted(slices.Values(r))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

// over is the ratio of r to other, round by round.
func (r runs) over(other runs) runs {
	return r.with(other, func(a, b float64) float64 { return a / b })
}

// less is what r has more than other, round by round.
func (r runs) less(other runs) runs {
	return r.with(other, func(a, b float64) float64 { return a - b })
}

func (r runs) with(other runs, op func(a, b float64) float64) runs {
	result := make(runs, len(r))
	for i := range r {
		result[i] = op(r[i], other[i])
	}
	return result
}

// once is a figure that no round changes.
func once(f float64) runs { return runs{f} }
