package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/lambdafence/lambdafence/policy/source/paramstore"
)

// A change is a policy that becomes that of the functions which load a label, or
// the latest version.
type change struct {
	at       *paramstore.Parameter
	versions []paramstore.Version // that are there, the newest first
	doc      []byte
	labels   []string                // that move
	version  int64                   // the version that has doc already; 0: it is pushed
	options  []paramstore.PushOption // of that push
}

// An outcome is what a change did, or would do.
type outcome struct {
	Name     string       `json:"name"`
	Version  int64        `json:"version"`            // that has the policy, or would have it
	Previous int64        `json:"previous,omitempty"` // the latest version before
	Labels   []string     `json:"labels,omitempty"`   // that stand on Version, or would
	Moves    []move       `json:"moves,omitempty"`
	Form     string       `json:"form,omitempty"`
	Type     string       `json:"type,omitempty"`
	Tier     string       `json:"tier,omitempty"`
	Size     int          `json:"size,omitempty"`
	Parts    int          `json:"parts,omitempty"`
	Written  bool         `json:"written"` // there is a new version
	Moved    bool         `json:"moved"`   // labels have moved
	DryRun   bool         `json:"dry_run,omitempty"`
	Widens   bool         `json:"widens"`
	Compared []comparison `json:"compared,omitempty"`
	Refused  string       `json:"refused,omitempty"`

	push bool // a new version is to be written
}

// A move is that of a label.
type move struct {
	Label string `json:"label"`
	From  int64  `json:"from,omitempty"` // 0: the label is new
}

// A comparison is what a change means for who has a version now.
type comparison struct {
	Version int64    `json:"version"`
	Labels  []string `json:"labels,omitempty"` // that leave it; none: it is the latest
	Widens  bool     `json:"widens"`
	Diff    string   `json:"diff,omitempty"`
}

// history reads the versions of a parameter. One that is not there has none.
func history(ctx context.Context, p *paramstore.Parameter) ([]paramstore.Version, error) {
	versions, err := p.History(ctx)
	if err != nil && !paramstore.IsMissing(err) {
		return nil, err
	}
	return versions, nil
}

// latest returns the number of the latest version; 0 if there is none.
func (c *change) latest() int64 {
	if len(c.versions) == 0 {
		return 0
	}
	return c.versions[0].Number
}

// carrier returns the version on which a label stands, or nil.
func carrier(versions []paramstore.Version, label string) *paramstore.Version {
	i := slices.IndexFunc(versions, func(v paramstore.Version) bool { return slices.Contains(v.Labels, label) })
	if i < 0 {
		return nil
	}
	return &versions[i]
}

// on returns the number of the version on which a label stands; 0 if on none.
func on(versions []paramstore.Version, label string) int64 {
	if v := carrier(versions, label); v != nil {
		return v.Number
	}
	return 0
}

// plan says what the change would do, and compares. Nothing is written.
func (c *change) plan(ctx context.Context) (*outcome, error) {
	o, err := c.form(ctx)
	if err != nil {
		return nil, err
	}
	for _, l := range c.labels {
		if from := on(c.versions, l); from != c.version || from == 0 {
			o.Moves = append(o.Moves, move{l, from})
		}
	}
	o.Compared, err = c.compare(ctx)
	o.Widens = slices.ContainsFunc(o.Compared, func(p comparison) bool { return p.Widens })
	return o, err
}

// form says how the policy is stored, or would be.
func (c *change) form(ctx context.Context) (*outcome, error) {
	if c.version == 0 {
		o, err := c.at.Push(ctx, c.doc, append(c.options, paramstore.Base(c.latest()), paramstore.Labels(c.labels...), paramstore.DryRun())...)
		return &outcome{
			Name: o.Name, Version: o.Version, Previous: o.Previous, Labels: o.Labels, push: true,
			Form: o.Form, Type: o.Type, Tier: o.Tier, Size: o.Size, Parts: o.Parts,
		}, err
	}
	v := c.versions[slices.IndexFunc(c.versions, func(v paramstore.Version) bool { return v.Number == c.version })]
	stored, err := c.at.Read(ctx, v)
	labels := slices.Clone(v.Labels)
	for _, l := range c.labels {
		if !slices.Contains(labels, l) {
			labels = append(labels, l)
		}
	}
	return &outcome{
		Name: c.at.Parameters()[0], Version: c.version, Previous: c.latest(), Labels: labels,
		Form: stored.Form, Type: v.Type, Tier: v.Tier, Size: stored.Size, Parts: stored.Parts,
	}, err
}

// compare holds the policy against those that it takes the place of: that of each
// label that moves and, where no label is there to move, the latest.
func (c *change) compare(ctx context.Context) ([]comparison, error) {
	var all []comparison
	for _, b := range c.baselines() {
		before, err := c.at.Read(ctx, b.Version)
		if ctx.Err() != nil {
			return nil, err
		}
		p := comparison{Version: b.Number, Labels: b.moving}
		if err == nil {
			p.Diff, p.Widens, err = compare(text{fmt.Sprintf("version %d", b.Number), before.Data}, text{"new", c.doc})
		}
		if err != nil {
			// Who loads that version has no policy, and may be denied everything: any
			// policy may allow more than that.
			p.Widens, p.Diff = true, "cannot be compared: "+why(err)+"\n"
		}
		all = append(all, p)
	}
	return all, nil
}

// A baseline is a version that is compared with.
type baseline struct {
	paramstore.Version
	moving []string // labels that leave it
}

func (c *change) baselines() []baseline {
	var all []baseline
	add := func(v *paramstore.Version, label ...string) {
		i := slices.IndexFunc(all, func(b baseline) bool { return b.Number == v.Number })
		switch {
		case v.Number == c.version: // nothing changes there
		case i >= 0:
			all[i].moving = append(all[i].moving, label...)
		default:
			all = append(all, baseline{*v, label})
		}
	}
	for _, l := range c.labels {
		if v := carrier(c.versions, l); v != nil {
			add(v, l)
		} else if len(c.versions) > 0 {
			add(&c.versions[0])
		}
	}
	if len(c.labels) == 0 && len(c.versions) > 0 {
		add(&c.versions[0])
	}
	return all
}

// do makes the change as it was planned.
func (c *change) do(ctx context.Context, o *outcome) error {
	if err := c.stands(ctx); err != nil {
		return err
	}
	switch {
	case o.push:
		pushed, err := c.at.Push(ctx, c.doc, append(c.options, paramstore.Base(c.latest()), paramstore.Labels(c.labels...))...)
		if pushed.Version > 0 {
			o.Version, o.Written = pushed.Version, true
		}
		o.Labels, o.Moved = pushed.Labels, err == nil && len(o.Moves) > 0
		return err
	case len(o.Moves) > 0:
		err := c.at.Label(ctx, o.Version, c.labels...)
		o.Moved = err == nil
		return err
	}
	return nil
}

// errMoved is the error where a change was planned for what is no longer there.
var errMoved = errors.New("nothing was written")

// stands checks that what was compared with is still there: a person may have looked
// at it for long. Parameter Store cannot do that in the moment of the change; of a
// push, the version that it gets tells at last.
func (c *change) stands(ctx context.Context) error {
	now := change{labels: c.labels}
	var err error
	if now.versions, err = history(ctx, c.at); err != nil {
		return err
	}
	name := c.at.Parameters()[0]
	if now.latest() != c.latest() {
		return fmt.Errorf("%s is at version %d, not %d: somebody else has pushed: %w", name, now.latest(), c.latest(), errMoved)
	}
	for _, l := range c.labels {
		if was, is := on(c.versions, l), on(now.versions, l); was != is {
			return fmt.Errorf("somebody else has moved label %s of %s from version %d to version %d: %w", l, name, was, is, errMoved)
		}
	}
	return nil
}

// has reports whether the latest version is the policy already, byte for byte, and
// kept as it should be.
func (c *change) has(ctx context.Context, kept func(paramstore.Version) bool) (bool, error) {
	if len(c.versions) == 0 || !kept(c.versions[0]) {
		return false, nil
	}
	stored, err := c.at.Read(ctx, c.versions[0])
	if ctx.Err() != nil {
		return false, err
	}
	return err == nil && bytes.Equal(stored.Data, c.doc), nil // what cannot be read is written anew
}

func (c comparison) String() string {
	if len(c.Labels) == 0 {
		return fmt.Sprintf("version %d", c.Version)
	}
	return fmt.Sprintf("version %d (%s)", c.Version, list(c.Labels))
}
