package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lambdafence/lambdafence/internal/iam"
	"github.com/lambdafence/lambdafence/wrapper"
)

// An iamRun is what the verb iam was asked for.
type iamRun struct {
	in                   input
	compare, split       string
	exact, batch, asJSON bool
}

// An iamReport is all that the verb says, for machines.
type iamReport struct {
	Policy   *iam.Document   `json:"policy"`
	Size     int             `json:"size"`
	Notes    []iam.Saying    `json:"notes"`
	Apart    []iam.Saying    `json:"apart"`
	Compared *iam.Comparison `json:"compared,omitempty"`
}

func iamCommand() *cobra.Command {
	var r iamRun
	cmd := &cobra.Command{
		Use:   "iam [EVENTS...]",
		Short: "Write the IAM policy for what was seen",
		Long: `Iam reads events and writes the policy of IAM that a function's role needs for the
calls of AWS in them, and no more: each action on the resources that it was used
on. What varies among their names is left open, as learn does it; --exact names
each. Events are read as by learn.

A call that a deny rule matched, that was blocked, or that another account signed
is granted nothing, and told on stderr; so is what a call needs besides that no
event tells, such as the role that it passes on.

With --compare it holds an existing policy against the events: what that grants
that was never used, and what was used that it does not grant. It takes a
document, or what the AWS CLI answers to get-policy-version and get-role-policy.
Conditions are told and not evaluated. It exits with 1 if there is a difference.

With --batch it reads calls with their inputs from the standard input, as explain
does, a JSON object a line, and answers each with what it needs.`,
		Example: `  lambdafence iam events.jsonl > policy.json
  lambdafence iam --exact --split policies events.jsonl
  lambdafence iam --compare existing.json --json events.jsonl
  lambdafence iam --batch < calls.jsonl`,
		RunE: r.run,
	}
	r.in.flags(cmd)
	f := cmd.Flags()
	f.BoolVar(&r.exact, "exact", false, "name every resource, and leave nothing open")
	f.StringVar(&r.compare, "compare", "", "an existing policy's `file`")
	f.StringVar(&r.split, "split", "", "write policies that are small enough for managed ones into this `directory`")
	f.BoolVar(&r.batch, "batch", false, "calls from the standard input, a JSON object a line")
	f.BoolVar(&r.asJSON, "json", false, "policy, notes and comparison as a JSON object")
	return cmd
}

func (r *iamRun) run(cmd *cobra.Command, files []string) error {
	if r.batch {
		if len(files) > 0 || r.compare != "" || r.split != "" {
			return errors.New("iam: --batch reads its calls from the standard input, and writes no policy")
		}
		return iamBatch(cmd.InOrStdin(), cmd.OutOrStdout())
	}
	if r.compare != "" && r.split != "" {
		return errors.New("iam: --compare and --split exclude each other")
	}
	var existing *iam.Existing
	if r.compare != "" {
		text, err := os.ReadFile(r.compare)
		if err != nil {
			return cannot{err}
		}
		if existing, err = iam.ReadExisting(text); err != nil {
			return cannot{fmt.Errorf("%s: %s", r.compare, oneLine(err.Error()))}
		}
	}
	c := iam.NewCollector()
	if err := r.in.read(cmd, files, func(ev *wrapper.Event) error { c.Add(ev); return nil }); err != nil {
		return err
	}
	report := iamReport{Policy: iam.NewDocument(c.Uses(), r.exact), Notes: c.Notes(), Apart: c.Apart()}
	report.Size = report.Policy.Size()
	r.tell(cmd.ErrOrStderr(), &report, c)
	if existing != nil {
		report.Compared = existing.Compare(c.Uses())
	}
	if err := r.write(cmd.OutOrStdout(), &report); err != nil {
		return cannot{err}
	}
	if report.Compared != nil && report.Compared.Different() {
		return answer{}
	}
	return nil
}

// tell says on stderr what the policy cannot.
func (r *iamRun) tell(w io.Writer, report *iamReport, c *iam.Collector) {
	for _, s := range report.Notes {
		fmt.Fprintf(w, "note: %s\n", oneLine(s.Text))
	}
	for _, s := range report.Apart {
		fmt.Fprintf(w, "not granted: %s (%s)\n", oneLine(s.Text), callCount(s.Calls))
	}
	if c.Calls == 0 {
		fmt.Fprintln(w, "no call of AWS among the events")
	}
	if c.Lost > 0 {
		fmt.Fprintf(w, "%s more are left out: there were too many of too many kinds\n", callCount(c.Lost))
	}
	switch {
	case r.split != "" || r.compare != "":
	case report.Size > iam.MaxInline:
		fmt.Fprintf(w, "warning: %d characters: more than a role takes inline (%d), or a managed policy (%d); --split writes several\n", report.Size, iam.MaxInline, iam.MaxManaged)
	case report.Size > iam.MaxManaged:
		fmt.Fprintf(w, "warning: %d characters: more than a managed policy takes (%d); --split writes several\n", report.Size, iam.MaxManaged)
	}
}

func callCount(n int64) string {
	if n == 1 {
		return "1 call"
	}
	return fmt.Sprintf("%d calls", n)
}

func (r *iamRun) write(w io.Writer, report *iamReport) error {
	if r.split != "" {
		if err := splitInto(r.split, report.Policy.Split()); err != nil {
			return err
		}
		if !r.asJSON {
			return nil
		}
	}
	switch {
	case r.asJSON:
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		return enc.Encode(report)
	case report.Compared != nil:
		return tellGrants(w, report.Compared)
	}
	return report.Policy.Write(w)
}

// splitInto writes policies as policy-1.json and so on.
func splitInto(dir string, policies []*iam.Document) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	for i, p := range policies {
		var b strings.Builder
		if err := p.Write(&b); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("policy-%d.json", i+1)), []byte(b.String()), 0o666); err != nil {
			return err
		}
	}
	return nil
}

func tellGrants(w io.Writer, c *iam.Comparison) error {
	var b strings.Builder
	for _, part := range []struct {
		name string
		all  []iam.Difference
	}{{"unused", c.Unused}, {"missing", c.Missing}, {"uncertain", c.Uncertain}} {
		for i := range part.all {
			b.WriteString(part.name + ": " + oneLine(differenceText(&part.all[i])) + "\n")
		}
	}
	if b.Len() == 0 {
		b.WriteString("the policy grants what was used, and no more\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// maxUsed is how much of what was used a line tells.
const maxUsed = 5

func differenceText(d *iam.Difference) string {
	var parts []string
	if d.Statement != "" {
		parts = append(parts, d.Statement)
	}
	what := strings.Join(d.Actions, ", ")
	if len(d.Resources) > 0 {
		what = strings.TrimSpace(what + " on " + strings.Join(d.Resources, ", "))
	}
	parts = append(parts, what, d.Why)
	if len(d.Used) > 0 {
		used := "used: " + strings.Join(d.Used[:min(len(d.Used), maxUsed)], ", ")
		if more := len(d.Used) - maxUsed; more > 0 {
			used += fmt.Sprintf(" and %d more", more)
		}
		parts = append(parts, used)
	}
	return strings.Join(parts, ": ")
}
