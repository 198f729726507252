package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/policy/source/paramstore"
)

// An entry is a version in a history.
type entry struct {
	Name    string    `json:"name"`
	Version int64     `json:"version"`
	Time    time.Time `json:"time"`
	User    string    `json:"user,omitempty"`
	Labels  []string  `json:"labels,omitempty"`
	Type    string    `json:"type,omitempty"`
	Tier    string    `json:"tier,omitempty"`
	Form    string    `json:"form,omitempty"`
	Size    int       `json:"size,omitempty"`
	Parts   int       `json:"parts,omitempty"`
	Policy  string    `json:"policy,omitempty"` // the name in the document
	Error   string    `json:"error,omitempty"`  // why the document cannot be read, or is no policy
	Widens  *bool     `json:"widens,omitempty"` // of --diff: than the version before
	Diff    string    `json:"diff,omitempty"`

	doc []byte
}

func historyCommand() *cobra.Command {
	var (
		at           account
		limit        int
		diff, asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "history NAME",
		Short: "List the versions of a policy in Parameter Store",
		Long: `History lists the versions of a parameter, the newest first: when each was pushed
and by whom, what labels stand on it, and how it is stored. Parameter Store keeps
100 versions. With --diff each is compared with the one before it. A version whose
document cannot be read is listed with the reason.`,
		Example: `  lambdafence history /fence/orders
  lambdafence history /fence/orders --limit 3 --diff
  lambdafence history /fence/orders --json`,
		Args: want(1, 1, "NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			name, err := parseName(args[0])
			switch {
			case err != nil:
				return fmt.Errorf("history: %w", err)
			case name.Selector != "":
				return fmt.Errorf("history: %s: want the name alone: a history is of all versions", name)
			case limit < 0:
				return errors.New("history: --limit: want a number of versions; 0: all")
			}
			p, err := at.open(cmd.Context(), name)
			if err != nil {
				return err
			}
			var all []entry
			err = at.within(cmd.Context(), func(ctx context.Context) error {
				all, err = entries(ctx, p, limit, diff)
				return err
			})
			if err == nil {
				err = tellHistory(cmd.OutOrStdout(), all, asJSON)
			}
			if err != nil {
				return cannot{err}
			}
			return nil
		},
	}
	at.flags(cmd)
	cmd.Flags().IntVar(&limit, "limit", 20, "the newest `number` of versions; 0: all")
	cmd.Flags().BoolVar(&diff, "diff", false, "what differs from the version before")
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line")
	return cmd
}

// entries reads the newest versions, at most limit unless that is 0. Two documents
// are held at once, whatever the number of versions.
func entries(ctx context.Context, p *paramstore.Parameter, limit int, diff bool) ([]entry, error) {
	versions, err := p.History(ctx)
	if err != nil {
		return nil, err
	}
	shown := len(versions)
	if limit > 0 {
		shown = min(shown, limit)
	}
	var all []entry
	for i, v := range versions {
		if i == shown && !diff || i > shown {
			break
		}
		e := read(ctx, p, v)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if diff && i > 0 {
			all[i-1].compare(&e)
		}
		if i > 0 {
			all[i-1].doc = nil
		}
		all = append(all, e)
	}
	return all[:shown], nil
}

// read reads the document of a version.
func read(ctx context.Context, p *paramstore.Parameter, v paramstore.Version) entry {
	e := entry{Name: p.Parameters()[0], Version: v.Number, Time: v.Time.UTC(), User: v.User, Labels: v.Labels, Type: v.Type, Tier: v.Tier}
	stored, err := p.Read(ctx, v)
	e.Form, e.Size, e.Parts, e.doc = stored.Form, stored.Size, stored.Parts, stored.Data
	if err == nil {
		var pol *policy.Policy
		if pol, err = policy.Parse(stored.Data); err == nil {
			e.Policy = pol.Name
		}
	}
	if err != nil {
		e.Error = why(err)
	}
	return e
}

// compare notes what differs from the version before.
func (e *entry) compare(before *entry) {
	if e.Error != "" {
		return
	}
	told, widens, err := compare(text{fmt.Sprintf("version %d", before.Version), before.doc}, text{fmt.Sprintf("version %d", e.Version), e.doc})
	if before.Error != "" {
		err = errors.New(before.Error)
	}
	if err != nil {
		told, widens = "cannot be compared: "+why(err)+"\n", true // as with push
	}
	e.Diff, e.Widens = told, &widens
}

func tellHistory(out io.Writer, all []entry, asJSON bool) error {
	if asJSON {
		for _, e := range all {
			if err := writeJSON(out, e); err != nil {
				return err
			}
		}
		return nil
	}
	var table bytes.Buffer
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "VERSION\tDATE\tLABELS\tFORM\tSIZE\tPOLICY\tBY")
	for _, e := range all {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%d\t%s\t%s\n", e.Version, e.Time.Format(time.DateTime+"Z"), dash(list(e.Labels)), dash(e.Form), e.Size, dash(short(e.Policy)), dash(oneLine(e.User)))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	rows := strings.SplitAfter(table.String(), "\n")
	var text bytes.Buffer
	text.WriteString(rows[0])
	for i, e := range all {
		text.WriteString(rows[i+1])
		e.tellMore(&text)
	}
	_, err := out.Write(text.Bytes())
	return err
}

// tellMore tells what has no place in a row.
func (e *entry) tellMore(out io.Writer) {
	if e.Error != "" {
		fmt.Fprintf(out, "    cannot be read: %s\n", e.Error)
	}
	if e.Widens == nil {
		return
	}
	switch {
	case *e.Widens:
		fmt.Fprintln(out, "    allows more than the version before")
	case e.Diff == "":
		fmt.Fprintln(out, "    means the same as the version before")
		return
	}
	fmt.Fprint(out, indented(e.Diff))
}

// dash fills a cell that is empty.
func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
