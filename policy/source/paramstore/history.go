package paramstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	smithytime "github.com/aws/smithy-go/time"
)

// A Version is one version of a parameter, without its document; see
// [Parameter.Read]. All texts are as SSM gave them.
type Version struct {
	Number int64
	Time   time.Time // when it was written
	User   string    // the ARN of who wrote it
	Labels []string  // a label stands on one version at a time
	Type   string    // "String", "SecureString" or "StringList"
	Tier   string    // "Standard" or "Advanced"
	Key    string    // of a SecureString: the KMS key, as it was given

	value string // of a String; empty: not known
}

// History returns the versions of the parameter that Parameter Store keeps, at
// most 100, the newest first, whatever version p's name selects. Nothing is
// decrypted. [IsMissing] holds for the error where there is no parameter.
func (p *Parameter) History(ctx context.Context) ([]Version, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	ctx, cancel := bounded(ctx, loadTimeout)
	defer cancel()
	c, err := p.client.get(ctx)
	if err != nil {
		return nil, err
	}
	defer c.rest()
	s := &store{client: c, name: p.name}
	var all []Version
	if err := s.pages(ctx, func(v *parameterHistory) { all = append(all, versionOfHistory(v)) }); err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b Version) int { return cmp.Compare(b.Number, a.Number) })
	return all, nil
}

func versionOfHistory(v *parameterHistory) Version {
	out := Version{Number: v.Version, User: v.LastModifiedUser, Labels: v.Labels, Type: v.Type, Tier: v.Tier, Key: v.KeyID}
	if v.LastModifiedDate != 0 {
		out.Time = smithytime.ParseEpochSeconds(v.LastModifiedDate)
	}
	if v.Type != typeSecureString {
		out.value = v.Value
	}
	return out
}

// IsMissing reports whether a history could not be read because there is no such
// parameter: the first push makes it.
func IsMissing(err error) bool {
	return codeOf(err) == "ParameterNotFound"
}

// pages reads the history. Values are not decrypted: a push needs no permission
// to do that.
func (s *store) pages(ctx context.Context, each func(*parameterHistory)) error {
	patience := newPatience(ctx, false)
	in := getParameterHistoryInput{Name: s.name.Path, MaxResults: 50}
	for range 20 { // SSM keeps 100 versions and gives 50 at once, or fewer
		var out getParameterHistoryOutput
		if err := s.client.ask(ctx, "GetParameterHistory", in, &out, patience); err != nil {
			return explain(ctx, err, s.call("GetParameterHistory", s.name.Resource(), patience))
		}
		for i := range out.Parameters {
			each(&out.Parameters[i])
		}
		if in.NextToken = out.NextToken; in.NextToken == "" {
			return nil
		}
	}
	return fmt.Errorf("the history of %s has no end: is the endpoint right (AWS_ENDPOINT_URL)?", s.name.Path)
}
