package main

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/lambdafence/lambdafence/internal/review"
	"github.com/lambdafence/lambdafence/wrapper"
)

func unusedCommand() *cobra.Command {
	var (
		in     input
		files  []string
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "unused --policy FILE [EVENTS...]",
		Short: "List the rules that no recorded call used",
		Long: `Unused judges the calls of events by a policy and lists the rules that none of them
used: allow rules by which no call was let through, be it that another rule comes
first, and deny rules that matched none. It says which period the events are of. It
exits with 1 if there is such a rule.

A rule that is not used in a week may be used at the end of the month: look at the
period before you take one out.

Outside of learn mode a fence records only violations, which no allow rule matches:
record what is allowed, too, in learn mode or by wrapper.WithEvents(wrapper.FirstSeen).
Where the events have no allowed call at all, unused says that allow rules cannot be
judged by them.`,
		Example: `  lambdafence unused --policy policy.yaml events.jsonl
  lambdafence unused --policy base.yaml --policy policy.yaml --json events.jsonl`,
		RunE: func(cmd *cobra.Command, inputs []string) error {
			docs, err := documents(cmd, files, fromStdin(inputs))
			if err != nil {
				return err
			}
			u, err := review.NewUse(docs...)
			if err != nil {
				return cannot{err}
			}
			seen := period{}
			err = in.read(cmd, inputs, func(ev *wrapper.Event) error {
				seen.add(ev)
				u.Add(&ev.Call)
				return nil
			})
			if err != nil {
				return err
			}
			unused := u.Unused()
			if err := tellUnused(cmd.OutOrStdout(), &seen, unused, asJSON); err != nil {
				return cannot{err}
			}
			if note := seen.note(); note != "" {
				fmt.Fprintln(cmd.ErrOrStderr(), "lambdafence: hint:", note)
			}
			if len(unused) > 0 {
				return answer{}
			}
			return nil
		},
	}
	in.flags(cmd)
	cmd.Flags().StringArrayVar(&files, "policy", nil, policyHelp)
	cmd.Flags().BoolVar(&asJSON, "json", false, "the answer as a JSON object")
	_ = cmd.MarkFlagRequired("policy")
	return cmd
}

// A period is what events are of.
type period struct {
	first, last    time.Time
	calls, allowed int64
}

func (p *period) add(ev *wrapper.Event) {
	p.calls += int64(ev.Count)
	if ev.Outcome == wrapper.Allowed {
		p.allowed += int64(ev.Count)
	}
	if ev.Time.IsZero() {
		return
	}
	if p.first.IsZero() || ev.Time.Before(p.first) {
		p.first = ev.Time
	}
	if ev.Time.After(p.last) {
		p.last = ev.Time
	}
}

// note says what the events cannot tell. An enforcing fence that records violations
// alone would make every allow rule look unused.
func (p *period) note() string {
	switch {
	case p.calls == 0:
		return "there is no event: nothing is known of any rule"
	case p.allowed == 0:
		return "no event is of an allowed call, so allow rules cannot be judged: record with mode learn, or wrapper.WithEvents(wrapper.FirstSeen)"
	}
	return ""
}

func (p *period) String() string {
	if p.first.IsZero() {
		return callCount(p.calls) + ", of no known time"
	}
	return fmt.Sprintf("%s from %s to %s", callCount(p.calls), p.first.UTC().Format(time.RFC3339), p.last.UTC().Format(time.RFC3339))
}

// unusedJSON is the answer for machines.
type unusedJSON struct {
	First   time.Time         `json:"first,omitzero"`
	Last    time.Time         `json:"last,omitzero"`
	Calls   int64             `json:"calls"`
	Allowed int64             `json:"allowed"` // of the calls; 0: allow rules cannot be judged
	Unused  []review.RuleLine `json:"unused"`
	Note    string            `json:"note,omitempty"`
}

func tellUnused(w io.Writer, p *period, unused []review.RuleLine, asJSON bool) error {
	if asJSON {
		if unused == nil {
			unused = []review.RuleLine{}
		}
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		return enc.Encode(unusedJSON{p.first, p.last, p.calls, p.allowed, unused, p.note()})
	}
	pen := penFor(w)
	for _, r := range unused {
		text := pen.in(yellow, oneLine(r.Rule))
		if _, err := fmt.Fprintf(w, "%s:%d: %s: %s\n", oneLine(r.File), r.Line, text, oneLine(r.Subject)); err != nil {
			return err
		}
	}
	rules := "rules"
	if len(unused) == 1 {
		rules = "rule"
	}
	_, err := fmt.Fprintf(w, "%d %s unused by %s\n", len(unused), rules, p)
	return err
}
