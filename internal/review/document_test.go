package review

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRead(t *testing.T) {
	d, err := Read("p.yaml", []byte(`
mode: enforce
local: otlp
allow:
  - host: [a.example, "*.b.example"]
    ports: [443]
  - {aws: s3, accounts: 012345670123, id: ours}
deny:
`))
	if err != nil {
		t.Fatal(err)
	}
	if !d.HasAllow || d.HasDeny || len(d.Allow) != 2 || len(d.Deny) != 0 || len(d.Rules()) != 2 {
		t.Errorf("%+v", d)
	}
	if diff := cmp.Diff([]Value{{"a.example", 5, 12}, {"*.b.example", 5, 23}}, d.Allow[0].Fields["host"]); diff != "" {
		t.Error(diff)
	}
	r := d.Rule("ours")
	if r == nil || r.Subject != "aws" || r.Text("accounts") != "012345670123" || r.Line != 7 {
		t.Errorf("%+v", r)
	}
	if d.Rule("allow[0]").Subject != "host" || d.Rule("allow[1]") != nil {
		t.Error("ids")
	}
	if _, err := Read("p.yaml", []byte("allow: 3")); err == nil {
		t.Error("read what is no policy")
	}
}
