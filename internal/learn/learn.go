package learn

import (
	"cmp"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awshost"
	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/wrapper"
)

// A Learner takes in events. Its memory is bounded by what is told apart, not by
// their number, and what it makes of them does not hang on their order.
type Learner struct {
	level     Level
	days      days        // of all events
	self      string      // the account of the functions
	several   bool        // there are more
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
	return &Learner{level: level, days: days{}, trees: map[subject]*tree{}, apart: map[string]*evidence{}, room: maxRoom}
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
	c := canonical(&ev.Call)
	l.functions.add(ev.Function.Name)
	l.days.add(seen.span)
	switch {
	case !isAccount(c.Self) || c.Self == l.self:
	case l.self == "":
		l.self = c.Self
	default:
		l.several = true
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
		l.tree(s).add([]string{atom + c.Host, hostEnd, atom + plainPath(c.Path)}, c.Method, seen)
		return
	}
	if why == "" && c.Kind == policy.AWS {
		why = unknown(c)
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
		for _, host := range []string{c.Host, c.HostHeader} { // each is judged
			if host == "" {
				continue
			}
			one := *seen
			one.examples = bounded{}
			one.examples.add(host + c.Path)
			path := labels(host)
			s := subject{kind: c.Kind, scheme: c.Scheme, network: cmp.Or(c.Network, "tcp"), port: c.Port, domain: path[0]}
			l.tree(s).add(slices.Concat(path, []string{hostEnd}, segments(c.Path)), cmp.Or(c.Method, "GET"), &one)
		}
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

// canonical returns a call with its hosts in their one spelling, in which fences write
// them: of another one, nobody can tell what domain it is in.
func canonical(c *policy.Call) *policy.Call {
	for _, host := range []*string{&c.Host, &c.HostHeader} {
		if *host == "" {
			continue
		}
		if one := policy.CanonicalHost(*host); one != *host {
			changed := *c
			if host == &c.Host {
				changed.Host = one
			} else {
				changed.HostHeader = one
			}
			return canonical(&changed)
		}
	}
	return c
}

// isUnsignedRead reports whether a call of AWS is one that nobody need sign, as far as
// can be told: the keys of a user pool, an object that everybody may read. A rule for
// that host and that path allows it.
func isUnsignedRead(c *policy.Call) bool {
	return c.Account == "" && (c.Method == "GET" || c.Method == "HEAD") && c.Access <= policy.Read && len(c.Also) == 0 &&
		c.Host != "" && c.Scheme == "https" && c.HostHeader == "" && !takesActions(c)
}

// takesActions reports whether at that host and path a query says what is done: a rule
// for them would allow all of it, whoever signs.
func takesActions(c *policy.Call) bool {
	h, _ := awshost.Parse(c.Host)
	return h.Bucket == "" && strings.Trim(c.Path, "/") == "" || h.Serves("sqs", "")
}

// isAPI reports whether a host is one of AWS's API.
func isAPI(host string) bool {
	h, _ := awshost.Parse(host)
	return h.API
}

// notProposed says why an event is no reason to allow its call; "" if it is one.
func notProposed(ev *wrapper.Event) string {
	d, c := &ev.Decision, &ev.Call
	switch {
	case d.Effect == policy.Deny && d.Rule != "" && d.Reason != "": // by a deny rule, or a closed door
		return "denied by " + d.Rule
	case ev.Outcome == wrapper.Blocked:
		return "blocked"
	case isTooLong(c):
		return "longer than what a fence writes"
	case isForged(c):
		return "not what a fence writes"
	case c.Kind == policy.AWS && !isAccount(c.Account), c.Kind == policy.HTTP && (isAPI(c.Host) || isAPI(c.HostHeader)):
		return unsigned
	case isCut(c.Host), isCut(c.Path):
		return "too long to be told whole"
	}
	return ""
}

// isCut reports whether a fence cut a text off, or a reader of its log.
func isCut(s string) bool { return strings.HasSuffix(s, cut) }

const cut = "…"

// unknown says what of a call of AWS is not known, but would have to be for a rule.
func unknown(c *policy.Call) string {
	switch {
	case c.Operation == "":
		return "of an operation that is not known"
	case c.HostHeader != "":
		return "with the name of another host"
	}
	for i, resource := range c.Resources {
		if parts := strings.SplitN(resource, ":", 6); (len(parts) < 6 || parts[0] != "arn" || parts[5] == "" || isCut(resource)) && (i == 0 || !strings.HasPrefix(resource, cut)) {
			return "on something that is no ARN"
		}
	}
	return ""
}

// isForged reports whether a call has what no fence writes: wildcards where they would be
// taken for such, control characters, or names that are none.
func isForged(c *policy.Call) bool {
	for _, s := range append([]string{c.Scheme, c.Host, c.HostHeader, c.Method, c.Path, c.Network, c.Service, c.Operation, c.Region, c.Account, c.Self}, c.Resources...) {
		if strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 }) {
			return true
		}
	}
	switch c.Kind {
	case policy.AWS:
		return !isName(c.Service, " -") || c.Operation != "" && !isName(c.Operation, "")
	case policy.HTTP:
		return c.Scheme != "http" && c.Scheme != "https" || strings.Contains(c.Host+c.HostHeader, "*")
	}
	return strings.Contains(c.Host, "*")
}

// isName reports whether s is made of letters and digits, and of some other characters.
func isName(s, but string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r >= 0x80 || !isAlphanumeric(byte(r)) && !strings.ContainsRune(but, r)
	})
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
		if strings.HasPrefix(resource, cut) {
			continue // how many more there are
		}
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
