// Package cases holds handlers of every kind that lambda.Start takes, for the
// bootstrap that is run and for tests in the process.
package cases

import (
	"slices"

	"github.com/aws/aws-lambda-go/lambda"
)

// A Case is something that is given to lambda.Start, and the events that
// it gets.
type Case struct {
	Name    string
	Handler any
	Options []lambda.Option
	Events  []string
	// Runs is how many of the events reach the handler; -1: all.
	Runs int
	// Exits says that the process is gone after the last event.
	Exits bool
}

// ok is a case whose handler runs at every event.
func ok(name string, handler any, events ...string) Case {
	return Case{Name: name, Handler: handler, Events: orNull(events), Runs: -1}
}

// refused is a case that never gets to the handler.
func refused(name string, handler any, events ...string) Case {
	return Case{Name: name, Handler: handler, Events: orNull(events)}
}

// exits is a case whose handler panics, which ends the process.
func exits(name string, handler any) Case {
	return Case{Name: name, Handler: handler, Events: []string{"null"}, Runs: -1, Exits: true}
}

func (c Case) with(opts ...lambda.Option) Case {
	c.Options = opts
	return c
}

func orNull(events []string) []string {
	if len(events) == 0 {
		return []string{"null"}
	}
	return events
}

// All returns every case, made anew: their readers can be read once.
func All() []Case {
	return slices.Concat(signatures(), invalid(), results(), failures(), panics(), handlers(), built(), configured(),
		readers(), integrations(), doings())
}
