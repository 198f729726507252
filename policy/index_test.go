package policy

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
)

// TestGlobsAreFound: among many odd globs the index finds the one that a name
// matches, by whatever end it has, and no other.
func TestGlobsAreFound(t *testing.T) {
	globs := []string{"api-*.example.com", "api-1*.example.com", "*-eu.b.example.com", "api-*.b.example.com", "**.a?.example.com", "api.*", "a*.*.org", "[xy].net", "db.*.internal.example"}
	for i := range 100 {
		globs = append(globs, fmt.Sprintf("node-%d-*.pool.example.com", i))
	}
	s := mustCompile(t, "allow: []\ndeny:\n  - host: ["+`"`+strings.Join(globs, `"]`+"\n  - host: [\"")+`"]`)
	for name, want := range map[string]string{
		"api-.example.com":               globs[0],
		"api-17.example.com":             globs[0], // the first of two
		"x-eu.b.example.com":             globs[2],
		"api-17.b.example.com":           globs[3],
		"api-eu.b.example.com":           globs[2],
		"x.ab.example.com":               globs[4],
		"x.y.ab.example.com":             globs[4],
		"ab.example.com":                 "",
		"api.example":                    globs[5],
		"api.com":                        globs[5],
		"abc.d.org":                      globs[6],
		"x.net":                          globs[7],
		"z.net":                          "",
		"db.x.internal.example":          globs[8],
		"db.internal.example":            "",
		"api-17.c.example.com":           "",
		"node-7-x.pool.example.com":      "node-7-*.pool.example.com",
		"node-77-x.pool.example.com":     "node-77-*.pool.example.com",
		"node-777-x.pool.example.com":    "",
		"node-7-x.pool.example.com.evil": "",
		"node-7-x.y.pool.example.com":    "",
	} {
		d := s.Decide(&Call{Kind: HTTP, Scheme: "https", Host: name})
		got := ""
		if d.Rule != "" {
			var i int
			if _, err := fmt.Sscanf(d.Rule, "deny[%d]", &i); err != nil {
				t.Fatal(err)
			}
			got = globs[i]
		}
		if got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// TestRangesAreFound: the ranges that hold an address are those that say so, of
// many that lie in one another, of both families.
func TestRangesAreFound(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	some := func(short bool) netip.Addr {
		b := make([]byte, 16)
		if short {
			b = b[:4]
		}
		for i := range b {
			b[i] = byte(rnd.IntN(3)) << (7 * rnd.IntN(2)) // few bits, so that many are alike
		}
		a, _ := netip.AddrFromSlice(b)
		return a
	}
	for range 200 {
		var ix netIndex
		var ranges []netip.Prefix
		for ref := range 30 {
			a := some(rnd.IntN(2) == 0)
			p, _ := a.Prefix(rnd.IntN(a.BitLen() + 1))
			ranges = append(ranges, p)
			ix.add(p, int32(ref))
		}
		lists := make(refLists, 1)
		ix.sort(&lists)
		for range 30 {
			a := some(rnd.IntN(2) == 0)
			rules := make([]rule, len(ranges))
			var want, got int
			for i, p := range ranges {
				if p.Contains(a) {
					want |= 1 << i
				}
				rules[i] = rule{deny: true, schemes: anyWord, networks: anyWord}
			}
			for i := range rules { // one at a time, for a query keeps the first
				q := query{call: &Call{}, layer: &layer{rules: rules, index: index{lists: lists}}, allow: -1, deny: -1, network: tcp, scheme: noScheme}
				for j := range rules {
					rules[j].networks = 0
				}
				rules[i].networks = anyWord
				if ix.offer(&q, a); q.deny == int32(i) {
					got |= 1 << i
				}
			}
			if got != want {
				t.Fatalf("%v in %v: %b, want %b", a, ranges, got, want)
			}
		}
	}
}
