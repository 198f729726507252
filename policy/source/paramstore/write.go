package paramstore

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/lambdafence/lambdafence/internal/paramdoc"
)

// A store writes one parameter and its parts.
type store struct {
	client *client
	name   paramdoc.Name

	kind        types.ParameterType
	tier        types.ParameterTier
	key         string
	description string
}

// A state is what is known of a parameter before a push.
type state struct {
	version int64 // the latest; 0: there is no parameter
	kind    types.ParameterType
	tier    types.ParameterTier
	key     string

	labelled int64 // the oldest version that carries a label; 0: none does
	label    string
}

// history reads what the parameter is like now.
func (s *store) history(ctx context.Context) (*state, error) {
	now := &state{kind: types.ParameterTypeString, tier: types.ParameterTierStandard}
	err := s.pages(ctx, func(v *types.ParameterHistory) { now.add(v, s) })
	if err != nil && !IsMissing(err) {
		return nil, err
	}
	return now, nil
}

func (now *state) add(v *types.ParameterHistory, s *store) {
	if len(v.Labels) > 0 && (now.labelled == 0 || v.Version < now.labelled) {
		now.labelled, now.label = v.Version, s.client.secrets.said(v.Labels[0])
	}
	if v.Version <= now.version {
		return
	}
	now.version, now.key = v.Version, aws.ToString(v.KeyId)
	s.description = aws.ToString(v.Description)
	if v.Type == types.ParameterTypeSecureString { // not StringList: a policy is no list
		now.kind = v.Type
	} else {
		now.kind = types.ParameterTypeString
	}
	if v.Tier == types.ParameterTierAdvanced {
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
	var exists *types.ParameterAlreadyExists
	if errors.As(err, &exists) {
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
	in := &ssm.PutParameterInput{
		Name: aws.String(name), Value: aws.String(value),
		Type: s.kind, Tier: s.tier, Overwrite: aws.Bool(overwrite),
	}
	if s.kind == types.ParameterTypeSecureString && s.key != "" {
		in.KeyId = aws.String(s.key) // left out, SSM would change to the account's own key
	}
	if s.description != "" && name == s.name.Path {
		in.Description = aws.String(s.description)
	}
	patience := newPatience(ctx, true)
	out, err := s.client.PutParameter(ctx, in, patience.with)
	if err != nil {
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
	out, err := s.client.LabelParameterVersion(ctx, &ssm.LabelParameterVersionInput{
		Name: aws.String(s.name.Path), ParameterVersion: aws.Int64(version), Labels: labels,
	}, patience.with)
	if err != nil {
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
