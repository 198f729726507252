package policy

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

// An awsRule is what a rule with the subject aws asks of a call. A slice that is
// nil was left out.
type awsRule struct {
	services   []string // in normal form: by IAM or by the SDK; "*" for all
	operations []pattern
	access     accessSet // 0: left out
	resources  []arnPattern
	accounts   []string // ids, self, or "*"
	regions    []pattern
	endpoints  []endpoint
}

// An accessSet is a set of access levels, as bits.
type accessSet uint8

func (s accessSet) has(a Access) bool { return s>>a&1 != 0 }

var accessWords = []string{"list", "read", "write", "tagging", "permissions"}

// An endpoint is a host that serves AWS's API without being AWS's own.
type endpoint struct {
	host hostPattern
	port uint16 // 0: any
}

func (e endpoint) size() int { return e.host.size() }

// exact reports whether e is one host, and not a pattern over names.
func (e *endpoint) exact() bool { return e.host.exact != "" || e.host.lit.IsValid() }

func (e *endpoint) is(t *target, port uint16) bool {
	if e.port != 0 && e.port != port {
		return false
	}
	h := &e.host
	switch {
	case t.lit.IsValid():
		return h.lit.Contains(t.lit)
	case h.exact != "":
		return h.exact == t.name
	case h.glob != nil:
		return h.glob.match(t.name)
	case h.suffix != "":
		own, ok := strings.CutSuffix(t.name, "."+h.suffix)
		return ok && own != "" && (h.deep || !strings.Contains(own, "."))
	}
	return false
}

// A claim is what the SDK says that a call is. Where it goes is another matter.
type claim struct {
	made       bool // by the SDK, or by whoever described the call
	hostless   bool // no host is stated: it goes to the SDK's own
	service    awshost.Service
	operation  string
	access     Access
	resources  []string
	region     string
	account    string
	self       string
	securePort bool // HTTPS on its own port, where AWS listens
}

func claimOf(c *Call) claim {
	cl := claim{account: c.Account, self: c.Self, securePort: c.securePort()}
	if c.Kind != AWS {
		return cl
	}
	cl.made, cl.hostless = true, c.Host == ""
	cl.service, _ = awshost.Find(c.Service)
	cl.operation, cl.resources, cl.region = c.Operation, c.Resources, c.Region
	if c.Access <= Permissions {
		cl.access = c.Access
	}
	return cl
}

// securePort reports whether the call goes to the port that AWS serves its API
// on, by HTTPS.
func (c *Call) securePort() bool {
	return (c.Scheme == "https" || c.Kind == AWS && c.Scheme == "") && (c.Port == 0 || c.Port == 443)
}

// names reports whether the rule is about a service.
func (a *awsRule) names(s awshost.Service) bool {
	return slices.ContainsFunc(a.services, func(name string) bool { return name == "*" || name == s.ID || name == s.IAM })
}

// namesHost reports whether the rule is about a service that answers at the host
// that is judged.
func (a *awsRule) namesHost(q *query) bool {
	return q.aws.API && (slices.Contains(a.services, "*") || slices.ContainsFunc(q.aws.Services, a.names))
}

// allows reports whether an allow rule matches. What is unknown never does.
func (a *awsRule) allows(q *query) bool {
	switch c := &q.claim; {
	case q.network != tcp:
		return false
	case q.reached:
		return a.trusts(q) // the request was judged; this address of it is one that the rule names
	case q.odd, q.method == "CONNECT":
		return false // neither is a request of AWS's API, and either may lead anywhere
	case c.made:
		if !a.names(c.service) || !q.genuine() && !a.trusts(q) {
			return false
		}
	case !c.securePort || q.scheme == noScheme || !a.namesHost(q):
		return false // neither a call by the SDK nor a request to a host of AWS
	}
	return a.allowsRegion(q) && a.allowsAccount(q) && a.allowsOperation(q) && a.allowsResources(q)
}

// genuine reports whether the call goes where the SDK finds the service: to a
// host of AWS that belongs to it and to the region, by HTTPS. The region of a
// call that states no host is the client's; some services have one for all.
func (q *query) genuine() bool {
	c := &q.claim
	region := c.region
	if c.hostless {
		region = ""
	}
	return c.securePort && q.aws.API && q.aws.Serves(c.service.ID, region)
}

// otherBucket reports whether the request goes to a bucket, or an access point,
// that is none of those which the SDK says it is about. A client whose base
// endpoint has a bucket in its name or path sends everything there.
func (q *query) otherBucket() bool {
	c := &q.claim
	if len(c.resources) == 0 || c.service.ID != "s3" || !q.aws.API {
		return false
	}
	bucket := q.aws.Bucket
	if bucket == "" {
		bucket, _, _ = strings.Cut(strings.TrimPrefix(q.target, "/"), "/")
	}
	return bucket != "" && !slices.ContainsFunc(c.resources, func(text string) bool {
		r, ok := parseARN(text)
		return ok && r.inBucket(bucket, q.aws.Account)
	})
}

// allowsRegion asks the region that the SDK states and the one in the host's name,
// as far as they are known.
func (a *awsRule) allowsRegion(q *query) bool {
	claimed, real := q.claim.region, q.aws.Region
	return a.regions == nil || (claimed != "" || real != "") &&
		(claimed == "" || matchAny(a.regions, claimed)) && (real == "" || matchAny(a.regions, real))
}

func (a *awsRule) allowsAccount(q *query) bool {
	c := &q.claim
	return slices.ContainsFunc(a.accounts, func(id string) bool {
		return id == "*" || c.account != "" && (id == c.account || id == accountSelf && c.account == c.self)
	})
}

func (a *awsRule) allowsOperation(q *query) bool {
	c := &q.claim
	return (a.operations == nil || c.operation != "" && matchAny(a.operations, c.operation)) &&
		(a.access == 0 || a.access.has(c.access))
}

func (a *awsRule) allowsResources(q *query) bool {
	c := &q.claim
	if a.resources == nil || a.anyResource() {
		return true
	}
	if q.elsewhere {
		return false
	}
	for _, text := range c.resources {
		r, ok := parseARN(text)
		if !ok || !slices.ContainsFunc(a.resources, func(p arnPattern) bool { return p.allows(&r, c.service.IAM, c.account) }) {
			return false
		}
	}
	return len(c.resources) > 0
}

// denies reports whether a deny rule matches. What is unknown does: of a call
// that goes to a service under another service's name, or under none, nothing
// else is known.
func (a *awsRule) denies(q *query) bool {
	if a.endpoints != nil && !a.namesEndpoint(q) || !a.deniesRegion(q) || !a.deniesAccount(q) {
		return false
	}
	c := &q.claim
	return c.made && a.names(c.service) && a.deniesOperation(q) && a.deniesResources(q) ||
		a.namesHost(q) && !(c.made && q.aws.Serves(c.service.ID, ""))
}

func (a *awsRule) deniesRegion(q *query) bool {
	claimed, real := q.claim.region, q.aws.Region
	return a.regions == nil || claimed == "" && real == "" ||
		claimed != "" && matchAny(a.regions, claimed) || real != "" && matchAny(a.regions, real)
}

func (a *awsRule) deniesAccount(q *query) bool {
	c := &q.claim
	return a.accounts == nil || slices.ContainsFunc(a.accounts, func(id string) bool {
		return id == "*" || c.account == "" || id == c.account || id == accountSelf && (c.self == "" || c.account == c.self)
	})
}

func (a *awsRule) deniesOperation(q *query) bool {
	c := &q.claim
	return (a.operations == nil || c.operation == "" || matchAny(a.operations, c.operation)) &&
		(a.access == 0 || c.access == UnknownAccess || a.access.has(c.access))
}

func (a *awsRule) deniesResources(q *query) bool {
	c := &q.claim
	if a.resources == nil || a.anyResource() || c.resources == nil || q.elsewhere {
		return true
	}
	return slices.ContainsFunc(c.resources, func(text string) bool {
		r, ok := parseARN(text)
		return !ok || slices.ContainsFunc(a.resources, func(p arnPattern) bool { return p.denies(&r) })
	})
}

// anyResource reports whether the rule says "*", which is not to ask.
func (a *awsRule) anyResource() bool {
	return slices.ContainsFunc(a.resources, func(p arnPattern) bool { return p.any })
}

func (a *awsRule) namesEndpoint(q *query) bool {
	return slices.ContainsFunc(a.endpoints, func(e endpoint) bool { return e.is(q.canonical(), q.port) })
}

// trusts reports whether an allow rule takes the host that is judged for the
// service. A wildcard never makes an endpoint of AWS's API another service's, nor
// a name that leads to this machine its own.
func (a *awsRule) trusts(q *query) bool {
	return slices.ContainsFunc(a.endpoints, func(e endpoint) bool {
		return (e.exact() || !q.aws.API && !q.reached) && e.is(q.canonical(), q.port)
	})
}

// opens reports whether an endpoint is the local target t itself.
func (a *awsRule) opens(t *target, port uint16) bool {
	return slices.ContainsFunc(a.endpoints, func(e endpoint) bool { return e.exact() && e.is(t, port) })
}

// localEndpoint reports whether an endpoint is an address of this machine, which
// the rule opens thereby.
func (a *awsRule) localEndpoint() bool {
	return slices.ContainsFunc(a.endpoints, func(e endpoint) bool {
		return e.host.exact != "" && isLocalName(e.host.exact) || e.host.lit.IsValid() && isLocalPrefix(e.host.lit)
	})
}

// sameService compares the service of an ARN, which may have hyphens, with a
// prefix of IAM in its normal form. It does not allocate.
func sameService(a, iam string) bool {
	for part, more := "", true; more; {
		part, a, more = strings.Cut(a, "-")
		var ok bool
		if iam, ok = strings.CutPrefix(iam, part); !ok {
			return false
		}
	}
	return iam == ""
}

const accountSelf = "self"

func compileAccount(s string) (string, error) {
	if s == accountSelf || s == "*" || len(s) == 12 && strings.Trim(s, "0123456789") == "" {
		return s, nil
	}
	return "", fmt.Errorf("%q: want self, \"*\" or the 12 digits of an account id", s)
}

func compileService(s string) (string, error) {
	name := awshost.Normal(s)
	switch {
	case s == "*":
		return s, nil
	case strings.ContainsAny(s, "*?[]{}"):
		return "", fmt.Errorf("%q: a service is named, or \"*\" for all of them", s)
	case strings.HasPrefix(s, "arn:"):
		return "", fmt.Errorf("%q: an ARN goes into resources; aws names the service, such as s3", s)
	case strings.Contains(s, ":"):
		service, operation, _ := strings.Cut(s, ":")
		return "", fmt.Errorf("%q: write aws: %s and operations: [%s], by the SDK's name of the operation", s, service, operation)
	case name == "":
		return "", fmt.Errorf("%q is no service, such as dynamodb or \"Secrets Manager\"", s)
	}
	return name, nil
}

// compileOperation compiles a pattern over the SDK's names, which begin with a
// capital: a rule that could never match would be a deny rule that denies nothing.
func compileOperation(s string) ([]pattern, error) {
	if _, name, ok := strings.Cut(s, ":"); ok {
		return nil, fmt.Errorf("%q: write the operation alone, such as %s", s, name)
	}
	alternatives, err := expand(s, "")
	for _, alt := range alternatives {
		if alt[0] >= 'a' && alt[0] <= 'z' {
			return nil, fmt.Errorf("%q: operations have the SDK's names, such as %s", s, strings.ToUpper(alt[:1])+alt[1:])
		}
	}
	if err != nil {
		return nil, err
	}
	return compilePatterns(s, "")
}

func compileEndpoint(s string) ([]endpoint, error) {
	if strings.Contains(s, "://") {
		return nil, fmt.Errorf("%q: want a host, or a host and port, such as localhost:4566", s)
	}
	host, port, err := splitEndpoint(s)
	if err != nil {
		return nil, err
	}
	hosts, err := compileHost(host)
	es := make([]endpoint, 0, len(hosts))
	for _, h := range hosts {
		if h.all {
			return nil, fmt.Errorf("%q: an endpoint is a host that the rule trusts; name it", s)
		}
		es = append(es, endpoint{h, port})
	}
	return es, err
}

func splitEndpoint(s string) (host string, port uint16, err error) {
	if a, err := netip.ParseAddrPort(s); err == nil && a.Port() != 0 {
		return a.Addr().String(), a.Port(), nil
	}
	i := strings.LastIndexByte(s, ':')
	if i < 0 || strings.Contains(s[:i], ":") {
		return s, 0, nil
	}
	n, err := strconv.ParseUint(s[i+1:], 10, 16)
	if err != nil || n == 0 {
		return "", 0, fmt.Errorf("%q: the port is no number from 1 to 65535", s)
	}
	return s[:i], uint16(n), nil
}

// ownRule is the id of the built-in rule about the fence's own parameters.
const ownRule = "own-policy"

// ownRules are built into every layer: a function may not change the policy that
// it runs under, nor move a label to another version of it.
func (p Platform) ownRules() []rule {
	if len(p.Parameters) == 0 {
		return nil
	}
	a := &awsRule{services: []string{"ssm"}}
	for _, name := range []string{"PutParameter", "DeleteParameter", "DeleteParameters", "LabelParameterVersion", "UnlabelParameterVersion"} {
		a.operations = append(a.operations, pattern{head: name})
	}
	for _, name := range p.Parameters {
		a.resources = append(a.resources, ownParameter(name))
	}
	r := rule{deny: true, id: ownRule, reason: "a function may not change its own policy", aws: a}
	r.setDefaults()
	return []rule{r}
}

// ownParameter matches a parameter by its name or ARN, and what lies beneath it,
// where its parts are.
func ownParameter(name string) arnPattern {
	resource := "parameter/" + strings.TrimPrefix(name, "/")
	if a, ok := parseARN(name); ok {
		resource = a.resource
	}
	return arnPattern{
		tail:     true,
		resource: pattern{head: resource},
		below:    []pattern{{sep: "/", head: resource, rest: []segment{{deep: true}}}},
	}
}
