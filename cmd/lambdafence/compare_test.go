package main

import "testing"

// Whatever cannot be shown to be the same counts as more.
func TestCompare(t *testing.T) {
	const before = "mode: enforce\nallow:\n- {aws: s3, accounts: 012345670123}\n- host: [a.example, b.example]\n"
	for _, tt := range []struct {
		name, after string
		widens      bool
	}{
		{"itself", before, false},
		{"comments and layout", "# ours\nmode: enforce\nallow:\n  - aws: s3 # the bucket\n    accounts: 012345670123\n  - host:\n    - a.example\n    - b.example\n", false},
		{"a host more", before + "- host: evil.example\n", true},
		{"another account", "mode: enforce\nallow:\n- {aws: s3, accounts: 112345670123}\n- host: [a.example, b.example]\n", true},
		{"a softer mode", "mode: report\nallow:\n- {aws: s3, accounts: 012345670123}\n- host: [a.example, b.example]\n", true},
		{"other ids and order", "mode: enforce\nallow:\n- host: [b.example, a.example]\n  id: hosts\n- {aws: s3, accounts: 012345670123}\n", false},
		{"an allowed host that seems to be taken away", "mode: enforce\nallow:\n- {aws: s3, accounts: 012345670123}\n- host: [a.example, \"*.example\"] # b.example\n", true},
	} {
		told, widens, err := compare(text{"before", []byte(before)}, text{"after", []byte(tt.after)})
		if widens != tt.widens || err != nil || (told != "") != tt.widens {
			t.Errorf("%s: %v, %v\n%s", tt.name, widens, err, told)
		}
	}
	for _, docs := range [][2]string{{before, "allow: 3"}, {"allow: 3", before}, {"", before}, {"\x00", before}} {
		if _, _, err := compare(text{"before", []byte(docs[0])}, text{"after", []byte(docs[1])}); err == nil {
			t.Errorf("%q was compared with %q", docs[0], docs[1])
		}
	}
}
