package paramstore

import (
	"context"
	"fmt"
	"strings"

	"github.com/lambdafence/lambdafence/internal/paramdoc"
)

// A store writes one parameter and its parts.
type store struct {
	client *client
	name   paramdoc.Name

	kind        string
	tier        string
	key         string
	description string
}

// A state is what is known of a parameter before a push.
type state struct {
	version int64 // the latest; 0: there is no parameter
	kind    string
	tier    string
	key     string

	labelled int64 // the oldest version that carries a label; 0: none does
	label    string
}

// history reads what the parameter is like now.
func (s *store) history(ctx context.Context) (*state, error) {
	now := &state{kind: typeString, tier: tierStandard}
	err := s.pages(ctx, func(v *parameterHistory) { now.add(v, s) })
	if err != nil && !IsMissing(err) {
		return nil, err
	}
	return now, nil
}

func (now *state) add(v *parameterHistory, s *store) {
	if len(v.Labels) > 0 && (now.labelled == 0 || v.Version < now.labelled) {
		now.labelled, now.label = v.Version, s.client.secrets.said(v.Labels[0])
	}
	if v.Version <= now.version {
		return
	}
	now.version, now.key = v.Version, v.KeyID
	s.description = v.Description
	if v.Type == typeSecureString { // not StringList: a policy is no list
		now.kind = v.Type
	} else {
		now.kind = typeString
	}
	if v.Tier == tierAdvanced {
		now.tier = v.Tier
	}
}

// maxBehind is how far a label may stand behind the latest version. SSM keeps
// 100 versions of a parameter. It spares one that carries a label, but the parts
// carry none: the next push would drop the parts of a labelled manifest, and
// each cold start that loads the label would fail. Ten are left for pushes that
// wrote parts and then failed.
const maxBehind = 90

func (now *state) keepsParts(name string) error {
	if now.labelled > 0 && now.version-now.labelled >= maxBehind {
		return fmt.Errorf("label %q stands on version %d of %s, %d behind: Parameter Store would soon drop its parts; move or remove the label, then push again; nothing was written", now.label, now.labelled, name, now.version-now.labelled)
	}
	return nil
}

// write stores what was planned: parts, parameter, labels, in this order.
func (s *store) write(ctx context.Context, pushed Pushed, packing *paramdoc.Packing, now *state, labels []string) (Pushed, error) {
	pushed.Version, pushed.Labels = 0, nil
	value := packing.Value
	if packing.Form == paramdoc.Split {
		versions := make([]int64, len(packing.Parts))
		for i, text := range packing.Parts {
			v, err := s.put(ctx, s.name.Part(i), text, true)
			if err != nil {
				return pushed, fmt.Errorf("part %d of %d: %w; %s is as it was", i+1, len(packing.Parts), err, s.name.Path)
			}
			versions[i] = v
		}
		var err error
		if value, err = packing.Manifest(versions); err != nil {
			return pushed, err
		}
	}
	version, err := s.put(ctx, s.name.Path, value, now.version > 0)
	if codeOf(err) == "ParameterAlreadyExists" {
		return pushed, fmt.Errorf("%s was made by somebody else meanwhile: read it and push again; it was not overwritten: %w", s.name.Path, errConflict)
	}
	if err != nil {
		return pushed, err
	}
	pushed.Version = version
	if version != now.version+1 {
		// Both are written. A label would make one of them count, and which one
		// is for people to say.
		return pushed, fmt.Errorf("somebody else pushed %s at the same moment: yours is version %d, theirs before it from %d on; no label was moved; compare them and push again: %w", s.name.Path, version, now.version+1, errConflict)
	}
	if len(labels) == 0 {
		return pushed, nil
	}
	if err := s.label(ctx, version, labels); err != nil {
		return pushed, fmt.Errorf("version %d of %s is written, but its labels were not moved: %w", version, s.name.Path, err)
	}
	pushed.Labels = labels
	return pushed, nil
}

// put writes one parameter and returns its new version.
func (s *store) put(ctx context.Context, name, value string, overwrite bool) (int64, error) {
	in := putParameterInput{Name: name, Value: value, Type: s.kind, Tier: s.tier, Overwrite: overwrite}
	if s.kind == typeSecureString {
		in.KeyID = s.key
	}
	if name == s.name.Path {
		in.Description = s.description
	}
	patience := newPatience(ctx, true)
	var out putParameterOutput
	if err := s.client.ask(ctx, "PutParameter", in, &out, patience); err != nil {
		resource := strings.TrimPrefix(name, "/")
		err = explain(ctx, err, s.call("PutParameter", "parameter/"+resource, patience))
		if !refusedBySSM(err) {
			err = fmt.Errorf("whether %s was written is not known, look at its history: %w", name, err)
		}
		return 0, err
	}
	return out.Version, nil
}

func (s *store) label(ctx context.Context, version int64, labels []string) error {
	patience := newPatience(ctx, false) // moved twice is moved
	in := labelParameterVersionInput{Name: s.name.Path, ParameterVersion: version, Labels: labels}
	var out labelParameterVersionOutput
	if err := s.client.ask(ctx, "LabelParameterVersion", in, &out, patience); err != nil {
		return explain(ctx, err, s.call("LabelParameterVersion", s.name.Resource(), patience))
	}
	if len(out.InvalidLabels) > 0 {
		return fmt.Errorf("SSM does not take %s", s.client.secrets.said(strings.Join(out.InvalidLabels, ", ")))
	}
	return nil
}

func (s *store) call(operation, resource string, p *patience) call {
	return call{operation: operation, name: s.name, resource: resource, region: s.client.region, secrets: s.client.secrets, patience: p}
}
