package policy

import (
	"slices"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

// A serviceIndex finds the rules about one service of AWS. Those that ask for
// resources are found by what their patterns begin with, up to the first star,
// by hash for each length in use, as address ranges are.
type serviceIndex struct {
	rules   []int32            // that do not ask for resources
	heads   map[string][]int32 // by the head of a pattern
	lengths []int              // of the heads
	denies  []int32            // deny rules that ask for resources: unknown ones match
}

func (ix *index) addServices(a *awsRule, deny bool, ref int32) {
	if ix.services == nil {
		ix.services = map[string]*serviceIndex{}
	}
	for _, name := range a.services {
		s := ix.services[name]
		if s == nil {
			s = &serviceIndex{heads: map[string][]int32{}}
			ix.services[name] = s
		}
		s.add(a, deny, ref)
	}
}

func (s *serviceIndex) add(a *awsRule, deny bool, ref int32) {
	if a.resources == nil || a.anyResource() {
		s.rules = append(s.rules, ref)
		return
	}
	if deny {
		s.denies = append(s.denies, ref)
	}
	for i := range a.resources {
		head := a.resources[i].head
		if s.heads[head] = append(s.heads[head], ref); !slices.Contains(s.lengths, len(head)) {
			s.lengths = append(s.lengths, len(head))
		}
	}
}

// offerServices offers q the rules for the service of AWS that the call claims
// to go to, for those of its resources, and for those that answer at its host.
func (ix *index) offerServices(q *query) {
	if ix.services == nil {
		return
	}
	c := &q.claim
	if c.made {
		ix.offerService(q, c.service, !q.elsewhere)
		for i := range c.resources {
			if s, ok := c.foreign(i); ok { // deny rules speak of it, too
				ix.offerService(q, s, true)
			}
		}
	}
	for _, s := range q.aws.Services {
		if s != c.service {
			ix.offerService(q, s, false)
		}
	}
	if all := ix.services["*"]; all != nil && (c.made || q.aws.API) {
		all.offer(q, c.made && !q.elsewhere)
		q.candidates(all.denies) // one service may be claimed, and another be at the host
	}
}

func (ix *index) offerService(q *query, s awshost.Service, known bool) {
	ix.services[s.ID].offer(q, known)
	if s.IAM != s.ID {
		ix.services[s.IAM].offer(q, known)
	}
}

// offer offers q the rules of a service that may match. Where the resources of
// the call, as far as the service goes, are not known, those are all deny rules.
func (s *serviceIndex) offer(q *query, known bool) {
	if s == nil {
		return
	}
	q.candidates(s.rules)
	c := &q.claim
	known = known && c.resources != nil
	for i := 0; known && i < len(c.resources); i++ {
		r, ok := c.resource(i)
		if known = ok; !ok {
			break
		}
		for _, n := range s.lengths {
			if len(r.resource) >= n {
				q.candidates(s.heads[r.resource[:n]])
			}
		}
	}
	if !known {
		q.candidates(s.denies)
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
