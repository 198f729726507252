package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/policy/source"
)

func pullCommand() *cobra.Command {
	var (
		at     account
		output string
		force  bool
	)
	cmd := &cobra.Command{
		Use:   "pull NAME[:LABEL|:VERSION]",
		Short: "Print a policy that lies in Parameter Store",
		Long: `Pull prints the policy of a parameter, byte for byte as it was pushed, whether it
is stored plain, packed or split. NAME may be the ARN of a parameter that another
account shares. It exits with 1 if what is stored is no valid policy; it is
printed all the same.`,
		Example: `  lambdafence pull /fence/orders:live
  lambdafence pull /fence/orders:7 --output policy.yaml`,
		Args: want(1, 1, "NAME[:LABEL|:VERSION]"),
		RunE: func(cmd *cobra.Command, args []string) error {
			name, err := parseName(args[0])
			if err != nil {
				return fmt.Errorf("pull: %w", err)
			}
			p, err := at.open(cmd.Context(), name)
			if err != nil {
				return err
			}
			var doc source.Document
			err = at.within(cmd.Context(), func(ctx context.Context) error {
				doc, err = p.Load(ctx)
				return err
			})
			if err == nil {
				err = deliver(cmd.OutOrStdout(), doc.Data, output, force)
			}
			if err != nil {
				return cannot{err}
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "%s: version %s, %d bytes\n", doc.Name, doc.Version, len(doc.Data))
			return invalid(cmd.ErrOrStderr(), doc.Name, doc.Data)
		},
	}
	at.flags(cmd)
	cmd.Flags().StringVarP(&output, "output", "o", "", "write to this `file`, which must not be there")
	cmd.Flags().BoolVar(&force, "force", false, "overwrite the file")
	return cmd
}

// deliver writes a document to a file or, if none is named, to out.
func deliver(out io.Writer, doc []byte, file string, force bool) error {
	if file == "" {
		if onTerminal(out) {
			doc = []byte(lines(string(doc))) // whoever can push could else write to this terminal
		}
		_, err := out.Write(doc)
		return err
	}
	flag := os.O_EXCL
	if force {
		flag = os.O_TRUNC
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|flag, 0o644)
	if os.IsExist(err) {
		return fmt.Errorf("%w: use --force to overwrite it", err)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(doc)
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}

// invalid tells each thing that is wrong with a policy, with its place. The answer
// is then no.
func invalid(stderr io.Writer, name string, doc []byte) error {
	p, err := policy.Parse(doc)
	if err == nil {
		_, err = policy.Compile(p)
	}
	if err == nil {
		return nil
	}
	errs := []error{err}
	if several, ok := err.(policy.Errors); ok {
		errs = several.Unwrap()
	}
	for _, err := range errs {
		fmt.Fprintf(stderr, "%s:%s\n", oneLine(name), oneLine(err.Error()))
	}
	return answer{}
}
