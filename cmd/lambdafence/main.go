// Command lambdafence makes policies of what functions were seen to do, checks and
// explains them, tries them on recorded traffic, and keeps them in Parameter Store.
//
//	lambdafence learn events.jsonl > policy.yaml
//	lambdafence replay --policy policy.yaml events.jsonl
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit codes.
const (
	exitOK        = 0
	exitDifferent = 1 // denied, different, or invalid: the answer is no
	exitUsage     = 2
	exitCannot    = 3 // it could not be tried
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// An answer is an error that says no, and was told already.
type answer struct{}

func (answer) Error() string { return "no" }

// A cannot is an error of the world, not of the command line.
type cannot struct{ error }

func (c cannot) Unwrap() error { return c.error }

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := &cobra.Command{
		Use:           "lambdafence",
		Short:         "Policies for outbound calls of AWS Lambda functions",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.AddCommand(convertCommand(), explainCommand(), iamCommand(), learnCommand(), replayCommand())
	err := root.ExecuteContext(ctx)
	var c cannot
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, answer{}):
		return exitDifferent
	case errors.As(err, &c):
		fmt.Fprintln(stderr, "lambdafence:", err)
		return exitCannot
	}
	fmt.Fprintln(stderr, "lambdafence:", err)
	return exitUsage
}
