package learn

import (
	"strings"
	"testing"

	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/wrapper"
)

// TestInto: whatever was written by hand is there byte for byte, and what is learned
// stands in the allow list.
func TestInto(t *testing.T) {
	const block = begins + "\n" + ends + "\n"
	for name, doc := range map[string]string{
		"empty list":        "mode: report\nallow:\n",
		"null list":         "allow: # nothing yet\nmode: report\n",
		"not indented":      "allow:\n- host: a.example\n# end\ndeny:\n- host: b.example\n",
		"indented":          "allow:\n    - host: a.example\n      paths:\n      - /x\n      - /y\n\ndeny: []\n",
		"deeper at the end": "allow:\n  - host:\n      - a.example\n      - b.example",
		"flow rules":        "allow:\n  - {host: a.example}\nname: x\n",
		"learned before":    "allow:\n- host: a.example\n" + block + "- host: b.example\n",
		"learned, indented": "allow:\n  - host: a.example\n  " + strings.ReplaceAll(block, "\n#", "\n  #") + "  - host: b.example\n",
		"no final newline":  "deny: [{host: c.example}]\nallow:",
		"windows":           "mode: report\r\nallow:\r\n- host: a.example\r\n",
		"block scalar":      "allow:\n- host: a.example\n  reason: |\n    - host: no rule\n    # learned: end of it\nname: x\n",
	} {
		t.Run(name, func(t *testing.T) {
			l := New(Normal)
			l.Add(&wrapper.Event{Count: 1, Call: policy.Call{Kind: policy.Net, Host: "new.example", Port: 443}})
			out, err := l.Into([]byte(doc))
			if err != nil {
				t.Fatal(err)
			}
			s := compiled(t, out)
			for _, host := range []string{"new.example", "a.example", "b.example"} {
				c := policy.Call{Kind: policy.Net, Host: host, Port: 443}
				want := policy.Deny
				if host == "new.example" || strings.Contains(doc, host) && !strings.Contains(doc, "deny:\n- host: "+host) {
					want = policy.Allow
				}
				if host == "a.example" && strings.Contains(doc, "paths") {
					continue // of HTTP
				}
				if d := s.Decide(&c); d.Effect != want {
					t.Errorf("%s: %v, want %v\n%s", host, d, want, out)
				}
			}
			kept, err := Kept(out)
			before, _ := Kept([]byte(doc))
			if err != nil || strings.TrimSuffix(string(kept), "\n") != strings.TrimSuffix(string(before), "\n") {
				t.Errorf("%v: kept\n%s\nof\n%s", err, kept, before)
			}
			again, err := l.Into(out)
			if err != nil || string(again) != string(out) {
				t.Errorf("%v: a second time\n%s", err, again)
			}
		})
	}
	for name, doc := range map[string]string{
		"no list":     "deny:\n- host: a.example\n",
		"flow list":   "allow: [{host: a.example}]\n",
		"end alone":   "allow:\n" + ends + "\n",
		"begin only":  "allow:\n" + begins + "\n",
		"twice":       "allow:\n" + block + block,
		"nested":      "allow:\n" + begins + "\n" + block,
		"a rule lost": "allow:\n" + begins + "\ndeny:\n- host: b.example\n" + ends + "\n",
		"elsewhere":   block + "allow:\n- host: a.example\n",
	} {
		l := New(Normal)
		l.Add(&wrapper.Event{Count: 1, Call: policy.Call{Kind: policy.Net, Host: "new.example", Port: 443}})
		if out, err := l.Into([]byte(doc)); err == nil {
			t.Errorf("%s: written\n%s", name, out)
		}
	}
}
