package review

import (
	"iter"
	"net/netip"
	"slices"
	"strings"

	"github.com/lambdafence/lambdafence/policy"
)

// requests makes HTTP requests and connections.
func (x *exampler) requests() iter.Seq[policy.Call] {
	return func(yield func(policy.Call) bool) {
		hosts, addrs := x.hosts()
		for _, host := range hosts {
			for _, addr := range addrs {
				for call := range x.sent() {
					call.Host, call.Addr = host, addr
					if !yield(call) {
						return
					}
				}
			}
		}
	}
}

// customers is a host that is not of AWS's API, though it is under its domain.
const customers = "x.execute-api.eu-west-1.amazonaws.com"

// hosts are where the calls go to, and the addresses that are reached there.
func (x *exampler) hosts() (names []string, addrs []netip.Addr) {
	var literal []string
	for _, t := range x.in {
		for _, p := range t.nets {
			for _, a := range x.addresses(p) {
				literal, addrs = append(literal, a.String()), append(addrs, a)
			}
		}
	}
	named := slices.ContainsFunc(x.in, func(t *terms) bool { return t.names != nil })
	names = x.texts(func(t *terms) []*glob { return globsOf(t.names) }, "elsewhere.example", "example.com", "203.0.113.7")
	switch {
	case literal != nil && !named && !slices.ContainsFunc(x.in, func(t *terms) bool { return t.every && !t.deny }):
		return literal, []netip.Addr{{}}
	case literal != nil:
		return names, addrs
	}
	if named && !slices.ContainsFunc(x.in, func(t *terms) bool { return t.names != nil && !anyMatches(globsOf(t.names), customers) }) {
		names = append(names, customers)
	}
	if !named {
		names = append(names, "169.254.169.254", "localhost")
	}
	return names, []netip.Addr{{}}
}

// addresses are some of a range: the first ones, the last, and those beside the
// ranges that are avoided.
func (x *exampler) addresses(p netip.Prefix) []netip.Addr {
	first := p.Addr()
	all := []netip.Addr{first, first.Next(), lastOf(p)}
	for _, t := range x.avoid {
		for _, q := range t.nets {
			all = append(all, q.Addr(), q.Addr().Prev(), lastOf(q).Next())
		}
	}
	all = slices.DeleteFunc(all, func(a netip.Addr) bool { return !a.IsValid() || !p.Contains(a) })
	slices.SortFunc(all, netip.Addr.Compare)
	all = slices.Compact(all)
	return all[:min(len(all), 12)]
}

func lastOf(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

// sent makes what is sent: requests by the schemes, methods and paths that the rules
// ask for, and connections.
func (x *exampler) sent() iter.Seq[policy.Call] {
	methods := x.words(func(t *terms) []string { return t.methods }, "GET", "POST", "DELETE", "CONNECT")
	paths := x.paths()
	return func(yield func(policy.Call) bool) {
		for _, network := range x.networks() {
			for _, scheme := range []string{"https", "http", ""} {
				for _, port := range x.ports(scheme) {
					c := policy.Call{Network: network, Scheme: scheme, Port: port}
					if scheme == "" {
						if !yield(c) {
							return
						}
						continue
					}
					c.Kind = policy.HTTP
					for _, c.Method = range methods {
						for _, c.Path = range paths {
							if !yield(c) {
								return
							}
						}
					}
				}
			}
		}
	}
}

// words are those that all rules name that name any, or else the others.
func (x *exampler) words(field func(*terms) []string, others ...string) []string {
	var all []string
	for _, t := range x.in {
		if words := field(t); words != nil && all == nil {
			all = slices.Clone(words)
		} else if words != nil {
			all = slices.DeleteFunc(all, func(w string) bool { return !slices.Contains(words, w) })
		}
	}
	if all != nil {
		return all
	}
	return others
}

func (x *exampler) networks() (all []string) {
	for i, word := range networkWords[:3] {
		if !slices.ContainsFunc(x.in, func(t *terms) bool { return t.networks&(1<<i) == 0 && t.services == nil }) {
			all = append(all, word)
		}
	}
	return all
}

// ports are those that the rules state, the scheme's own, and others.
func (x *exampler) ports(scheme string) (all []uint16) {
	own := map[string]uint16{"http": 80, "https": 443, "": 443}[scheme]
	for _, t := range x.in {
		all = append(all, t.ports...)
	}
	if all == nil {
		all = []uint16{own, 8443}
	}
	return slices.Compact(all)
}

// paths are texts, and those that pass for one of a rule's patterns as they are sent,
// and for another as a server reads them.
func (x *exampler) paths() []string {
	all := x.texts(func(t *terms) []*glob { return t.paths }, "/", "/x")
	for i, path := range all {
		all[i] = "/" + strings.TrimPrefix(path, "/") // ** is also what is no path
	}
	for _, t := range x.in {
		for _, g := range t.paths {
			if g.opaque {
				all = append(all, g.text)
			}
		}
		for _, g := range t.paths[:min(len(t.paths), 4)] {
			for _, h := range t.paths[:min(len(t.paths), 4)] {
				from, to := g.sample(1), h.sample(1)
				if g == h || from == "" || to == "" {
					continue
				}
				up := strings.Repeat("/..", strings.Count(from, "/"))
				last := strings.LastIndexByte(from, '/')
				all = append(all, from+up+to, from[:last+1]+strings.ReplaceAll(strings.TrimPrefix(up, "/")+to, "/", "%2F"))
			}
		}
	}
	return all
}
