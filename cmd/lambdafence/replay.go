package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/wrapper"
)

// A blockage is what a policy would stop.
type blockage struct {
	Call     string `json:"call"`
	Rule     string `json:"rule,omitempty"`
	Reason   string `json:"reason"`
	Calls    int64  `json:"calls"`
	Function string `json:"function,omitempty"`
	Module   string `json:"module,omitempty"`
	Suggest  string `json:"suggest,omitempty"`
}

func replayCommand() *cobra.Command {
	var (
		in     input
		files  []string
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "replay --policy FILE [EVENTS...]",
		Short: "Try a policy on recorded traffic",
		Long: `Replay judges the calls of events by a policy, as they were recorded and at the time
they were made, and tells which it would block, by function and module, how often, and
what would allow each. Nothing is called. The policy's mode does not count: a policy
that reports is tried as if it enforced.

Events are what learn reads: the lines that a fence logs, exports of CloudWatch Logs,
or OTLP/JSON, from files or the standard input. Given several times, --policy makes
layers that must all agree. It exits with 1 if any call would be blocked. In a
pipeline say --strict-input, too: without an event there is nothing that could be.`,
		Example: `  lambdafence replay --policy policy.yaml events.jsonl
  lambdafence replay --policy base.yaml --policy policy.yaml --json events.jsonl
  lambdafence replay --policy policy.yaml cloudwatch:/aws/lambda/orders --since 36h`,
		RunE: func(cmd *cobra.Command, inputs []string) error {
			set, err := policies(cmd, files, fromStdin(inputs))
			if err != nil {
				return err
			}
			blocked := map[blockage]int64{}
			calls, lost := int64(0), int64(0)
			err = in.read(cmd, inputs, func(ev *wrapper.Event) error {
				calls += int64(ev.Count)
				d := set.Decide(&ev.Call)
				if d.Effect == policy.Allow {
					return nil
				}
				b := blockage{Call: ev.Call.String(), Rule: d.Rule, Reason: d.Reason, Function: ev.Function.Name, Module: ev.Call.Caller.Module, Suggest: set.Suggest(&ev.Call, d)}
				if _, ok := blocked[b]; !ok && len(blocked) >= 10_000 {
					lost += int64(ev.Count)
					return nil
				}
				blocked[b] += int64(ev.Count)
				return nil
			})
			if err != nil {
				return err
			}
			return tellBlocked(cmd, blocked, calls, lost, asJSON)
		},
	}
	in.flags(cmd)
	cmd.Flags().StringArrayVar(&files, "policy", nil, policyHelp)
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line")
	_ = cmd.MarkFlagRequired("policy")
	return cmd
}

func tellBlocked(cmd *cobra.Command, blocked map[blockage]int64, calls, lost int64, asJSON bool) error {
	var all []blockage
	total := lost
	for b, n := range blocked {
		b.Calls = n
		total += n
		all = append(all, b)
	}
	slices.SortFunc(all, func(a, b blockage) int {
		if a.Calls != b.Calls {
			return int(b.Calls - a.Calls)
		}
		return strings.Compare(fmt.Sprint(a), fmt.Sprint(b))
	})
	var out bytes.Buffer
	for _, b := range all {
		if asJSON {
			if err := writeJSON(&out, b); err != nil {
				return cannot{err}
			}
			continue
		}
		rule := b.Reason
		if b.Rule != "" {
			rule = b.Rule + ": " + b.Reason
		}
		fmt.Fprintf(&out, "%d x %s\n    %s\n", b.Calls, b.Call, oneLine(rule))
		if b.Function+b.Module != "" {
			fmt.Fprintf(&out, "    by %s\n", oneLine(strings.Trim(b.Function+", "+b.Module, ", ")))
		}
		if b.Suggest != "" {
			fmt.Fprintf(&out, "    this would allow it: %s\n", oneLine(b.Suggest))
		}
	}
	if _, err := cmd.OutOrStdout().Write(out.Bytes()); err != nil {
		return cannot{err}
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "%d of %d calls would be blocked\n", total, calls)
	if total > 0 {
		return answer{}
	}
	return nil
}
