package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lambdafence/lambdafence/internal/cloudwatch"
	"github.com/lambdafence/lambdafence/internal/events"
	"github.com/lambdafence/lambdafence/wrapper"
)

// An input is where events are read from: files, the standard input, or log groups
// of CloudWatch Logs.
type input struct {
	strict       bool
	since, until string
	scan         bool
	at           place
	events       int64 // that were read
}

// inputHelp is what the help of each verb says of it.
const inputHelp = `
EVENTS are files, "-" for the standard input, or cloudwatch:GROUP for a log group of
CloudWatch Logs, by its name or ARN, read with your own AWS credentials: the last
24 hours, or as --since and --until say. Logs Insights groups the events there,
so that a fleet's logs need not come.`

const defaultSince = "24h"

func (in *input) flags(cmd *cobra.Command) {
	cmd.Long += "\n" + inputHelp
	cmd.Flags().BoolVar(&in.strict, "strict-input", false, "end at the first line or document that cannot be read, and where there is no event at all")
	cmd.Flags().StringVar(&in.since, "since", "", "of cloudwatch: from this `time` on, such as 36h, 7d, 2w, 2026-11-01 or 2026-11-01T10:00:00Z (default "+defaultSince+")")
	cmd.Flags().StringVar(&in.until, "until", "", "of cloudwatch: up to this `time` (default now)")
	cmd.Flags().BoolVar(&in.scan, "scan", false, "of cloudwatch: fetch every event, do not ask Logs Insights")
	in.at.flags(cmd, "of cloudwatch: ")
}

// read tells each event of the inputs, or of the standard input where there are
// none, and says on stderr what was read and what could not be.
func (in *input) read(cmd *cobra.Command, inputs []string, each func(*wrapper.Event) error) error {
	r := events.NewReader(each)
	r.Strict = in.strict
	files, live, err := in.sources(inputs, time.Now())
	if err != nil {
		return err
	}
	b := newBar(cmd.ErrOrStderr())
	defer b.clear()
	if err := in.readFiles(cmd, r, files, b); err != nil {
		return cannot{err}
	}
	if live != nil {
		if err := in.readLive(cmd, r, live, b); err != nil {
			return cannot{err}
		}
	}
	b.clear()
	fmt.Fprintln(cmd.ErrOrStderr(), r.Counts.String())
	in.events = r.Counts.Events
	switch {
	case in.events > 0:
		return nil
	case in.strict: // a pipeline must not take a wrong file for a yes
		return cannot{hinted{errors.New("no event was found"), eventsHint}}
	}
	fmt.Fprintln(cmd.ErrOrStderr(), "lambdafence: hint: no event was found:", eventsHint)
	return nil
}

// eventsHint is for inputs without an event: most often they are another file than was
// meant, or of a function that has nothing to tell.
const eventsHint = `events are lines with "msg":"lambdafence"; LAMBDAFENCE_MODE=learn logs one for each distinct call`

// fromStdin reports whether the standard input is among the inputs.
func fromStdin(inputs []string) bool { return len(inputs) == 0 || slices.Contains(inputs, "-") }

// sources sorts the inputs. live is nil if none is in CloudWatch Logs.
func (in *input) sources(inputs []string, now time.Time) (files []string, live *cloudwatch.Source, err error) {
	if len(inputs) == 0 {
		inputs = []string{"-"}
	}
	for _, name := range inputs {
		group, ok := strings.CutPrefix(name, "cloudwatch:")
		if !ok {
			files = append(files, name)
			continue
		}
		g, err := cloudwatch.ParseGroup(group)
		if err != nil {
			return nil, nil, fmt.Errorf("cloudwatch: %w", err)
		}
		if live == nil {
			live = &cloudwatch.Source{Scan: in.scan}
		}
		live.Groups = append(live.Groups, g)
	}
	if live == nil {
		if in.since != "" || in.until != "" || in.scan || in.at != (place{}) {
			return nil, nil, errors.New("--since, --until, --scan, --region and --profile are for inputs such as cloudwatch:GROUP")
		}
		return files, nil, nil
	}
	live.From, live.To, err = in.span(now)
	return files, live, err
}

func (in *input) readFiles(cmd *cobra.Command, r *events.Reader, files []string, b *bar) error {
	sized := sizeOf(cmd.InOrStdin(), files)
	for _, name := range files {
		from := cmd.InOrStdin()
		if name != "-" {
			f, err := os.Open(name)
			if err != nil {
				return err
			}
			defer f.Close()
			from = f
		}
		if err := r.Read(name, &tracked{cmd.Context(), from, b, sized}); err != nil {
			return err
		}
	}
	return nil
}

func (in *input) readLive(cmd *cobra.Command, r *events.Reader, live *cloudwatch.Source, b *bar) error {
	named := !slices.ContainsFunc(live.Groups, func(g cloudwatch.Group) bool { return g.Region == "" })
	cfg, err := in.at.config(cmd.Context(), named)
	if err != nil {
		return err
	}
	live.Config = cfg
	live.Say = func(line string) {
		b.clear()
		fmt.Fprintln(cmd.ErrOrStderr(), "lambdafence:", line)
	}
	live.Progress = func(part float64) { b.part(part) }
	return live.Read(cmd.Context(), r)
}

// A tracked reader shows on a bar what was read, packed or not, and ends when the
// command does.
type tracked struct {
	ctx  context.Context
	from io.Reader
	bar  *bar
	of   *size
}

func (t *tracked) Read(p []byte) (int, error) {
	if err := t.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := t.from.Read(p)
	t.of.read += int64(n)
	t.bar.bytes(t.of.read, t.of.all)
	return n, err
}
