package wrapper

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awscall"
	"github.com/lambdafence/lambdafence/internal/awshost"
	"github.com/lambdafence/lambdafence/policy"
)

// judged reports whether a verdict that r runs under is about r. If not, c is
// what r must be judged by.
func (f *Fence) judged(r *http.Request, c *policy.Call) bool {
	f.describe(r, c)
	return f.verdictFrom(r.Context()).coversRequest(c, r.URL.RawQuery)
}

// describe makes a call of AWS of a request to a host of its API that the SDK did
// not make: what it asks for is read from it.
func (f *Fence) describe(r *http.Request, c *policy.Call) {
	if !awshost.MayParse(c.Host) {
		return
	}
	if h, _ := awshost.Parse(c.Host); h.API && isAsDescribed(r, c) {
		f.describeAWS(r, c)
	}
}

// describeAWS reads what r asks of AWS. Where it is not known even which service
// is meant, c stays an HTTP call, of which policies know what to make: any service
// of that host, any operation, any resource.
func (f *Fence) describeAWS(r *http.Request, c *policy.Call) {
	req := awscall.Request{
		Method: c.Method, Host: c.Host, Path: c.Path, Query: r.URL.RawQuery, Header: r.Header,
		Body: r.Body != nil && r.Body != http.NoBody || r.ContentLength > 0,
	}
	asked := req.Read()
	c.Account, c.Self, c.Region = f.account.of(asked.KeyID), f.account.self(), asked.Region
	if asked.Service == "" {
		return
	}
	c.Kind, c.Service, c.Operation = policy.AWS, asked.Service, asked.Operation
	c.Access, c.Also, c.Resources = asked.Describe(c.Account)
}

// isAsDescribed reports whether what is sent is what c says and r shows, so that
// AWS reads the same. net/http sends what URL.Opaque says in place of path and
// query, and a second Host where the header has one in small letters; trailers
// come after all that is read here.
func isAsDescribed(r *http.Request, c *policy.Call) bool {
	if r.URL.Opaque != "" || c.HostHeader != "" || c.Method == http.MethodConnect || len(r.Trailer) > 0 {
		return false
	}
	// The very host: in capitals, with a final dot or a user before it, S3 may
	// take it for the name of a bucket.
	sent := cmp.Or(r.Host, r.URL.Host)
	if host, port, _ := strings.Cut(sent, ":"); host != c.Host || port != "" && port != strconv.Itoa(int(c.Port)) {
		return false
	}
	for key, values := range r.Header {
		if !strings.EqualFold(key, "Host") {
			continue
		}
		// Presigning returns the host among the headers. net/http leaves it out.
		if key != "Host" || len(values) != 1 || values[0] != sent {
			return false
		}
	}
	return true
}
