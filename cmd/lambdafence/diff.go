package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lambdafence/lambdafence/internal/review"
	"github.com/lambdafence/lambdafence/policy"
)

// failures are what diff may exit with 1 for.
var failures = map[string]func(review.Changes) bool{
	"any":    func(cs review.Changes) bool { return len(cs) > 0 },
	"widen":  review.Changes.Widens,
	"narrow": review.Changes.Narrows,
}

func diffCommand() *cobra.Command {
	var (
		base   []string
		failOn string
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Say what becomes allowed or denied by a change of a policy",
		Long: `Diff compares two policies by what they mean, and tells in the policy's own words
what the new one lets through that the old one does not (+), what it stops that the
old one does not (-), and what is decided otherwise without a consequence, as in learn
mode (~). Each is told with an example, a call that both were really asked about:

  + allow[1] (new.yaml:5): host api.example.com, POST, /v1/**
      for example POST https://api.example.com/v1/x is denied by the old (no allow rule matched;
      mode enforce), allowed by the new (allow[1])

Order, ids, reasons, spelling, and how rules are split do not matter. What cannot be
shown to be covered counts as a difference, and it says so where it found no example.

It exits with 0 if the two mean the same, and with 1 if not; with --fail-on widen only
if the new one lets anything through, or merely reports it, that the old one stops.
One of the files may be "-", the standard input.`,
		Example: `  lambdafence diff old.yaml new.yaml
  git show main:policy.yaml | lambdafence diff --fail-on widen - policy.yaml
  lambdafence diff --base baseline.yaml --json old.yaml new.yaml`,
		Args: want(2, 2, "OLD NEW"),
		RunE: func(cmd *cobra.Command, files []string) error {
			fails, ok := failures[failOn]
			switch {
			case !ok:
				return fmt.Errorf("diff: --fail-on %s: want any, widen or narrow", failOn)
			case files[0] == "-" && files[1] == "-":
				return errors.New("diff: only one of the policies can be the standard input")
			}
			changes, err := diffFiles(cmd, files, base)
			if err != nil {
				return err
			}
			if err := tellChanges(cmd.OutOrStdout(), changes, asJSON); err != nil {
				return cannot{err}
			}
			fmt.Fprintln(cmd.ErrOrStderr(), summaryOf(changes))
			if fails(changes) {
				return answer{}
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&failOn, "fail-on", "any", "exit with 1 for any difference, or only if the new policy `widen`s, or narrows, the old: any, widen or narrow")
	f.StringArrayVar(&base, "base", nil, "a layer that both have, in a `file`; may be repeated")
	f.BoolVar(&asJSON, "json", false, "one JSON object a line")
	return cmd
}

// diffFiles reads the policies and compares them.
func diffFiles(cmd *cobra.Command, files, base []string) (review.Changes, error) {
	layers, err := documents(cmd, base, slices.Contains(files, "-"))
	if err != nil {
		return nil, err
	}
	var docs []*review.Document
	for _, name := range files {
		text, err := readPolicy(cmd, name)
		if err != nil {
			return nil, cannot{err}
		}
		d, err := review.Read(name, text)
		if err != nil {
			return nil, cannot{inFile(name, err)}
		}
		docs = append(docs, d)
	}
	var common []*policy.Policy
	for _, d := range layers {
		common = append(common, d.Policy)
	}
	return review.Diff(docs[0], docs[1], common...), nil
}

// A changeJSON is a change with its example as log lines have it.
type changeJSON struct {
	review.Change
	Call *callJSON `json:"call,omitempty"`
}

func tellChanges(w io.Writer, changes review.Changes, asJSON bool) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	pen := penFor(w)
	for i := range changes {
		c := &changes[i]
		if asJSON {
			j := changeJSON{Change: *c}
			if c.Call != nil {
				call := jsonOf(c.Call)
				j.Call = &call
			}
			if err := enc.Encode(j); err != nil {
				return err
			}
			continue
		}
		what, example, _ := strings.Cut(c.String(), "\n")
		if c.Widens {
			what = pen.in(yellow, what)
		}
		if _, err := fmt.Fprintf(w, "%s\n%s\n", what, example); err != nil {
			return err
		}
	}
	return nil
}

func summaryOf(changes review.Changes) string {
	switch {
	case len(changes) == 0:
		return "the two policies mean the same"
	case changes.Widens() && changes.Narrows():
		return "the new policy lets through what the old one stops, and stops what the old one lets through"
	case changes.Widens():
		return "the new policy lets through what the old one stops"
	case changes.Narrows():
		return "the new policy stops what the old one lets through"
	}
	return "the two policies decide otherwise, but let the same through"
}
