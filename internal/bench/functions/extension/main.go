// Command extension is a function behind a fence that asks the Parameters and
// Secrets extension for its policy, as LAMBDAFENCE_POLICY says.
package main

import (
	"context"

	"github.com/lambdafence/lambdafence/wrapper"
)

func handle(context.Context) error { return nil }

func main() { wrapper.Start(handle) }
