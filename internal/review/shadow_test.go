package review

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestShadowed(t *testing.T) {
	for _, tt := range []struct{ name, doc, want string }{
		{"by an earlier one", "allow:\n- host: '*.x.example'\n- host: a.x.example\n", "allow[1] by allow[0]"},
		{"by a later one", "allow:\n- host: a.x.example\n- host: '**.x.example'\n", "allow[0] by allow[1]"},
		{"alike", "allow:\n- {host: a.example, id: one}\n- {host: A.example, id: two}\n", "two by one"},
		{"by several", "allow:\n- host: a.example\n- host: b.example\n- host: [a.example, b.example]\n", "allow[2] by allow[0] allow[1]"},
		{"each by the other two, and one of them may go", "allow:\n- host: [a.example, b.example]\n- host: [b.example, c.example]\n- host: [a.example, c.example]\n", "allow[2] by allow[0] allow[1]"},
		{"a softer rule covers no harder one", "deny:\n- {host: '**.x.example', mode: report}\n- {host: a.x.example, mode: enforce}\n", ""},
		{"a harder one covers a softer one", "deny:\n- {host: '**.x.example', mode: enforce}\n- {host: a.x.example, mode: report}\n", "deny[1] by deny[0]"},
		{"unreachable", "allow:\n- host: a.x.example\ndeny:\n- host: '**.x.example'\n", "allow[0] never, deny[0]"},
		{"reached while the rule reports", "mode: enforce\nallow:\n- host: a.x.example\ndeny:\n- {host: '**.x.example', mode: report}\n", ""},
		{"reached by GET", "allow:\n- host: a.x.example\ndeny:\n- {host: '**.x.example', methods: [POST]}\n", ""},
		{"a door is opened by its own name alone", "allow:\n- host: '**'\n- host: localhost\n", ""},
		{"an endpoint of AWS's API, too", "allow:\n- host: '**'\n- host: s3.eu-west-1.amazonaws.com\n", ""},
		{"until", "allow:\n- {host: a.example, until: 2030-01-01}\n- {host: a.example, until: 2029-01-01}\n", "allow[1] by allow[0]"},
	} {
		var got []string
		for _, f := range mustRead(t, tt.doc).shadowed() {
			s := f.Rule + " by"
			if f.Check == "unreachable" {
				s = f.Rule + " never,"
			}
			rest := strings.TrimPrefix(f.Message, f.Rule)
			for _, r := range mustRead(t, tt.doc).Rules() {
				if strings.Contains(rest, fmt.Sprintf("%s (line %d)", r.ID, r.Line)) {
					s += " " + r.ID
				}
			}
			got = append(got, s)
		}
		if s := strings.Join(got, "; "); s != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, s, tt.want)
		}
	}
}

// TestShadowedChangesNothing deletes what was found, all of it, from random policies.
func TestShadowedChangesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 32))
	calls := universe(r, 1500)
	deleted := 0
	for range 400 {
		d := randomSketch(r)
		for range 3 {
			d = d.changed(r)
		}
		doc := mustRead(t, d.String())
		gone := map[string]bool{}
		for _, f := range doc.shadowed() {
			gone[f.Rule] = true
		}
		if len(gone) == 0 {
			continue
		}
		deleted++
		c := *d
		c.allow, c.deny = kept("allow", d.allow, gone), kept("deny", d.deny, gone)
		before, after := mustCompile(t, doc), mustCompile(t, mustRead(t, c.String()))
		for i := range calls {
			if result(before, &calls[i]) != result(after, &calls[i]) {
				t.Fatalf("%+v is decided otherwise\n%s\n%s", calls[i], d, &c)
			}
		}
	}
	if deleted < 50 {
		t.Errorf("only %d had any: the policies do not try it", deleted)
	}
}

func kept(list string, rules []sketchRule, gone map[string]bool) (left []sketchRule) {
	for i, r := range rules {
		if !gone[fmt.Sprintf("%s[%d]", list, i)] {
			left = append(left, r)
		}
	}
	return left
}

// large are policies of n rules of a kind, of which none covers another.
var large = map[string]func(i int) string{
	"hosts":     func(i int) string { return fmt.Sprintf("host: h%d.example.com", i) },
	"patterns":  func(i int) string { return fmt.Sprintf("host: 'h%d-*.example.com'", i) },
	"one host":  func(i int) string { return fmt.Sprintf("{host: api.example.com, paths: [/v1/%d/**]}", i) },
	"resources": func(i int) string { return fmt.Sprintf("{aws: dynamodb, resources: [table/t%d-*]}", i) },
	"ranges":    func(i int) string { return fmt.Sprintf("{cidr: 10.%d.%d.0/24, ports: [%d]}", i/250, i%250, 1+i%9) },
	"stars":     func(i int) string { return fmt.Sprintf("{host: a.example, paths: ['/*%04d*/*x%04d*/**']}", i, i) },
}

func largeDocument(rule func(i int) string, n int) string {
	var b strings.Builder
	b.WriteString("mode: enforce\nallow:\n")
	for i := range n {
		fmt.Fprintf(&b, "- %s\n", rule(i))
	}
	return b.String()
}

func TestShadowedLarge(t *testing.T) {
	for name, rule := range large {
		if fs := mustRead(t, largeDocument(rule, 400)).shadowed(); len(fs) > 0 {
			t.Errorf("%s: %v", name, &fs[0])
		}
	}
}

func BenchmarkShadowed(b *testing.B) {
	for name, rule := range large {
		d := mustRead(b, largeDocument(rule, 2000))
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				d.shadowed()
			}
		})
	}
}
