package review

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/lambdafence/lambdafence/policy"
)

// A field is one of the policy language that patterns are tried in.
type field struct {
	sep   string
	rule  string // with a verb for the pattern
	asks  func(text string) policy.Call
	globs func(text string) []*glob
}

var fields = []field{
	{"", `{host: x.example, functions: [%q]}`, func(text string) policy.Call {
		return policy.Call{Kind: policy.HTTP, Scheme: "https", Host: "x.example", Function: text}
	}, func(text string) []*glob { return globs(text, "") }},
	{"/", `{host: x.example, from: [%q]}`, func(text string) policy.Call {
		return policy.Call{Kind: policy.HTTP, Scheme: "https", Host: "x.example", Caller: policy.Caller{Module: text}}
	}, func(text string) []*glob { return globs(text, "/") }},
	{".", `{host: %q}`, func(text string) policy.Call {
		return policy.Call{Kind: policy.HTTP, Scheme: "https", Host: text}
	}, func(text string) []*glob {
		every, names, _ := hosts(text)
		gs := globsOf(names)
		if every {
			gs = append(gs, newGlob("**", "."))
		}
		return gs
	}},
}

// compile makes the one-rule policy that a pattern is tried with, or nil if package
// policy refuses the pattern.
func (f *field) compile(pattern string) *policy.Set {
	p, err := policy.Parse(fmt.Appendf(nil, "deny: ["+f.rule+"]", pattern))
	if err != nil {
		return nil
	}
	s, err := policy.Compile(p)
	if err != nil {
		panic(err)
	}
	return s
}

func (f *field) matches(s *policy.Set, text string) bool {
	c := f.asks(text)
	return s.Decide(&c).Rule == "deny[0]"
}

// texts are all short ones that a call can have in the field.
func (f *field) texts() (all []string) {
	letters := []string{"a", "b", "d"}
	if f.sep != "" {
		letters = append(letters, f.sep)
	}
	last := []string{""}
	for range 5 {
		var longer []string
		for _, text := range last {
			for _, l := range letters {
				longer = append(longer, text+l)
			}
		}
		all = append(all, longer...)
		last = longer
	}
	if f.sep == "." {
		all = slices.DeleteFunc(all, func(s string) bool { return policy.CanonicalHost(s) != s })
	}
	return all
}

// pattern is one that package policy takes, mostly a short one.
func (f *field) pattern(r *rand.Rand) string {
	pieces := []string{"a", "b", "ab", "*", "*", "?", "[ab]", "[!a]", "[a-b]", "{a,b}", "{,a}", "**", f.sep, f.sep, f.sep}
	for {
		var b strings.Builder
		for range 1 + r.IntN(6) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		if f.compile(b.String()) != nil {
			return b.String()
		}
	}
}

// TestGlobs compares all short texts with package policy.
func TestGlobs(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, f := range fields {
		texts := f.texts()
		for range 200 {
			p := f.pattern(r)
			set, gs := f.compile(p), f.globs(p)
			for _, text := range texts {
				if got, want := anyMatches(gs, text), f.matches(set, text); got != want {
					t.Fatalf("%q, %q: got %v, package policy says %v", p, text, got, want)
				}
			}
		}
	}
}

// TestWithin holds what is said of two patterns against package policy: no text may
// be in one and not in the other where it is said that there is none, and where it is
// said that there is one, there is.
func TestWithin(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	inside := 0
	for _, f := range fields {
		texts := f.texts()
		for range 500 {
			p, q1, q2 := f.pattern(r), f.pattern(r), f.pattern(r)
			if checkWithin(t, &f, texts, p, q1, q2) {
				inside++
			}
		}
	}
	if inside < 60 {
		t.Errorf("only %d of 1500 are within: the patterns do not try it", inside)
	}
}

// checkWithin reports whether p is within q1 and q2.
func checkWithin(t *testing.T, f *field, texts []string, p, q1, q2 string) bool {
	t.Helper()
	e := newEffort()
	ps, qs := f.globs(p), append(f.globs(q1), f.globs(q2)...)
	set, set1, set2 := f.compile(p), f.compile(q1), f.compile(q2)
	outside := func(text string) bool {
		return f.matches(set, text) && !f.matches(set1, text) && !f.matches(set2, text)
	}
	within := true
	for _, g := range ps {
		in := e.within(g, qs)
		within = within && in
		text, found := e.member([]*glob{g}, qs)
		switch {
		case in == found:
			t.Fatalf("%q in %q, %q: %v, but a text outside: %q %v", g.text, q1, q2, in, text, found)
		case found && text != "" && f.sep != "." && !outside(text):
			t.Fatalf("%q is said to be in %q, and neither in %q nor in %q", text, p, q1, q2)
		}
	}
	if within {
		if i := slices.IndexFunc(texts, outside); i >= 0 {
			t.Fatalf("%q is said to be in %q, %q, but %q is not", p, q1, q2, texts[i])
		}
	}
	return within
}

// TestApart looks for texts that are in two patterns.
func TestApart(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, f := range fields {
		texts := f.texts()
		for range 200 {
			p, q := f.pattern(r), f.pattern(r)
			set, set2 := f.compile(p), f.compile(q)
			both := slices.IndexFunc(texts, func(text string) bool { return f.matches(set, text) && f.matches(set2, text) })
			e := newEffort()
			if e.allApart(f.globs(p), f.globs(q)) != (both < 0) && both >= 0 {
				t.Fatalf("%q and %q are said to be apart, but share %q", p, q, texts[both])
			}
		}
	}
}

func TestMember(t *testing.T) {
	for _, tt := range []struct{ name, in, out, want string }{
		{"reads well", "/v1/**", "", "/v1/x"},
		{"outside", "/v1/**", "/v1/*", "/v1/x/x"},
		{"deeper", "/v1/**", "/v1{,/*}", "/v1/x/x"},
		{"a class", "/[a-c]?", "/a*", "/bx"},
		{"none", "/v1/x", "/v1/**", ""},
	} {
		var out []*glob
		if tt.out != "" {
			out = globs(tt.out, "/")
		}
		if got, _ := newEffort().member(globs(tt.in, "/"), out); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestWithinBounded tries what would take an automaton of 2^60 states.
func TestWithinBounded(t *testing.T) {
	long := strings.Repeat("?", 60)
	e := newEffort()
	if e.within(newGlob("*a*b*"+long, ""), globs("*a"+long+"*", "")) {
		t.Error("said to be within")
	}
	if e.within(newGlob("*[ab]"+long, ""), globs("{*a"+long+",*b"+long+"}", "")) {
		t.Error("the search went on beyond its bound")
	}
	if used := maxEffort - e.left; used > 3*maxSearch {
		t.Errorf("%d steps", used)
	}
	e.left = 0
	if e.within(newGlob("a*", ""), globs("{a*b,a*}", "")) != true {
		t.Error("what is written alike needs no effort")
	}
	if e.within(newGlob("a*c", ""), globs("a*", "")) {
		t.Error("no effort is left: not known")
	}
}

func FuzzWithin(f *testing.F) {
	f.Add(uint8(1), "/v1/**", "/v1/*", "/v1/*/**")
	f.Add(uint8(0), "a*b", "a*", "*b")
	f.Add(uint8(2), "**.example.com", "*.example.com", "*.*.example.com")
	var texts [3][]string
	for i := range fields {
		texts[i] = fields[i].texts()
	}
	f.Fuzz(func(t *testing.T, which uint8, p, q1, q2 string) {
		i := int(which) % len(fields)
		on := &fields[i]
		for _, pattern := range []string{p, q1, q2} {
			if len(pattern) > 40 || on.compile(pattern) == nil {
				t.Skip()
			}
		}
		e := newEffort()
		for _, g := range on.globs(p) {
			if !e.within(g, append(on.globs(q1), on.globs(q2)...)) {
				return
			}
		}
		set, set1, set2 := on.compile(p), on.compile(q1), on.compile(q2)
		for _, text := range texts[i] {
			if on.matches(set, text) && !on.matches(set1, text) && !on.matches(set2, text) {
				t.Fatalf("%q is said to be in %q, %q, but %q is not", p, q1, q2, text)
			}
		}
	})
}
