package paramstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
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
	if err := s.pages(ctx, func(v *types.ParameterHistory) { all = append(all, versionOfHistory(v)) }); err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b Version) int { return cmp.Compare(b.Number, a.Number) })
	return all, nil
}

func versionOfHistory(v *types.ParameterHistory) Version {
	out := Version{
		Number: v.Version, Time: aws.ToTime(v.LastModifiedDate), User: aws.ToString(v.LastModifiedUser), Labels: v.Labels,
		Type: string(v.Type), Tier: string(v.Tier), Key: aws.ToString(v.KeyId),
	}
	if v.Type != types.ParameterTypeSecureString {
		out.value = aws.ToString(v.Value)
	}
	return out
}

// IsMissing reports whether a history could not be read because there is no such
// parameter: the first push makes it.
func IsMissing(err error) bool {
	var missing *types.ParameterNotFound
	return errors.As(err, &missing)
}

// pages reads the history. Values are not decrypted: a push needs no permission
// to do that.
func (s *store) pages(ctx context.Context, each func(*types.ParameterHistory)) error {
	patience := newPatience(ctx, false)
	var next *string
	for range 20 { // SSM keeps 100 versions and gives 50 at once, or fewer
		out, err := s.client.GetParameterHistory(ctx, &ssm.GetParameterHistoryInput{
			Name: aws.String(s.name.Path), MaxResults: aws.Int32(50), NextToken: next,
		}, patience.with)
		if err != nil {
			return explain(ctx, err, s.call("GetParameterHistory", s.name.Resource(), patience))
		}
		for i := range out.Parameters {
			each(&out.Parameters[i])
		}
		if next = out.NextToken; aws.ToString(next) == "" {
			return nil
		}
	}
	return fmt.Errorf("the history of %s has no end: is the endpoint right (AWS_ENDPOINT_URL)?", s.name.Path)
}
