// Command embedded is a function behind a fence with an embedded policy of 100
// rules.
package main

import (
	"context"
	"embed"

	"github.com/lambdafence/lambdafence/policy/source"
	"github.com/lambdafence/lambdafence/wrapper"
)

//go:embed policy.yaml
var files embed.FS

func handle(context.Context) error { return nil }

func main() { wrapper.Start(handle, wrapper.WithPolicy(source.FS(files, "policy.yaml"))) }
