package policy

import (
	"strings"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

// A serviceIndex finds the rules about one service of AWS. Those that ask for
// resources are found by what their patterns begin with, up to the first star.
type serviceIndex struct {
	rules  refs  // that do not ask for resources
	heads  heads // of the resources of the others
	denies refs  // deny rules that ask for resources: unknown ones match
}

func (ix *index) addServices(a *awsRule, deny bool, ref int32) {
	if ix.services == nil {
		ix.services = map[string]*serviceIndex{}
	}
	for _, name := range a.services {
		s := ix.services[name]
		if s == nil {
			s = &serviceIndex{}
			ix.services[name] = s
		}
		s.add(a, deny, ref, &ix.lists)
	}
}

func (s *serviceIndex) add(a *awsRule, deny bool, ref int32, lists *refLists) {
	if a.resources == nil || a.anyResource() {
		lists.put(&s.rules, ref)
		return
	}
	if deny {
		lists.put(&s.denies, ref)
	}
	for i := range a.resources {
		s.heads.add(a.resources[i].head, ref)
	}
}

// offerServices offers q the rules for the service of AWS that the call claims
// to go to, for those of its resources, and for those that answer at its host.
func (ix *index) offerServices(q *query) {
	c, at := q.claim, q.aws()
	if ix.services == nil || c == nil && !at.API {
		return
	}
	for i := range at.Services {
		claimed := c != nil && at.Services[i].ID == c.service.ID
		if at.rules != nil {
			at.rules[i].offer(q, claimed && !q.elsewhere)
		} else {
			ix.about(&at.Services[i]).offer(q, claimed && !q.elsewhere)
		}
	}
	if c != nil {
		if !q.served {
			ix.about(&c.service).offer(q, !q.elsewhere)
		}
		for i := range c.resources {
			if s, ok := c.foreign(i); ok { // deny rules speak of it, too
				ix.about(&s).offer(q, true)
			}
		}
	}
	if all := ix.every; all != nil {
		all.offer(q, c != nil && !q.elsewhere)
		q.candidates(all.denies) // one service may be claimed, and another be at the host
	}
}

// about returns the rules about one service.
func (ix *index) about(s *awshost.Service) serviceRules {
	if s.ID == s.IAM {
		return serviceRules{ix.services[s.ID], nil}
	}
	return serviceRules{ix.services[s.ID], ix.services[s.IAM]}
}

// serviceRules are the rules that name a service, and those that name its prefix
// in IAM, if that is another.
type serviceRules [2]*serviceIndex

func (r serviceRules) offer(q *query, known bool) {
	r[0].offer(q, known)
	r[1].offer(q, known)
}

// offer offers q the rules of a service that may match. Where the resources of
// the call, as far as the service goes, are not known, those are all deny rules.
func (s *serviceIndex) offer(q *query, known bool) {
	if s == nil {
		return
	}
	q.candidates(s.rules)
	if len(s.heads.all) == 0 {
		return
	}
	c := q.claim
	known = known && c.resources != nil
	for i := 0; known && i < len(c.resources); i++ {
		r, ok := c.resource(i)
		if known = ok; !ok {
			break
		}
		s.offerNamed(q, r.resource)
	}
	if !known {
		q.candidates(s.denies)
	}
}

// offerNamed offers q the rules whose patterns begin as the name of a resource
// does.
func (s *serviceIndex) offerNamed(q *query, name string) {
	for i := s.heads.begins(name); i >= 0; i = s.heads.all[i].up {
		if h := &s.heads.all[i]; strings.HasPrefix(name, h.text) {
			q.candidates(h.refs)
		}
	}
}

// allowEach looks for a rule for each resource of a call that no single rule
// allows, and returns the first of them, or -1.
func (ix *index) allowEach(q *query) int32 {
	all, first := q.claim.resources, int32(-1)
	for i := range all {
		q.claim.setResources(all[i : i+1])
		q.allow = -1
		ix.offerServices(q)
		if q.allow < 0 {
			first = -1
			break
		}
		if i == 0 || q.allow < first {
			first = q.allow
		}
	}
	q.claim.setResources(all)
	return first
}
