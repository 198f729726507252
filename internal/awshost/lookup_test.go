package awshost

import "testing"

// TestTables: they are sorted, or what is in them would not be found.
func TestTables(t *testing.T) {
	for i := range distinct - 1 {
		if services[i].ID >= services[i+1].ID {
			t.Errorf("services: %q stands before %q", services[i].ID, services[i+1].ID)
		}
	}
	for i, p := range prefixes {
		if at := byName(p.name); at != int(p.at) || i > 0 && prefixes[i-1].name >= p.name || services[at].IAM != p.name {
			t.Errorf("prefixes: %q: %d", p.name, at)
		}
	}
	for i, h := range hosts {
		if found := byHost(h.name); len(found) == 0 || i > 0 && hosts[i-1].name >= h.name {
			t.Errorf("hosts: %q: %v", h.name, found)
		}
	}
	for i := range len(forms) - 1 {
		if forms[i].name >= forms[i+1].name {
			t.Errorf("forms: %q stands before %q", forms[i].name, forms[i+1].name)
		}
	}
}
