package policy

import (
	"fmt"
	"strings"
	"testing"
)

// mixedDocument is a policy of n rules of all kinds, as people write them.
func mixedDocument(n int) []byte {
	var b strings.Builder
	b.WriteString("version: 1\nname: orders\nmode: enforce\nallow:\n")
	for i := range n {
		switch i % 5 {
		case 0:
			fmt.Fprintf(&b, "  - host: svc-%05d.internal.example.com # of another team\n    ports: [443, 8443]\n    methods: [GET, POST]\n", i)
		case 1:
			fmt.Fprintf(&b, "  - host: \"*.region%d.example.org\"\n", i)
		case 2:
			fmt.Fprintf(&b, "  - host: api%d.vendor.example\n    paths: [/v1/charges/**, \"/v1/things-*/{a,b}\"]\n", i)
		case 3:
			fmt.Fprintf(&b, "  - aws: dynamodb\n    operations: [GetItem, \"Batch*\"]\n    resources: [table/orders-%d, \"table/orders-%d/*\"]\n", i, i)
		default:
			fmt.Fprintf(&b, "  - cidr: 10.%d.%d.0/24\n    ports: [5432]\n", i/250, i%250)
		}
	}
	return []byte(b.String())
}

// BenchmarkLoad has a budget: 200 rules are read and compiled within 1 ms.
func BenchmarkLoad(b *testing.B) {
	for _, n := range []int{100, 200} {
		doc := mixedDocument(n)
		b.Run(fmt.Sprintf("rules=%d/parse", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Parse(doc); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("rules=%d/compile", n), func(b *testing.B) {
			b.ReportAllocs()
			p, err := Parse(doc)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := Compile(p); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("rules=%d/tree", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, ok := readPlain(doc, nil); !ok {
					b.Fatal("not plain")
				}
			}
		})
	}
}
