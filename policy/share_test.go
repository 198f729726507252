package policy

import "testing"

// TestRulesShare: rules that say alike have it once, and a rule that says more than
// another changes nothing in it.
func TestRulesShare(t *testing.T) {
	p, err := Parse([]byte(`allow:
  - {host: a.example, paths: [/a/**], ports: [8443], methods: [GET]}
  - {host: b.example, paths: [/a/**, /b], ports: [8443, 9443]}
  - {host: c.example, paths: [/a/**, /c], ports: [8443]}
  - {aws: s3, operations: [GetObject], resources: [a/*]}
  - {aws: [s3, sqs], operations: [GetObject, SendMessage]}
  - {aws: s3, operations: [GetObject], resources: [b/*]}
`))
	if err != nil {
		t.Fatal(err)
	}
	r := p.rules
	if &r[0].ports[0] != &r[2].ports[0] || &r[3].aws.services[0] != &r[5].aws.services[0] || &r[3].aws.operations[0] != &r[5].aws.operations[0] {
		t.Error("not shared")
	}
	if len(r[0].paths) != 1 || len(r[1].ports) != 2 || len(r[3].aws.services) != 1 || len(r[3].aws.operations) != 1 {
		t.Error("a rule has what another one says")
	}
	if !matchAny(r[1].paths, "/b") || matchAny(r[1].paths, "/c") || matchAny(r[2].paths, "/b") || !matchAny(r[2].paths, "/c") {
		t.Error("a rule has another one's path")
	}
}
