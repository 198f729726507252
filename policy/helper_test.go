package policy

import (
	"cmp"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/lambdafence/lambdafence/internal/corpus"
)

// mustParse parses a policy that is expected to be good.
func mustParse(tb testing.TB, doc string) *Policy {
	tb.Helper()
	p, err := Parse([]byte(doc))
	if err != nil {
		tb.Fatalf("%v\n%s", err, doc)
	}
	return p
}

// mustCompile compiles documents into layers.
func mustCompile(tb testing.TB, docs ...string) *Set {
	tb.Helper()
	return mustCompileOn(tb, Platform{}, docs...)
}

func mustCompileOn(tb testing.TB, p Platform, docs ...string) *Set {
	tb.Helper()
	policies := make([]*Policy, len(docs))
	for i, doc := range docs {
		policies[i] = mustParse(tb, doc)
	}
	s, err := p.Compile(policies...)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func mustAddr(tb testing.TB, s string) netip.Addr {
	tb.Helper()
	a, err := netip.ParseAddr(s)
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

// describe makes a call of a line of the corpus, as a guard would.
func describe(line *corpus.Call) (Call, error) {
	if line.Service != "" {
		return describeAWS(line)
	}
	c, err := NetCall(line.Network, line.Address)
	if line.URL != "" {
		var r *http.Request
		if r, err = http.NewRequest(line.Method, line.URL, nil); err != nil {
			return Call{}, err
		}
		c, err = HTTPCall(r.Method, r.URL, cmp.Or(line.Host, r.Host))
	}
	c.Addr, c.Function, c.Time = line.Addr, line.Function, line.Time
	c.Caller, c.Callers = callersOf(line)
	return c, err
}

// callersOf returns the callers that a line of the corpus has.
func callersOf(line *corpus.Call) (nearest Caller, all []Caller) {
	for _, from := range line.From {
		module, pkg, _ := strings.Cut(from, ",")
		all = append(all, Caller{Module: module, Package: cmp.Or(pkg, module)})
	}
	if len(all) > 0 {
		nearest = all[0]
	}
	return nearest, all
}

func describeAWS(line *corpus.Call) (c Call, err error) {
	if line.At != "" {
		u, err := url.Parse(line.At)
		if err != nil {
			return c, err
		}
		if c, err = HTTPCall("POST", u, line.Host); err != nil {
			return c, err
		}
	}
	c.Kind, c.Service, c.Operation, c.Resources = AWS, line.Service, line.Operation, line.Resources
	c.Region, c.Account, c.Self = line.Region, line.Account, line.Self
	c.Addr, c.Function, c.Time = line.Addr, line.Function, line.Time
	c.Caller, c.Callers = callersOf(line)
	c.Access = Access(slices.Index(accessWords, line.Access) + 1)
	if line.Also != "" {
		c.Also = []Access{Access(slices.Index(accessWords, line.Also) + 1)}
	}
	return c, nil
}

// check decides every line of calls, which are in the format of the corpus.
func check(t *testing.T, s *Set, calls string) {
	t.Helper()
	lines, err := corpus.Calls(calls)
	if err != nil {
		t.Fatal(err)
	}
	checkLines(t, s, lines)
}

func checkLines(t *testing.T, s *Set, lines []corpus.Call) {
	t.Helper()
	for i := range lines {
		want := &lines[i]
		c, err := describe(want)
		if refused := want.Want == corpus.Refused; refused || err != nil {
			if !refused || err == nil {
				t.Errorf("line %d: %v: error %v", want.Line, want, err)
			}
			continue
		}
		got := s.Decide(&c)
		switch {
		case (got.Effect == Allow) != (want.Want == corpus.Allow), got.Rule != want.Rule,
			want.Mode != "" && got.Mode.String() != want.Mode, want.Layer >= 0 && got.Layer != want.Layer:
			t.Errorf("line %d: %v: %v by %q in layer %d, mode %v: %s", want.Line, want, got.Effect, got.Rule, got.Layer, got.Mode, got.Reason)
		case got.Reason == "":
			t.Errorf("line %d: %v: no reason", want.Line, want)
		}
	}
}
