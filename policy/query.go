package policy

// A query is a call on its way to one host through the layers: what the rules ask
// of it, worked out once, and what was found in the layer that is asked just now.
// The text that matchers are given stands one pointer away, for the compiler takes
// it for kept: so neither the call nor the claim need live on the heap.
type query struct {
	call  *Call
	claim *claim // what the SDK says of the call; nil: the SDK did not make it
	site  *site  // where it goes

	network wordSet
	scheme  wordSet
	port    uint16
	ownPort uint16 // of the scheme; 0: a net call, or a scheme without one
	odd     bool   // an HTTP request whose target is no path
	reached bool   // only the address is judged: a connection may carry anything
	verb    verbSet
	method  string // of a request

	at        *awsSight // what the host is to AWS; nil: see the site
	served    bool      // the service of the claim answers there
	genuine   bool      // and the call goes where the SDK finds it; see isAt
	elsewhere bool      // the bucket of host, or of the path, is none that the claim names

	read  bool      // the path was
	forms *pathForm // of the path, if it has more than one

	layer       *layer // that is asked
	allow, deny int32  // the first allow rule, the hardest and then first deny rule; -1: none
}

// ask works out what the rules ask of the call.
func (q *query) ask() {
	c := q.call
	q.network = networkWord(c.Network)
	q.port = c.port()
	if !c.isRequest() {
		q.scheme = noScheme
		return
	}
	q.scheme, q.ownPort = schemeWord(c.Scheme)
	q.odd = !isPath(c.Path)
	q.method = c.method()
	q.verb = verbOf(q.method)
}

// isAt notes what the host that is judged is to AWS, and to the claim. A call is
// genuine that goes to a host of AWS which belongs to the service and to the
// region, by HTTPS. The region of a call that states no host is the client's;
// some services have one for all.
func (q *query) isAt(at *awsSight) {
	q.at = at
	c := q.claim
	if c == nil {
		return
	}
	q.genuine, q.served, q.elsewhere = false, false, false
	if h := q.aws(); h.API {
		q.served = h.Serves(c.service.ID, "")
		q.genuine = q.served && q.call.securePort() && (c.hostless || c.region == h.Region || h.Serves(c.service.ID, c.region))
		q.elsewhere = q.otherBucket()
	}
}

// aws is what the host is to AWS.
func (q *query) aws() *awsSight {
	if q.at == nil {
		return &q.site.unseen
	}
	return q.at
}

// path reads the request target when the first rule asks for it. A target that
// reads the same for everyone has no other forms: nil.
func (q *query) path() *pathForm {
	if !q.read {
		q.read = true
		if !isTidy(q.call.Path) {
			q.forms = new(pathForm)
			q.forms.read(q.call.Path)
		}
	}
	return q.forms
}

// candidates offers rules whose subject matches.
func (q *query) candidates(to refs) {
	for ; to.first > 0; to = q.layer.index.lists[to.next] {
		q.candidate(to.first - 1)
	}
}

// candidate keeps a rule whose subject matches, if it outweighs what was found
// before and its fields match too.
func (q *query) candidate(ref int32) {
	r := &q.layer.rules[ref]
	switch {
	case !r.deny:
		if (q.allow < 0 || ref < q.allow) && !q.reached && r.matches(q) {
			q.allow = ref
		}
	case q.deny < 0 || r.mode > q.layer.rules[q.deny].mode || r.mode == q.layer.rules[q.deny].mode && ref < q.deny:
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

// schemeWord returns the word of a scheme, and its port.
func schemeWord(scheme string) (w wordSet, port uint16) {
	switch scheme {
	case "https":
		return schemeHTTPS, 443
	case "http":
		return schemeHTTP, 80
	case "":
		return unknownScheme, 0
	}
	return otherScheme, 0
}

// A verbSet is a set of methods, of which the common ones are told apart.
type verbSet uint16

func (s verbSet) has(v verbSet) bool { return s&v != 0 }

const (
	connect verbSet = 1 << iota
	otherVerb
	firstVerb // and one more for each of commonMethods
)

var commonMethods = [...]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

func verbOf(method string) verbSet {
	for i, m := range commonMethods {
		if m == method {
			return firstVerb << i
		}
	}
	if method == "CONNECT" {
		return connect
	}
	return otherVerb
}

// verbsOf returns the set of a rule's methods; nil are all.
func verbsOf(methods []string) (s verbSet) {
	if methods == nil {
		return ^verbSet(0)
	}
	for _, m := range methods {
		s |= verbOf(m)
	}
	return s
}
