package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/lambdafence/lambdafence/internal/learn"
	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/wrapper"
)

func learnCommand() *cobra.Command {
	var (
		in            input
		name, into    string
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
end.

With --into, what was learned goes into a policy that there is already, in the place
of what was learned before; the rest of it, written by hand, stays as it is. What
that part allows is not proposed again. Without an event the file stays as it is, and
it exits with 3.`,
		Example: `  lambdafence learn events.jsonl > policy.yaml
  aws logs filter-log-events --log-group-name /aws/lambda/orders | lambdafence learn --name orders
  lambdafence learn --name orders cloudwatch:/aws/lambda/orders --since 7d
  lambdafence learn --into policy.yaml events.jsonl`,
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
			kept, err := keptBeside(l, into)
			if err != nil {
				return err
			}
			if err := in.read(cmd, files, func(ev *wrapper.Event) error { l.Add(ev); return nil }); err != nil {
				return err
			}
			if in.events == 0 && kept != nil {
				return cannot{fmt.Errorf("%s is left as it is, with what was learned before", into)}
			}
			if into == "" || kept == nil {
				return write(cmd, into, []byte(l.Policy(name)))
			}
			doc, err := l.Into(kept)
			if err != nil {
				return cannot{fmt.Errorf("%s: %w", into, err)}
			}
			return write(cmd, into, doc)
		},
	}
	in.flags(cmd)
	cmd.Flags().StringVar(&name, "name", "", "the `name` of a policy that is new")
	cmd.Flags().StringVar(&into, "into", "", "write into this `file`, and keep what was written by hand")
	cmd.Flags().BoolVar(&strict, "strict", false, "leave open only what surely varies")
	cmd.Flags().BoolVar(&loose, "loose", false, "take a few of a kind for any")
	return cmd
}

// keptBeside reads the policy that is learned into, and tells the learner what was
// written by hand. It is nil where there is none yet.
func keptBeside(l *learn.Learner, into string) ([]byte, error) {
	if into == "" {
		return nil, nil
	}
	doc, err := os.ReadFile(into)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, cannot{err}
	}
	if _, err := policy.Parse(doc); err != nil {
		return nil, cannot{fmt.Errorf("%s:%w", into, err)}
	}
	kept, err := learn.Kept(doc)
	if err == nil {
		_, err = l.Into(doc) // nothing was learned yet, but it must fit in
	}
	if err != nil {
		return nil, cannot{fmt.Errorf("%s: %w", into, err)}
	}
	if p, err := policy.Parse(kept); err == nil { // else nothing but a name was written by hand
		set, err := policy.Compile(p)
		if err != nil {
			return nil, cannot{err}
		}
		l.Beside(set)
	}
	return doc, nil
}

// write writes a document to a file, whole or not at all, or to the standard output.
func write(cmd *cobra.Command, file string, doc []byte) error {
	if file == "" {
		if _, err := cmd.OutOrStdout().Write(doc); err != nil {
			return cannot{err}
		}
		return nil
	}
	mode := fs.FileMode(0o644)
	if real, err := filepath.EvalSymlinks(file); err == nil {
		file = real
	}
	if info, err := os.Stat(file); err == nil {
		mode = info.Mode().Perm()
	}
	f, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".*")
	if err != nil {
		if p := (*fs.PathError)(nil); errors.As(err, &p) {
			err = fmt.Errorf("write %s: %w", file, p.Err) // and not the name that it has for a moment
		}
		return cannot{err}
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.Write(doc)
	if err := errors.Join(err, f.Chmod(mode), f.Close()); err != nil {
		return cannot{err}
	}
	if err := os.Rename(f.Name(), file); err != nil {
		return cannot{err}
	}
	return nil
}
