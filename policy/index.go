package policy

import (
	"net/netip"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

// An index finds the rules whose subject matches a call without reading them
// all: names by hash, suffixes by hash at each label boundary, patterns of
// another shape by the labels they end in and then by what they begin with,
// address ranges in a list that is sorted. A ref is the position of a rule in
// its layer. With many rules a call waits for memory, not for the processor: so
// what it reads of each part is made to fit in one cache line.
type index struct {
	names    map[string]*entry
	lengths  [4]uint64 // bit n: a key of n bytes is in names, so that others are not looked up
	globs    []globRef // what the heads of globs refer to
	adrift   heads     // of globs whose last label is a pattern
	nets     netIndex
	lists    refLists
	anything refs // **
	services map[string]*serviceIndex
	every    *serviceIndex        // of services: "*"
	seen     *awshost.Memo[sight] // hosts of AWS that are not in names
}

// An entry holds the rules that a name leads to.
type entry struct {
	sight sight  // the name itself
	exact refs   // the name itself
	one   refs   // *.name
	deep  refs   // **.name
	globs *heads // of other patterns that end in .name; nil: none
}

// A sight is what a layer makes of the name of a host.
type sight struct {
	entry  *entry    // of the name, if it is in the index
	up     *entry    // of the longest suffix of the name that is in the index
	parent bool      // up is one label shorter
	local  bool      // the name is one of this machine
	aws    *awsSight // what the name is to AWS; nil: see the site
}

// An awsSight is what a host is to AWS, and what a layer has about the services
// that answer there.
type awsSight struct {
	awshost.Host
	rules []serviceRules // about each of Services, if it is not nil
}

// notAWS is what other hosts are to AWS.
var notAWS awsSight

type globRef struct {
	rule int32
	glob *pattern
}

func newIndex(rules []rule) index {
	ix := index{names: map[string]*entry{}, seen: new(awshost.Memo[sight]), lists: make(refLists, 1)}
	for i := len(rules) - 1; i >= 0; i-- {
		ref := int32(i)
		for j := range rules[i].hosts {
			ix.addHost(&rules[i].hosts[j], ref)
		}
		for _, p := range rules[i].cidrs {
			ix.nets.add(p, ref)
		}
		if rules[i].aws != nil {
			ix.addServices(rules[i].aws, rules[i].deny, ref)
		}
	}
	ix.nets.sort(&ix.lists)
	ix.adrift.sort(&ix.lists)
	for _, s := range ix.services {
		s.heads.sort(&ix.lists)
	}
	ix.every = ix.services["*"]
	for name, e := range ix.names {
		if e.globs != nil {
			e.globs.sort(&ix.lists)
		}
		e.sight = ix.sightOf(name)
		e.sight.entry = e
	}
	return ix
}

// sightOf reads a name in full.
func (ix *index) sightOf(name string) sight {
	s := sight{local: isLocalName(name), aws: &notAWS}
	ix.above(name, &s)
	if h, ok := awshost.Parse(name); ok {
		s.aws = &awsSight{Host: h}
		for i := range h.Services {
			s.aws.rules = append(s.aws.rules, ix.about(&h.Services[i]))
		}
	}
	return s
}

func (ix *index) addHost(h *hostPattern, ref int32) {
	switch {
	case h.all:
		ix.lists.put(&ix.anything, ref)
	case h.lit.IsValid():
		ix.nets.add(h.lit, ref)
	case h.glob != nil:
		globs := &ix.adrift
		if h.suffix != "" {
			globs = ix.add(h.suffix).addGlobs()
		}
		globs.add(h.head, int32(len(ix.globs)))
		ix.globs = append(ix.globs, globRef{ref, h.glob})
	case h.exact != "":
		ix.lists.put(&ix.add(h.exact).exact, ref)
	case h.deep:
		ix.lists.put(&ix.add(h.suffix).deep, ref)
	default:
		ix.lists.put(&ix.add(h.suffix).one, ref)
	}
}

func (e *entry) addGlobs() *heads {
	if e.globs == nil {
		e.globs = new(heads)
	}
	return e.globs
}

func (ix *index) add(name string) *entry {
	e := ix.names[name]
	if e == nil {
		e = new(entry)
		ix.names[name] = e
		n := min(len(name), 255)
		ix.lengths[n/64] |= 1 << (n % 64)
	}
	return e
}

// at returns the entry of a name, or nil.
func (ix *index) at(name string) *entry {
	n := min(len(name), 255)
	if ix.lengths[n/64]>>(n%64)&1 == 0 {
		return nil
	}
	return ix.names[name]
}

// A site is a host that is judged, and what was read of it.
type site struct {
	host   string // as the call has it
	read   bool
	canon  target   // host in its canonical form, once it is read
	fresh  sight    // of a name that was not known before
	unseen awsSight // of one of AWS that was not
}

// canonical returns the host in its canonical form.
func (at *site) canonical() *target {
	if !at.read {
		at.canon, at.read = targetOf(at.host), true
	}
	return &at.canon
}

// see reads the host that is judged. An address has no name.
func (ix *index) see(at *site) (name string, s *sight) {
	name = at.host
	s, maybeAWS := ix.known(name)
	if s != nil {
		return name, s
	}
	if endsInNumber(name) || !ix.above(name, &at.fresh) {
		t := at.canonical()
		if t.lit.IsValid() {
			return "", nil
		}
		name = t.name
		if s, maybeAWS = ix.known(name); s != nil {
			return name, s
		}
		ix.above(name, &at.fresh)
	}
	at.fresh.local, at.fresh.aws = isLocalName(name), &notAWS
	if maybeAWS {
		var ok bool
		if at.unseen.Host, ok = awshost.Parse(name); ok {
			ix.seen.Keep(name, ix.sightOf)
			at.fresh.aws = nil
		}
	}
	return name, &at.fresh
}

// known returns what is known of a name beforehand, if it is in the index or is
// a host of AWS that was seen before; both are canonical. If it is not known, it
// may be one of AWS all the same.
func (ix *index) known(name string) (s *sight, maybeAWS bool) {
	if e := ix.at(name); e != nil {
		return &e.sight, false
	}
	if !awshost.MayParse(name) {
		return nil, false
	}
	return ix.seen.Recall(name), true
}

// above looks up what is left of a name after each dot, and reads it on the way:
// plain if what the index does not have of it is in canonical form.
func (ix *index) above(name string, s *sight) (plain bool) {
	s.up, s.parent = nil, true
	plain = true
	for i := range len(name) {
		b := hostBytes[name[i]]
		if b == ordinary {
			continue
		}
		if b == needsWork {
			plain = false
			continue
		}
		if s.up = ix.at(name[i+1:]); s.up != nil {
			return plain
		}
		s.parent = false
	}
	s.parent = false
	return plain && name != "" && name[len(name)-1] != '.'
}

// offerName offers q the rules for a name. A wildcard never allows an endpoint
// of AWS's API, where anyone's bucket is as near as one's own.
func (ix *index) offerName(q *query, name string, s *sight) {
	if s.entry != nil {
		q.candidates(s.entry.exact)
	}
	allow := q.allow
	if s.parent {
		q.candidates(s.up.one)
	}
	for up := s.up; up != nil; up = up.sight.up {
		q.candidates(up.deep)
		if up.globs != nil {
			ix.offerGlobs(q, name, up.globs)
		}
	}
	if ix.adrift.all != nil {
		ix.offerGlobs(q, name, &ix.adrift)
	}
	if q.aws().API {
		q.allow = allow
	}
}

// offerGlobs offers q the rules of those globs that match a name.
func (ix *index) offerGlobs(q *query, name string, globs *heads) {
	for i := globs.begins(name); i >= 0; i = globs.all[i].up {
		h := &globs.all[i]
		if !strings.HasPrefix(name, h.text) {
			continue
		}
		for to := h.refs; to.first > 0; to = ix.lists[to.next] {
			if g := &ix.globs[to.first-1]; g.glob.match(name) {
				q.candidate(g.rule)
			}
		}
	}
}

// offerAddress offers q the rules for an address, and the deny rules for an
// IPv4 address inside it: allowing the one does not allow the other.
func (ix *index) offerAddress(q *query, a netip.Addr) {
	ix.nets.offer(q, a)
	inner, n := embedded(a)
	for _, v4 := range inner[:n] {
		allow := q.allow
		ix.nets.offer(q, v4)
		q.allow = allow
	}
}

// offerEverything offers the rules for **. It means every call in a deny rule,
// but only every name in an allow rule: never an address or a local door.
func (ix *index) offerEverything(q *query, named bool) {
	for to := ix.anything; to.first > 0; to = ix.lists[to.next] {
		if ref := to.first - 1; named || q.layer.rules[ref].deny {
			q.candidate(ref)
		}
	}
}
