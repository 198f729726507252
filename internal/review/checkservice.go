package review

import (
	"slices"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awscall"
	"github.com/lambdafence/lambdafence/internal/awshost"
	"github.com/lambdafence/lambdafence/policy"
)

// An operation is one of a service that a rule speaks of.
type operation struct{ service, name string }

// services finds services that this version does not know. An allow rule may well
// name one of those, with the endpoint where it is.
func services(r *Rule) []Finding {
	if r.Text("endpoint") != "" && !r.Deny {
		return nil
	}
	var fs []Finding
	for _, v := range r.Fields["aws"] {
		if _, known := awshost.Find(v.Text); known || v.Text == "*" {
			continue
		}
		fix := "write the SDK's name of the service, or its prefix in IAM; one that is newer than this version needs endpoint to be allowed"
		if name, ok := nearest(awshost.Normal(v.Text), serviceNames()); ok {
			fix = "did you mean " + name + "?"
		}
		fs = append(fs, r.find("service", v, fix, "%q is no service that this version knows", v.Text))
	}
	return fs
}

func serviceNames() []string {
	var names []string
	for _, s := range awshost.Services() {
		names = append(names, s.ID, s.IAM)
	}
	return names
}

// servicesOf returns the services that a rule means by a name: the SDK's, or
// IAM's, which may be several's.
func servicesOf(name string) []awshost.Service {
	n := awshost.Normal(name)
	return slices.DeleteFunc(awshost.Services(), func(s awshost.Service) bool { return s.ID != n && s.IAM != n })
}

// operationsOf returns the operations of the services that the rule names.
func (r *Rule) operationsOf() []operation {
	var all []operation
	for _, name := range r.Texts("aws") {
		for _, s := range servicesOf(name) {
			for _, op := range awscall.Operations(s.ID) {
				all = append(all, operation{s.ID, op})
			}
		}
	}
	return all
}

// selected returns those that the rule's patterns match, or all where it states
// none.
func (r *Rule) selected() []operation {
	if r.Fields["operations"] == nil {
		return r.operationsOf()
	}
	return r.matching(r.Texts("operations"))
}

// matching returns the operations of the rule's services that patterns match.
func (r *Rule) matching(patterns []string) []operation {
	s := draft{"aws": r.Texts("aws"), "operations": patterns, "accounts": "*"}.compile("allow")
	if s == nil {
		return nil
	}
	return slices.DeleteFunc(r.operationsOf(), func(o operation) bool {
		return s.Decide(&policy.Call{Kind: policy.AWS, Service: o.service, Operation: o.name, Region: "us-east-1"}).Effect == policy.Deny
	})
}

// levels returns the access levels that calls of the operation may have: some are
// higher where the input has an ACL. None: they are not known.
func (o operation) levels() []policy.Access {
	var all []policy.Access
	for _, input := range []map[string]any{nil, o.input()} {
		c := awscall.Call{Service: o.service, Operation: o.name, Input: input}
		access, also, _ := c.Describe()
		if access == policy.UnknownAccess {
			return nil
		}
		all = append(append(all, access), also...)
	}
	return all
}

// least returns the levels that every call of the operation has.
func (o operation) least() []policy.Access {
	c := awscall.Call{Service: o.service, Operation: o.name}
	access, also, _ := c.Describe()
	if access == policy.UnknownAccess {
		return nil
	}
	return append(also, access)
}

// writes reports whether the operation changes a resource that can be stated.
func (o operation) writes() bool {
	levels := o.levels()
	return (slices.Contains(levels, policy.Write) || slices.Contains(levels, policy.Permissions)) && o.hasResource()
}

// hasResource reports whether a rule can state the resources of the operation.
func (o operation) hasResource() bool {
	members, _ := awscall.Members(o.service, o.name)
	return len(members) > 0
}

// resources returns those of the operation, with x for each name.
func (o operation) resources() []string {
	c := awscall.Call{Service: o.service, Operation: o.name, Input: o.input(), Region: sampleRegion, Account: sampleAccount}
	_, _, resources := c.Describe()
	return resources
}

// What samples of calls are made with.
const (
	sampleRegion  = "eu-west-1"
	sampleAccount = "111122223333"
)

// input is one of the operation, with x for each member that the tables know.
func (o operation) input() map[string]any {
	in := map[string]any{}
	members, _ := awscall.Members(o.service, o.name)
	for _, m := range members {
		at := in
		for path := m; path != ""; {
			name, deeper, _ := strings.Cut(path, ".")
			name, _, _ = strings.Cut(name, "+") // of two names either will do
			next, ok := at[name].(map[string]any)
			switch {
			case deeper == "":
				at[name] = "x"
			case !ok:
				next = map[string]any{}
				at[name] = next
			}
			at, path = next, deeper
		}
	}
	return in
}
