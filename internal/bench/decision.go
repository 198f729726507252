package main

import (
	"context"
	"fmt"
	"maps"
	"math"
	"runtime"
	"slices"

	"github.com/lambdafence/lambdafence/internal/bench/engines"
)

// measured is what was seen of a stream and a number of rules.
type measured struct {
	rules  int
	stream stream
	engine []runs // as engines.All
	allocs float64
}

func (m measured) fence() runs { return m.engine[0] }
func (m measured) ratio() runs { return m.engine[0].over(m.engine[1]) }
func (m measured) label() string {
	return fmt.Sprintf("%d rules, %s", m.rules, m.stream.name)
}

func measureDecision(_ context.Context, e effort) (part, error) {
	p := part{name: "decision", title: "The decision", text: []string{
		"`policy.Set.Decide` beside the loop that one would write oneself, over compiled globs of gobwas/glob or over regular expressions, beside cedar-go with " +
			"a permit for each rule, and beside one lookup of a 30-byte name in a Go map of as many names as there are rules. One rule in ten each is: an exact host (three in " +
			"ten, of which one with methods), a host with methods and paths, a host with a port, a suffix, a suffix with methods and paths, a CIDR with a port, the items of a DynamoDB " +
			"table, the objects of an S3 bucket. What is asked is spread evenly over them; what is denied misses by host, port, method, path, operation or resource.",
		fmt.Sprintf("Each question, with the call, the name for the map and the request for cedar, is made before the clock starts; the map is fed by the very same stream. "+
			"A stream of a few calls has %d, one that is never the same %d different ones, so that neither caches nor the branch predictor know the rules for them; "+
			"the questions of a batch are read before the clock starts, since a call is in the cache when it is judged. Each batch has as many of every kind. "+
			"A wrong answer, of whichever engine, ends the run. How a decision grows with the rules is timed beside the map alone, in batches of thousands, since an engine that reads "+
			"10,000 rules for one answer leaves empty caches to whoever comes next.", hot, e.stream),
	}}
	// The usual sizes first: what a process has seen of AWS's hosts stays with it, and
	// no program talks to as many buckets as 10,000 rules name.
	most := e.sizes[len(e.sizes)-1]
	usual, err := e.decisions(slices.DeleteFunc(slices.Clone(e.sizes), func(n int) bool { return n > 200 }), len(engines.All))
	if err != nil {
		return p, err
	}
	for _, more := range []func(*part) error{e.byKind, e.cores, e.compiling} {
		if err := more(&p); err != nil {
			return p, err
		}
	}
	many, err := e.decisions(slices.DeleteFunc(slices.Clone(e.sizes), func(n int) bool { return n <= 200 }), len(engines.All))
	if err != nil {
		return p, err
	}
	// Beside the map alone: an engine that reads 10,000 rules for one answer leaves
	// the caches empty for whoever comes next.
	grown, err := e.decisions([]int{10, most}, 2)
	if err != nil {
		return p, err
	}
	all := slices.Concat(usual, many)
	p.budgets = slices.Concat(decisionBudgets(usual), []budget{growthBudget(grown)}, p.budgets)
	p.tables = slices.Concat(decisionTables(all), []table{growthTable(grown)}, p.tables)
	p.plots = decisionPlots(all)
	return p, nil
}

// decisions times the first engines with all sizes of policies, by all streams: four
// of a size after four of another. The sizes are timed in turns as well, for a
// machine may be faster now than it was a second ago.
func (e effort) decisions(sizes []int, first int) ([]measured, error) {
	var all []measured
	var each [][]subject
	for _, n := range sizes {
		rules := engines.Rules(n)
		engine, err := engines.New(rules)
		if err != nil {
			return nil, err
		}
		by, err := streams(rules, e.stream)
		if err != nil {
			return nil, err
		}
		for _, s := range by {
			var subjects []subject
			for _, e := range engine[:first] {
				subjects = append(subjects, s.asks(e))
			}
			all, each = append(all, measured{rules: n, stream: s, allocs: s.allocations(subjects[0])}), append(each, subjects)
		}
	}
	for kind := range min(4, len(all)) {
		var subjects []subject
		for i := kind; i < len(all); i += 4 {
			subjects = append(subjects, each[i]...)
		}
		how := e
		switch {
		case all[kind].stream.repeats():
		case first < len(engines.All): // thousands of calls at once
			how = e.slower(40)
		default:
			how = e.shorter()
		}
		figures, err := how.inTurns(subjects...)
		if err != nil {
			return nil, err
		}
		for i := kind; i < len(all); i += 4 {
			all[i].engine, figures = figures[:first], figures[first:]
		}
	}
	return all, nil
}

func decisionTables(all []measured) []table {
	var tables []table
	for i := range all[:4] {
		t := table{caption: "Calls that are " + all[i].stream.name + ":", head: append([]string{"rules"}, engines.All...)}
		t.head = append(t.head, "lambdafence / map")
		for k := i; k < len(all); k += 4 {
			m := all[k]
			row := []string{fmt.Sprint(m.rules)}
			for _, r := range m.engine {
				row = append(row, nanos(r.median()))
			}
			t.add(append(row, within(m.ratio(), times))...)
		}
		tables = append(tables, t)
	}
	return tables
}

// decisionBudgets tells the worst of all streams.
func decisionBudgets(all []measured) []budget {
	worst, allocs := all[0], 0.0
	for _, m := range all {
		if m.ratio().median() > worst.ratio().median() {
			worst = m
		}
		allocs = max(allocs, m.allocs)
	}
	return []budget{
		{what: "decision / map lookup, worst: " + worst.label(), got: worst.ratio(), limit: 5, format: times},
		{what: "allocations of a decision, all streams", got: once(math.Round(allocs*100) / 100), limit: 0, format: count},
	}
}

// growthTable compares the most rules with the fewest: more rules, and more
// different calls for them, do not fit in the caches, which a map feels as well.
func growthTable(grown []measured) table {
	t := table{caption: fmt.Sprintf("What %d rules take, against %d, timed in turns:", grown[4].rules, grown[0].rules), head: append([]string{"calls"}, engines.All[:len(grown[0].engine)]...)}
	for i, few := range grown[:4] {
		row := []string{few.stream.name}
		for k := range few.engine {
			row = append(row, times(grown[4+i].engine[k].over(few.engine[k]).median()))
		}
		t.add(row...)
	}
	return t
}

// growthBudget tells the worst of all streams.
func growthBudget(grown []measured) budget {
	var worst budget
	for i, few := range grown[:4] {
		got := grown[4+i].fence().over(few.fence())
		if worst.got == nil || got.median() > worst.got.median() {
			worst = budget{what: fmt.Sprintf("%d rules / %d rules, worst: %s", grown[4].rules, few.rules, few.stream.name), got: got, limit: 3, format: times}
		}
	}
	return worst
}

func decisionPlots(all []measured) []plot {
	var plots []plot
	for _, picked := range []struct{ name, stream, title string }{
		{"decision-allowed", "allowed, never the same", "One decision on an allowed call, each another"},
		{"decision-denied", "denied, never the same", "One decision on a denied call, each another"},
	} {
		pl := plot{name: picked.name, title: picked.title, x: "rules of the policy"}
		for i, name := range engines.All {
			l := line{name: name}
			for _, m := range all {
				if m.stream.name == picked.stream {
					l.points = append(l.points, point{float64(m.rules), m.engine[i].median()})
				}
			}
			pl.lines = append(pl.lines, l)
		}
		plots = append(plots, pl)
	}
	return plots
}

// byKind times allowed calls of each kind apart, with 200 rules.
func (e effort) byKind(p *part) error {
	rules := engines.Rules(200)
	all, err := engines.New(rules)
	if err != nil {
		return err
	}
	questions, err := engines.Ask(rules, e.stream, true)
	if err != nil {
		return err
	}
	kinds := map[string][]engines.Question{}
	for _, q := range questions {
		kinds[q.Kind] = append(kinds[q.Kind], q)
	}
	t := table{caption: "Allowed calls, never the same, 200 rules, by what the rule has:", head: append([]string{"rule"}, engines.All...)}
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		s := stream{ask: kinds[kind], allowed: true}
		var subjects []subject
		for _, engine := range all {
			subjects = append(subjects, s.asks(engine))
		}
		figures, err := e.shorter().inTurns(subjects...)
		if err != nil {
			return err
		}
		row := []string{kind}
		for _, f := range figures {
			row = append(row, nanos(f.median()))
		}
		t.add(row...)
	}
	p.tables = append(p.tables, t)
	return nil
}

// cores compares what two goroutines decide with what one does, by one policy.
func (e effort) cores(p *part) error {
	rules := engines.Rules(200)
	all, err := engines.New(rules)
	if err != nil {
		return err
	}
	questions, err := engines.Ask(rules, e.stream, true)
	if err != nil {
		return err
	}
	s := stream{ask: questions, allowed: true}
	t := table{caption: fmt.Sprintf("Two goroutines against one, on %d cores, 200 rules, allowed calls, never the same:", runtime.NumCPU()),
		head: []string{"", "one", "two, for each", "two / one"}}
	var subjects []subject
	for _, engine := range all[:2] { // the map shows what the machine can give
		subjects = append(subjects, s.asks(engine), together(s.asks(engine), s.asks(engine)))
	}
	// To wake a second core takes as long as hundreds of decisions.
	figures, err := e.slower(50).inTurns(subjects...)
	if err != nil {
		return err
	}
	var gains []runs
	for i := range all[:2] {
		one, two := figures[2*i], figures[2*i+1]
		gains = append(gains, one.over(two))
		t.add(all[i].Name, nanos(one.median()), nanos(two.median()), within(gains[i], times))
	}
	p.tables = append(p.tables, t)
	p.budgets = append(p.budgets,
		budget{what: "decisions on two cores / on one, 200 rules", got: gains[0], limit: 1.8, least: true, format: times},
		budget{what: "the same / what a map gains from the second core", got: gains[0].over(gains[1]), limit: 0.95, least: true, format: times})
	return nil
}
