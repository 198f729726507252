package policy

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// HTTPCall describes a request as net/http would send it: the host and port
// that it would dial and the target that it would write on the request line.
// hostHeader is the request's Host field, which may be empty. An error means
// that net/http itself would refuse the request.
//
// It does not allocate for a plain URL.
func HTTPCall(method string, u *url.URL, hostHeader string) (Call, error) {
	var c Call
	if err := c.SetRequest(method, u, hostHeader); err != nil {
		return Call{}, err
	}
	return c, nil
}

// SetRequest makes c, which must be zero, what [HTTPCall] returns. It is for
// guards, through which every request goes: a Call is large. After an error c is
// of no use.
func (c *Call) SetRequest(method string, u *url.URL, hostHeader string) (err error) {
	if u == nil {
		return errors.New("nil request URL")
	}
	if u.Host == "" {
		return errors.New("no host in request URL")
	}
	c.Kind, c.Network, c.Scheme, c.Method = HTTP, "tcp", u.Scheme, method
	if err = c.setHost(u); err != nil {
		return err
	}
	if hostHeader != "" && hostHeader != u.Host {
		if h := CanonicalHost(hostOnly(hostHeader)); h != c.Host {
			c.HostHeader = h
		}
	}
	c.Path, err = requestTarget(method, u, hostHeader)
	return err
}

// setHost sets what net/http dials for u: the port is the scheme's own if u has
// none. Most hosts have neither port nor brackets.
func (c *Call) setHost(u *url.URL) (err error) {
	host, port := u.Host, ""
	if host[0] == '[' || strings.IndexByte(host, ':') >= 0 {
		host, port = u.Hostname(), u.Port()
	}
	c.Host = CanonicalHost(host)
	if port == "" {
		c.Port = schemePort(u.Scheme)
		return nil
	}
	c.Port, err = dialledPort("tcp", port)
	return err
}

// NetCall describes a connection as [net.Dialer] would make it. An error means
// that net.Dial itself would refuse the address. Looking up a port by its
// service name is the only thing it may ask the system for.
func NetCall(network, address string) (Call, error) {
	family, _, _ := strings.Cut(network, ":")
	switch family {
	case "unix", "unixgram", "unixpacket":
		return Call{Network: "unix", Path: address}, nil
	case "ip", "ip4", "ip6":
		return Call{Network: "ip", Host: CanonicalHost(address)}, nil
	case "tcp", "tcp4", "tcp6", "udp", "udp4", "udp6":
		family = family[:3]
	default:
		return Call{}, fmt.Errorf("unknown network %q", network)
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return Call{}, err
	}
	c := Call{Network: family, Host: CanonicalHost(host)}
	c.Port, err = dialledPort(family, port)
	return c, err
}

// dialledPort reads a port as net.Dial does: a number, which wraps in odd ways
// when it is too large, or the name of a service.
func dialledPort(network, port string) (uint16, error) {
	if len(port) <= 4 {
		if n, err := strconv.ParseUint(port, 10, 16); err == nil {
			return uint16(n), nil
		}
	}
	n, err := net.LookupPort(network, port)
	return uint16(n), err
}

// requestTarget returns what net/http writes as the target of a request, up to
// the query: [url.URL.RequestURI] without allocating the query, and without the
// user information, which is nobody's business. host is the Host header, which
// may be empty.
func requestTarget(method string, u *url.URL, host string) (string, error) {
	target := u.Opaque
	switch {
	case target == "" && method == "CONNECT" && u.Path == "":
		return cmp.Or(host, u.Host), nil
	case target == "" && u.Path == "":
		return "/", nil
	case target == "" && u.RawPath == "" && isUnescaped(u.Path):
		return u.Path, nil // as most are
	case target == "":
		return u.EscapedPath(), nil
	case strings.HasPrefix(target, "//") && method == "CONNECT" && u.Path == "":
		target = strings.TrimLeft(target, "/") // sent as it is; whoever follows it sees an authority
	case strings.HasPrefix(target, "//"):
		target = u.Scheme + ":" + target
	}
	if i := strings.IndexByte(target, '?'); i >= 0 {
		target = target[:i]
	}
	if strings.ContainsFunc(target, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", errors.New("control character in request URL")
	}
	if isPath(target) {
		return target, nil
	}
	from, to := authority(target)
	user := strings.LastIndexByte(target[from:to], '@') + 1
	return target[:from] + target[from+user:], nil
}

// targetHost returns the host that a request target names when it is not a
// path: an absolute URI or, for CONNECT, an authority. A server or a proxy may
// follow it rather than the Host header.
func targetHost(target string) string {
	from, to := authority(target)
	return hostOnly(target[from:to])
}

// authority finds the place of user, host and port in an absolute target.
func authority(target string) (from, to int) {
	if i := strings.Index(target, "//"); i >= 0 {
		from = i + 2
	}
	if i := strings.IndexAny(target[from:], "/?#\\"); i >= 0 {
		return from, from + i
	}
	return from, len(target)
}

// hostOnly removes user information and port from an authority.
func hostOnly(authority string) string {
	host := authority[strings.LastIndexByte(authority, '@')+1:]
	if name, _, found := strings.Cut(host, ":"); found && !strings.Contains(host[len(name)+1:], ":") {
		return name // also where the port is none: lenient servers read what precedes it
	}
	u := url.URL{Host: host}
	return u.Hostname()
}
