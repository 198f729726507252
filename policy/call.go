package policy

import (
	"cmp"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

// A Call is one outbound call, described the same way whatever made it.
// [HTTPCall] and [NetCall] describe calls as Go would really make them; fields
// that are not known stay zero.
type Call struct {
	Kind Kind

	// Scheme is "http" or "https"; empty for a net call.
	Scheme string
	// Host is a canonical name or address (see [CanonicalHost]), without
	// brackets, zone or port. A host that is not canonical is judged by its
	// canonical form.
	Host string
	// Port is the port that is dialled. 0 in an HTTP call: the scheme's own.
	Port uint16
	// Method is the method as sent. Empty: GET.
	Method string
	// Path is the request target as sent, without query: what stands on the
	// request line. For the network "unix" it is the path of the socket.
	Path string
	// HostHeader is the Host header where it names another host than the URL
	// does, without port. It is judged as a second host.
	HostHeader string

	// Network is "tcp", "udp", "ip" or "unix". Empty: tcp.
	Network string
	// Addr is the address that was really reached, once it is known.
	Addr netip.Addr

	// Service and Operation are the names that the AWS SDK uses. A call that
	// states a Service and no Host goes to the SDK's default endpoint.
	Service, Operation string
	Access             Access
	// Also are further levels of an operation that needs several: a copy reads
	// and writes. An allow rule must have all of them, a deny rule one.
	Also []Access
	// Resources are ARNs. nil: unknown. Empty, not nil: the operation has none.
	Resources []string
	// Region is the region that the call goes to, Account the account whose
	// credentials sign it, Self the function's own account.
	Region, Account, Self string

	// Caller is the Go module that made the call: the nearest on its stack that
	// does not call for others, as SDKs and HTTP helpers do. Callers are all
	// modules on the stack. Needed only where [Set.NeedsCallers] says so.
	Caller  Caller
	Callers []Caller

	// Function is the name of the Lambda function.
	Function string
	// Time is when the call is made. Needed only where [Set.NeedsTime] says so.
	Time time.Time
}

// A Caller is a Go module on the stack of a call, and the package of it: import
// paths. Version is as the build info has it, empty where there is none. The zero Caller is unknown.
type Caller struct{ Module, Version, Package string }

// Kind tells what made a call.
type Kind uint8

// The kinds of a call.
const (
	Net  Kind = iota // a connection of its own: a database, a queue, a raw socket
	HTTP             // a request through an http.RoundTripper
	AWS              // an operation of the AWS SDK
)

// String returns "net", "http" or "aws".
func (k Kind) String() string { return name(k, "net", "http", "aws") }

// Access is what an AWS operation does to its resources, in the words of IAM.
type Access uint8

// The access levels of AWS operations.
const (
	UnknownAccess Access = iota
	List
	Read
	Write
	Tagging
	Permissions
)

// String returns the level in lower case, and "unknown" for [UnknownAccess].
func (a Access) String() string {
	return name(a, "unknown", "list", "read", "write", "tagging", "permissions")
}

// String describes the call on one line, as logs and errors show it:
//
//	GET https://api.stripe.com/v1/charges
//	tcp db.internal:5432
//
// A port that is not the scheme's own is shown. No query is ever in it, and
// what cannot be printed is escaped.
func (c *Call) String() string {
	network := c.network()
	switch {
	case c.Kind == AWS:
		return printable(c.awsString())
	case network == "unix":
		return printable(network + " " + c.Path)
	case c.Kind != HTTP && c.Port == 0:
		return printable(network + " " + bracketed(c.Host))
	case c.Kind != HTTP:
		return printable(network + " " + bracketed(c.Host) + ":" + strconv.Itoa(int(c.Port)))
	}
	host := bracketed(c.Host)
	if c.Port != 0 && c.Port != schemePort(c.Scheme) {
		host += ":" + strconv.Itoa(int(c.Port))
	}
	if !isPath(c.Path) {
		host += " " // a request target that is no path: keep it apart
	}
	return printable(c.method() + " " + c.Scheme + "://" + host + c.Path)
}

// awsString names the operation, the first of its resources, and the host if it
// is not the service's own.
func (c *Call) awsString() string {
	s := c.Service + ":" + cmp.Or(c.Operation, "(unknown operation)")
	if len(c.Resources) > 0 {
		s += " " + c.Resources[0]
	}
	if n := len(c.Resources); n > 1 {
		s += fmt.Sprintf(" and %d more", n-1)
	}
	h, _ := awshost.Parse(c.Host)
	if service, _ := awshost.Find(c.Service); c.Host != "" && (!h.API || !h.Serves(service.ID, c.Region)) {
		s += " at " + bracketed(c.Host)
		if c.Port != 0 && c.Port != schemePort(c.Scheme) {
			s += ":" + strconv.Itoa(int(c.Port))
		}
	}
	return s
}

// printable escapes what would break a line of a log or hide in it.
func printable(s string) string {
	if strings.IndexFunc(s, unprintable) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if unprintable(r) {
			quoted := strconv.QuoteRune(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func unprintable(r rune) bool { return !strconv.IsPrint(r) }

func (c *Call) method() string {
	if c.Method == "" {
		return "GET"
	}
	return c.Method
}

func (c *Call) network() string {
	if c.Network == "" {
		return "tcp"
	}
	return c.Network
}

// port is the port that the call dials.
func (c *Call) port() uint16 {
	switch {
	case c.Port != 0 || c.Kind == Net:
		return c.Port
	case c.Kind == AWS && c.Scheme == "":
		return 443
	}
	return schemePort(c.Scheme)
}

// isRequest reports whether the call is an HTTP request of which scheme, method
// and path are known. Of an AWS call they need not be.
func (c *Call) isRequest() bool { return c.Kind == HTTP || c.Kind == AWS && c.Scheme != "" }

// host is the host that the call goes to. An AWS call that states none goes to
// the one that the SDK calls by default.
func (c *Call) host() string {
	if c.Kind == AWS && c.Host == "" {
		s, _ := awshost.Find(c.Service)
		return awshost.Endpoint(s.ID, c.Region)
	}
	return c.Host
}

func schemePort(scheme string) uint16 {
	switch scheme {
	case "http":
		return 80
	case "https":
		return 443
	}
	return 0
}

func bracketed(host string) string {
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}

// name returns the i-th of names, for the String methods of small enums.
func name[E ~uint8](i E, names ...string) string {
	if int(i) < len(names) {
		return names[i]
	}
	return "invalid(" + strconv.Itoa(int(i)) + ")"
}
