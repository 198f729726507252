package paramstore

import (
	"context"
	"fmt"
	"strconv"

	"github.com/lambdafence/lambdafence/internal/paramdoc"
)

// A Stored is the document of a version, and how it lies there.
type Stored struct {
	Data  []byte // the policy, as it was pushed
	Form  string // "plain", "packed" or "split"
	Size  int    // bytes that are stored, parts included
	Parts int    // parameters beside the parameter itself
}

// Read returns the document of a version that [Parameter.History] gave. Whether
// it is a policy is not checked. After an error, Form is known if the parameter
// itself could be read: a part may be gone, or its hash may differ.
func (p *Parameter) Read(ctx context.Context, v Version) (Stored, error) {
	if err := p.check(); err != nil {
		return Stored{}, err
	}
	ctx, cancel := bounded(ctx, loadTimeout)
	defer cancel()
	c, err := p.client.get(ctx)
	if err != nil {
		return Stored{}, err
	}
	defer c.rest()
	name := paramdoc.Name{Path: p.name.Path, Selector: strconv.FormatInt(v.Number, 10)}
	f := &fetch{client: c, name: name, patience: newPatience(ctx, false)}
	value := v.value
	if value == "" {
		param, err := f.get(ctx)
		if err != nil {
			return Stored{}, err
		}
		value = param.Value
	}
	return f.read(ctx, value)
}

func (f *fetch) read(ctx context.Context, value string) (Stored, error) {
	s := Stored{Form: paramdoc.FormOf(value).String(), Size: len(value)}
	var err error
	s.Data, err = paramdoc.Read(ctx, f.name, value, func(ctx context.Context, parts []paramdoc.Part) ([]string, error) {
		values, err := f.parts(ctx, parts)
		s.Parts = len(parts)
		for _, v := range values {
			s.Size += len(v)
		}
		return values, err
	})
	if err != nil {
		err = fmt.Errorf("%s, version %s: %w", f.name.Path, f.name.Selector, err)
	}
	return s, err
}
