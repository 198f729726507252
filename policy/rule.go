package policy

import (
	"net/netip"
	"slices"
	"time"
)

// A rule is one entry of an allow or a deny list, read and compiled. A slice
// that is nil was left out, and so was a word set that is empty until the
// defaults fill it. What every call asks for stands together, at the front.
type rule struct {
	deny       bool
	mode       Mode // stated: deny rules only; after Compile the rule's own or its layer's
	networks   wordSet
	schemes    wordSet
	ownPorts   bool     // ports were stated, and are not those of the schemes
	asksOrigin bool     // from, functions or until is stated
	verbs      verbSet  // of methods
	aws        *awsRule // subject aws, with the fields of its own
	ports      []uint16
	methods    []string
	paths      []pattern
	from       []pattern
	functions  []pattern
	until      time.Time // the first moment at which the rule no longer holds

	hosts []hostPattern  // subject host
	cidrs []netip.Prefix // subject cidr

	id           string // stated, or "deny[0]"
	reason       string
	line, column int
}

// setDefaults fills in what was left out: in an allow rule https on its port
// over tcp, and calls that the function's own account signs; in a deny rule
// everything. A net call has no scheme, method or path:
// an allow rule that states one does not speak of it, and a deny rule cannot
// know what will be sent, and so does. Nor is an unknown scheme known to differ.
func (r *rule) setDefaults() {
	r.ownPorts = r.ports != nil
	r.verbs = verbsOf(r.methods)
	r.asksOrigin = r.from != nil || r.functions != nil || !r.until.IsZero()
	if r.aws != nil && !r.deny && r.aws.accounts == nil {
		r.aws.accounts = []string{accountSelf}
	}
	switch {
	case r.deny && r.schemes == 0:
		r.schemes = anyWord
	case r.deny:
		r.schemes |= noScheme | unknownScheme
	case r.schemes == 0 && r.methods == nil && r.paths == nil:
		r.schemes = schemeHTTPS | noScheme
	case r.schemes == 0:
		r.schemes = schemeHTTPS
	}
	switch {
	case r.networks != 0:
	case r.deny:
		r.networks = anyWord
	default:
		r.networks = tcp
	}
	if r.deny || r.ownPorts {
		return
	}
	switch http, https := r.schemes.has(schemeHTTP), r.schemes.has(schemeHTTPS); {
	case http && https:
		r.ports = bothPorts
	case https:
		r.ports = bothPorts[:1:1]
	case http:
		r.ports = bothPorts[1:]
	}
}

// bothPorts are those of https and http, in one place for all rules.
var bothPorts = []uint16{443, 80}

// matches reports whether every field of r but its subject matches. What is
// unknown of a call matches a deny rule's field and never an allow rule's.
func (r *rule) matches(q *query) bool {
	if a := r.aws; a != nil {
		return (r.deny && a.denies(q) || !r.deny && a.allows(q)) && (!r.asksOrigin || r.matchesOrigin(q))
	}
	if !r.networks.has(q.network) || r.ports != nil && !r.matchesPort(q) {
		return false
	}
	if !q.reached && (!r.schemes.has(q.scheme) || q.scheme != noScheme && !r.matchesRequest(q)) {
		return false
	}
	return !r.asksOrigin || r.matchesOrigin(q)
}

func (r *rule) matchesPort(q *query) bool {
	switch {
	case q.network == rawIP: // has no port, and could carry any
		return r.deny || !r.ownPorts
	case q.port == 0 && q.network != unix: // unknown
		return r.deny
	case !slices.Contains(r.ports, q.port):
		return false
	}
	// Where a rule allows both schemes, each has its own port.
	return r.ownPorts || q.scheme == noScheme || q.port == q.ownPort
}

// matchesRequest judges method and path of an HTTP call.
func (r *rule) matchesRequest(q *query) bool {
	tunnel := q.verb == connect
	switch {
	case !r.takesMethod(q):
		return false
	case !r.deny && tunnel && r.methods == nil:
		return false // it leads anywhere, and must be asked for by name
	case !r.deny && !tunnel && q.odd:
		return false // no path: a server may see another request
	}
	if r.paths == nil {
		return true
	}
	f := q.path()
	switch {
	case f == nil && q.odd:
		return r.deny
	case f == nil && q.call.Path == "":
		return matchAny(r.paths, "/")
	case f == nil:
		return matchAny(r.paths, q.call.Path)
	case r.deny:
		return f.odd || matchAny(r.paths, f.sent) || matchAny(r.paths, f.clean)
	}
	return !f.odd && matchAny(r.paths, f.sent) && (f.clean == f.sent || matchAny(r.paths, f.clean))
}

func (r *rule) takesMethod(q *query) bool {
	if q.verb == otherVerb && r.methods != nil {
		return slices.Contains(r.methods, q.method)
	}
	return r.verbs.has(q.verb)
}

// matchesOrigin judges who calls and when: from, functions and until.
func (r *rule) matchesOrigin(q *query) bool {
	if r.from != nil && !r.matchesCaller(q) {
		return false
	}
	switch {
	case r.functions == nil:
	case q.call.Function == "": // unknown
		if !r.deny {
			return false
		}
	case !matchAny(r.functions, q.call.Function):
		return false
	}
	switch {
	case r.until.IsZero():
		return true
	case q.call.Time.IsZero(): // unknown
		return r.deny
	}
	return q.call.Time.Before(r.until)
}

// matchesCaller judges which module calls. An allow rule means the one that made
// the call, a deny rule any that had a part in it. One that is not known is none
// of those that are named: a deny rule for a library must not stop the rest.
func (r *rule) matchesCaller(q *query) bool {
	return r.isFrom(&q.call.Caller) || r.deny && slices.ContainsFunc(q.call.Callers, func(c Caller) bool { return r.isFrom(&c) })
}

func (r *rule) isFrom(c *Caller) bool {
	return c.Module != "" && matchAny(r.from, c.Module) || c.Package != "" && matchAny(r.from, c.Package)
}

// opensDoors reports whether an allow rule names a local address or localhost,
// and so may open a local door. Wildcards never do.
func (r *rule) opensDoors() bool {
	for i := range r.hosts {
		if h := &r.hosts[i]; h.exact != "" && isLocalName(h.exact) || h.lit.IsValid() && isLocalPrefix(h.lit) {
			return true
		}
	}
	return slices.ContainsFunc(r.cidrs, isLocalPrefix) || r.aws != nil && r.aws.localEndpoint()
}

// opens reports whether an allow rule names the local target t.
func (r *rule) opens(t *target, port uint16) bool {
	for i := range r.hosts {
		if h := &r.hosts[i]; h.lit.Contains(t.lit) || h.exact != "" && h.exact == t.name {
			return true
		}
	}
	for _, p := range r.cidrs {
		if isLocalPrefix(p) && p.Contains(t.lit) {
			return true
		}
	}
	return r.aws != nil && r.aws.opens(t, port)
}
