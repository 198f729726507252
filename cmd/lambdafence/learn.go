package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/lambdafence/lambdafence/internal/learn"
	"github.com/lambdafence/lambdafence/wrapper"
)

func learnCommand() *cobra.Command {
	var (
		in            input
		name          string
		strict, loose bool
	)
	cmd := &cobra.Command{
		Use:   "learn [EVENTS...]",
		Short: "Write the policy for what was seen",
		Long: `Learn reads events and writes the smallest policy that allows what they show, a
rule for each thing that is done, with what speaks for it as a comment. Events
are the lines that a fence logs, exports of CloudWatch Logs, or OTLP/JSON; packed
by gzip or not.

What a deny rule or a closed local door matched is not proposed, but listed at the
end.`,
		Example: `  lambdafence learn events.jsonl > policy.yaml
  aws logs filter-log-events --log-group-name /aws/lambda/orders | lambdafence learn --name orders
  lambdafence learn --name orders cloudwatch:/aws/lambda/orders --since 7d`,
		RunE: func(cmd *cobra.Command, files []string) error {
			level := learn.Normal
			switch {
			case strict && loose:
				return errors.New("learn: --strict and --loose exclude each other")
			case strict:
				level = learn.Strict
			case loose:
				level = learn.Loose
			}
			l := learn.New(level)
			if err := in.read(cmd, files, func(ev *wrapper.Event) error { l.Add(ev); return nil }); err != nil {
				return err
			}
			_, err := fmt.Fprint(cmd.OutOrStdout(), l.Policy(name))
			return err
		},
	}
	in.flags(cmd)
	cmd.Flags().StringVar(&name, "name", "", "the `name` of the policy")
	cmd.Flags().BoolVar(&strict, "strict", false, "leave open only what surely varies")
	cmd.Flags().BoolVar(&loose, "loose", false, "take a few of a kind for any")
	return cmd
}
