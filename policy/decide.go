package policy

// Decide judges a call by every layer. It does not change c, makes no I/O and
// does not allocate, unless a host is not canonical, or one of AWS that was not
// seen before, or a path has escapes or dot segments. A call whose Addr is set is
// judged by that address as well.
func (s *Set) Decide(c *Call) Decision {
	var made *claim
	if c.Kind == AWS {
		made = &claim{partition: s.partition}
		made.read(c)
	}
	f := s.judge(c, made, c.host())
	if c.HostHeader != "" {
		f = f.and(s.judge(c, made, c.HostHeader))
	}
	if c.isRequest() && !isPath(c.Path) {
		f = f.and(s.judge(c, made, targetHost(c.Path)))
	}
	if c.Addr.IsValid() {
		f = f.and(s.judgeReached(c))
	}
	return *s.decision(f)
}

// DecideReached judges only the address that a call is about to reach, c.Addr:
// by local doors and by the deny rules for addresses. It is the second half of
// the verdict on a call whose first half was [Set.Decide] without an address.
// Scheme, method and path do not count, for a connection may carry any.
// Function, Time and the callers do, and count as unknown where they are not set.
func (s *Set) DecideReached(c *Call) Decision { return *s.decision(s.judgeReached(c)) }

// judge judges a call to host. claim is what the SDK says of it, if it made it.
func (s *Set) judge(c *Call, claim *claim, host string) finding {
	to := site{host: host}
	q := query{call: c, claim: claim, site: &to}
	q.ask()
	var worst finding
	for i := range s.layers {
		worst = max(worst, s.layers[i].judge(s, &q).in(i))
	}
	return worst
}

// judge is one layer's finding on what q asks.
func (l *layer) judge(s *Set, q *query) finding {
	kind := l.find(q)
	if kind != unixSocket && s.guarded && s.runtime.port == q.port && s.runtime.covers(q.site.canonical()) {
		kind = runtimeAPI
	}
	if q.allow < 0 && q.claim != nil && len(q.claim.resources) > 1 {
		q.allow = l.index.allowEach(q)
	}
	f := l.listed(q)
	if kind != notLocal {
		f = l.door(s, q, q.site.canonical(), nil, kind)
	}
	return f.and(l.denied(q))
}

// listed is what the allow list says.
func (l *layer) listed(q *query) finding {
	switch {
	case q.allow >= 0:
		return allows(placeOfRule(q.allow))
	case l.hasAllow: // also where there is no policy yet: a cold start must not be a bypass
		return denies(l.mode, atEnd, notLocal)
	}
	return allows(atEnd)
}

// denied is what the deny list says.
func (l *layer) denied(q *query) finding {
	if q.deny < 0 {
		return allows(atEnd)
	}
	return denies(l.rules[q.deny].mode, placeOfRule(q.deny), notLocal)
}

// find looks up every rule of l whose subject matches, and says what makes the
// host a local door, if anything does.
func (l *layer) find(q *query) localKind {
	q.layer, q.allow, q.deny = l, -1, -1
	ix := &l.index
	if q.network == unix { // a socket has no name: only "every call", and what the SDK says, speak of it
		q.isAt(&notAWS)
		ix.offerServices(q)
		ix.offerEverything(q, false)
		return unixSocket
	}
	name, s := ix.see(q.site)
	if name == "" {
		lit := q.site.canonical().lit
		q.isAt(&notAWS)
		ix.offerAddress(q, lit)
		ix.offerServices(q)
		ix.offerEverything(q, false)
		return localRange(lit)
	}
	q.isAt(s.aws)
	ix.offerName(q, name, s)
	ix.offerServices(q)
	ix.offerEverything(q, !s.local && !q.aws().API)
	if s.local {
		return localName
	}
	return notLocal
}

// judgeReached judges the address that is about to be connected to, c.Addr. What
// the SDK says of the call was judged before.
func (s *Set) judgeReached(c *Call) finding {
	from := site{host: c.Host}
	q := query{call: c, site: &from, at: &notAWS, reached: true}
	q.ask()
	t := target{lit: c.Addr.WithZone("").Unmap()}
	kind := localRange(t.lit)
	if s.isRuntime(&t, q.port) {
		kind = runtimeAPI
	}
	var worst finding
	for i := range s.layers {
		l := &s.layers[i]
		q.layer, q.allow, q.deny = l, -1, -1
		l.index.offerAddress(&q, t.lit)
		f := allows(atEnd)
		if kind != notLocal {
			f = l.door(s, &q, &t, from.canonical(), kind)
		}
		worst = max(worst, f.and(l.denied(&q)).in(i))
	}
	return worst
}
