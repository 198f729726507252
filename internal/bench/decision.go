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
			"A stream of a few calls has %d, one that is never the same %d different ones, so that neither caches nor the branch predictor know them. Each batch has as many of every kind. "+
			"A wrong answer, of whichever engine, ends the run.", hot, e.stream),
	}}
	var all []measured
	for _, n := range e.sizes {
		of, err := e.decisions(n)
		if err != nil {
			return p, err
		}
		all = append(all, of...)
	}
	p.tables = append(p.tables, decisionTables(e.sizes, all)...)
	p.tables = append(p.tables, growthTable(e.sizes, all))
	p.plots = decisionPlots(all)
	p.budgets = decisionBudgets(all)
	for _, more := range []func(*part) error{e.byKind, e.cores, e.compiling} {
		if err := more(&p); err != nil {
			return p, err
		}
	}
	return p, nil
}

// decisions times all engines with n rules, by all streams.
func (e effort) decisions(n int) ([]measured, error) {
	rules := engines.Rules(n)
	all, err := engines.New(rules)
	if err != nil {
		return nil, err
	}
	by, err := streams(rules, e.stream)
	if err != nil {
		return nil, err
	}
	var results []measured
	for _, s := range by {
		var subjects []subject
		for _, engine := range all {
			subjects = append(subjects, s.asks(engine))
		}
		figures, err := e.inTurns(subjects...)
		if err != nil {
			return nil, err
		}
		results = append(results, measured{n, s, figures, s.allocations(subjects[0])})
	}
	return results, nil
}

func decisionTables(sizes []int, all []measured) []table {
	var tables []table
	for i := range all[:4] {
		t := table{caption: "Calls that are " + all[i].stream.name + ":", head: append([]string{"rules"}, engines.All...)}
		t.head = append(t.head, "lambdafence / map")
		for k := range sizes {
			m := all[4*k+i]
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

// growthTable compares the most rules with the fewest: more rules, and more
// different calls for them, do not fit in the caches, which every engine feels.
func growthTable(sizes []int, all []measured) table {
	last := len(sizes) - 1
	t := table{caption: fmt.Sprintf("What %d rules take, against %d:", sizes[last], sizes[0]), head: append([]string{"calls"}, engines.All...)}
	for i := range all[:4] {
		row := []string{all[i].stream.name}
		for k := range engines.All {
			row = append(row, times(all[4*last+i].engine[k].over(all[i].engine[k]).median()))
		}
		t.add(row...)
	}
	return t
}

// decisionBudgets tells the worst of all streams.
func decisionBudgets(all []measured) []budget {
	worst, growth, allocs := measured{}, measured{}, 0.0
	ratio, grown := 0.0, runs{0}
	first := map[string]measured{}
	for _, m := range all {
		if m.rules <= 200 && m.ratio().median() > ratio {
			worst, ratio = m, m.ratio().median()
		}
		if m.rules <= 200 {
			allocs = max(allocs, m.allocs)
		}
		if m.rules == 10 {
			first[m.stream.name] = m
		}
		if m.rules == 10_000 {
			if g := m.fence().over(first[m.stream.name].fence()); g.median() > grown.median() {
				growth, grown = m, g
			}
		}
	}
	budgets := []budget{
		{what: "decision / map lookup, worst: " + worst.label(), got: worst.ratio(), limit: 5, format: times},
		{what: "allocations of a decision, all streams", got: once(math.Round(allocs*100) / 100), limit: 0, format: count},
	}
	if growth.rules > 0 {
		budgets = append(budgets, budget{what: "10,000 rules / 10 rules, worst: " + growth.stream.name, got: grown, limit: 3, format: times})
	}
	return budgets
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
		figures, err := e.inTurns(subjects...)
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
	for i, engine := range all[:2] { // the map shows what the machine can give
		figures, err := e.slower(10).inTurns(s.asks(engine), together(s.asks(engine), s.asks(engine)))
		if err != nil {
			return err
		}
		gain := figures[0].over(figures[1])
		t.add(engine.Name, nanos(figures[0].median()), nanos(figures[1].median()), within(gain, times))
		if i == 0 {
			p.budgets = append(p.budgets, budget{what: "decisions on two cores / on one, 200 rules", got: gain, limit: 1.8, least: true, format: times})
		}
	}
	p.tables = append(p.tables, t)
	return nil
}
