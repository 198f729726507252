package policy

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// benchSet is a policy of n rules of the shapes that real ones have.
func benchSet(tb testing.TB, n int) *Set {
	tb.Helper()
	var b strings.Builder
	b.WriteString("version: 1\nmode: enforce\nallow:\n")
	for i := range n {
		switch i % 5 {
		case 3:
			fmt.Fprintf(&b, "  - host: \"*.region%d.example.org\"\n", i)
		case 4:
			fmt.Fprintf(&b, "  - host: api%d.vendor.example\n    paths: [/v1/charges/**]\n", i)
		default:
			fmt.Fprintf(&b, "  - host: svc-%05d.internal.example.com\n    methods: [GET, POST]\n", i)
		}
	}
	p, err := Parse([]byte(b.String()))
	if err != nil {
		tb.Fatal(err)
	}
	s, err := Compile(p)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// benchCalls are calls to every kind of rule of benchSet, and one to none.
func benchCalls(tb testing.TB, n int) map[string][]Call {
	tb.Helper()
	kinds := map[string][]Call{}
	add := func(kind, text string) {
		u, err := url.Parse(text)
		if err != nil {
			tb.Fatal(err)
		}
		c, err := HTTPCall("GET", u, "")
		if err != nil {
			tb.Fatal(err)
		}
		kinds[kind] = append(kinds[kind], c)
	}
	for i := 0; i < n; i += 5 {
		add("name", fmt.Sprintf("https://svc-%05d.internal.example.com/v1/charges", i))
		add("wildcard", fmt.Sprintf("https://bucket.region%d.example.org/key", i+3))
		add("path", fmt.Sprintf("https://api%d.vendor.example/v1/charges/ch_123", i+4))
		add("denied", fmt.Sprintf("https://svc-%05d.internal.evil.example/", i))
	}
	return kinds
}

// BenchmarkDecide has a budget: for 10 to 200 rules about five lookups in a Go
// map of as many names, which is the first of its parts, and for 10,000 rules at
// most three times what it takes for 10.
func BenchmarkDecide(b *testing.B) {
	for _, n := range []int{10, 200, 10_000} {
		b.Run(fmt.Sprintf("rules=%d/map-lookup", n), func(b *testing.B) {
			m := map[string]int{}
			var names []string
			for i := range n {
				names = append(names, fmt.Sprintf("svc-%05d.internal.example.com", i))
				m[names[i]] = i
			}
			for i := 0; b.Loop(); i++ {
				benchInt += m[names[i%len(names)]]
			}
		})
		s, calls := benchSet(b, n), benchCalls(b, n)
		for _, kind := range slices.Sorted(maps.Keys(calls)) {
			calls := calls[kind]
			b.Run(fmt.Sprintf("rules=%d/%s", n, kind), func(b *testing.B) {
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					benchEffect = s.Decide(&calls[i%len(calls)]).Effect
				}
			})
		}
	}
}

var (
	benchInt    int
	benchEffect Effect
)
