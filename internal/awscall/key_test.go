package awscall

import (
	"bytes"
	"strings"
	"testing"
)

// TestAppendToTellsApart: no text of a request can stand for values of its input.
// An attacker has the query for it.
func TestAppendToTellsApart(t *testing.T) {
	key := func(query string, names ...string) []byte {
		n := Read("ssm", "GetParameters", map[string]any{"Names": names})
		return AppendText(AppendText(n.AppendTo(make([]byte, 0, 1024)), query), "POST")
	}
	const secret = "secret\x00"
	// If the counts came after the values, those of one name, 1 0 1 0 1 0 1 0, would
	// read as values as well: one of a byte, and one of 256, which the query fills up.
	ends := strings.Repeat("\x04\x00", maxMembers) + strings.Repeat("\x00", 2*maxMembers)
	query := strings.Repeat("x", 243) + "\x07\x00" + secret + ends + "\x00\x00"
	allowed := key(query, "p")
	at := bytes.Index(allowed, []byte(strings.Repeat("x", 243))) + 243
	if denied := key("", "p", "\x01", string(allowed[at-256:at]), secret); bytes.Equal(allowed, denied) {
		t.Errorf("%q is that of two calls", allowed)
	}
}
