package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/lambdafence/lambdafence/wrapper"
)

const columns = "%8s %9s %8s %8s %6s %6s %6s %10s %8s %4s %8s %8s\n"

func (s *soak) heading() {
	fmt.Fprintf(s.out, columns, "elapsed", "calls", "blocked", "reported", "swaps", "failed", "cold", "goroutines", "heap", "fds", "p50", "p99")
}

func (s *soak) line(now sample) {
	calls, blocked, reported := s.sums()
	p50, p99 := s.tell.line()
	fmt.Fprintf(s.out, columns, now.at.Round(time.Second).String(), fmt.Sprint(calls), fmt.Sprint(blocked), fmt.Sprint(reported),
		fmt.Sprint(s.world.parameter.swaps.Load()), fmt.Sprint(s.world.parameter.failed()), fmt.Sprint(s.cold.begun.Load()),
		fmt.Sprint(now.goroutines), fmt.Sprintf("%.1fMB", float64(now.heap)/(1<<20)), fmt.Sprint(now.fds),
		p50.Round(time.Millisecond).String(), p99.Round(time.Millisecond).String())
}

// sums are those of all functions, of which those that were dropped are in the tell-tale.
func (s *soak) sums() (calls, blocked, reported int64) {
	s.tell.mu.Lock()
	defer s.tell.mu.Unlock()
	calls, blocked, reported = s.tell.calls, s.tell.blocked, s.tell.reported
	for _, f := range s.functions {
		calls, blocked, reported = calls+f.ledger.made.Load(), blocked+f.ledger.blocked.Load(), reported+f.ledger.told[1].Load()
	}
	return calls, blocked, reported
}

// report ends the soak: what is wrong, or a line that says that nothing is.
func (s *soak) report(filesBefore int) (wrong []string) {
	wrong = append(s.world.faults.list(), risen(s.samples)...)
	wrong = append(wrong, s.unmet()...)
	_, blocked, reported := s.sums()
	if s.metrics.blocked != blocked || s.metrics.reported != reported {
		wrong = append(wrong, fmt.Sprintf("metrics count %d blocked and %d reported, events %d and %d", s.metrics.blocked, s.metrics.reported, blocked, reported))
	}
	for _, odd := range s.metrics.odd {
		wrong = append(wrong, "on standard output: "+odd)
	}
	ours, others := remains(3 * time.Second) // a load has 2
	for _, stack := range ours {
		wrong = append(wrong, "a goroutine of the fence is left:\n"+stack)
	}
	if files := openFiles(); files > filesBefore+moreFiles {
		wrong = append(wrong, fmt.Sprintf("%d files are open, %d were", files, filesBefore))
	}
	fmt.Fprintf(s.out, "left: %d goroutines of the fence; of others %s\n", len(ours), orNone(kinds(others)))
	if len(wrong) == 0 {
		s.ok()
	}
	return wrong
}

// unmet says what the soak was to meet and did not: what was not met was not tried.
func (s *soak) unmet() (wrong []string) {
	wanted := []string{
		"requests by HTTP/1.1", "requests by HTTP/2.0", "redirects", "dials", "requests to AWS",
		"sinks that panic", "handlers that panic", "invocations that are cancelled", "goroutines that outlive their invocation",
		"flushes by the handler", "exports that are answered", "exports that hang", "collectors that are gone",
	}
	for long, i := time.Duration(0), 0; i < len(phases) && long+phases[i].long < s.long; i++ {
		long += phases[i].long
		wanted = append(wanted, loadsWhile+phases[i].name)
	}
	for _, what := range wanted {
		if s.world.met.count(what) == 0 {
			wrong = append(wrong, "never met: "+what)
		}
	}
	for _, f := range s.functions {
		for _, o := range []wrapper.Outcome{wrapper.Reported, wrapper.Blocked} {
			if f.ledger.told[o].Load() == 0 {
				wrong = append(wrong, fmt.Sprintf("never met: calls of %s that are %s", f.ledger.name, o))
			}
		}
	}
	return wrong
}

func (s *soak) ok() {
	calls, blocked, reported := s.sums()
	fmt.Fprintf(s.out, "soak: ok: %s, %d invocations and %d cold starts, p50 %v, p99 %v; %d calls, %d blocked, %d reported, none lost; %d policies, %d failed loads; a CPU was waited for up to %v\n",
		s.long, s.tell.invocations, s.cold.begun.Load(), s.tell.overall(50), s.tell.overall(99), calls, blocked, reported, s.world.parameter.swaps.Load(), s.world.parameter.failed(), s.world.canary.worst.Round(100*time.Microsecond))
}

func orNone(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}
