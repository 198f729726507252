// Package bypass reads testdata/bypass: spellings of URLs, redirects, addresses and
// requests, what Go really dials for each, and what three policies must make of it.
//
// It is imported by the tests of policy, wrapper and the command-line tool.
package bypass

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
)

// The policies of testdata/bypass/README.md.
const (
	A = `
mode: enforce
allow:
  - host: api.allowed.example`
	B = `
mode: enforce
deny:
  - host: [evil.example, "**.evil.example", localhost, "**.localhost"]
  - cidr: [0.0.0.0/8, 127.0.0.0/8, 169.254.0.0/16, 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10,
           "::/96", "::ffff:0:0:0/96", "fe80::/10", "fc00::/7", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"]`
	C = `
mode: enforce
allow:
  - host: api.allowed.example
    paths: [/v1/public/**]`
)

// A Row is one spelling of a destination and what Go makes of it.
type Row struct {
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

// Read reads the rows of a file.
func Read(file string) ([]Row, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var rows []Row
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r Row
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return nil, fmt.Errorf("row %d: %w", len(rows)+1, err)
		}
		rows = append(rows, r)
	}
	return rows, lines.Err()
}

// Request makes the request of a row that is no dial, or fails as net/http does.
func (r *Row) Request() (*http.Request, error) {
	switch r.Kind {
	case "redirect":
		base, err := url.Parse(r.Base)
		if err != nil {
			return nil, err
		}
		u, err := base.Parse(r.Location)
		if err != nil {
			return nil, err
		}
		return &http.Request{Method: http.MethodGet, URL: u, Header: http.Header{}}, nil
	case "struct":
		u := &url.URL{Scheme: r.Req.Scheme, Host: r.Req.Host, Path: r.Req.Path, RawPath: r.Req.RawPath, RawQuery: r.Req.RawQuery, Opaque: r.Req.Opaque}
		if r.Req.User != "" {
			u.User = url.User(r.Req.User)
		}
		return &http.Request{Method: r.Req.Method, URL: u, Host: r.Req.ReqHost, Header: http.Header{}}, nil
	}
	return http.NewRequest(http.MethodGet, r.URL, nil)
}

// DenyB is what B must make of a row, whichever resolver runs.
func (r *Row) DenyB() string {
	if r.MustBeDenylist.Cgo == "deny" {
		return "deny"
	}
	return r.MustBeDenylist.PureGo
}

// Stricter are the rows which the data lets B allow, for it looks only at what is
// dialled, and which a rule of meaning denies.
var Stricter = map[string]string{
	"u0270": "localhost.localdomain is a name of this machine",
	"u0271": "localhost.localdomain is a name of this machine",
	"u1132": "the request line names evil.example",
	"u1135": "net/http refuses control characters in a request line",
	"u1161": "the request line asks for a tunnel to evil.example",
}

func (r *Row) String() string {
	return r.ID + " " + r.Note + " (" + strings.TrimSpace(r.URL+" "+r.Location+" "+r.Network+" "+r.Addr) + ")"
}
