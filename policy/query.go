package policy

import (
	"time"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

// A query is a call on its way through the layers: what the rules ask of it,
// worked out once, and what was found in the layer that is asked just now. It
// holds no pointer to the call, so that the caller's need not live on the heap.
type query struct {
	network  wordSet
	scheme   wordSet
	port     uint16
	ownPort  uint16 // of the scheme; 0: a net call, or a scheme without one
	odd      bool   // an HTTP request whose target is no path
	reached  bool   // only the address is judged: a connection may carry anything
	method   string
	target   string // of the request, or the path of a socket
	caller   Caller
	callers  []Caller
	function string
	time     time.Time
	claim    claim // of a call of the SDK

	host      string // the host that is judged, as the call has it
	read      bool
	canon     target        // host in its canonical form, once it is read
	fresh     sight         // host, where it was not known before
	at        *awshost.Host // what host is to AWS; nil: see unseen
	unseen    awshost.Host
	served    bool // the service of the claim answers there
	genuine   bool // and the call goes where the SDK finds it; see isAt
	elsewhere bool // the bucket of host, or of the path, is none that the claim names
	parsed    bool
	forms     pathForm // of the target, once it is parsed

	rules       []rule // of the layer
	allow, deny int32  // the first allow rule, the hardest and then first deny rule; -1: none
}

// ask makes q a query about c.
func (q *query) ask(c *Call) {
	q.network = networkWord(c.Network)
	q.scheme = schemeWord(c)
	q.target = c.Path
	q.caller, q.callers = c.Caller, c.Callers
	q.function = c.Function
	q.time = c.Time
	q.port = c.port()
	q.claim.read(c)
	if c.isRequest() {
		q.ownPort = schemePort(c.Scheme)
		q.odd = !isPath(c.Path)
		q.method = c.method()
	}
}

// about makes host the one that is judged.
func (q *query) about(host string) { q.host, q.read = host, false }

// isAt notes what the host that is judged is to AWS, and to the claim. A call is
// genuine that goes to a host of AWS which belongs to the service and to the
// region, by HTTPS. The region of a call that states no host is the client's;
// some services have one for all.
func (q *query) isAt(at *awshost.Host) {
	q.at = at
	q.genuine, q.served, q.elsewhere = false, false, false
	if c, h := &q.claim, q.aws(); c.made && h.API {
		q.served = h.Serves(c.service.ID, "")
		q.genuine = q.served && c.securePort && (c.hostless || c.region == h.Region || h.Serves(c.service.ID, c.region))
		q.elsewhere = q.otherBucket()
	}
}

// aws is what the host that is judged is to AWS.
func (q *query) aws() *awshost.Host {
	if q.at == nil {
		return &q.unseen
	}
	return q.at
}

// canonical returns the host that is judged in its canonical form.
func (q *query) canonical() *target {
	if !q.read {
		q.canon, q.read = targetOf(q.host), true
	}
	return &q.canon
}

// path reads the request target when the first rule asks for it.
func (q *query) path() *pathForm {
	if !q.parsed {
		q.forms.read(q.target)
		q.parsed = true
	}
	return &q.forms
}

// candidates offers rules whose subject matches.
func (q *query) candidates(refs []int32) {
	for _, ref := range refs {
		q.candidate(ref)
	}
}

// candidate keeps a rule whose subject matches, if it outweighs what was found
// before and its fields match too.
func (q *query) candidate(ref int32) {
	r := &q.rules[ref]
	switch {
	case !r.deny:
		if (q.allow < 0 || ref < q.allow) && !q.reached && r.matches(q) {
			q.allow = ref
		}
	case q.deny < 0 || r.mode > q.rules[q.deny].mode || r.mode == q.rules[q.deny].mode && ref < q.deny:
		if r.matches(q) {
			q.deny = ref
		}
	}
}

// A wordSet is a set of the words that a field may hold, so that a rule is
// asked with one operation.
type wordSet uint8

func (s wordSet) has(w wordSet) bool { return s&w != 0 }

// The words of the field networks.
const (
	tcp wordSet = 1 << iota
	udp
	rawIP
	unix
	otherNetwork
)

func networkWord(s string) wordSet {
	switch s {
	case "", "tcp":
		return tcp
	case "udp":
		return udp
	case "ip":
		return rawIP
	case "unix":
		return unix
	}
	return otherNetwork
}

// The words of the field schemes, and what else can be said of a scheme.
const (
	schemeHTTP wordSet = 1 << iota
	schemeHTTPS
	otherScheme
	unknownScheme // of an HTTP call that was described by hand
	noScheme      // a net call
)

const anyWord = ^wordSet(0)

func schemeWord(c *Call) wordSet {
	switch {
	case !c.isRequest():
		return noScheme
	case c.Scheme == "https":
		return schemeHTTPS
	case c.Scheme == "http":
		return schemeHTTP
	case c.Scheme == "":
		return unknownScheme
	}
	return otherScheme
}
