package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/lambdafence/lambdafence/internal/events"
	"github.com/lambdafence/lambdafence/wrapper"
)

// An input is where events are read from: files, or the standard input.
type input struct {
	strict bool
}

func (in *input) flags(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&in.strict, "strict-input", false, "end at the first line or document that cannot be read")
}

// read tells each event of the files, or of the standard input where there are
// none, and says on stderr what was read and what could not be.
func (in *input) read(cmd *cobra.Command, files []string, each func(*wrapper.Event) error) error {
	r := events.NewReader(each)
	r.Strict = in.strict
	if len(files) == 0 {
		files = []string{"-"}
	}
	for _, name := range files {
		if err := cmd.Context().Err(); err != nil {
			return cannot{err}
		}
		if err := in.file(cmd, r, name); err != nil {
			return cannot{err}
		}
	}
	fmt.Fprintln(cmd.ErrOrStderr(), r.Counts.String())
	return nil
}

func (in *input) file(cmd *cobra.Command, r *events.Reader, name string) error {
	from := cmd.InOrStdin()
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		from = f
	}
	return r.Read(name, from)
}
