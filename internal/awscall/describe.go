package awscall

import (
	"reflect"
	"slices"

	"github.com/lambdafence/lambdafence/policy"
)

// maxResources bounds what one call may name. It is the most that any operation
// takes: S3 deletes 1,000 objects at once.
const maxResources = 1000

// A Call is an operation of the SDK before it is sent.
type Call struct {
	// Service and Operation as the SDK names them: "Secrets Manager",
	// "GetSecretValue".
	Service, Operation string
	// Input points to the operation's input. It may be nil, a typed nil, or of a
	// type that the table does not know. A map with the members' names as keys,
	// as JSON is decoded, does too.
	Input any
	// Region is the region that the call goes to.
	Region string
	// Account is the account of who signs, for the ARNs of what the input names
	// without one. Empty: unknown, and the ARNs' account part stays empty.
	Account string
	// Host and Path are where the request goes, as it stands on the wire. Empty:
	// not known, and taken to be where the input says.
	Host, Path string
}

// Describe returns what the operation does and to what. The access level is
// [policy.UnknownAccess], and resources nil, where that is not known. Resources
// is empty, not nil, for an operation that has none. Also are lower levels of an
// operation that IAM asks several actions for, as a copy reads and writes.
// Describe never panics.
func (c *Call) Describe() (access policy.Access, also []policy.Access, resources []string) {
	n := Read(c.Service, c.Operation, c.Input)
	return n.Describe(c.Region, c.Account, c.Host, c.Path)
}

// Named is what the input of a call names, while it is not known yet where the
// call goes and who signs it. It keeps nothing of the input, which may change
// until then.
type Named struct {
	service, operation string
	id                 string // of the service; empty where the operation is not known
	target             string // what X-Amz-Target must say; empty in other protocols
	query              bool   // the service takes the query protocol too
	access             policy.Access
	also               []policy.Access
	arns               []string // with placeholders
	known              bool     // all resources were found
	wire               wire
	first              [1]string // what most calls have for arns
}

// Read reads an input at the moment at which it is written into a request.
func Read(service, operation string, input any) Named {
	var n Named
	n.Read(service, operation, input)
	return n
}

// Read is the function of that name, for an n that will not be copied.
func (n *Named) Read(service, operation string, input any) {
	*n = Named{service: service, operation: operation}
	p := planOf(service, operation, reflect.TypeOf(input))
	if p == nil {
		return
	}
	n.id, n.target, n.query = p.service, p.target, p.query
	in := deref(reflect.ValueOf(input))
	d := description{access: p.access, also: p.also, lower: p.lower, arns: n.first[:0]}
	if present(in, p.raise) {
		d.access, d.also = policy.Permissions, append([]policy.Access{p.access}, p.also...)
	}
	n.known = d.follow(p.steps, in)
	n.access, n.also, n.arns = d.access, d.also, d.arns
	n.wire.read(p.wired, in)
}

// Describe says what a call does and to what, now that the rest is known: see
// [Call].
func (n *Named) Describe(region, account, host, path string) (access policy.Access, also []policy.Access, resources []string) {
	if !n.known || !placeable(region, account) {
		return n.access, n.also, nil
	}
	resources = make([]string, 0, len(n.arns))
	for _, arn := range n.arns {
		// A name and an ARN may turn out to be one. Of many that is not asked.
		if s := placed(arn, region, account); len(n.arns) > few || !slices.Contains(resources, s) {
			resources = append(resources, s)
		}
	}
	if host != "" && n.strays(account, host, path, resources) {
		return n.access, n.also, nil
	}
	return n.access, n.also, resources
}

// A description is what is known of a call so far.
type description struct {
	access policy.Access
	also   []policy.Access
	lower  bool // names have no case
	arns   []string
	seen   map[string]bool // the same, once there are many
}

// follow finds the resources, step by step. It reports whether all were found.
func (d *description) follow(steps []step, in reflect.Value) bool {
	for i := range steps {
		if !d.step(&steps[i], in) {
			return false
		}
	}
	return true
}

// step takes all that the input gives of the step's sources. Sources are two
// names of one thing; where an input gives both and they differ, which of them
// the service goes by is not known, so both count. A member that the type does
// not have is one that is not given: clients of services are older or newer than
// the table.
func (d *description) step(s *step, in reflect.Value) bool {
	given := s.optional
	for i := range s.sources {
		src := &s.sources[i]
		if src.form == "?" {
			if len(src.members) == 0 || present(in, src.members) {
				return false
			}
			continue
		}
		var buf [4]string
		v := values{all: buf[:0]}
		if !v.read(in, src.members) {
			return false
		}
		if n := len(src.members); n > 0 && (len(v.all) == 0 || src.form == "" && len(v.of(n-1)) == 0) {
			continue // not even the last name, which is that of the resource itself
		}
		if !d.resource(src, &v) {
			return false
		}
		given = true
	}
	return given
}

// add adds an ARN that is not there yet. It reports false where there is no
// room left.
func (d *description) add(arn string) bool {
	switch {
	case len(d.arns) < few:
		if slices.Contains(d.arns, arn) {
			return true
		}
	case d.seen == nil:
		d.seen = make(map[string]bool)
		for _, s := range d.arns {
			d.seen[s] = true
		}
		fallthrough
	default:
		if d.seen[arn] {
			return true
		}
		d.seen[arn] = true
	}
	if len(d.arns) == maxResources {
		return false
	}
	d.arns = append(d.arns, arn)
	return true
}

// few is how many resources are searched one by one.
const few = 32

// highest returns the higher of two access levels: permissions, write, tagging,
// read, list.
func highest(a, b policy.Access) policy.Access {
	if rank(a) >= rank(b) {
		return a
	}
	return b
}

func rank(a policy.Access) int {
	switch a {
	case policy.List:
		return 1
	case policy.Read:
		return 2
	case policy.Tagging:
		return 3
	case policy.Write:
		return 4
	case policy.Permissions:
		return 5
	}
	return 0
}
