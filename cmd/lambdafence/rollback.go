package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/lambdafence/lambdafence/internal/paramdoc"
	"github.com/lambdafence/lambdafence/policy/source/paramstore"
)

// A rollingBack is what the flags of rollback say.
type rollingBack struct {
	applying
	to, label string
}

func rollbackCommand() *cobra.Command {
	var r rollingBack
	cmd := &cobra.Command{
		Use:   "rollback NAME (--label LABEL [--to VERSION|LABEL] | --to VERSION|LABEL)",
		Short: "Go back to an older version of a policy",
		Long: `Rollback has functions go back to an older version.

With --label it moves that label, for functions that load it: to the version that
--to names and, where it is left out, to the one before the version that the label
stands on. Nothing is written. NAME:LABEL says the same as --label.

Without --label it pushes the document of the version that --to names again, as
the latest version, for functions that load no label. Labels stay where they are.

It shows what changes. What allows more needs --yes; on a terminal it asks. A
version that is no valid policy is refused. It exits with 1 then.`,
		Example: `  lambdafence rollback /fence/orders --label live
  lambdafence rollback /fence/orders --label live --to 3 --yes
  lambdafence rollback /fence/orders --to 3 --dry-run`,
		Args: want(1, 1, "NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			name, err := r.name(args[0])
			if err != nil {
				return fmt.Errorf("rollback: %w", err)
			}
			return r.run(cmd, name)
		},
	}
	r.flags(cmd)
	cmd.Flags().StringVar(&r.to, "to", "", "the `version` to go back to, or a label that stands on it")
	cmd.Flags().StringVar(&r.label, "label", "", "the `label` that goes back")
	return cmd
}

func (r *rollingBack) name(text string) (paramdoc.Name, error) {
	name, err := parseName(text)
	switch {
	case err != nil:
		return name, err
	case name.Shared():
		return name, errors.New("want the name of a parameter: one that another account shares goes back there")
	case name.Version() != 0, name.Selector != "" && r.label != "" && name.Selector != r.label:
		return name, fmt.Errorf("%s: want a name alone, or with the label that goes back", name)
	case name.Selector != "":
		r.label = name.Selector
	}
	if r.label == "" && r.to == "" {
		return name, errors.New("want --label for functions that load a label, or --to for those that load the latest version")
	}
	if r.label != "" {
		err = paramdoc.CheckLabel(r.label)
	}
	return paramdoc.Name{Path: name.Path}, err
}

func (r *rollingBack) run(cmd *cobra.Command, name paramdoc.Name) error {
	at, err := r.open(cmd.Context(), name)
	if err != nil {
		return err
	}
	c := &change{at: at}
	var to *paramstore.Version
	err = r.within(cmd.Context(), func(ctx context.Context) (err error) {
		if c.versions, err = at.History(ctx); err != nil {
			return err
		}
		if to, err = r.target(c.versions); err != nil {
			return err
		}
		stored, err := at.Read(ctx, *to)
		c.doc = stored.Data
		return err
	})
	if err != nil {
		return failed(cmd, err)
	}
	if err := invalid(cmd.ErrOrStderr(), fmt.Sprintf("%s:%d", name.Path, to.Number), c.doc); err != nil {
		return err
	}
	if r.label != "" {
		c.labels, c.version = []string{r.label}, to.Number
		return r.apply(cmd, c)
	}
	err = r.within(cmd.Context(), func(ctx context.Context) error {
		has, err := c.has(ctx, func(paramstore.Version) bool { return true })
		if has {
			c.version = c.latest()
		}
		return err
	})
	if err != nil {
		return failed(cmd, err)
	}
	return r.apply(cmd, c)
}

// target finds the version to go back to.
func (r *rollingBack) target(versions []paramstore.Version) (*paramstore.Version, error) {
	if r.to != "" {
		number, _ := strconv.ParseInt(r.to, 10, 64) // a label does not begin with a digit
		i := slices.IndexFunc(versions, func(v paramstore.Version) bool {
			return v.Number == number || slices.Contains(v.Labels, r.to)
		})
		if i < 0 {
			return nil, fmt.Errorf("there is no version or label %q: see its history", r.to)
		}
		return &versions[i], nil
	}
	from := carrier(versions, r.label)
	if from == nil {
		return nil, fmt.Errorf("label %q stands on no version: say where it goes, with --to", r.label)
	}
	i := slices.IndexFunc(versions, func(v paramstore.Version) bool { return v.Number < from.Number })
	if i < 0 {
		return nil, fmt.Errorf("label %q stands on version %d, and there is none before it", r.label, from.Number)
	}
	return &versions[i], nil
}
