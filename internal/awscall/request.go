package awscall

import (
	"net/http"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awshost"
	"github.com/lambdafence/lambdafence/policy"
)

// A Request is an HTTP request to a host of AWS's API that no client of the SDK
// has described: a presigned URL, a request signed by hand, another SDK.
//
// What it asks for is read from what goes over the wire, as the services read
// it, but for the body, which nobody looks at. What two readers could take for
// two things is not known: a deny rule takes that for a match and an allow rule
// does not, so that a request gains nothing by being odd.
type Request struct {
	Method string      // empty: GET
	Host   string      // canonical, and what the Host header says
	Path   string      // as on the request line, without the query
	Query  string      // likewise
	Header http.Header // spelled in any way
	Body   bool        // there is one, or may be
}

// Asked is what a request asks for, as far as it says so.
type Asked struct {
	// Service and Operation are the SDK's names, empty where they are not known.
	// There is no operation without a service.
	Service, Operation string
	// Region is that of the signature, or else that of the host.
	Region string
	// KeyID is the access key id that signs; empty: unknown, or nobody.
	KeyID string

	named Named
}

// Describe says what the operation does and to what, for an account that signs:
// see [Call].
func (a *Asked) Describe(account string) (access policy.Access, also []policy.Access, resources []string) {
	// Host and path are where the input was read from: they need no second look.
	return a.named.Describe(a.Region, account, "", "")
}

// Read reads the request. It never panics.
func (r *Request) Read() Asked {
	host, _ := awshost.Parse(r.Host)
	if !host.API || len(host.Services) == 0 {
		return Asked{Region: host.Region}
	}
	w := newWords(r)
	a := Asked{Region: host.Region}
	var id, scope string
	var n Named
	if !w.uncertain() {
		if a.KeyID, scope = w.signer(host.Services); scope != "" {
			a.Region = scope
		}
		id, n = w.operation(host)
	}
	switch {
	case n.operation != "":
	case len(host.Services) == 1:
		id = host.Services[0].ID
	default:
		return a // which of several services is meant only the operation tells
	}
	a.Service, a.Operation, a.named = serviceName(id), n.operation, n
	if host.Region != "" && a.Region != host.Region || a.Region == "" && host.Partition != "aws" {
		a.named.unread = true // the region of its resources is not known
	}
	return a
}

// operation finds the operation, and the id of its service.
func (w *words) operation(host awshost.Host) (id string, n Named) {
	if w.query.twice || w.overridden() || !isPathAsSent(w.Path) || !isWord(w.Method) {
		return "", Named{}
	}
	for _, read := range []func(*words, awshost.Host) (string, Named){(*words).rpc, (*words).action, (*words).s3, (*words).lambda} {
		if id, n = read(w, host); n.operation != "" {
			return id, n
		}
	}
	return "", Named{}
}

// unseen is [Read] for an operation whose input is in the body.
func unseen(service, operation string) Named {
	n := Named{operation: operation, plan: planOf(service, operation, nil)}
	if p := n.plan; p != nil {
		n.unsaid = len(p.raise) > 0 // the body may make it permissions
		n.unread = len(p.steps) > 0 // or name a resource
	}
	return n
}

// uncertain reports whether a part of the request may be gone before a service
// reads it, or reads one way here and another there.
func (w *words) uncertain() bool {
	if w.query.broken {
		return true
	}
	// A field that Connection names is for the next hop alone, and a proxy in
	// front of the service takes it away: a signature, a target.
	for _, value := range w.header["connection"] {
		for option := range strings.SplitSeq(value, ",") {
			if o := strings.Trim(option, " \t"); o != "" && !strings.EqualFold(o, "close") && !strings.EqualFold(o, "keep-alive") {
				return true
			}
		}
	}
	return false
}

// overridden reports whether a header asks to take the request for one of
// another method. No service of AWS is known to heed them.
func (w *words) overridden() bool {
	return w.header.has("x-http-method-override") || w.header.has("x-http-method") || w.header.has("x-method-override")
}

// serviceName returns the SDK's name of a service, by its id.
func serviceName(id string) string {
	if _, _, name, ok := protocols(id); ok {
		return name
	}
	return id
}

// protocols returns what a service's X-Amz-Target begins with, which is also its
// name in the path of RPC v2; a letter for each protocol in which one host serves
// all of its operations (j: AWS JSON, c: RPC v2 with CBOR, q: query), and an i if
// the names of its resources have no case; and the SDK's name of it.
func protocols(id string) (prefix, letters, name string, known bool) {
	line, known := lineOf(table(id), "!")
	prefix, line, _ = strings.Cut(line, " ")
	letters, name, _ = strings.Cut(line, " ")
	return prefix, letters, name, known
}

// isPathAsSent reports whether a path can stand on a request line as one.
func isPathAsSent(path string) bool {
	for i := 0; i < len(path); i++ {
		if c := path[i]; c <= ' ' || c >= 0x7f || c == '?' || c == '#' {
			return false
		}
	}
	return path != "" && path[0] == '/'
}
