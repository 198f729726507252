package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lambdafence/lambdafence/policy/source/paramstore"
)

// An applying is how a change is made: shown first, and refused or asked for where
// it allows more.
type applying struct {
	account
	yes, dryRun, asJSON bool
}

func (a *applying) flags(cmd *cobra.Command) {
	a.account.flags(cmd)
	f := cmd.Flags()
	f.BoolVar(&a.yes, "yes", false, "also if the policy allows more than the one before")
	f.BoolVar(&a.dryRun, "dry-run", false, "show what would be done, and do nothing")
	f.BoolVar(&a.asJSON, "json", false, "the result as a JSON object")
}

// apply shows a change and makes it.
func (a *applying) apply(cmd *cobra.Command, c *change) error {
	var o *outcome
	err := a.within(cmd.Context(), func(ctx context.Context) (err error) {
		o, err = c.plan(ctx)
		return err
	})
	if err != nil {
		return failed(cmd, err)
	}
	o.DryRun = a.dryRun
	out := cmd.OutOrStdout()
	if !a.asJSON {
		tellPlan(out, o)
	}
	switch {
	case o.idle():
	case o.Widens && !a.yes && (a.dryRun || !confirmed(cmd, "It allows more than is allowed now. Go on?")):
		o.Refused = "it allows more than is allowed now"
	case a.dryRun:
	default:
		err = a.within(cmd.Context(), func(ctx context.Context) error { return c.do(ctx, o) })
	}
	if told := a.tell(out, o, err); told != nil {
		return cannot{told}
	}
	switch {
	case err != nil:
		return failed(cmd, err)
	case o.Refused != "":
		fmt.Fprintf(cmd.ErrOrStderr(), "lambdafence: %s: nothing was written: %s\nlambdafence: hint: if that is meant, say --yes\n", o.Name, o.Refused)
		return answer{}
	}
	return nil
}

// tell says what was done.
func (a *applying) tell(out io.Writer, o *outcome, err error) error {
	if a.asJSON {
		return writeJSON(out, o)
	}
	if err != nil || o.Refused != "" {
		return nil
	}
	_, err = fmt.Fprintln(out, o.done())
	return err
}

// failed sorts an error: somebody else was faster, or it could not be tried.
func failed(cmd *cobra.Command, err error) error {
	switch {
	case paramstore.IsConflict(err), errors.Is(err, errMoved):
		fmt.Fprintf(cmd.ErrOrStderr(), "lambdafence: %v\nlambdafence: hint: run it again: it compares with what is there now\n", err)
		return answer{}
	case errors.As(err, new(cannot)), errors.Is(err, answer{}):
		return err
	}
	return cannot{err}
}

// idle reports whether there is nothing to do.
func (o *outcome) idle() bool { return !o.push && len(o.Moves) == 0 }

func (o *outcome) done() string {
	switch {
	case o.idle():
		return "nothing to do"
	case o.DryRun:
		return "dry run: nothing was written"
	case !o.Written:
		return fmt.Sprintf("moved to version %d", o.Version)
	}
	return fmt.Sprintf("pushed version %d", o.Version)
}

func tellPlan(out io.Writer, o *outcome) {
	switch {
	case !o.push:
		fmt.Fprintf(out, "%s: version %d has this policy already: %s\n", o.Name, o.Version, o.kept())
	case o.Previous == 0:
		fmt.Fprintf(out, "%s: version %d, the first: %s\n", o.Name, o.Version, o.kept())
	default:
		fmt.Fprintf(out, "%s: version %d, after version %d: %s\n", o.Name, o.Version, o.Previous, o.kept())
	}
	for _, m := range o.Moves {
		if m.From == 0 {
			fmt.Fprintf(out, "  label %s, new, on version %d\n", m.Label, o.Version)
		} else {
			fmt.Fprintf(out, "  label %s moves from version %d to version %d\n", m.Label, m.From, o.Version)
		}
	}
	for _, p := range o.Compared {
		tellComparison(out, p)
	}
}

func tellComparison(out io.Writer, p comparison) {
	says := "allows no more"
	switch {
	case p.Widens:
		says = "allows more"
	case p.Diff == "":
		says = "means the same"
	}
	fmt.Fprintf(out, "compared with %s it %s\n", p, says)
	if p.Diff != "" {
		fmt.Fprint(out, indented(p.Diff))
	}
}

// kept says how a policy is stored: "plain, 412 bytes, Standard String".
func (o *outcome) kept() string {
	size := fmt.Sprintf("%d bytes", o.Size)
	if o.Parts > 0 {
		size += fmt.Sprintf(" in %d parts and a manifest", o.Parts)
	}
	return fmt.Sprintf("%s, %s, %s %s", o.Form, size, o.Tier, o.Type)
}

// list are names that somebody else may have chosen.
func list(names []string) string { return oneLine(strings.Join(names, ", ")) }
