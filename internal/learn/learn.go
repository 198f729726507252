package learn

import (
	"cmp"
	"net"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/lambdafence/lambdafence/internal/awshost"
	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/wrapper"
)

// A Learner takes in events. Its memory is bounded by what is told apart, not by
// their number, and what it makes of them does not hang on their order.
type Learner struct {
	level     Level
	window    span        // of all events
	self      string      // the account of the functions
	kept      *policy.Set // written by hand; may be nil
	trees     map[subject]*tree
	apart     map[string]*evidence // what is not proposed, in words
	functions bounded              // of all events
	lost      int64                // calls for which there was no room
	room      room                 // of all trees
}

// Bounds of what is told apart, whoever writes to the log that is read.
const (
	maxTrees = 8192
	treeSize = 1024 // bytes, about
	maxApart = 256
	maxRoom  = 128 << 20
	maxText  = 4096 // bytes; no value in an event is as long
)

// A room is how many bytes may still be kept, about.
type room int

// take reports whether n more fit.
func (r *room) take(n int) bool {
	if int(*r) < n {
		return false
	}
	*r -= room(n)
	return true
}

// New returns a learner.
func New(level Level) *Learner {
	return &Learner{level: level, trees: map[subject]*tree{}, apart: map[string]*evidence{}, room: maxRoom}
}

// A subject is what the calls of one tree have in common.
type subject struct {
	kind     policy.Kind
	scheme   string // of HTTP calls
	network  string
	port     uint16
	domain   string // that somebody registered: what one fills is not another's
	service  string // of AWS calls: its id
	account  string // that signs them; "self" for the function's own, "" unknown
	endpoint string // host and port, where that is not AWS's own
	form     form
}

// A form says how the resources of an AWS call are named.
type form uint8

const (
	named   form = iota // by ARNs
	unnamed             // the operation has none, or they are not known
)

// Add takes in an event.
func (l *Learner) Add(ev *wrapper.Event) {
	seen := evidenceOf(ev)
	c := &ev.Call
	l.functions.add(ev.Function.Name)
	l.window.add(seen.span)
	if l.self == "" && isAccount(c.Self) {
		l.self = c.Self
	}
	why := notProposed(ev)
	if l.kept != nil {
		switch d := l.kept.Decide(c); {
		case d.Effect == policy.Allow && d.Rule != "":
			return // whatever was decided of it before
		case d.Effect == policy.Deny && d.Rule == "local" && ev.Decision.Effect == policy.Allow:
			// A door that what was learned before has opened; that part is not in kept, but is
			// about to be written anew, and must not lose the rule.
		case d.Effect == policy.Deny && d.Rule != "":
			why = "denied by " + d.Rule
		}
	}
	if why == unsigned && isUnsignedRead(c) {
		s := subject{kind: policy.HTTP, scheme: c.Scheme, network: cmp.Or(c.Network, "tcp"), port: c.Port, domain: c.Host}
		seen.examples.add(c.Host + c.Path)
		l.tree(s).add([]string{atom + c.Host, hostEnd, atom + strings.Join(segments(c.Path), "/")}, c.Method, seen)
		return
	}
	if why != "" {
		what := c.String()
		if why == closedDoor && c.Kind == policy.HTTP { // the door counts, and not what was asked behind it
			what = c.Scheme + "://" + net.JoinHostPort(c.Host, strconv.Itoa(int(c.Port)))
		}
		l.setApart(why+": "+what, seen)
		return
	}
	switch c.Kind {
	case policy.AWS:
		l.addAWS(c, seen)
	case policy.HTTP:
		host := labels(c.Host)
		s := subject{kind: c.Kind, scheme: c.Scheme, network: cmp.Or(c.Network, "tcp"), port: c.Port, domain: host[0]}
		seen.examples.add(c.Host + c.Path)
		l.tree(s).add(slices.Concat(host, []string{hostEnd}, segments(c.Path)), cmp.Or(c.Method, "GET"), seen)
	default:
		host := labels(c.Host)
		s := subject{kind: c.Kind, network: cmp.Or(c.Network, "tcp"), port: c.Port, domain: host[0]}
		seen.examples.add(c.Host)
		l.tree(s).add(append(host, hostEnd), "", seen)
	}
}

const (
	unsigned   = "signed by nobody knows whom"
	closedDoor = "denied by local"
)

// isUnsignedRead reports whether a call of AWS is one that nobody need sign, as far as
// can be told: the keys of a user pool, an object that everybody may read. A rule for
// that host and that path allows it.
func isUnsignedRead(c *policy.Call) bool {
	return c.Account == "" && (c.Method == "GET" || c.Method == "HEAD") && c.Host != "" && c.Path != "" && c.Scheme == "https" && c.HostHeader == ""
}

// notProposed says why an event is no reason to allow its call; "" if it is one.
func notProposed(ev *wrapper.Event) string {
	d := &ev.Decision
	switch {
	case d.Effect == policy.Deny && d.Rule != "" && d.Reason != "": // by a deny rule, or a closed door
		return "denied by " + d.Rule
	case ev.Outcome == wrapper.Blocked:
		return "blocked"
	case ev.Call.Kind == policy.AWS && !isAccount(ev.Call.Account):
		return unsigned
	case isTooLong(&ev.Call):
		return "longer than what a fence writes"
	}
	return ""
}

func isTooLong(c *policy.Call) bool {
	for _, s := range []string{c.Scheme, c.Host, c.Method, c.Path, c.Network, c.Service, c.Operation, c.Region, c.Self} {
		if len(s) > maxText {
			return true
		}
	}
	return slices.ContainsFunc(c.Resources, func(arn string) bool { return len(arn) > maxText })
}

// isAccount reports whether s is the id of an account. Anything else, such as "*" in
// a forged event, must not come to stand in a rule.
func isAccount(s string) bool { return len(s) == 12 && strings.Trim(s, "0123456789") == "" }

func (l *Learner) setApart(what string, seen *evidence) {
	what = comment(what) // which is short
	e := l.apart[what]
	if e == nil {
		if len(l.apart) >= maxApart {
			l.lost += seen.calls
			return
		}
		e = &evidence{}
		l.apart[what] = e
	}
	e.merge(seen)
}

func (l *Learner) addAWS(c *policy.Call, seen *evidence) {
	service, _ := awshost.Find(c.Service)
	s := subject{kind: c.Kind, service: service.ID, account: c.Account}
	if c.Account == c.Self {
		s.account = "self"
	}
	if h, _ := awshost.Parse(c.Host); c.Host != "" && (!h.API || !h.Serves(service.ID, c.Region)) {
		s.endpoint, s.scheme, s.port = c.Host, c.Scheme, c.Port
	}
	if len(c.Resources) == 0 {
		s.form = unnamed
		l.tree(s).add(nil, c.Operation, seen)
		return
	}
	for _, resource := range c.Resources {
		one := *seen
		one.examples = bounded{}
		one.examples.add(resource)
		l.tree(s).add(resourcePath(resource, c, service.IAM), c.Operation, &one)
	}
}

func (l *Learner) tree(s subject) *tree {
	t := l.trees[s]
	if t == nil {
		t = &tree{room: &l.room}
		if len(l.trees) < maxTrees && l.room.take(treeSize+len(s.domain)+len(s.endpoint)+len(s.service)) { // else it is filled for nobody
			l.trees[s] = t
		} else {
			t.room = new(room)
			l.lost++
		}
	}
	return t
}

// hostEnd stands in a tree between the labels of a host and the segments of paths.
const hostEnd = "\x01"

// labels are those of a host, the last first. What somebody registered is one
// name, of which nothing is left open: the next one may be anybody's. So is an
// address, and a host of AWS, but for what an account has hosts of its own beneath.
func labels(host string) []string {
	if isAddress(host) {
		return []string{atom + host}
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(host)
	switch {
	case awshost.MayParse(host):
		own, ok := ownDomain(host)
		if !ok {
			return []string{atom + host}
		}
		domain = own
	case err != nil:
		return []string{atom + host}
	}
	ls := strings.Split(strings.TrimSuffix(strings.TrimSuffix(host, domain), "."), ".")
	if ls[0] == "" {
		ls = nil
	}
	slices.Reverse(ls)
	return append([]string{atom + domain}, ls...)
}

func isAddress(host string) bool {
	return strings.Contains(host, ":") || strings.Trim(host, "0123456789.") == ""
}

// ownDomain returns the domain that a host of AWS is in, where it is one account's: of
// databases, caches and brokers, whose names have a part that AWS gives out before the
// region, and of machines in a VPC.
//
//	orders-1.c1abcdefghij.eu-west-1.rds.amazonaws.com
//	orders-001.orders.ab12cd.euw1.cache.amazonaws.com
//	b-1.orders.ab12cd.c2.kafka.eu-west-1.amazonaws.com
//	ip-10-0-1-2.eu-west-1.compute.internal
func ownDomain(host string) (string, bool) {
	first, domain, _ := strings.Cut(host, ".")
	if strings.HasSuffix(host, ".compute.internal") || strings.HasSuffix(host, ".ec2.internal") {
		return domain, first != ""
	}
	for _, service := range []string{".rds.", ".cache.", ".kafka.", ".docdb.", ".neptune.", ".redshift.", ".memorydb."} {
		if at := strings.Index(domain, service); at > 0 && strings.Contains(domain[:at], ".") {
			return domain, true
		}
	}
	return "", false
}

// resourcePath is an ARN as a path: its head, which is empty for a resource of the
// service in the account of who signs, and the names in it.
func resourcePath(arn string, c *policy.Call, iam string) []string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return []string{arn}
	}
	head := atom + strings.Join(parts[:5], ":") + ":"
	if (parts[4] == "" || parts[4] == c.Account) && strings.ReplaceAll(parts[2], "-", "") == strings.ReplaceAll(iam, "-", "") {
		head = atom
	}
	names := strings.SplitN(parts[5], "/", maxDepth)
	switch last := &names[len(names)-1]; parts[2] {
	case "s3":
		names[0] = closed + names[0]
	case "secretsmanager":
		if at := len(*last) - tailLength; at > 0 && (*last)[at-1] == '-' && isPlainWord((*last)[at:]) {
			*last = (*last)[:at] + tailMark + (*last)[at:]
		}
	}
	return append([]string{head}, names...)
}

func isPlainWord(s string) bool {
	for i := range len(s) {
		if !isAlphanumeric(s[i]) {
			return false
		}
	}
	return s != ""
}
