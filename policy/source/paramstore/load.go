package paramstore

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strconv"
	"time"

	"github.com/lambdafence/lambdafence/internal/paramdoc"
	"github.com/lambdafence/lambdafence/policy/source"
)

// loadTimeout bounds a load whose context has no deadline. The fence gives less.
const loadTimeout = 10 * time.Second

// atOnce is how many parameters GetParameters takes.
const atOnce = 10

// Load fetches the policy: one call, and one for each ten parts of a split one.
// Where SSM throttles it tries again until the time of ctx is nearly over. The
// document's version is the parameter's version number.
func (p *Parameter) Load(ctx context.Context) (source.Document, error) {
	if err := p.check(); err != nil {
		return source.Document{}, err
	}
	ctx, cancel := bounded(ctx, loadTimeout)
	defer cancel()
	c, err := p.client.get(ctx)
	if err != nil {
		return source.Document{}, err
	}
	defer c.rest()
	f := &fetch{client: c, name: p.name, patience: newPatience(ctx, false)}
	param, err := f.get(ctx)
	if err != nil {
		return source.Document{}, err
	}
	f.name.Selector = strconv.FormatInt(param.Version, 10)
	stored, err := f.read(ctx, param.Value)
	if err != nil {
		return source.Document{}, err
	}
	return source.Document{
		Name:    p.name.Path,
		Version: f.name.Selector,
		Data:    stored.Data,
		Origin:  p.String(),
	}, nil
}

// bounded gives a context that has no deadline one.
func bounded(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	if _, ok := ctx.Deadline(); ok {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, d)
}

// A fetch is one load.
type fetch struct {
	client   *client
	name     paramdoc.Name
	patience *patience
}

// get fetches the parameter itself. A String is returned as it is, a
// SecureString decrypted.
func (f *fetch) get(ctx context.Context) (parameter, error) {
	var out getParameterOutput
	in := getParameterInput{Name: f.name.String(), WithDecryption: true}
	if err := f.client.ask(ctx, "GetParameter", in, &out, f.patience); err != nil {
		return parameter{}, explain(ctx, err, f.call("GetParameter", f.name.Resource()))
	}
	if out.Parameter.Value == "" { // SSM stores no empty one
		return parameter{}, errNoAnswer
	}
	return out.Parameter, nil
}

var errNoAnswer = errors.New("no parameter in SSM's answer: is the endpoint right (AWS_ENDPOINT_URL)?")

func (f *fetch) call(operation, resource string) call {
	return call{operation: operation, name: f.name, resource: resource, region: f.client.region, secrets: f.client.secrets, patience: f.patience}
}

// parts fetches the parts of a split policy, in their order.
func (f *fetch) parts(ctx context.Context, parts []paramdoc.Part) ([]string, error) {
	values := make([]string, 0, len(parts))
	for len(values) < len(parts) {
		next := parts[len(values):min(len(values)+atOnce, len(parts))]
		got, err := f.some(ctx, next)
		if err != nil {
			return nil, err
		}
		for _, p := range next {
			v, ok := got[versionOf{path.Base(p.Name), p.Version}]
			if !ok {
				return nil, fmt.Errorf("part %d of %d (%s, version %d) is not there: push again", len(values)+1, len(parts), p.Name, p.Version)
			}
			values = append(values, v)
		}
	}
	return values, nil
}

// versionOf is what an answer is known by: SSM answers in an order of its own,
// and with the ARN or with the name.
type versionOf struct {
	part    string
	version int64
}

func (f *fetch) some(ctx context.Context, parts []paramdoc.Part) (map[versionOf]string, error) {
	names := make([]string, len(parts))
	for i, p := range parts {
		names[i] = p.Name + ":" + strconv.FormatInt(p.Version, 10)
	}
	var out getParametersOutput
	in := getParametersInput{Names: names, WithDecryption: true}
	if err := f.client.ask(ctx, "GetParameters", in, &out, f.patience); err != nil {
		return nil, explain(ctx, err, f.call("GetParameters", f.name.Resource()+"/*"))
	}
	got := make(map[versionOf]string, len(out.Parameters))
	for _, p := range out.Parameters {
		got[versionOf{path.Base(p.Name), p.Version}] = p.Value
	}
	return got, nil
}
