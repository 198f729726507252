package policy

import (
	"slices"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

// An awsRule is what a rule with the subject aws asks of a call. A slice that is
// nil was left out.
type awsRule struct {
	services   []string // in normal form: by IAM or by the SDK; "*" for all
	operations []pattern
	access     accessSet // 0: left out
	resources  []arnPattern
	accounts   []string // ids, self, or "*"
	regions    []pattern
	endpoints  []endpoint
}

// An accessSet is a set of access levels, as bits.
type accessSet uint8

// levelOf is the set of one level; of an unknown one it is empty.
func levelOf(a Access) accessSet {
	if a == UnknownAccess || a > Permissions {
		return 0
	}
	return 1 << a
}

// names reports whether the rule is about a service.
func (a *awsRule) names(s *awshost.Service) bool {
	for _, name := range a.services {
		if name == s.ID || name == s.IAM || name == "*" {
			return true
		}
	}
	return false
}

// namesHost reports whether the rule is about a service that answers at the host
// that is judged.
func (a *awsRule) namesHost(q *query) bool {
	h := q.aws()
	for i := range h.Services {
		if a.names(&h.Services[i]) {
			return true
		}
	}
	return h.API && slices.Contains(a.services, "*")
}

// allows reports whether an allow rule matches. What is unknown never does.
func (a *awsRule) allows(q *query) bool {
	switch c := q.claim; {
	case q.network != tcp:
		return false
	case q.reached:
		return a.trusts(q) // the request was judged; this address of it is one that the rule names
	case q.odd, q.verb == connect:
		return false // neither is a request of AWS's API, and either may lead anywhere
	case c != nil:
		if !a.names(&c.service) || !q.genuine && !a.trusts(q) {
			return false
		}
	case !q.call.securePort() || q.scheme == noScheme || !a.namesHost(q):
		return false // neither a call by the SDK nor a request to a host of AWS
	}
	return a.allowsRegion(q) && a.allowsAccount(q) && a.allowsOperation(q) && a.allowsResources(q)
}

// claimedRegion is the region that the SDK states.
func (q *query) claimedRegion() string {
	if q.claim == nil {
		return ""
	}
	return q.claim.region
}

// allowsRegion asks the region that the SDK states and the one in the host's name,
// as far as they are known.
func (a *awsRule) allowsRegion(q *query) bool {
	claimed, real := q.claimedRegion(), q.aws().Region
	return a.regions == nil || (claimed != "" || real != "") &&
		(claimed == "" || matchAny(a.regions, claimed)) && (real == "" || matchAny(a.regions, real))
}

func (a *awsRule) allowsAccount(q *query) bool {
	c := q.call
	for _, id := range a.accounts {
		if id == "*" || c.Account != "" && (id == c.Account || id == accountSelf && c.Account == c.Self) {
			return true
		}
	}
	return false
}

func (a *awsRule) allowsOperation(q *query) bool {
	c := q.claim
	if c == nil {
		return a.operations == nil && a.access == 0
	}
	return (a.operations == nil || c.operation != "" && matchAny(a.operations, c.operation)) &&
		(a.access == 0 || c.levels != 0 && c.levels&^a.access == 0)
}

func (a *awsRule) allowsResources(q *query) bool {
	c := q.claim
	if a.resources == nil || a.anyResource() {
		return true
	}
	if c == nil || q.elsewhere {
		return false
	}
	for i := range c.resources {
		r, ok := c.resource(i)
		if !ok || !a.allowsResource(r, c) {
			return false
		}
	}
	return len(c.resources) > 0
}

// denies reports whether a deny rule matches. What is unknown does: of a call
// that goes to a service under another service's name, or under none, nothing
// else is known.
func (a *awsRule) denies(q *query) bool {
	return a.deniesWhat(q) && a.deniesRegion(q) && a.deniesAccount(q) && (a.endpoints == nil || a.namesEndpoint(q))
}

func (a *awsRule) deniesWhat(q *query) bool {
	c := q.claim
	return c != nil && a.deniesOperation(c) && a.names(&c.service) && a.deniesResources(q) ||
		!q.served && a.namesHost(q) ||
		c != nil && a.deniesForeign(c)
}

// deniesForeign reports whether a resource of another service than the call's is
// one that the rule denies. What is done to it there is not known.
func (a *awsRule) deniesForeign(c *claim) bool {
	if a.resources == nil {
		return false // it speaks of calls to the service
	}
	for i := range c.resources {
		if s, ok := c.foreign(i); ok && a.names(&s) {
			if r, _ := c.resource(i); a.deniesResource(r) {
				return true
			}
		}
	}
	return false
}

func (a *awsRule) deniesRegion(q *query) bool {
	claimed, real := q.claimedRegion(), q.aws().Region
	return a.regions == nil || claimed == "" && real == "" ||
		claimed != "" && matchAny(a.regions, claimed) || real != "" && matchAny(a.regions, real)
}

func (a *awsRule) deniesAccount(q *query) bool {
	c := q.call
	return a.accounts == nil || slices.ContainsFunc(a.accounts, func(id string) bool {
		return id == "*" || c.Account == "" || id == c.Account || id == accountSelf && (c.Self == "" || c.Account == c.Self)
	})
}

func (a *awsRule) deniesOperation(c *claim) bool {
	return (a.operations == nil || c.operation == "" || matchAny(a.operations, c.operation)) &&
		(a.access == 0 || c.levels == 0 || c.levels&a.access != 0)
}

func (a *awsRule) deniesResources(q *query) bool {
	c := q.claim
	if a.resources == nil || a.anyResource() || c.resources == nil || q.elsewhere {
		return true
	}
	for i := range c.resources {
		if r, ok := c.resource(i); !ok || a.deniesResource(r) {
			return true
		}
	}
	return false
}

func (a *awsRule) allowsResource(r *arn, c *claim) bool {
	for i := range a.resources {
		if a.resources[i].allows(r, c) {
			return true
		}
	}
	return false
}

func (a *awsRule) deniesResource(r *arn) bool {
	for i := range a.resources {
		if a.resources[i].denies(r) {
			return true
		}
	}
	return false
}

// anyResource reports whether the rule says "*", which is not to ask.
func (a *awsRule) anyResource() bool {
	for i := range a.resources {
		if a.resources[i].any {
			return true
		}
	}
	return false
}

// sameService compares the service of an ARN, which may have hyphens, with a
// prefix of IAM in its normal form. It does not allocate.
func sameService(a, iam string) bool {
	if a == iam {
		return true
	}
	for part, more := "", true; more; {
		part, a, more = strings.Cut(a, "-")
		var ok bool
		if iam, ok = strings.CutPrefix(iam, part); !ok {
			return false
		}
	}
	return iam == ""
}
