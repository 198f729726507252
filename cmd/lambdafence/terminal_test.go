package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// What others wrote moves no cursor, hides nothing and forges no line.
func TestTextsOfOthers(t *testing.T) {
	for _, tt := range []struct{ text, line string }{
		{"orders, höhe 日本", "orders, höhe 日本"},
		{"a\x1b[2J\x1b]0;owned\a", `a\u001b[2J\u001b]0;owned\u0007`},
		{"a\nVERSION\r", `a\u000aVERSION\u000d`},
		{"\u202eelpmaxe.live", `\u202eelpmaxe.live`}, // written from right to left
		{"\u009b31m\xff\x9b", `\u009b31m\xff\x9b`},
		{"a\u200bb", `a\u200bb`},
	} {
		if got := oneLine(tt.text); got != tt.line {
			t.Errorf("%q: %s", tt.text, got)
		}
	}
	if got := lines("a\n\tb\x1b\n"); got != "a\n\tb\\u001b\n" {
		t.Errorf("%q", got)
	}
	if got := indented("a\nb\n\n"); got != "    a\n    b\n" {
		t.Errorf("%q", got)
	}
	if got := short(strings.Repeat("é", 1000)); got != strings.Repeat("é", 60)+"…" {
		t.Errorf("%q", got)
	}
	text, out := "\u009b31m\x7f\u202e\U000e0041\xff<é>\n", new(bytes.Buffer)
	if err := writeJSON(out, text); err != nil || out.String() != `"\u009b31m\u007f\u202e\udb40\udc41\ufffd<é>\n"`+"\n" {
		t.Errorf("%s, %v", out, err)
	}
	var back string
	if err := json.Unmarshal(out.Bytes(), &back); err != nil || back != strings.ToValidUTF8(text, "\ufffd") {
		t.Errorf("%q, %v", back, err)
	}
	if onTerminal(new(bytes.Buffer)) {
		t.Error("a buffer is a terminal")
	}
}
