package policy

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"testing"
)

// benchKinds are the shapes that rules have, each with a call that it allows.
var benchKinds = []struct {
	name string
	rule func(i int) string
	call func(tb testing.TB, i int) Call
}{
	{"name", fill("host: svc-%05d.internal.example.com\n    methods: [GET, POST]"), request("https://svc-%05d.internal.example.com/v1/charges")},
	{"wildcard", fill("host: '*.region%d.example.org'"), request("https://bucket.region%d.example.org/key")},
	{"path", fill("host: api%d.vendor.example\n    paths: [/v1/charges/**]"), request("https://api%d.vendor.example/v1/charges/ch_123")},
	{"glob", fill("host: 'node-%05d-*.pool.example.net'"), request("https://node-%05d-17.pool.example.net/")},
	{"address",
		func(i int) string { return "cidr: " + benchRange(i).String() },
		func(tb testing.TB, i int) Call {
			return request("https://"+benchRange(i).Addr().Next().String()+"/%.0d")(tb, 0)
		}},
	{"aws",
		fill("aws: dynamodb\n    operations: [GetItem]\n    resources: [table/orders-%05d-*]"),
		func(_ testing.TB, i int) Call {
			return awsCall("DynamoDB", "GetItem", "dynamodb.eu-west-1.amazonaws.com", fmt.Sprintf("table/orders-%05d-eu", i), Read)
		}},
}

func fill(text string) func(int) string { return func(i int) string { return fmt.Sprintf(text, i) } }

func request(text string) func(testing.TB, int) Call {
	return func(tb testing.TB, i int) Call {
		tb.Helper()
		u, err := url.Parse(fmt.Sprintf(text, i))
		if err != nil {
			tb.Fatal(err)
		}
		c, err := HTTPCall("GET", u, "")
		if err != nil {
			tb.Fatal(err)
		}
		return c
	}
}

// benchRange is one of ranges of eight lengths, none of which is in another.
func benchRange(i int) netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{byte(11 + i>>13), byte(i >> 5), byte(i << 3)}), 21+i%8)
}

// benchSet is a policy of n rules of these kinds by turns.
func benchSet(tb testing.TB, n int, kinds ...int) *Set {
	tb.Helper()
	var b strings.Builder
	b.WriteString("version: 1\nmode: enforce\nallow:\n")
	for i := range n {
		fmt.Fprintf(&b, "  - %s\n", benchKinds[kinds[i%len(kinds)]].rule(i))
	}
	return mustCompile(tb, b.String())
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
		var kinds []int
		for k := range benchKinds {
			kinds = append(kinds, k)
		}
		s := benchSet(b, n, kinds...)
		for k, kind := range benchKinds {
			benchDecide(b, fmt.Sprintf("rules=%d/%s", n, kind.name), s, Allow, func(i int) (Call, bool) {
				i = k + i*len(benchKinds)
				return kind.call(b, i), i < n
			})
		}
		benchDecide(b, fmt.Sprintf("rules=%d/denied", n), s, Deny, func(i int) (Call, bool) {
			return request("https://svc-%05d.internal.evil.example/")(b, i), i < n/5
		})
	}
}

// BenchmarkDecideOneKind decides by rules that are all of one kind: none is found
// by trying the others.
func BenchmarkDecideOneKind(b *testing.B) {
	for _, n := range []int{10, 10_000} {
		for k, kind := range benchKinds {
			benchDecide(b, fmt.Sprintf("rules=%d/%s", n, kind.name), benchSet(b, n, k), Allow, func(i int) (Call, bool) {
				return kind.call(b, i), i < n
			})
		}
	}
}

// benchDecide decides the calls, one after the other.
func benchDecide(b *testing.B, name string, s *Set, want Effect, call func(i int) (c Call, more bool)) {
	b.Run(name, func(b *testing.B) {
		var calls []Call
		for i := 0; ; i++ {
			c, more := call(i)
			if !more {
				break
			}
			if d := s.Decide(&c); d.Effect != want {
				b.Fatalf("%v: %v", &c, d)
			}
			calls = append(calls, c)
		}
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			benchEffect = s.Decide(&calls[i%len(calls)]).Effect
		}
	})
}

var (
	benchInt    int
	benchEffect Effect
)
