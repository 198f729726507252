package policy

import (
	"strings"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

// A claim is what the SDK, or whoever described the call in its stead, says that a
// call is. Where it goes is another matter.
type claim struct {
	hostless  bool // no host is stated: it goes to the SDK's own
	service   awshost.Service
	operation string
	levels    accessSet // empty: unknown
	resources []string
	parsed    int // one more than the index of the resource that was read last
	arn       arn // that one, if isARN
	isARN     bool
	region    string
	account   string // that signs it
	partition string // that the function runs in; empty: unknown
}

// read makes cl, which is empty, the claim of a call of AWS.
func (cl *claim) read(c *Call) {
	cl.hostless = c.Host == ""
	cl.service, _ = awshost.Find(c.Service)
	cl.operation, cl.region, cl.account = c.Operation, c.Region, c.Account
	cl.setResources(c.Resources)
	if cl.levels = levelOf(c.Access); cl.levels != 0 {
		for _, a := range c.Also {
			if levelOf(a) == 0 {
				cl.levels = 0
				break
			}
			cl.levels |= levelOf(a)
		}
	}
}

func (cl *claim) setResources(resources []string) {
	cl.resources, cl.parsed = resources, 0
}

// resource returns the resource at index i in its parts, if it is an ARN. They
// hold until another resource is asked for: most calls have but one, for which
// every rule asks.
func (cl *claim) resource(i int) (*arn, bool) {
	if cl.parsed != i+1 {
		cl.parsed = i + 1
		cl.isARN = cl.arn.read(cl.resources[i])
	}
	return &cl.arn, cl.isARN
}

// foreign returns the service of the resource at index i, if it is another than
// that of the call: a table is exported into a bucket, a parameter refers to a
// secret.
func (cl *claim) foreign(i int) (awshost.Service, bool) {
	r, ok := cl.resource(i)
	if !ok || sameService(r.parts[arnService], cl.service.IAM) {
		return awshost.Service{}, false
	}
	s, _ := awshost.Find(r.parts[arnService])
	return s, true
}

// securePort reports whether the call goes to the port that AWS serves its API
// on, by HTTPS.
func (c *Call) securePort() bool {
	return (c.Scheme == "https" || c.Kind == AWS && c.Scheme == "") && (c.Port == 0 || c.Port == 443)
}

// otherBucket reports whether the request, which goes to an API of AWS, goes to a
// bucket, or an access point, that is none of those which the SDK says it is
// about. A client whose base endpoint has a bucket in its name or path sends
// everything there.
func (q *query) otherBucket() bool {
	c := q.claim
	if len(c.resources) == 0 || c.service.ID != "s3" {
		return false
	}
	bucket := q.aws().Bucket
	if bucket == "" {
		bucket, _, _ = strings.Cut(strings.TrimPrefix(q.call.Path, "/"), "/")
	}
	for i := range c.resources {
		if r, ok := c.resource(i); ok && r.inBucket(bucket, q.aws().Account) {
			return false
		}
	}
	return bucket != ""
}
