package main

import (
	"errors"
	"fmt"
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
}

// A subject is what is timed.
type subject struct {
	name  string
	do    func(n int) error // n operations
	fresh func() error      // before each round; may be nil
}

// inTurns times the subjects, batch by batch in turns, and returns the
// nanoseconds of one operation of each, a figure for each round.
func (e effort) inTurns(subjects ...subject) ([]runs, error) {
	figures, sizes := make([]runs, len(subjects)), make([]int, len(subjects))
	for round := range e.rounds {
		batches := make([]runs, len(subjects))
		for i, s := range subjects {
			if s.fresh != nil {
				if err := s.fresh(); err != nil {
					return nil, fmt.Errorf("%s: %w", s.name, err)
				}
			}
			if round == 0 {
				var err error
				if sizes[i], err = s.size(e.batch); err != nil {
					return nil, fmt.Errorf("%s: %w", s.name, err)
				}
			}
		}
		runtime.GC()
		for range e.turns {
			for _, i := range rand.Perm(len(subjects)) { // nobody always follows the same one
				ns, err := subjects[i].time(sizes[i])
				if err != nil {
					return nil, fmt.Errorf("%s: %w", subjects[i].name, err)
				}
				batches[i] = append(batches[i], ns)
			}
		}
		for i := range subjects {
			figures[i] = append(figures[i], batches[i].quarter())
		}
	}
	return figures, nil
}

// size is how many operations take about as long as a batch should.
func (s subject) size(batch time.Duration) (int, error) {
	for n := 1; ; n *= 2 {
		ns, err := s.time(n)
		if took := ns * float64(n); err != nil || took >= float64(batch)/2 {
			return n, err
		}
	}
}

// time times n operations, after a few that are not timed: what ran before
// leaves its own data in the caches.
func (s subject) time(n int) (float64, error) {
	if err := s.do((n + 3) / 4); err != nil {
		return 0, err
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

// quarter is the figure that a quarter are below: of batches, one that nothing
// else on the machine got into.
func (r runs) quarter() float64 { return slices.Sorted(slices.Values(r))[(len(r)-1)/4] }

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
