package review

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

// disjoint reports whether no call that the allow rule a lets through is one that
// the deny rule d would stop. What cannot be shown is not so.
func (e *effort) disjoint(d, a *terms) bool {
	if d.functions != nil && a.functions != nil && e.allApart(d.functions, a.functions) {
		return true
	}
	switch {
	case d.services != nil && a.services != nil:
		return e.disjointAWS(d, a)
	case d.services != nil:
		return false // a host may be taken for a service's by whoever calls it so
	case a.services != nil:
		return e.disjointService(d, a)
	case disjointNetwork(d, a):
		return true
	case d.nets != nil: // it also judges what a name leads to, whatever is sent there
		return d.names == nil && a.names == nil && !a.every && allApartNets(d.nets, a.nets)
	}
	return e.disjointSent(d, a) || !d.every && !a.every && e.allApart(globsOf(d.names), globsOf(a.names))
}

func (e *effort) allApart(gs, hs []*glob) bool {
	return !slices.ContainsFunc(gs, func(g *glob) bool {
		return slices.ContainsFunc(hs, func(h *glob) bool { return !e.apart(g, h) })
	})
}

// disjointNetwork compares networks and ports. A raw socket has no port.
func disjointNetwork(d, a *terms) bool {
	if d.networks&a.networks == 0 {
		return true
	}
	if d.ports == nil || a.networks&rawIP != 0 && !a.ownPorts {
		return false
	}
	return !slices.ContainsFunc([]words{plainHTTP, https, noScheme}, func(scheme words) bool {
		return a.schemes&scheme != 0 && slices.ContainsFunc(a.portsOf(scheme), func(port uint16) bool { return slices.Contains(d.ports, port) })
	})
}

// disjointSent compares schemes, methods and paths.
func (e *effort) disjointSent(d, a *terms) bool {
	return d.schemes&a.schemes == 0 ||
		d.methods != nil && a.methods != nil && !slices.ContainsFunc(d.methods, func(m string) bool { return slices.Contains(a.methods, m) }) ||
		d.paths != nil && a.paths != nil && e.allApart(d.paths, a.paths)
}

// allApartNets reports whether no address is in both, in any of its forms: one of
// IPv6 may carry one of IPv4.
func allApartNets(ps, qs []netip.Prefix) bool {
	return !slices.ContainsFunc(ps, func(p netip.Prefix) bool {
		return slices.ContainsFunc(qs, func(q netip.Prefix) bool { return p.Overlaps(q) || p.Addr().Is4() && q.Addr().Is6() })
	})
}

// disjointService compares a deny rule for hosts with an allow rule for a service,
// which means AWS's own hosts, and its endpoints.
func (e *effort) disjointService(d, a *terms) bool {
	if d.every || d.nets != nil {
		return false
	}
	return !slices.ContainsFunc(d.names, func(n *name) bool {
		return n.maybeAWS() || slices.ContainsFunc(a.endpoints, func(at *endpoint) bool { return at.name != nil && !e.apart(n.glob, at.name.glob) })
	})
}

// maybeAWS reports whether a name may be one of AWS's API.
func (n *name) maybeAWS() bool {
	switch {
	case n.plain:
		h, _ := awshost.Parse(n.head)
		return h.API
	case n.suffix == "":
		return true
	}
	// Beneath amazon.com, which is not AWS's, is a domain that is.
	return !strings.Contains(n.suffix, ".") || awshost.MayParse("x."+n.suffix) || awshost.MayParse("signin.aws."+n.suffix)
}

// disjointAWS compares two aws rules. A deny rule is also about calls of other
// services that name its resources, and about hosts that another service's call
// goes to, so that much must be known before anything can be said.
func (e *effort) disjointAWS(d, a *terms) bool {
	if a.endpoints != nil || d.resources != nil && !a.ownResources() {
		return false
	}
	switch {
	case e.disjointOperations(d, a), e.disjointResources(d, a):
		return true
	case d.accounts != nil && disjointAccounts(d.accounts, a.accounts):
		return true
	case d.regions != nil && a.regions != nil && e.allApart(d.regions, a.regions):
		return true
	}
	return !slices.ContainsFunc(d.services, func(name string) bool {
		return name == "*" || slices.Contains(a.services, "*") || slices.ContainsFunc(named(name), a.namesService)
	})
}

// ownResources reports whether an allow rule is only about resources of the service
// that is called: tails are.
func (t *terms) ownResources() bool {
	return !t.anyNamed && !slices.ContainsFunc(t.resources, func(r *resource) bool { return !r.tail })
}

func (e *effort) disjointOperations(d, a *terms) bool {
	return d.operations != nil && a.operations != nil && e.allApart(d.operations, a.operations) ||
		d.access != 0 && a.access != 0 && d.access&a.access == 0
}

func (e *effort) disjointResources(d, a *terms) bool {
	if d.anyNamed || a.anyNamed {
		return false
	}
	return !slices.ContainsFunc(d.resources, func(r *resource) bool {
		return r.maybeSecret() || slices.ContainsFunc(a.resources, func(s *resource) bool { return !e.allApart(r.whole, s.whole) })
	})
}

// maybeSecret reports whether a deny rule for r may mean a secret, which it denies by
// other names than it writes.
func (r *resource) maybeSecret() bool {
	head := r.whole[0].head
	return strings.HasPrefix(head, secretKind) || strings.HasPrefix(secretKind, head)
}

func disjointAccounts(ds, as []string) bool {
	return !slices.ContainsFunc(ds, func(d string) bool {
		return d == "*" || d == "self" || slices.ContainsFunc(as, func(a string) bool { return a == "*" || a == "self" || a == d })
	})
}
