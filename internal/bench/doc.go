// Command bench measures what a fence costs, beside what its peers cost, and
// writes docs/benchmarks.md. `make bench`, `make bench-full`, `make size` and
// `make burst` run it; nothing imports it. It is a module of its own, so that no
// importer of the library sees the peers.
//
//	go run . -only decision            # one section, on the terminal
//	go run . -full -page ../../docs    # the page and its plots
//
// # Method
//
// What is compared runs in the same process in turns: a batch of about 100
// microseconds of each, over and over, so that noise falls on all alike. A round
// is many such turns; its figure is what one in ten of its batches is below, since
// what else runs on a machine makes a batch longer and never shorter. Of calls of the
// AWS SDK, of which a batch has few, all make as many. Ratios and differences are
// taken within a round, and the minimum, the median and the maximum of all rounds are
// told. Cold starts are processes, started in turns.
//
// # Limits
//
// The garbage of one may be collected in the batch of another; the tenth leaves
// most of that out, which favours whoever makes garbage. A machine that others
// use as well gives wider rounds, and times that no other machine has: the ratios
// are what the budgets speak of.
package main
