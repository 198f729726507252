package paramstore

import (
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/lambdafence/lambdafence/internal/paramdoc"
	"github.com/lambdafence/lambdafence/policy/source"
)

func init() {
	source.Register("ssm", func(name string) (source.Source, error) {
		p := New(name)
		return p, p.err
	})
}

// A Parameter is a policy in Parameter Store. It is a [source.Source], and safe
// for concurrent use. Make one with [New].
type Parameter struct {
	given  string
	name   paramdoc.Name
	err    error // what is wrong with the name or the options
	client lazyClient
}

// An Option changes how a parameter is reached.
type Option func(*Parameter)

// New returns the parameter of that name: "/fence/orders", with ":version" or
// ":label" if wanted, or the ARN of a parameter that another account shares. A
// name that Parameter Store would not take is an error of each Load. New makes
// no call; the first Load makes the client.
func New(name string, opts ...Option) *Parameter {
	p := &Parameter{given: name}
	p.name, p.err = paramdoc.ParseName(name)
	p.client.init(p.name.Region())
	for i, opt := range opts {
		if opt == nil {
			p.err = errors.Join(p.err, fmt.Errorf("option %d is nil", i))
			continue
		}
		opt(p)
	}
	return p
}

// WithConfig takes region, credentials and endpoint from cfg, for a program that
// has its own. The endpoint is BaseEndpoint or what LoadDefaultConfig has found
// for SSM. The rest of cfg is not used: neither its HTTP client, but for the
// certificates and the proxy that the SDK gave it, nor its API options,
// interceptors, endpoint resolvers, retryer and logger. A config that a fence guards can
// therefore be given; its fence does not judge the fetch of its own policy,
// which it would block for want of that policy. Credentials that need calls of
// their own (an assumed role) make them as cfg was told to.
//
// Default: the environment, as the package's comment has it.
func WithConfig(cfg aws.Config) Option {
	return func(p *Parameter) {
		cfg := cfg.Copy()
		p.client.given = &cfg
	}
}

// String returns the source as a specification has it: "ssm:/fence/orders:live".
func (p *Parameter) String() string { return "ssm:" + p.given }

// Parameters returns the name of the parameter without version and label: what
// the function must not write. The parts of a split policy lie beneath it; see
// [source.Parameters].
func (p *Parameter) Parameters() []string {
	if p == nil || p.name.Path == "" {
		return nil
	}
	return []string{p.name.Path}
}

// check returns why p cannot be used.
func (p *Parameter) check() error {
	switch {
	case p == nil:
		return errors.New("nil parameter")
	case p.err != nil:
		return p.err
	case p.name.Path == "":
		return errors.New("no parameter name: use paramstore.New")
	}
	return nil
}
