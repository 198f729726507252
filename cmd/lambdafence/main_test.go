package main

import (
	"errors"
	"os/exec"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"lambdafence": main})
}

// TestScripts runs the tool as a user does.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:   "testdata",
		Setup: withStand(t),
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"fails":  fails,
			"logs":   logs,
			"refuse": refuse,
			"stand":  standCommand,
		},
	})
}

// fails runs the tool and holds its exit status: fails 2 learn --wrong.
func fails(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: fails status arguments...")
	}
	var exit *exec.ExitError
	if err := ts.Exec("lambdafence", args[1:]...); !errors.As(err, &exit) || strconv.Itoa(exit.ExitCode()) != args[0] {
		ts.Fatalf("%v, want status %s", err, args[0])
	}
}
