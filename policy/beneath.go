package policy

import "strings"

// Beneath returns what the ARN of a resource must begin with so that the call c, if it
// were about that resource alone and otherwise the same, is allowed like c, though
// perhaps by another rule. It may then go to any path of the same host, if that leads to
// the resource's own bucket. So a guard need not ask for each object.
//
// The prefix is empty where c is not allowed, is not an operation of AWS on one
// resource of its own service, or where nothing of the kind can be said, as under a deny
// rule that speaks of some resources of the service. Like [Set.Decide] it goes by the
// time, the function and the callers of c, and so does what it returns.
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
	to := site{host: c.host()}
	q := query{call: c, claim: &about, site: &to}
	q.ask()

	// The same for another resource: what is unknown matches every deny rule that
	// might speak of it.
	unknown, open := *c, about
	unknown.Path = ""
	open.setResources(nil)
	other := query{call: &unknown, claim: &open, site: &to}
	other.ask()
	other.odd = other.scheme != noScheme

	keep := 0 // of the resource's name
	for i := range s.layers {
		l := &s.layers[i]
		if kind := l.find(&other); kind != notLocal || other.deny >= 0 || s.isRuntime(to.canonical(), other.port) {
			return ""
		}
		l.find(&q)
		if !l.hasAllow {
			continue
		}
		if q.allow < 0 || l.rules[q.allow].aws == nil {
			return ""
		}
		n := l.rules[q.allow].aws.beneath(r, &about)
		if n < 0 {
			return ""
		}
		keep = max(keep, n)
	}
	arn := c.Resources[0]
	return arn[:len(arn)-len(r.resource)+keep]
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
// that begins so and the text does. It is below zero if not. p has no separator.
func (p *pattern) open(text string) int {
	if len(p.rest) != 1 {
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
