// Command ssm is a function behind a fence that asks SSM for its policy, as
// LAMBDAFENCE_POLICY says.
package main

import (
	"context"

	_ "github.com/lambdafence/lambdafence/policy/source/paramstore"
	"github.com/lambdafence/lambdafence/wrapper"
)

func handle(context.Context) error { return nil }

func main() { wrapper.Start(handle) }
