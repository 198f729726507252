package policy

import (
	"slices"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

// A claim is what the SDK says that a call is. Where it goes is another matter.
type claim struct {
	made       bool // by the SDK, or by whoever described the call
	hostless   bool // no host is stated: it goes to the SDK's own
	service    awshost.Service
	operation  string
	levels     accessSet // empty: unknown
	resources  []string
	first      arn // resources[0], if isARN
	isARN      bool
	region     string
	account    string
	self       string
	partition  string // that the function runs in; empty: unknown
	securePort bool   // HTTPS on its own port, where AWS listens
}

func claimOf(c *Call) claim {
	cl := claim{account: c.Account, self: c.Self, securePort: c.securePort()}
	if c.Kind != AWS {
		return cl
	}
	cl.made, cl.hostless = true, c.Host == ""
	cl.service, _ = awshost.Find(c.Service)
	cl.operation, cl.region = c.Operation, c.Region
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
	return cl
}

// setResources notes resources, the first of them in its parts: every rule asks
// for it, and most calls have but one.
func (c *claim) setResources(resources []string) {
	c.resources = resources
	if len(resources) > 0 {
		c.first, c.isARN = parseARN(resources[0])
	}
}

// resource returns the resource at index i, if it is an ARN.
func (c *claim) resource(i int) (arn, bool) {
	if i == 0 {
		return c.first, c.isARN
	}
	return parseARN(c.resources[i])
}

// foreign returns the service of the resource at index i, if it is another than
// that of the call: a table is exported into a bucket, a parameter refers to a
// secret.
func (c *claim) foreign(i int) (awshost.Service, bool) {
	r, ok := c.resource(i)
	if !ok || sameService(r.parts[arnService], c.service.IAM) {
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

// genuine reports whether the call goes where the SDK finds the service: to a
// host of AWS that belongs to it and to the region, by HTTPS. The region of a
// call that states no host is the client's; some services have one for all.
func (q *query) genuine() bool {
	c := &q.claim
	region := c.region
	if c.hostless {
		region = ""
	}
	return c.securePort && q.aws.API && q.aws.Serves(c.service.ID, region)
}

// otherBucket reports whether the request goes to a bucket, or an access point,
// that is none of those which the SDK says it is about. A client whose base
// endpoint has a bucket in its name or path sends everything there.
func (q *query) otherBucket() bool {
	c := &q.claim
	if len(c.resources) == 0 || c.service.ID != "s3" || !q.aws.API {
		return false
	}
	bucket := q.aws.Bucket
	if bucket == "" {
		bucket, _, _ = strings.Cut(strings.TrimPrefix(q.target, "/"), "/")
	}
	return bucket != "" && !slices.ContainsFunc(c.resources, func(text string) bool {
		r, ok := parseARN(text)
		return ok && r.inBucket(bucket, q.aws.Account)
	})
}
