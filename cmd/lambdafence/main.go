// Command lambdafence makes policies of what functions were seen to do, checks and
// explains them, tries them on recorded traffic, and keeps them in Parameter Store.
//
//	lambdafence learn events.jsonl > policy.yaml
//	lambdafence check policy.yaml
//	lambdafence replay --policy policy.yaml events.jsonl
//	lambdafence push policy.yaml /fence/orders --label live
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
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

// A hinted is an error, and what to do about it.
type hinted struct {
	error
	hint string
}

func (h hinted) Unwrap() error { return h.error }

// newRoot makes the whole tool.
func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "lambdafence",
		Short: "Policies for outbound calls of AWS Lambda functions",
		Long: `Lambdafence makes policies of what functions were seen to do, checks and explains
them, and tries them on recorded traffic.

Exit codes: 0 ok; 1 the answer is no: denied, different, not valid; 2 a mistake on
the command line; 3 it could not be tried. What is asked for is on the standard
output, for people or with --json for machines, everything else on stderr. There are
colours on a terminal, and none where NO_COLOR is set.`,
		Example: `  lambdafence learn events.jsonl > policy.yaml
  lambdafence check policy.yaml
  lambdafence explain --policy policy.yaml https://api.example.com/v1/x`,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noSuch,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.AddCommand(
		checkCommand(),
		convertCommand(),
		diffCommand(),
		explainCommand(),
		historyCommand(),
		iamCommand(),
		learnCommand(),
		pullCommand(),
		pushCommand(),
		replayCommand(),
		rollbackCommand(),
		unusedCommand(),
	)
	return root
}

// version is that of the module which the tool was built from.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	holdCobras(root)
	cmd, err := root.ExecuteContextC(ctx)
	var c cannot
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, answer{}):
		return exitDifferent
	case errors.As(err, &c):
		tellError(stderr, err)
		return exitCannot
	}
	if h := (hinted{}); !errors.As(err, &h) {
		err = hinted{err, "see " + cmd.CommandPath() + " --help"}
	}
	tellError(stderr, err)
	return exitUsage
}

// tellError writes an error, a line for each of its lines, and the hint that it has.
func tellError(stderr io.Writer, err error) {
	p := penFor(stderr)
	for line := range strings.SplitSeq(err.Error(), "\n") {
		fmt.Fprintf(stderr, "lambdafence: %s %s\n", p.in(red, "error:"), oneLine(line))
	}
	if h := (hinted{}); errors.As(err, &h) {
		fmt.Fprintf(stderr, "lambdafence: hint: %s\n", oneLine(h.hint))
	}
}
