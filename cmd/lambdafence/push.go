package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/lambdafence/lambdafence/internal/paramdoc"
	"github.com/lambdafence/lambdafence/policy/source/paramstore"
)

// A pushing is what the flags of push say.
type pushing struct {
	applying
	labels   []string
	base     int64
	hasBase  bool
	advanced bool
	key      string
	secure   bool
}

func pushCommand() *cobra.Command {
	var p pushing
	cmd := &cobra.Command{
		Use:   "push FILE NAME[:LABEL]",
		Short: "Put a policy into Parameter Store",
		Long: `Push checks a policy, shows how it would be stored and what it changes, and writes
it as a new version of the parameter: plain, packed or split, whichever is the
simplest that fits. Labels move to it last. FILE "-" is the standard input.

It compares with the version that has a label which moves and, where there is
none, with the latest. What allows more than that needs --yes; on a terminal it
asks. A policy that the latest version is already, byte for byte, is not written
again; its labels move.

If somebody else has pushed meanwhile it writes nothing; if in the same moment,
both are written, and no label moves. It exits with 1 then, if the policy is
invalid, and if it allows more and nobody said yes.`,
		Example: `  lambdafence push policy.yaml /fence/orders --label candidate
  lambdafence push policy.yaml /fence/orders --label live --yes
  lambdafence push policy.yaml /fence/orders --dry-run`,
		Args: want(2, 2, "FILE NAME[:LABEL]"),
		RunE: func(cmd *cobra.Command, args []string) error {
			p.hasBase, p.secure = cmd.Flags().Changed("base"), cmd.Flags().Changed("secure")
			name, err := p.name(args[1])
			if err != nil {
				return fmt.Errorf("push: %w", err)
			}
			return p.run(cmd, args[0], name)
		},
	}
	p.flags(cmd)
	f := cmd.Flags()
	f.StringArrayVar(&p.labels, "label", nil, "a `label` that moves to the new version")
	f.Int64Var(&p.base, "base", 0, "the latest `version` must be this one; 0: there must be none")
	f.BoolVar(&p.advanced, "advanced", false, "use the advanced tier, 8 KB in a parameter, which AWS charges for")
	f.StringVar(&p.key, "secure", "", "make it a SecureString with this KMS `key` (\"\": the account's own)")
	return cmd
}

// name reads the parameter's name. A label in it is one that moves.
func (p *pushing) name(text string) (paramdoc.Name, error) {
	name, err := parseName(text)
	switch {
	case err != nil:
		return name, err
	case name.Shared():
		return name, errors.New("want the name of a parameter: one that another account shares is pushed there")
	case name.Version() != 0:
		return name, fmt.Errorf("%s: a push makes a new version: leave :%s out, or see rollback", name, name.Selector)
	case p.hasBase && p.base < 0:
		return name, fmt.Errorf("--base: there is no version %d", p.base)
	case name.Selector != "":
		p.labels = append(p.labels, name.Selector)
	}
	slices.Sort(p.labels)
	p.labels = slices.Compact(p.labels)
	for _, l := range p.labels {
		if err := paramdoc.CheckLabel(l); err != nil {
			return name, err
		}
	}
	return paramdoc.Name{Path: name.Path}, nil
}

func (p *pushing) run(cmd *cobra.Command, file string, name paramdoc.Name) error {
	doc, err := readPolicy(cmd, file)
	if err != nil {
		return cannot{err}
	}
	if err := invalid(cmd.ErrOrStderr(), file, doc); err != nil {
		return err
	}
	c := &change{doc: doc, labels: p.labels, options: p.options()}
	if c.at, err = p.open(cmd.Context(), name); err != nil {
		return err
	}
	err = p.within(cmd.Context(), func(ctx context.Context) error { return p.look(ctx, c) })
	if err != nil {
		return failed(cmd, err)
	}
	if p.hasBase && p.base != c.latest() {
		fmt.Fprintf(cmd.ErrOrStderr(), "lambdafence: %s is at version %d, not %d: nothing was written\nlambdafence: hint: pull it, and push again\n", name.Path, c.latest(), p.base)
		return answer{}
	}
	return p.apply(cmd, c)
}

// look reads what is there.
func (p *pushing) look(ctx context.Context, c *change) error {
	var err error
	if c.versions, err = history(ctx, c.at); err != nil {
		return err
	}
	has, err := c.has(ctx, func(v paramstore.Version) bool {
		return (!p.advanced || v.Tier == "Advanced") && (!p.secure || v.Type == "SecureString" && (p.key == "" || v.Key == p.key))
	})
	if has {
		c.version = c.latest()
	}
	return err
}

func (p *pushing) options() []paramstore.PushOption {
	var options []paramstore.PushOption
	if p.advanced {
		options = append(options, paramstore.Advanced())
	}
	if p.secure {
		options = append(options, paramstore.SecureString(p.key))
	}
	return options
}
