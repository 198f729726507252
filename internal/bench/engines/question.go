package engines

import (
	"fmt"
	"math"
	"net/url"
	"strings"

	cedar "github.com/cedar-policy/cedar-go"

	"github.com/lambdafence/lambdafence/policy"
)

const (
	region  = "eu-west-1"
	account = "111122223333"
)

// A Question is a call in the forms that the engines take, made beforehand.
type Question struct {
	Kind    string // of the rule that it is about
	Call    policy.Call
	Name    string // for the map: of 30 bytes, one of its own if the answer is yes
	Allowed bool   // the answer

	request cedar.Request
}

// Read reads what the engines read of the question, which brings it into the
// cache, as a call is that was just described. What it returns means nothing.
func (q *Question) Read() int {
	c := q.Call
	sum := int(c.Kind) + int(c.Port) + int(c.Access) + len(c.Region) + c.Time.Nanosecond() + len(c.Callers)
	for _, text := range append([]string{q.Name, c.Host, c.Path, c.Method, c.Service, c.Operation, c.Account, c.Self}, c.Resources...) {
		for i := range len(text) {
			sum += int(text[i])
		}
	}
	return sum
}

// Names are what the map lookup looks up: as many as there are rules.
func Names(rules int) []string {
	names := make([]string, rules)
	for i := range names {
		names[i] = name(i, "example")
	}
	return names
}

func name(i int, domain string) string { return fmt.Sprintf("svc-%05d.internal.%s.com", i, domain) }

// Shapes is how many shapes of rules there are. Of as many questions of [Ask]
// that follow one another each is about another shape.
const Shapes = 10

// Ask makes n questions, no two alike, about calls that the rules allow or about
// ones that they nearly do. The rules of each shape are asked about in an order
// that is spread evenly, however short a piece of it is: a loop must not end early
// more often than late.
func Ask(rules []Rule, n int, allowed bool) ([]Question, error) {
	ofShape := (len(rules) + Shapes - 1) / Shapes
	questions := make([]Question, n)
	for k := range questions {
		_, spread := math.Modf(float64(k/Shapes+1) * math.Phi)
		i := k%Shapes + Shapes*int(spread*float64(ofShape))
		if i >= len(rules) {
			i = k % len(rules)
		}
		q := &questions[k]
		if err := q.about(&rules[i], k, allowed); err != nil {
			return nil, err
		}
		q.Name = strings.Clone(name(i, "example"))
		if !allowed {
			q.Name = name(k, "nothing")
		}
		q.request = request(&q.Call)
	}
	return questions, nil
}

// about describes the k-th call, to what r allows or, by turns, to another host,
// port, method or path than r allows.
func (q *Question) about(r *Rule, k int, allowed bool) (err error) {
	q.Allowed = allowed
	switch {
	case r.Service != "":
		q.Kind = "AWS resource"
		q.Call = awsCall(r, k, allowed)
	case r.Host == "":
		q.Kind = "CIDR, port"
		address := r.Prefix.Addr().As4()
		address[2] |= byte(k >> 8 & 0x0f)
		address[3] = byte(k)
		if !allowed {
			address[0] = 11
		}
		q.Call, err = policy.NetCall("tcp", fmt.Sprintf("%d.%d.%d.%d:%d", address[0], address[1], address[2], address[3], r.Port))
	default:
		q.Kind = hostKind(r)
		q.Call, err = hostCall(r, k, allowed)
	}
	return err
}

func hostKind(r *Rule) string {
	kind := "host"
	if strings.HasPrefix(r.Host, "*.") {
		kind = "suffix"
	}
	switch {
	case r.Port != 0:
		kind += ", port"
	case r.Path != "":
		kind += ", methods, path"
	case r.Methods != nil:
		kind += ", methods"
	}
	return kind
}

func hostCall(r *Rule, k int, allowed bool) (policy.Call, error) {
	host, method, path, port := r.Host, "GET", fmt.Sprintf("/v1/charges/ch_%06d", k), r.port()
	if label, ok := strings.CutPrefix(host, "*."); ok {
		host = fmt.Sprintf("b%06d.%s", k, label)
	}
	if r.Methods != nil {
		method = r.Methods[0]
	}
	if base, ok := strings.CutSuffix(r.Path, "**"); ok {
		path = fmt.Sprintf("%sch_%06d", base, k)
	}
	if !allowed {
		switch way := k % 4; {
		case way == 1 && r.Path != "":
			path = fmt.Sprintf("/v2/refunds/re_%06d", k)
		case way == 2 && r.Methods != nil:
			method = "DELETE"
		case way == 3:
			port++
		default:
			host = strings.Replace(host, ".example.", ".evil.", 1)
		}
	}
	u, err := url.Parse(fmt.Sprintf("https://%s:%d%s", host, port, path))
	if err != nil {
		return policy.Call{}, err
	}
	return policy.HTTPCall(method, u, "")
}

func awsCall(r *Rule, k int, allowed bool) policy.Call {
	resource, operation := strings.ReplaceAll(r.Resource, "*", fmt.Sprintf("%06d", k)), r.Operation
	if !allowed {
		if k%2 == 0 {
			operation = "Delete" + strings.TrimPrefix(operation, "Get")
		} else {
			resource = strings.Replace(resource, "-", "-x", 1)
		}
	}
	c := policy.Call{
		Kind: policy.AWS, Scheme: "https", Port: 443, Network: "tcp", Method: "POST", Path: "/",
		Service: "DynamoDB", Operation: operation, Access: policy.Read,
		Host: "dynamodb." + region + ".amazonaws.com", Region: region, Account: account, Self: account,
		Resources: []string{"arn:aws:" + r.Service + ":" + region + ":" + account + ":" + resource},
	}
	if r.Service == "s3" {
		bucket, key, _ := strings.Cut(resource, "/")
		c.Service, c.Method, c.Path = "S3", "GET", "/"+key
		c.Host = bucket + ".s3." + region + ".amazonaws.com"
		c.Resources = []string{"arn:aws:s3:::" + resource}
	}
	return c
}
