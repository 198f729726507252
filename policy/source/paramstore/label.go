package paramstore

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/lambdafence/lambdafence/internal/paramdoc"
)

// Label moves labels to a version of the parameter, from whichever has them.
// Functions that load a label have that version at their next refresh. It does
// not look at the version's document: see [Parameter.Read].
func (p *Parameter) Label(ctx context.Context, version int64, labels ...string) error {
	if err := p.check(); err != nil {
		return err
	}
	switch {
	case version < 1:
		return fmt.Errorf("there is no version %d", version)
	case len(labels) == 0:
		return errors.New("no label is given")
	}
	if err := p.labels(labels); err != nil {
		return err
	}
	ctx, cancel := bounded(ctx, pushTimeout)
	defer cancel()
	c, err := p.client.get(ctx)
	if err != nil {
		return err
	}
	defer c.rest()
	name := paramdoc.Name{Path: p.name.Path, Selector: strconv.FormatInt(version, 10)} // errors name the version
	return (&store{client: c, name: name}).label(ctx, version, labels)
}

// labels checks what labels Parameter Store would not take.
func (p *Parameter) labels(labels []string) error {
	if p.name.Shared() {
		return fmt.Errorf("%s is a shared parameter: its owner changes it, by its name", p.name.Path)
	}
	if len(labels) > 10 {
		return fmt.Errorf("%d labels: a version has at most 10", len(labels))
	}
	for _, l := range labels {
		if err := paramdoc.CheckLabel(l); err != nil {
			return err
		}
	}
	return nil
}
