package policy

import (
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
	if u == nil {
		return Call{}, errors.New("nil request URL")
	}
	if u.Host == "" {
		return Call{}, errors.New("no host in request URL")
	}
	c := Call{Kind: HTTP, Network: "tcp", Scheme: u.Scheme, Method: method, Path: requestTarget(u)}
	port := u.Port()
	if port == "" {
		c.Port = schemePort(u.Scheme)
	} else if p, err := dialledPort("tcp", port); err == nil {
		c.Port = p
	} else {
		return Call{}, err
	}
	c.Host = CanonicalHost(u.Hostname())
	if hostHeader != "" && hostHeader != u.Host {
		if h := CanonicalHost(hostOnly(hostHeader)); h != c.Host {
			c.HostHeader = h
		}
	}
	if host, absolute := absoluteTarget(c.Path); absolute && c.HostHeader == "" {
		if h := CanonicalHost(host); h != c.Host {
			c.HostHeader = h
		}
	}
	return c, nil
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
		return Call{Network: "ip", Host: CanonicalHost(strings.Trim(address, "[]"))}, nil
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
// the query: [url.URL.RequestURI] without allocating the query.
func requestTarget(u *url.URL) string {
	target := u.Opaque
	switch {
	case target == "":
		if target = u.EscapedPath(); target == "" {
			target = "/"
		}
	case strings.HasPrefix(target, "//"):
		target = u.Scheme + ":" + target
	}
	if i := strings.IndexByte(target, '?'); i >= 0 {
		target = target[:i]
	}
	return target
}

// absoluteTarget returns the host that a request target names when it is not a
// path: an absolute URI or, for CONNECT, an authority. A server or a proxy may
// follow it rather than the Host header.
func absoluteTarget(target string) (host string, absolute bool) {
	if strings.HasPrefix(target, "/") || target == "*" || target == "" {
		return "", false
	}
	_, rest, ok := strings.Cut(target, "://")
	if !ok {
		rest = target
		if !strings.Contains(rest, ":") {
			return "", false // a relative path: it names no host
		}
	}
	rest, _, _ = strings.Cut(rest, "/")
	rest = rest[strings.LastIndexByte(rest, '@')+1:]
	return hostOnly(rest), true
}

// hostOnly removes a port from "host:port" or "[host]:port".
func hostOnly(hostport string) string {
	u := url.URL{Host: hostport}
	return u.Hostname()
}
