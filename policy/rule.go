package policy

import (
	"net/netip"
	"slices"
)

// A rule is one entry of an allow or a deny list, read and compiled. A slice
// that is nil was left out, and so was a word set that is empty until the
// defaults fill it. What most calls ask for stands at the front, in the 64 bytes of
// a cache line: of many rules, the one for a call is in no cache.
type rule struct {
	deny     bool
	mode     Mode // stated: deny rules only; after Compile the rule's own or its layer's
	networks wordSet
	schemes  wordSet
	ownPorts bool     // ports were stated, and are not those of the schemes
	verbs    verbSet  // of methods
	aws      *awsRule // subject aws, with the fields of its own
	ports    []uint16
	paths    []pattern

	origin   *origin  // nil: it does not matter
	decision Decision // by this rule, after Compile
	methods  []string

	hosts  []hostPattern  // subject host
	cidrs  []netip.Prefix // subject cidr
	id     string         // stated, or "deny[0]"
	reason string

	line, column int
	_            [2]int // so that each rule begins a cache line; see TestLayout
}

// setDefaults fills in what was left out: in an allow rule https on its port
// over tcp, and calls that the function's own account signs; in a deny rule
// everything. A net call has no scheme, method or path:
// an allow rule that states one does not speak of it, and a deny rule cannot
// know what will be sent, and so does. Nor is an unknown scheme known to differ.
func (r *rule) setDefaults() {
	r.ownPorts = r.ports != nil
	r.verbs = verbsOf(r.methods)
	if r.aws != nil && !r.deny && r.aws.accounts == nil {
		r.aws.accounts = ownAccount
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

// ownAccount is the default of an allow rule, in one place for all of them.
var ownAccount = []string{accountSelf}

// bothPorts are those of https and http, in one place for all rules.
var bothPorts = []uint16{443, 80}

// matches reports whether every field of r but its subject matches. What is
// unknown of a call matches a deny rule's field and never an allow rule's.
func (r *rule) matches(q *query) bool {
	if a := r.aws; a != nil {
		return (r.deny && a.denies(q) || !r.deny && a.allows(q)) && r.matchesOrigin(q)
	}
	if !r.networks.has(q.network) || r.ports != nil && !r.matchesPort(q) {
		return false
	}
	if !q.reached && (!r.schemes.has(q.scheme) || q.scheme != noScheme && !r.matchesRequest(q)) {
		return false
	}
	return r.matchesOrigin(q)
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
