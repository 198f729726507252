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
// in one spelling: lower case, IDNA-mapped, without brackets, zone or final
// dots, every form of an IP literal as that literal. An empty host is the local
// system, "localhost". Equal destinations have equal canonical hosts.
func CanonicalHost(host string) string {
	if isPlain(host) && !endsInNumber(host) {
		return host
	}
	t := targetOf(host)
	if !t.lit.IsValid() {
		return t.name
	}
	var buf [64]byte
	if b := t.lit.AppendTo(buf[:0]); string(b) != host {
		return string(b)
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
	number := endsInNumber(host)
	if number { // the usual form, at once
		if lit, err := netip.ParseAddr(host); err == nil && lit.Is4() {
			return target{lit: lit}
		}
	}
	switch {
	case !isPlain(host):
		host = plain(host)
	case !number:
		return target{name: host}
	}
	if lit, ok := parseAddr(host); ok {
		return target{lit: lit}
	}
	return target{name: host}
}

// What a byte means to the reader of a host. A canonical name or IPv4 address
// has but a-z, 0-9, hyphen, underscore and dot.
const (
	ordinary = iota
	dot
	needsWork
)

var hostBytes = func() (table [256]byte) {
	for i := range table {
		switch c := byte(i); {
		case c == '.':
			table[i] = dot
		case c == '-' || c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z':
			table[i] = ordinary
		default:
			table[i] = needsWork
		}
	}
	return table
}()

// isPlain reports whether host needs no rewriting.
func isPlain(host string) bool {
	if host == "" || host[len(host)-1] == '.' {
		return false
	}
	for i := range len(host) {
		if hostBytes[host[i]] == needsWork {
			return false
		}
	}
	return true
}

// plain rewrites a host until nothing is left to rewrite, so that a canonical
// host stays as it is.
func plain(host string) string {
	for {
		next := plainer(host)
		if next == host {
			return host
		}
		host = next
	}
}

func plainer(host string) string {
	for len(host) > 1 && host[0] == '[' && host[len(host)-1] == ']' {
		host = host[1 : len(host)-1]
	}
	if !isASCII(host) {
		host = dialledName(host)
	}
	host = lowerASCII(host)
	switch strings.Count(host, ":") {
	case 0:
		host = asResolved(host)
	case 1:
		// No host has a port, but whoever writes one means the host before it.
		if name, port, _ := strings.Cut(host, ":"); strings.Trim(port, "0123456789") == "" {
			host = name
		}
	default: // IPv6: the zone is no part of the address
		host, _, _ = strings.Cut(host, "%")
	}
	// A final dot makes a name absolute. More make it invalid, but a lenient
	// resolver takes it for the same name.
	switch name := strings.TrimRight(host, "."); {
	case host == "":
		return "localhost" // net.Dial: "if the host is empty, the local system is assumed"
	case name == "":
		return "." // the root of the DNS
	default:
		return name
	}
}

// asResolved undoes what only C resolvers understand: white space ends an IPv4
// address, and \e or \101 stand for the letter e (RFC 1035 5.1). An escape of
// anything that a name is not made of stays: it is not what it stands for.
func asResolved(host string) string {
	if i := strings.IndexAny(host, " \t\n\v\f\r"); i > 0 {
		if _, ok := parseAddr(host[:i]); ok {
			return host[:i]
		}
	}
	var b strings.Builder
	for {
		i := strings.IndexByte(host, '\\')
		if i < 0 || i == len(host)-1 {
			break
		}
		n, c := 2, host[i+1]
		if d, ok := escapedByte(host[i+1:]); ok {
			n, c = 4, d
		}
		if letter := lowerASCII(string(rune(c))); hostBytes[letter[0]] == ordinary {
			b.WriteString(host[:i] + letter)
		} else {
			b.WriteString(host[:i+n])
		}
		host = host[i+n:]
	}
	return b.String() + host
}

// escapedByte reads the three decimal digits that s starts with.
func escapedByte(s string) (byte, bool) {
	if len(s) < 3 {
		return 0, false
	}
	n := 0
	for i := range 3 {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = 10*n + int(s[i]-'0')
	}
	return byte(n), n < 256
}

// dialledName returns what net/http makes of a host that is not ASCII. Only
// net/http knows: its IDNA tables are private and change with each Go release,
// and a copy that lags behind them would be a way past the fence. So it is
// asked: a transport is given the host, and tells it to a dialer that dials
// nothing. Where the mapping fails, Go dials the host as it is, and so do we.
func dialledName(host string) string {
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
	u := &url.URL{Scheme: "http", Host: "[" + host + "]:1"} // brackets, lest a colon be taken for a port
	req := &http.Request{Method: "GET", URL: u, Header: http.Header{}}
	if resp, err := asked.RoundTrip(req); err == nil {
		resp.Body.Close() // never reached: the dialer always fails
	}
	return mapped
}

var errAsked = errors.New("asked for the name only")

// lowerASCII leaves other letters alone, and what is no letter at all: what IDNA
// did not map, Go dials as it is, and strings.ToLower would make a k of a Kelvin
// sign.
func lowerASCII(s string) string {
	i := strings.IndexFunc(s, isUpperASCII)
	if i < 0 {
		return s
	}
	b := []byte(s)
	for ; i < len(b); i++ {
		if isUpperASCII(rune(b[i])) {
			b[i] += 'a' - 'A'
		}
	}
	return string(b)
}

func isUpperASCII(r rune) bool { return 'A' <= r && r <= 'Z' }

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// isLocalName reports the names of this machine (RFC 6761 6.3) and those that
// Linux distributions give it in /etc/hosts.
func isLocalName(name string) bool {
	switch name {
	case "localhost", "localhost.localdomain", "localhost4", "localhost4.localdomain4",
		"localhost6", "localhost6.localdomain6", "ip6-localhost", "ip6-loopback":
		return true
	}
	return strings.HasSuffix(name, ".localhost")
}
