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
		n, ok := l.rules[known.allow].aws.beneath(r, &about)
		if !ok {
			return ""
		}
		shortest = max(shortest, n)
	}
	all := c.Resources[0]
	return all[:len(all)-len(r.resource)+shortest]
}

// beneath returns how many bytes of the name of a resource, which the rule allows,
// must stay for another one to be allowed by it.
func (a *awsRule) beneath(r *arn, c *claim) (n int, ok bool) {
	if a.resources == nil || a.anyResource() {
		return 0, true
	}
	for i := range a.resources {
		p := &a.resources[i]
		if !p.allows(r, c) {
			continue
		}
		for _, q := range append([]pattern{p.resource}, p.below...) {
			if head, open := q.open(); open && strings.HasPrefix(r.resource, head) && (!ok || len(head) < n) {
				n, ok = len(head), true
			}
		}
	}
	return n, ok
}

// open reports whether p matches all that begins with head.
func (p *pattern) open() (head string, ok bool) {
	if p.sep != 0 || !p.bare || len(p.rest) != 1 {
		return "", false
	}
	switch s := &p.rest[0]; {
	case s.deep:
		return "", true
	case s.star && s.tail == "":
		return s.literal, true
	}
	return "", false
}
