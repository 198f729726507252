package review

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lambdafence/lambdafence/internal/awshost"
	"github.com/lambdafence/lambdafence/policy"
)

// Terms are what a rule asks of a call, with the defaults of its list: the same
// that package policy compiles a rule into, in a form that can be compared. A slice
// that is nil does not ask.
type terms struct {
	rule *Rule
	deny bool
	mode policy.Mode // of a violation

	every bool // host "**"
	names []*name
	nets  []netip.Prefix // also the hosts that are addresses

	networks, schemes words
	ports             []uint16
	ownPorts          bool // ports were stated, and are not those of the schemes
	methods           []string
	paths             []*glob

	services   []string // subject aws
	operations []*glob
	access     words
	resources  []*resource // without "*"
	anyNamed   bool        // resources do not matter: left out, or "*" is among them
	accounts   []string
	regions    []*glob
	endpoints  []*endpoint

	from, functions []*glob
	until           time.Time
}

// A name is one alternative of a host that is no address.
type name struct {
	*glob
	suffix  string // of *.x and **.x
	local   bool   // it is one of this machine
	special bool   // only a rule that names it allows it: it is local, or AWS's API
}

// An endpoint is a host that an aws rule takes for the service's.
type endpoint struct {
	text string
	name *name
	net  netip.Prefix
	port uint16 // 0: any
}

// Words are a set of the words of a field, and of what else may be said of it.
type words uint8

const (
	tcp words = 1 << iota
	udp
	rawIP
	unix
	otherNetwork

	anyNetwork = tcp | udp | rawIP | unix | otherNetwork
)

const (
	plainHTTP words = 1 << iota
	https
	otherScheme
	unknownScheme // of a call that was described by hand
	noScheme      // of a connection

	anyScheme = plainHTTP | https | otherScheme | unknownScheme | noScheme
)

var (
	networkWords = []string{"tcp", "udp", "ip", "unix"}
	schemeWords  = []string{"http", "https"}
	accessWords  = []string{"list", "read", "write", "tagging", "permissions"}
)

const anyAccess = 1<<5 - 1

func wordsOf(texts, known []string) (w words) {
	for _, text := range texts {
		if i := slices.Index(known, text); i >= 0 {
			w |= 1 << i
		}
	}
	return w
}

// termsOf reads a rule of a policy of that mode.
func termsOf(r *Rule, mode policy.Mode) *terms {
	t := &terms{rule: r, deny: r.Deny, mode: mode}
	if m, err := policy.ParseMode(r.Text("mode")); err == nil {
		t.mode = m
	}
	for _, text := range r.Texts("host") {
		every, names, nets := hosts(text)
		t.every = t.every || every
		t.names, t.nets = append(t.names, names...), append(t.nets, nets...)
	}
	for _, text := range r.Texts("cidr") {
		t.nets = append(t.nets, prefix(text))
	}
	t.from = t.globs("from", "/")
	t.functions = t.globs("functions", "")
	if day, err := time.Parse(time.DateOnly, r.Text("until")); err == nil {
		t.until = day.AddDate(0, 0, 1)
	}
	if r.Subject == "aws" {
		t.readAWS()
	} else {
		t.readHost()
	}
	return t
}

func (t *terms) globs(field, sep string) (all []*glob) {
	for _, text := range t.rule.Texts(field) {
		all = append(all, globs(text, sep)...)
	}
	return all
}

// readHost reads the fields that go with host and cidr.
func (t *terms) readHost() {
	r := t.rule
	t.networks = wordsOf(r.Texts("networks"), networkWords)
	t.schemes = wordsOf(r.Texts("schemes"), schemeWords)
	t.methods = r.Texts("methods")
	for _, text := range r.Texts("paths") {
		if strings.Contains(text, "%") { // package policy undoes escapes first
			t.paths = append(t.paths, &glob{text: text, sep: "/", opaque: true})
			continue
		}
		t.paths = append(t.paths, globs(text, "/")...)
	}
	for _, text := range r.Texts("ports") {
		if port, err := strconv.ParseUint(text, 10, 16); err == nil {
			t.ports = append(t.ports, uint16(port))
		}
	}
	t.ownPorts = t.ports != nil
	t.setDefaults()
}

// setDefaults is that of package policy.
func (t *terms) setDefaults() {
	switch {
	case t.deny && t.schemes == 0:
		t.schemes = anyScheme
	case t.deny:
		t.schemes |= noScheme | unknownScheme
	case t.schemes == 0 && t.methods == nil && t.paths == nil:
		t.schemes = https | noScheme
	case t.schemes == 0:
		t.schemes = https
	}
	switch {
	case t.networks != 0:
	case t.deny:
		t.networks = anyNetwork
	default:
		t.networks = tcp
	}
}

// portsOf returns the ports that an allow rule allows to a scheme.
func (t *terms) portsOf(scheme words) []uint16 {
	switch {
	case t.ownPorts:
		return t.ports
	case scheme == plainHTTP:
		return []uint16{80}
	}
	return []uint16{443}
}

// readAWS reads the fields that go with aws.
func (t *terms) readAWS() {
	r := t.rule
	for _, text := range r.Texts("aws") {
		if text != "*" {
			text = awshost.Normal(text)
		}
		t.services = append(t.services, text)
	}
	t.operations = t.globs("operations", "")
	t.access = wordsOf(r.Texts("access"), accessWords)
	t.regions = t.globs("regions", "")
	for _, text := range r.Texts("resources") {
		t.resources = append(t.resources, resources(text)...)
	}
	all := len(t.resources)
	t.resources = slices.DeleteFunc(t.resources, func(r *resource) bool { return r.any })
	t.anyNamed = all == 0 || len(t.resources) < all
	for _, text := range r.Texts("endpoint") {
		t.endpoints = append(t.endpoints, endpoints(text)...)
	}
	if t.accounts = r.Texts("accounts"); t.accounts == nil && !t.deny {
		t.accounts = []string{"self"}
	}
}
