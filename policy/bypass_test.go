package policy

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
)

// The policies of testdata/bypass/README.md.
const (
	bypassA = `
mode: enforce
allow:
  - host: api.allowed.example`
	bypassB = `
mode: enforce
deny:
  - host: [evil.example, "**.evil.example", localhost, "**.localhost"]
  - cidr: [0.0.0.0/8, 127.0.0.0/8, 169.254.0.0/16, 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10,
           "::/96", "::ffff:0:0:0/96", "fe80::/10", "fc00::/7", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"]`
	bypassC = `
mode: enforce
allow:
  - host: api.allowed.example
    paths: [/v1/public/**]`
)

// A bypassRow is one spelling of a destination and what Go makes of it.
type bypassRow struct {
	ID, Kind, Note string
	URL            string
	Base, Location string
	Network, Addr  string
	Req            *struct {
		Scheme, Host, Path, RawPath, RawQuery, Opaque, User, Method string
		ReqHost                                                     string `json:"req_host"`
	}
	GoParses struct{ Dials bool } `json:"go_parses"`

	EffectiveHost  *string                      `json:"effective_host"`
	EffectivePort  json.RawMessage              `json:"effective_port"`
	MustBe         string                       `json:"must_be"`
	MustBeDenylist struct{ PureGo, Cgo string } `json:"must_be_denylist"`
	MustBePath     string                       `json:"must_be_path_policy"`
}

// call describes the row as a guard would, or fails as net/http and net do.
func (r *bypassRow) call() (Call, error) {
	switch r.Kind {
	case "dial":
		return NetCall(r.Network, r.Addr)
	case "redirect":
		base, err := url.Parse(r.Base)
		if err != nil {
			return Call{}, err
		}
		u, err := base.Parse(r.Location)
		if err != nil {
			return Call{}, err
		}
		return HTTPCall("GET", u, "")
	case "struct":
		u := &url.URL{Scheme: r.Req.Scheme, Host: r.Req.Host, Path: r.Req.Path, RawPath: r.Req.RawPath, RawQuery: r.Req.RawQuery, Opaque: r.Req.Opaque}
		if r.Req.User != "" {
			u.User = url.User(r.Req.User)
		}
		return HTTPCall(r.Req.Method, u, r.Req.ReqHost)
	}
	req, err := http.NewRequest("GET", r.URL, nil)
	if err != nil {
		return Call{}, err
	}
	return HTTPCall(req.Method, req.URL, req.Host)
}

func bypassRows(tb testing.TB) []bypassRow {
	tb.Helper()
	f, err := os.Open("../testdata/bypass/url_bypass.jsonl")
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	var rows []bypassRow
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r bypassRow
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			tb.Fatalf("row %d: %v", len(rows)+1, err)
		}
		rows = append(rows, r)
	}
	return rows
}

// stricter are the rows which the data lets B allow, for it looks only at what
// is dialled, and which a rule of meaning denies.
var stricter = map[string]string{
	"u0270": "localhost.localdomain is a name of this machine",
	"u0271": "localhost.localdomain is a name of this machine",
	"u1132": "the request line names evil.example",
	"u1135": "net/http refuses control characters in a request line",
	"u1161": "the request line asks for a tunnel to evil.example",
}

func TestBypassCorpus(t *testing.T) {
	a, b, c := mustCompile(t, bypassA), mustCompile(t, bypassB), mustCompile(t, bypassC)
	rows := bypassRows(t)
	if len(rows) < 1500 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, r := range rows {
		call, err := r.call()
		denied := func(s *Set) bool { return err != nil || s.Decide(&call).Effect == Deny }
		check := func(policy string, s *Set, want string) {
			switch {
			case want == "deny" && !denied(s):
				t.Errorf("%s %s (%s): %s allows %v", r.ID, r.Note, r.describe(), policy, &call)
			case want == "allow" && denied(s) && stricter[r.ID] == "":
				t.Errorf("%s %s (%s): %s denies %v: %v", r.ID, r.Note, r.describe(), policy, &call, err)
			}
		}
		check("A", a, r.MustBe)
		check("C", c, r.MustBePath)
		wantB := r.MustBeDenylist.PureGo
		if r.MustBeDenylist.Cgo == "deny" {
			wantB = "deny" // either resolver may run
		}
		check("B", b, wantB)
		if host := r.effective(); err == nil && host != "" && call.Host != CanonicalHost(host) {
			t.Errorf("%s %s (%s): host %q, want %q", r.ID, r.Note, r.describe(), call.Host, CanonicalHost(host))
		}
	}
}

// effective is the host that was dialled, or empty where the data does not have
// it: it is in lower case, which is not what Go dials where IDNA fails.
func (r *bypassRow) effective() string {
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

func (r *bypassRow) describe() string {
	return strings.TrimSpace(r.URL + " " + r.Location + " " + r.Network + " " + r.Addr)
}
