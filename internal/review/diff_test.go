package review

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lambdafence/lambdafence/policy"
)

// TestDiff are changes that a reviewer meets, and those that an attacker would like to
// get past one.
func TestDiff(t *testing.T) {
	const same = ""
	for _, tt := range []struct{ name, old, now, want string }{
		{"nothing", "allow: [{host: a.example}]", "{allow: [{host: a.example}]}", same},
		{"ids, reasons, spelling", "allow: [{host: a.example, id: x}]", "allow: [{host: A.example., reason: why, ports: [443]}]", same},
		{"order", "allow: [{host: a.example}, {host: b.example}]", "allow: [{host: b.example}, {host: a.example}]", same},
		{"one split in two", "allow: [{host: [a.example, b.example], methods: [GET, PUT]}]", "allow: [{host: a.example, methods: [GET, PUT]}, {host: b.example, methods: [GET]}, {host: b.example, methods: [PUT]}]", same},
		{"braces", "allow: [{host: '{a,b}.example'}]", "allow: [{host: [a.example, b.example]}]", same},
		{"what another rule covers", "allow: [{host: '*.example'}]", "allow: [{host: '*.example'}, {host: a.example}]", same},
		{"what a deny rule covers", "{allow: [{host: a.example}], deny: [{host: b.example}]}", "{allow: [{host: [a.example, b.example]}], deny: [{host: b.example}]}", same},
		{"a deny rule that was of no use", "{allow: [{host: a.example}], deny: [{host: b.example}]}", "allow: [{host: a.example}]", same},
		{"a deny rule for a closed door", "deny: [{cidr: 169.254.169.254}, {host: b.example}]", "deny: [{host: b.example}]", same},
		{"the mode that is the default", "allow: []", "{mode: report, allow: []}", same},
		{"a deny rule's mode that is the policy's", "{mode: enforce, deny: [{host: a.example}]}", "{mode: enforce, deny: [{host: a.example, mode: enforce}]}", same},
		{"a service by another name", "allow: [{aws: sfn}]", "allow: [{aws: states}]", same},
		{"the default signer", "allow: [{aws: s3}]", "allow: [{aws: s3, accounts: [self]}]", same},

		{"a host", "allow: []", "allow: [{host: a.example}]", "widens"},
		{"a host gone", "allow: [{host: a.example}]", "allow: []", "narrows"},
		{"a host instead of another", "allow: [{host: a.example}]", "allow: [{host: b.example}]", "widens narrows"},
		{"a method", "allow: [{host: a.example, methods: [GET]}]", "allow: [{host: a.example, methods: [GET, CONNECT]}]", "widens"},
		{"a default left out: connections", "allow: [{host: a.example, schemes: [https]}]", "allow: [{host: a.example}]", "widens"},
		{"a field of a deny rule", "deny: [{host: a.example}]", "deny: [{host: a.example, methods: [POST]}]", "widens"},
		{"a deny rule gone", "deny: [{host: a.example}, {host: b.example}]", "deny: [{host: b.example}]", "widens"},
		{"a deny rule softer", "{mode: enforce, deny: [{host: a.example}]}", "{mode: enforce, deny: [{host: a.example, mode: report}]}", "widens"},
		{"a deny rule harder", "deny: [{host: a.example}]", "deny: [{host: a.example, mode: enforce}]", "narrows"},
		{"the mode", "{mode: enforce, allow: []}", "allow: []", "widens"},
		{"the mode, with deny rules of their own", "{mode: enforce, deny: [{host: a.example, mode: enforce}]}", "{mode: report, deny: [{host: a.example, mode: enforce}]}", "widens"},
		{"the mode, harder", "allow: []", "{mode: enforce, allow: []}", "narrows"},
		{"off and learn let the same through", "{mode: learn}", "{mode: 'off'}", "nothing"},
		{"rules of a policy that learns", "{mode: learn, allow: []}", "{mode: learn, allow: [{host: a.example}]}", "nothing"},
		{"the allow list", "{allow: [{host: a.example}], deny: [{host: b.example}]}", "deny: [{host: b.example}]", "widens"},
		{"an allow list that was null", "{allow: , deny: [{host: b.example}]}", "deny: [{host: b.example}]", "widens"},
		{"an allow list made", "deny: [{host: b.example}]", "{allow: [{host: a.example}], deny: [{host: b.example}]}", "narrows"},
		{"a door", "allow: []", "{local: [otlp], allow: []}", "widens"},
		{"a door by another name", "{local: ['127.0.0.1:80'], allow: []}", "{local: ['[::1]:80'], allow: []}", same},
		{"a door by a rule", "allow: [{host: '**'}, {cidr: 0.0.0.0/0}]", "allow: [{host: '**'}, {cidr: 0.0.0.0/0}, {cidr: 169.254.169.254, schemes: [http]}]", "widens"},
		{"a door by a rule, without an allow list before", "deny: [{host: b.example}]", "{allow: [{host: '**'}, {host: localhost}], deny: [{host: b.example}]}", "widens narrows"},
		{"AWS's API beside a wildcard", "allow: [{host: '**'}]", "allow: [{host: '**'}, {host: s3.eu-west-1.amazonaws.com}]", "widens"},
		{"until, later", "allow: [{host: a.example, until: 2027-01-31}]", "allow: [{host: a.example, until: 2027-02-28}]", "widens"},
		{"until in a deny rule", "deny: [{host: a.example}]", "deny: [{host: a.example, until: 2027-02-28}]", "widens"},
		{"from", "allow: [{host: a.example, from: [m.test/a]}]", "allow: [{host: a.example, from: [m.test/**]}]", "widens"},
		{"functions", "allow: [{host: a.example, functions: [f]}]", "allow: [{host: a.example}]", "widens"},
		{"a letter of a pattern", "allow: [{host: '*.api.example'}]", "allow: [{host: '*api.example'}]", "widens narrows"},
		{"the deepest wildcard", "allow: [{host: '*.api.example'}]", "allow: [{host: '**.api.example'}]", "widens"},
		{"the apex of a deny rule", "deny: [{host: [x.example, '**.x.example']}]", "deny: [{host: '**.x.example'}]", "widens"},
		{"a bucket's prefix", "allow: [{aws: s3, resources: [reports]}]", "allow: [{aws: s3, resources: [reports*]}]", "widens"},
		{"who signs", "allow: [{aws: s3}]", "allow: [{aws: s3, accounts: ['*']}]", "widens"},
		{"an endpoint", "allow: [{aws: s3}]", "allow: [{aws: s3, endpoint: s3.example}]", "widens"},
		{"a service's deny rule, of less", "deny: [{aws: s3}]", "deny: [{aws: s3, operations: [PutObject]}]", "widens"},
		{"a bucket's deny rule for that of the service", "deny: [{aws: s3, resources: [payroll]}]", "deny: [{aws: s3}]", "widens narrows"},
		{"levels together", "allow: [{aws: s3, access: [read]}, {aws: s3, access: [write]}]", "allow: [{aws: s3, access: [read, write]}]", "widens"},
		{"paths together, of which one leads to the other", "allow: [{host: a.example, paths: [/a/**]}, {host: a.example, paths: [/b/**]}]", "allow: [{host: a.example, paths: [/a/**, /b/**]}]", "widens"},
		{"plain paths together", "allow: [{host: a.example, paths: [/a]}, {host: a.example, paths: [/b]}]", "allow: [{host: a.example, paths: [/a, /b]}]", same},
	} {
		cs := Diff(mustRead(t, tt.old), mustRead(t, tt.now))
		var got []string
		if cs.Widens() {
			got = append(got, "widens")
		}
		if cs.Narrows() {
			got = append(got, "narrows")
		}
		if len(cs) > 0 && got == nil {
			got = append(got, "nothing")
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s: got %q, want %q: %v", tt.name, s, tt.want, cs)
		}
		for i := range cs {
			if cs[i].Example == "" {
				t.Errorf("%s: no example: %s", tt.name, &cs[i])
			}
		}
	}
}

// TestDiffBase tells nothing of what a layer beneath stops either way, by examples, and
// does not hide what it does not stop.
func TestDiffBase(t *testing.T) {
	base, err := policy.Parse([]byte("{mode: enforce, deny: [{host: a.example}]}"))
	if err != nil {
		t.Fatal(err)
	}
	cs := Diff(mustRead(t, "{mode: report, allow: []}"), mustRead(t, "{mode: report, allow: [{host: [a.example, b.example]}]}"), base)
	if len(cs) != 1 || cs[0].Example != "GET https://b.example/" {
		t.Errorf("%v", cs)
	}
}

func TestDiffLarge(t *testing.T) {
	for name, rule := range large {
		a := largeDocument(rule, 400)
		b := strings.Replace(a, "- host: h7.", "- host: other.", 1) + "- host: new.example.com\n"
		if cs := Diff(mustRead(t, a), mustRead(t, b)); !cs.Widens() {
			t.Errorf("%s: %v", name, cs)
		}
	}
	cs := Diff(mustRead(t, largeDocument(large["hosts"], 400)), mustRead(t, largeDocument(func(i int) string { return fmt.Sprintf("host: k%d.example.org", i) }, 400)))
	if len(cs) != 800 {
		t.Errorf("%d changes", len(cs))
	}
}

func BenchmarkDiff(b *testing.B) {
	for name, rule := range large {
		a := largeDocument(rule, 2000)
		before, after := mustRead(b, a), mustRead(b, a+"- host: new.example.com\n")
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Diff(before, after)
			}
		})
	}
}

// FuzzDiff compares any two documents: it must not fail, and a document is like itself.
func FuzzDiff(f *testing.F) {
	f.Add("allow: [{host: a.example, paths: [/v1/**]}]", "{mode: enforce, local: [otlp], deny: [{aws: s3, resources: ['b*']}]}")
	f.Add("deny: [{cidr: 10.0.0.0/8, ports: [1]}, {host: '**', until: 2027-01-31}]", "allow: [{aws: '*', endpoint: 'localhost:4566'}]")
	f.Add("deny: [{host: ['**', 10.0.0.1], schemes: [https]}]", "deny: [{host: '**', methods: [GET]}]")
	f.Fuzz(func(t *testing.T, a, b string) {
		old, err := Read("a", []byte(a))
		if err != nil {
			t.Skip()
		}
		if cs := Diff(old, old); len(cs) > 0 {
			t.Errorf("not like itself: %v", cs)
		}
		now, err := Read("b", []byte(b))
		if err != nil {
			t.Skip()
		}
		holdExamples(t, Diff(old, now), mustCompile(t, old), mustCompile(t, now))
	})
}
