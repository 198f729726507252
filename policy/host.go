package policy

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// CanonicalHost returns the name or address that Go would really dial for host,
// in one spelling: lower case, IDNA-mapped, without brackets, zone or final dot,
// every form of an IP literal as that literal. An empty host is the local
// system, "localhost". Equal destinations have equal canonical hosts.
func CanonicalHost(host string) string {
	t := targetOf(host)
	if !t.lit.IsValid() {
		return t.name
	}
	var text [len("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]byte
	if s := t.lit.AppendTo(text[:0]); string(s) != host {
		return string(s)
	}
	return host
}

// A target is a canonical host: an address literal or a name, never both.
type target struct {
	lit  netip.Addr
	name string
}

// targetOf reads a host. It does not allocate where host is canonical already.
func targetOf(host string) target {
	if !isPlain(host) {
		host = plain(host)
	}
	if lit, ok := parseAddr(host); ok {
		return target{lit: lit}
	}
	return target{name: host}
}

// isPlain reports whether host needs no rewriting: lower-case ASCII, no
// brackets, no zone, no final dot, not empty.
func isPlain(host string) bool {
	if host == "" || host[len(host)-1] == '.' {
		return false
	}
	for i := 0; i < len(host); i++ {
		if c := host[i]; c >= 0x80 || 'A' <= c && c <= 'Z' || c == '%' || c == '[' || c == ']' {
			return false
		}
	}
	return true
}

func plain(host string) string {
	if len(host) > 1 && host[0] == '[' && host[len(host)-1] == ']' {
		host = host[1 : len(host)-1]
	}
	host = lowerASCII(dialledName(host))
	if addr, _, zoned := strings.Cut(host, "%"); zoned && strings.Contains(addr, ":") {
		host = addr
	}
	// One final dot makes a name absolute; a second one makes it invalid, and
	// an invalid name must not look like a valid one.
	if strings.HasSuffix(host, ".") && !strings.HasSuffix(host, "..") && len(host) > 1 {
		host = host[:len(host)-1]
	}
	if host == "" {
		return "localhost" // net.Dial: "if the host is empty, the local system is assumed"
	}
	return host
}

// dialledName returns what net/http makes of a host that is not ASCII. Only
// net/http knows: its IDNA tables are private and change with each Go release,
// and a copy that lags behind them would be a way past the fence. So it is
// asked: a transport is given the host, and tells it to a dialer that dials
// nothing. Where the mapping fails, Go dials the host as it is, and so do we.
func dialledName(host string) string {
	if isASCII(host) {
		return host
	}
	mapped := host
	asked := &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(_ context.Context, _, address string) (net.Conn, error) {
			if h, _, err := net.SplitHostPort(address); err == nil {
				mapped = h
			}
			return nil, errAsked
		},
	}
	req := &http.Request{Method: "GET", URL: &url.URL{Scheme: "http", Host: host}, Header: http.Header{}}
	if resp, err := asked.RoundTrip(req); err == nil {
		resp.Body.Close() // never reached: the dialer always fails
	}
	return mapped
}

var errAsked = errors.New("asked for the name only")

// lowerASCII leaves other letters alone: what IDNA did not map, Go dials as it
// is, and strings.ToLower would turn a Kelvin sign into a k.
func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// isLocalName reports the names of this machine (RFC 6761 6.3).
func isLocalName(name string) bool {
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || name == "localhost.localdomain" ||
		name == "ip6-localhost" || name == "ip6-loopback"
}
