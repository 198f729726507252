package policy

import (
	"strings"
	"testing"

	"github.com/lambdafence/lambdafence/internal/bypass"
)

func bypassRows(tb testing.TB) []bypass.Row {
	tb.Helper()
	rows, err := bypass.Read("../testdata/bypass/url_bypass.jsonl")
	if err != nil {
		tb.Fatal(err)
	}
	return rows
}

// bypassCall describes the row as a guard would, or fails as net/http and net do.
func bypassCall(r *bypass.Row) (Call, error) {
	if r.Kind == "dial" {
		return NetCall(r.Network, r.Addr)
	}
	req, err := r.Request()
	if err != nil {
		return Call{}, err
	}
	return HTTPCall(req.Method, req.URL, req.Host)
}

func TestBypassCorpus(t *testing.T) {
	a, b, c := mustCompile(t, bypass.A), mustCompile(t, bypass.B), mustCompile(t, bypass.C)
	rows := bypassRows(t)
	if len(rows) < 1500 {
		t.Fatalf("%d rows", len(rows))
	}
	for i := range rows {
		r := &rows[i]
		call, err := bypassCall(r)
		denied := func(s *Set) bool { return err != nil || s.Decide(&call).Effect == Deny }
		check := func(policy string, s *Set, want string) {
			switch {
			case want == "deny" && !denied(s):
				t.Errorf("%s: %s allows %v", r, policy, &call)
			case want == "allow" && denied(s) && bypass.Stricter[r.ID] == "":
				t.Errorf("%s: %s denies %v: %v", r, policy, &call, err)
			}
		}
		check("A", a, r.MustBe)
		check("C", c, r.MustBePath)
		check("B", b, r.DenyB())
		if host := effective(r); err == nil && host != "" && call.Host != CanonicalHost(host) {
			t.Errorf("%s: host %q, want %q", r, call.Host, CanonicalHost(host))
		}
	}
}

// effective is the host that was dialled, or empty where the data does not have
// it: it is in lower case, which is not what Go dials where IDNA fails.
func effective(r *bypass.Row) string {
	switch host := r.EffectiveHost; {
	case host == nil || strings.HasPrefix(*host, "unix:") || !isASCII(*host):
		return ""
	case *host == "(local system)":
		return "localhost"
	case *host == "(dns root)":
		return "."
	default:
		return *host
	}
}
