package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/lambdafence/lambdafence/internal/thundra"
)

func convertCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "convert",
		Short: "Make a policy of another tool's configuration",
		Args:  noSuch,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(convertThundraCommand())
	return cmd
}

func convertThundraCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "thundra [FILE]",
		Short: "Make a policy of a configuration of Thundra's",
		Long: `Convert thundra reads the configuration of a SecurityAwareSpanListener and writes the
policy that says the same. It takes the JSON, with the listener around it or
without, the value of the environment variable that held it (JSON, or gzip and
base64), or a file that sets the variable; from a file, or from the standard input.

What a policy cannot say, or says otherwise, stands in it as a comment, and on
stderr. docs/thundra.md tells what to expect.`,
		Example: `  lambdafence convert thundra listener.json > policy.yaml
  lambdafence convert thundra < variable.txt`,
		Args: want(0, 1, "one FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			from, name := cmd.InOrStdin(), "standard input"
			if len(args) == 1 && args[0] != "-" {
				f, err := os.Open(args[0])
				if err != nil {
					return cannot{err}
				}
				defer f.Close()
				from, name = f, args[0]
			}
			// A byte more than is taken, so that what is longer is told.
			text, err := io.ReadAll(io.LimitReader(from, maxConverted+1))
			if err != nil {
				return cannot{err}
			}
			p, err := thundra.Convert(text)
			if err != nil {
				return cannot{fmt.Errorf("%s: %s", name, oneLine(err.Error()))}
			}
			for _, note := range p.Notes {
				fmt.Fprintln(cmd.ErrOrStderr(), oneLine(note))
			}
			if asJSON {
				err = json.NewEncoder(cmd.OutOrStdout()).Encode(map[string]any{"policy": string(p.Text), "notes": append([]string{}, p.Notes...)})
			} else {
				_, err = cmd.OutOrStdout().Write(p.Text)
			}
			if err != nil {
				return cannot{err}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "policy and notes as a JSON object")
	return cmd
}

// maxConverted is the longest configuration that is read, as it lies there.
const maxConverted = 1 << 20
