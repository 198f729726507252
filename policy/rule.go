package policy

import (
	"net/netip"
	"slices"
	"time"
)

// A rule is one entry of an allow or a deny list, read and compiled. A field
// that is nil was left out.
type rule struct {
	id     string // stated, or "deny[0]"
	deny   bool
	reason string
	mode   Mode // stated: deny rules only; after Compile the rule's own or its layer's
	line   int

	hosts []hostPattern  // subject host
	cidrs []netip.Prefix // subject cidr

	schemes   []string
	ports     []uint16
	methods   []string
	paths     []pathPattern
	networks  []string
	functions []matcher
	until     time.Time // the first moment at which the rule no longer holds

	// unsupported names what Compile refuses, and where it stands.
	unsupported string
	column      int
}

// matchesCall reports whether every field of r but its subject matches c. What
// is unknown of a call matches a deny rule's field and never an allow rule's.
func (r *rule) matchesCall(c *Call, f *pathForm) bool {
	return r.matchesNetwork(c) && r.matchesHTTP(c, f) && r.matchesOrigin(c)
}

// matchesNetwork judges networks and ports. In an allow rule networks default
// to tcp, and ports to those of the rule's schemes.
func (r *rule) matchesNetwork(c *Call) bool {
	network := c.network()
	switch {
	case r.networks != nil:
		if !slices.Contains(r.networks, network) {
			return false
		}
	case !r.deny && network != "tcp":
		return false
	}
	port := c.port()
	switch {
	case r.ports != nil:
		return slices.Contains(r.ports, port)
	case r.deny:
		return true
	case c.Kind == HTTP:
		return port == schemePort(c.Scheme) && port != 0
	}
	return port == 443 // an allow rule means https unless it says otherwise
}

// matchesHTTP judges schemes, methods and paths. A net call has none of them:
// an allow rule that states one does not speak of it, and a deny rule cannot
// know what will be sent and so does.
func (r *rule) matchesHTTP(c *Call, f *pathForm) bool {
	if c.Kind != HTTP {
		return r.deny || r.schemes == nil && r.methods == nil && r.paths == nil
	}
	if r.deny {
		return (r.schemes == nil || slices.Contains(r.schemes, c.Scheme)) &&
			(r.methods == nil || slices.Contains(r.methods, c.method())) &&
			(r.paths == nil || f.odd || r.matchesPath(f.sent) || r.matchesPath(f.clean))
	}
	if r.schemes == nil && c.Scheme != "https" || r.schemes != nil && !slices.Contains(r.schemes, c.Scheme) {
		return false
	}
	switch {
	case r.methods != nil && !slices.Contains(r.methods, c.method()):
		return false
	case r.methods == nil && c.method() == "CONNECT":
		return false // a tunnel leads anywhere: it must be asked for by name
	case f.odd && c.method() != "CONNECT":
		return false // an absolute target or control characters: a server may see another request
	}
	return r.paths == nil || r.matchesPath(f.sent) && r.matchesPath(f.clean)
}

func (r *rule) matchesPath(s string) bool {
	for i := range r.paths {
		if r.paths[i].match(s) {
			return true
		}
	}
	return false
}

// matchesOrigin judges who calls and when: functions and until.
func (r *rule) matchesOrigin(c *Call) bool {
	if r.functions != nil && !r.matchesFunction(c.Function) {
		return false
	}
	if r.until.IsZero() {
		return true
	}
	if c.Time.IsZero() {
		return r.deny // unknown
	}
	return c.Time.Before(r.until)
}

func (r *rule) matchesFunction(function string) bool {
	if function == "" {
		return r.deny // unknown
	}
	for i := range r.functions {
		if r.functions[i].match(function) {
			return true
		}
	}
	return false
}

// matchesReached is what a rule has to say of an address that is about to be
// connected to, besides its subject. The connection will carry requests of any
// scheme, method and path, so these cannot clear it.
func (r *rule) matchesReached(c *Call) bool {
	return r.matchesNetwork(c) && r.matchesOrigin(c)
}
