// Command orders is a function that charges a card and buys a shipping label for each order, behind a fence whose policy
// is named in the environment: see template.yaml and policy.yaml.
package main

import (
	"context"
	"log"

	"github.com/lambdafence/lambdafence/wrapper"
)

func main() {
	// An order is worth more than its trace.
	if err := setUpTracing(context.Background()); err != nil {
		log.Printf("no tracing: %v", err)
	}
	// Two calls an order: few enough to have a span of each, not just of violations.
	wrapper.Start(handle, wrapper.WithEvents(wrapper.All))
}
