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
	service   string // as the SDK names it
	operation string
	plan      *plan // of the operation; nil: not known
	raised    bool  // it is permissions as well
	unread    bool  // a member was not understood: what else is named is not known
	unsaid    bool  // nor is what is done to it
	wide      bool  // of the key there is only what it begins with: see Is

	given values // for the plan's members, as far as they were read

	texts [4]string // room for the values of most calls
	ends  [6]uint16 // and for where each member's end
}

// Read reads an input.
func Read(service, operation string, input any) Named {
	in := Input{Operation: operation, Value: input}
	return *in.Read(service)
}

// readAll reads an input into n, which is new but for its service.
func (n *Named) readAll(in *Input) {
	n.operation, n.plan = in.Operation, planOf(n.service, in.Operation, reflect.TypeOf(in.Value))
	n.given = values{all: n.texts[:0], ends: n.ends[:0]}
	switch p := n.plan; {
	case p == nil:
	case p.texts:
		input := in.words().data
		n.given.readTexts(input, p.members)
		n.unread, n.raised = p.unknown, p.raises(input)
	default:
		n.read(deref(reflect.ValueOf(in.Value)))
	}
}

// read reads the members that the plan asks for, and no others.
func (n *Named) read(in reflect.Value) {
	p := n.plan
	n.raised = present(in, p.raise)
	n.unread = !n.given.read(in, p.members) || p.unknown || present(in, p.doubts)
}

// wired returns what is given for one of the members that the request says too.
func (n *Named) wired(which int) []string {
	if i := n.plan.wired[which]; i >= 0 {
		return n.given.of(i)
	}
	return nil
}

// Describe says what a call does and to what, now that the rest is known: see
// [Call].
func (n *Named) Describe(region, account, host, path string) (access policy.Access, also []policy.Access, resources []string) {
	if n.plan == nil || n.unsaid {
		return policy.UnknownAccess, nil, nil
	}
	d := description{signer: newSigner(region, account), lower: n.plan.lower}
	known := d.follow(n)
	if !known || !placeable(region, account) || host != "" && n.strays(account, host, path, d.arns) {
		return d.access, d.also, nil
	}
	return d.access, d.also, d.arns
}

// A description is what is known of a call so far.
type description struct {
	signer
	access policy.Access
	also   []policy.Access
	lower  bool // names have no case
	arns   []string
	seen   map[string]bool // the same, once there are many
}

// follow finds the resources, step by step. It reports whether all were found.
func (d *description) follow(n *Named) bool {
	p := n.plan
	d.access, d.also = p.access, p.also
	if n.raised {
		d.access, d.also = policy.Permissions, append([]policy.Access{p.access}, p.also...)
	}
	d.arns = make([]string, 0, 1)
	given := n.given
	for i := range p.steps {
		if !d.step(&p.steps[i], &given) {
			return false
		}
	}
	return !n.unread
}

// step takes from given all that the input gives of the step's sources. Sources are two
// names of one thing; where an input gives both and they differ, which of them
// the service goes by is not known, so both count. A member that the type does
// not have is one that is not given: clients of services are older or newer than
// the table.
func (d *description) step(s *step, given *values) bool {
	any := s.optional
	for i := range s.sources {
		src := &s.sources[i]
		n := len(src.members)
		switch {
		case src.form == "?":
			continue // and not there, or all is unread
		case n > len(given.ends):
			return false // not read
		}
		v := given.cut(n)
		if n > 0 && (len(v.all) == 0 || src.form == "" && len(v.of(n-1)) == 0) {
			continue // not even the last name, which is that of the resource itself
		}
		if !d.resource(src, &v) {
			return false
		}
		any = true
	}
	return any
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
