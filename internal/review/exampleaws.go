package review

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awscall"
	"github.com/lambdafence/lambdafence/internal/awshost"
	"github.com/lambdafence/lambdafence/policy"
)

// The accounts of examples: the function's own, and another.
const (
	ownAccount   = "111122223333"
	otherAccount = "444455556666"
)

// operations makes calls of AWS.
func (x *exampler) operations() iter.Seq[policy.Call] {
	return func(yield func(policy.Call) bool) {
		for _, service := range x.services() {
			for _, region := range x.regions() {
				for _, account := range x.accounts() {
					call := policy.Call{
						Kind: policy.AWS, Network: "tcp", Scheme: "https", Method: "POST", Path: "/", Port: 443,
						Service: service.ID, Region: region, Account: account, Self: ownAccount,
					}
					if !x.operationsAt(call, service, yield) {
						return
					}
					if call.Self = otherAccount; account == ownAccount && !x.operationsAt(call, service, yield) {
						return // in another account's function
					}
				}
			}
		}
	}
}

func (x *exampler) operationsAt(call policy.Call, service awshost.Service, yield func(policy.Call) bool) bool {
	resources := x.resources(service, call.Region, call.Account)
	for _, host := range x.places(service, call.Region) {
		call.Host, call.Port = host.host, host.port
		for _, call.Resources = range resources {
			for _, call.Operation = range x.names(service) {
				described := awscall.Call{Service: service.ID, Operation: call.Operation, Region: call.Region, Account: call.Account}
				if call.Access, call.Also, _ = described.Describe(); call.Access == policy.UnknownAccess {
					call.Access = x.access() // of an operation of tomorrow
				}
				if !yield(call) {
					return false
				}
			}
		}
	}
	return true
}

// services are those that the rules name, and for a deny rule that names resources
// one more, whose calls may name them too.
func (x *exampler) services() (all []awshost.Service) {
	for _, t := range x.in {
		for _, name := range t.services {
			if name == "*" {
				all = append(all, named("s3")[0], named("sqs")[0])
				continue
			}
			s, _ := awshost.Find(name)
			all = append(append(all, s), named(name)...)
		}
	}
	slices.SortStableFunc(all, func(a, b awshost.Service) int { return cmp.Compare(len(a.ID), len(b.ID)) })
	all = slices.DeleteFunc(slices.Compact(all), func(s awshost.Service) bool {
		return slices.ContainsFunc(x.in, func(t *terms) bool { return t.services != nil && !t.namesService(s) })
	})
	if t := x.in[0]; t.deny && t.resources != nil && (len(x.in) == 1 || x.in[1].services == nil) {
		all = append(all[:min(len(all), 4)], named("dynamodb")[0], named("athena")[0])
	}
	return all[:min(len(all), 6)]
}

// access is a level that the first rule which names any names.
func (x *exampler) access() policy.Access {
	for _, t := range x.in {
		if levels := t.access.each(); len(levels) > 0 {
			return policy.List + policy.Access(wordIndex(levels[0]))
		}
	}
	return policy.UnknownAccess
}

var someRegions = []string{"eu-west-1", "us-east-1", "us-west-2", "eu-central-1", "ap-southeast-2", "us-gov-west-1", "cn-north-1"}

func (x *exampler) regions() []string {
	all := slices.DeleteFunc(slices.Clone(someRegions), func(region string) bool {
		return slices.ContainsFunc(x.in, func(t *terms) bool { return t.regions != nil && !anyMatches(t.regions, region) })
	})
	all = append(all[:min(len(all), 1)], x.texts(func(t *terms) []*glob { return t.regions }, "")...)
	return all[:min(len(all), 2)]
}

func (x *exampler) accounts() []string {
	all := x.words(func(t *terms) []string {
		if slices.Contains(t.accounts, "*") {
			return nil
		}
		return t.accounts
	}, ownAccount, otherAccount, "")
	for i, id := range all {
		if id == "self" {
			all[i] = ownAccount
		}
	}
	return all
}

// A site is where a service is called.
type site struct {
	host string
	port uint16
}

func (x *exampler) places(s awshost.Service, region string) []site {
	all := []site{{awshost.Endpoint(s.ID, region), 443}}
	for _, t := range x.in {
		for _, at := range t.endpoints {
			p := site{at.net.Addr().String(), max(at.port, 1)}
			if at.name != nil {
				p.host = at.name.sample(1)
			}
			if at.port == 0 {
				p.port = 443
			}
			all = append(all, p)
		}
		for _, n := range t.names {
			all = append(all, site{n.sample(1), 443})
		}
		for _, p := range t.nets {
			all = append(all, site{p.Addr().String(), 443})
		}
	}
	return all
}

// names are operations: those that are written, and the service's own that fit.
func (x *exampler) names(s awshost.Service) []string {
	field := func(t *terms) []*glob { return t.operations }
	asked := slices.ContainsFunc(x.in, func(t *terms) bool { return t.operations != nil })
	var all []string
	for _, name := range awscall.Operations(s.ID) {
		if !slices.ContainsFunc(x.in, func(t *terms) bool { return t.operations != nil && !anyMatches(t.operations, name) }) {
			all = append(all, name)
		}
	}
	slices.SortStableFunc(all, func(a, b string) int { return cmp.Compare(familiar(a), familiar(b)) })
	of := map[policy.Access]int{} // a few of each level
	all = slices.DeleteFunc(all, func(name string) bool {
		call := awscall.Call{Service: s.ID, Operation: name}
		level, _, _ := call.Describe()
		of[level]++
		return of[level] > 4
	})
	if asked {
		all = append(all, x.texts(field)...)
	}
	return append(all, "Operation")
}

// familiar puts what everybody knows first.
func familiar(operation string) int {
	known := []string{"GetObject", "PutObject", "GetItem", "PutItem", "SendMessage", "Publish", "Invoke", "GetParameter", "GetSecretValue", "PutEvents"}
	if i := slices.Index(known, operation); i >= 0 {
		return i
	}
	return len(known)
}

// resources are lists of one resource that the rules name; or of any, none, and those
// that are not known.
func (x *exampler) resources(s awshost.Service, region, account string) (all [][]string) {
	var stated []*resource
	owner := s
	for _, t := range x.in {
		if t.services != nil && !t.namesService(s) {
			owner = named(t.services[0])[0] // another service names what is this one's
		}
		if !t.anyNamed {
			stated = append(stated, t.resources...)
		}
	}
	for _, r := range stated[:min(len(stated), 4)] {
		var avoid []*glob
		for _, t := range x.avoid {
			for _, other := range t.resources {
				avoid = append(avoid, other.whole...)
			}
		}
		for _, out := range [][]*glob{avoid, nil} {
			if text, ok := x.arn(r, out, owner, region, account); ok {
				all = append(all, []string{text})
			}
		}
	}
	if stated != nil {
		return append(all, nil)
	}
	if s.ID == "s3" {
		return [][]string{{"arn:aws:s3:::x"}, {}, nil}
	}
	return [][]string{{strings.Join([]string{"arn:aws", s.IAM, region, account, "x"}, ":")}, {}, nil}
}

// arn writes an ARN that a pattern matches, outside of others.
func (x *exampler) arn(r *resource, avoid []*glob, s awshost.Service, region, account string) (string, bool) {
	name, ok := x.member(r.whole[:1], avoid)
	if !ok {
		return "", false
	}
	parts := []string{"aws", s.IAM, region, account}
	if s.ID == "s3" && r.tail {
		parts[2], parts[3] = "", ""
	}
	for i, g := range r.parts {
		if !r.tail && !g.matches(parts[i]) {
			parts[i] = g.sample(1)
		}
	}
	return "arn:" + strings.Join(parts, ":") + ":" + name, true
}
