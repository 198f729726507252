package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// want is cobra's count of arguments in words that say what they are: at least least,
// at most most unless that is negative.
func want(least, most int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) >= least && (most < 0 || len(args) <= most) {
			return nil
		}
		if len(args) == 0 {
			return fmt.Errorf("%s: want %s", cmd.Name(), what)
		}
		return fmt.Errorf("%s: want %s, and not %s", cmd.Name(), what, oneLine(strings.Join(args, " ")))
	}
}

// noSuch refuses the name of a verb that is none.
func noSuch(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	cmd.SuggestionsMinimumDistance = 2
	err := fmt.Errorf("unknown command %q for %q", args[0], cmd.CommandPath())
	if names := cmd.SuggestionsFor(args[0]); len(names) > 0 {
		return hinted{err, "did you mean " + strings.Join(names, " or ") + "?"}
	}
	return err
}

// holdCobras has cobra's own verbs refuse what they do not know. Else help and
// completion print help, and exit with 0.
func holdCobras(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "help":
			cmd.Args = func(cmd *cobra.Command, args []string) error {
				found, rest, err := cmd.Root().Find(args)
				if err != nil {
					return err
				}
				return noSuch(found, rest)
			}
		case "completion":
			cmd.Args = noSuch
			cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		}
	}
}
