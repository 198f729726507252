package policy

import "strings"

// Beneath returns what a resource must begin with so that the call c, if it were
// about that one instead, is allowed like c: by whatever path of the same host, as
// long as S3 finds the same bucket in it. It is empty where c is not an operation
// of AWS on one resource, is not allowed, or is for a reason that another resource
// may not share. Guards know by it that they need not ask for each object of a bucket.
func (s *Set) Beneath(c *Call) (prefix string) {
	if c.Kind != AWS || len(c.Resources) != 1 || c.HostHeader != "" || c.Addr.IsValid() || !isPath(c.Path) {
		return ""
	}
	about := claim{partition: s.partition}
	about.read(c)
	r, ok := about.resource(0)
	if _, foreign := about.foreign(0); foreign || !ok {
		return ""
	}
	// What is unknown matches every deny rule that might speak of it.
	open, unknown := about, *c
	open.setResources(nil)
	unknown.Path = ""

	to := site{host: c.host()}
	known, any := query{call: c, claim: &about, site: &to}, query{call: &unknown, claim: &open, site: &to}
	known.ask()
	any.ask()
	any.odd = any.scheme != noScheme
	shortest := 0 // in what the resource's own name begins with
	for i := range s.layers {
		l := &s.layers[i]
		if kind := l.find(&any); kind != notLocal || any.deny >= 0 || s.guarded && s.runtime.port == any.port && s.runtime.covers(to.canonical()) {
			return ""
		}
		l.find(&known)
		if !l.hasAllow {
			continue
		}
		if known.allow < 0 || l.rules[known.allow].aws == nil {
			return ""
		}
		n := l.rules[known.allow].aws.beneath(r, &about)
		if n < 0 {
			return ""
		}
		shortest = max(shortest, n)
	}
	all := c.Resources[0]
	return all[:len(all)-len(r.resource)+shortest]
}

// beneath returns how many bytes of the name of a resource, which the rule allows,
// must stay for another one to be allowed by it. It is below zero if all must.
func (a *awsRule) beneath(r *arn, c *claim) int {
	if a.resources == nil || a.anyResource() {
		return 0
	}
	n := -1
	for i := range a.resources {
		p := &a.resources[i]
		if !p.allows(r, c) {
			continue
		}
		n = shorter(n, p.resource.open(r.resource))
		for j := range p.below {
			n = shorter(n, p.below[j].open(r.resource))
		}
	}
	return n
}

// shorter returns the shorter of two lengths, of which those below zero are none.
func shorter(a, b int) int {
	if uint(a) < uint(b) {
		return a
	}
	return b
}

// open returns the length of what all that p matches begins with, if it matches all
// that begins so and the text does. It is below zero if not.
func (p *pattern) open(text string) int {
	if p.sep != 0 || !p.bare || len(p.rest) != 1 {
		return -1
	}
	switch s := &p.rest[0]; {
	case s.deep:
		return 0
	case s.star && s.tail == "" && strings.HasPrefix(text, s.literal):
		return len(s.literal)
	}
	return -1
}
