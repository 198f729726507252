package main

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestFiguresOfARound(t *testing.T) {
	r, other := runs{4, 1, 3, 2}, runs{2, 2, 2, 2}
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"min", r.min(), 1}, {"max", r.max(), 4}, {"median", r.median(), 2.5}, {"odd median", runs{9, 1, 5}.median(), 5},
		{"quarter", runs{8, 7, 6, 5, 4, 3, 2, 1}.least(4), 2}, {"quarter of one", runs{7}.least(4), 7},
		{"ratio, round by round", r.over(other).max(), 2}, {"difference", r.less(other).min(), -1},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
}

// TestInTurns holds that each subject has its batches in each round, and is made anew for it.
func TestInTurns(t *testing.T) {
	var order []string
	done, renewed := map[string]int{}, 0
	counts := func(name string) subject {
		return subject{name: name, do: func(n int) error {
			for range n {
				done[name]++
			}
			order = append(order, name)
			return nil
		}}
	}
	one, two := counts("one"), counts("two")
	two.fresh = func() error { renewed++; return nil }
	figures, err := effort{rounds: 3, turns: 50, batch: 50 * time.Microsecond}.inTurns(one, two)
	if err != nil || len(figures) != 2 || len(figures[0]) != 3 || len(figures[1]) != 3 {
		t.Fatalf("%v, %v", figures, err)
	}
	if renewed != 3 {
		t.Errorf("made anew %d times", renewed)
	}
	if done["one"] < 150 || done["two"] < 150 {
		t.Errorf("done: %v", done)
	}
	// A batch is two calls of do, so that four in a row are the end of one turn and the start of the next.
	if !strings.Contains(strings.Join(order, ""), "oneoneoneone") {
		t.Error("the one always follows the other")
	}
}

// TestPlan holds that batches are whole, and that a slow subject has fewer, yet enough.
func TestPlan(t *testing.T) {
	for _, c := range []struct {
		name string
		each time.Duration
		ok   func(plan) bool
	}{
		{"fast", 0, func(p plan) bool { return p.n > 100 && p.n%10 == 0 && p.every == 1 && p.lead > 0 }},
		{"slow", 2 * time.Millisecond, func(p plan) bool { return p.n == 10 && p.every == 13 && p.lead == 0 }},
	} {
		e := effort{turns: 40, batch: 50 * time.Microsecond}
		p, err := e.plan(subject{step: 10, do: func(n int) error {
			for range n {
				time.Sleep(c.each)
			}
			return nil
		}})
		if err != nil || !c.ok(p) {
			t.Errorf("%s: %+v, %v", c.name, p, err)
		}
	}
}

func TestAFailureEndsTheRun(t *testing.T) {
	broken := errors.New("broken")
	_, err := effort{rounds: 1, turns: 1}.inTurns(subject{name: "bad", do: func(int) error { return broken }})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "bad") {
		t.Errorf("error = %v", err)
	}
}

func TestBudget(t *testing.T) {
	for _, c := range []struct {
		name string
		b    budget
		met  bool
	}{
		{"below", budget{got: runs{1, 2, 9}, limit: 2}, true},
		{"above", budget{got: runs{1, 2.1, 2.2}, limit: 2}, false},
		{"the least, above", budget{got: runs{1.9}, limit: 1.8, least: true}, true},
		{"the least, below", budget{got: runs{1.7}, limit: 1.8, least: true}, false},
	} {
		if c.b.met() != c.met {
			t.Errorf("%s: met is %v", c.name, c.b.met())
		}
	}
}
