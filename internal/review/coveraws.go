package review

import (
	"slices"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

// coversAWS is covers of an aws rule, but for who calls and when.
func (e *effort) coversAWS(a, b *terms) bool {
	if a.every && a.deny { // every call of any kind
		return a.asksNothingSent() && a.ports == nil && (a.networks == anyNetwork || !b.deny && a.networks&tcp != 0)
	}
	return a.services != nil && !a.isFar(b) && coversServices(a, b) && e.coversResources(a, b) && e.coversOperations(a, b) && coversAccounts(a, b) &&
		e.coversRegions(a, b) && e.coversEndpoints(a, b)
}

// isFar reports whether b has a resource that a surely does not: most rules of a
// service differ in that, and need no closer look.
func (a *terms) isFar(b *terms) bool {
	if a.anyNamed || len(b.resources) == 0 {
		return false
	}
	for _, r := range a.resources {
		if r.whole[0].near(b.resources[0].whole[0]) {
			return false
		}
	}
	return true
}

func coversServices(a, b *terms) bool {
	if slices.Contains(a.services, "*") || subset(b.services, a.services) {
		return true
	}
	return !slices.ContainsFunc(b.services, func(name string) bool {
		return name == "*" || slices.ContainsFunc(named(name), func(s awshost.Service) bool { return !a.namesService(s) })
	})
}

// named are the services that a rule means by a name in normal form. One that is not
// known is itself.
func named(name string) []awshost.Service {
	if all := servicesOf(name); len(all) > 0 {
		return all
	}
	return []awshost.Service{{ID: name, IAM: name}}
}

func (t *terms) namesService(s awshost.Service) bool {
	return slices.ContainsFunc(t.services, func(name string) bool { return name == "*" || name == s.ID || name == s.IAM })
}

func (e *effort) coversOperations(a, b *terms) bool {
	if a.operations != nil && !e.coversField(a.operations, b.operations, a.deny) {
		return false
	}
	return a.anyAccess() || b.access != 0 && b.access&^a.access == 0
}

// anyAccess reports whether every level matches, and one that is not known: a deny
// rule's field matches that.
func (t *terms) anyAccess() bool { return t.access == 0 || t.deny && t.access == anyAccess }

func (e *effort) coversResources(a, b *terms) bool {
	switch {
	case b.anyNamed && !a.anyNamed:
		return false
	case !b.deny && a.anyNamed:
		return true
	case a.anyNamed && a.resources == nil:
		// A deny rule for a resource matches also where another service's call names
		// it: one for the service alone does not.
		return b.resources == nil || a.deniesAllOperations()
	}
	for _, r := range b.resources {
		if !slices.ContainsFunc(a.resources, func(s *resource) bool { return e.coversResource(s, a.deny, r, b.deny) }) {
			return false
		}
	}
	return true
}

// deniesAllOperations reports whether no call of any service is outside of a deny
// rule, as far as it is about what is done.
func (t *terms) deniesAllOperations() bool {
	return slices.Contains(t.services, "*") && t.operations == nil && t.anyAccess()
}

func coversAccounts(a, b *terms) bool {
	switch {
	case a.accounts == nil || slices.Contains(a.accounts, "*"):
		return true
	case b.accounts == nil:
		return false
	}
	return subset(b.accounts, a.accounts)
}

func (e *effort) coversRegions(a, b *terms) bool {
	return a.regions == nil || e.coversField(a.regions, b.regions, a.deny)
}

// coversEndpoints knows that an allow rule with endpoints also allows AWS's own
// hosts, and a deny rule with endpoints does not deny them.
func (e *effort) coversEndpoints(a, b *terms) bool {
	if a.deny && a.endpoints == nil {
		return true
	}
	if a.deny && (b.endpoints == nil || !b.deny) {
		return false
	}
	for _, at := range b.endpoints {
		if !slices.ContainsFunc(a.endpoints, func(by *endpoint) bool { return e.coversEndpoint(by, a.deny, at) }) {
			return false
		}
	}
	return true
}

func (e *effort) coversEndpoint(a *endpoint, deny bool, b *endpoint) bool {
	switch {
	case a.port != 0 && a.port != b.port:
		return false
	case b.name == nil || a.name == nil:
		return b.name == nil && a.name == nil && a.net == b.net
	case !deny && b.name.special:
		return a.name.plain && a.name.head == b.name.head
	}
	return e.within(b.name.glob, []*glob{a.name.glob})
}
