package events

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestQuick: what a fence writes is read the quick way, and what is not plain is not.
func TestQuick(t *testing.T) {
	lines, _ := said(t)
	for i, line := range lines {
		if _, ok := quick([]byte(line)); ok == strings.Contains(line, `\`) {
			t.Errorf("line %d: %v: %s", i, ok, line)
		}
	}
	plain := lines[0]
	for _, tt := range []struct{ name, old, new string }{
		{"an escape", `/v1/x`, `/v1/\u0078`},
		{"another language", `/v1/x`, `/v1/é`},
		{"a control character", `/v1/x`, "/v1/\x01"},
		{"a key in capitals", `"host"`, `"HOST"`},
		{"an unknown key", `"host"`, `"x":{},"host"`},
		{"null", `"count":1`, `"count":null`},
		{"a great number", `"count":1`, `"count":12345678901`},
		{"no JSON number", `"count":1`, `"count":01`},
		{"a negative number", `"count":1`, `"count":-1`},
		{"a port out of range", `"port":443`, `"port":70000`},
		{"space", `"count":1`, `"count": 1`},
		{"another message", `"msg":"lambdafence"`, `"msg":"lambdafence notice"`},
		{"a newer version", `"v":1`, `"v":2`},
		{"an unknown outcome", `"allowed"`, `"pondered"`},
		{"two objects", `{"time"`, `{}{"time"`},
		{"more after it", `"kind"`, `"scheme":"x"}},"kind"`},
	} {
		if changed := strings.Replace(plain, tt.old, tt.new, 1); changed == plain {
			t.Error(tt.name, "changes nothing")
		} else if _, ok := quick([]byte(changed)); ok {
			t.Errorf("%s is read: %s", tt.name, changed)
		}
	}
	for end := range plain {
		if _, ok := quick([]byte(plain[:end])); ok {
			t.Error("cut off at", end)
		}
	}
}

// FuzzQuickIsRight: whatever the quick way reads is JSON, and reads the same there.
func FuzzQuickIsRight(f *testing.F) {
	f.Add(`{"time":"2026-11-01T10:00:00Z","level":"INFO","msg":"lambdafence","v":1,"outcome":"allowed","mode":"learn","decision":"deny","rule":"deny[0]","reason":"x","layer":0,"count":1,` +
		`"policy":{"name":"p","version":"1","source":"s"},"call":{"kind":"aws","port":443,"also":["read"],"resources":["a","b"]},"caller":{"module":"m"},"function":{"request_id":"r"},"suggest":"s","trace_id":"t","span_id":"s"}`)
	f.Add(`{"time":"2026-11-01T10:00:00+01:00","msg":"lambdafence","call":{"resources":[]},"call":{"host":"a","host":"b"}}`)
	f.Fuzz(func(t *testing.T, text string) {
		var got, want line
		s := scanner{text: []byte(text)}
		if !s.line(&got) || s.at != len(text) {
			return
		}
		if err := json.Unmarshal([]byte(text), &want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func BenchmarkLine(b *testing.B) {
	text := []byte(`{"time":"2026-11-01T10:00:00.123Z","level":"INFO","msg":"lambdafence","v":1,"outcome":"allowed","mode":"learn","decision":"deny","reason":"no allow rule matched","layer":0,"count":1,"policy":{"name":"fleet","version":"7","source":"ssm:/fence/fleet"},"call":{"kind":"http","scheme":"https","host":"api.payments.example","port":443,"method":"GET","path":"/v1/charges/ch_3Kq9ZtB21x","network":"tcp"},"caller":{"module":"example.com/orders","version":"v1.4.2","package":"example.com/orders/client"},"function":{"name":"orders","version":"12","request_id":"5f0c1a2b-0000-4000-a000-0123456789ab"},"trace_id":"0123456789abcdef0123456789abcdef","span_id":"0123456789abcdef"}`)
	for name, read := range map[string]func() bool{
		"quick": func() bool { _, ok := quick(text); return ok },
		"json":  func() bool { _, err := parseLine(text); return err == nil },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if !read() {
					b.Fatal("not read")
				}
			}
		})
	}
}
