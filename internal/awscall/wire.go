package awscall

import (
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

// strays reports whether the request may reach something else than its input
// names. What an S3 call is about is in the host and the path of the request,
// and nothing but them counts: a client whose endpoint is another bucket's host,
// or ends in a path, sends each of its calls into that bucket while the input
// names its own. DynamoDB answers for an account by the host of that account.
func (c *Call) strays(resources []string) bool {
	if c.Host == "" {
		return false
	}
	service, _ := awshost.Find(c.Service)
	switch service.ID {
	case "s3":
		return c.straysInS3()
	case "dynamodb", "dynamodbstreams":
		h, _ := awshost.Parse(c.Host)
		return h.Account != "" && h.Account != c.Account && !slices.ContainsFunc(resources, func(s string) bool {
			a, _ := cutARN(s)
			return a.account == h.Account
		})
	}
	return false
}

func (c *Call) straysInS3() bool {
	path, err := url.PathUnescape(c.Path)
	if err != nil {
		return true
	}
	in := deref(reflect.ValueOf(c.Input))
	bucket, _ := member(in, "Bucket")
	if key, ok := member(in, "Key"); ok {
		path, ok = strings.CutSuffix(path, "/"+key)
		if !ok {
			return true
		}
	} else {
		path = strings.TrimSuffix(path, "/")
	}
	h, _ := awshost.Parse(c.Host)
	switch {
	case bucket == "" && c.Operation == "WriteGetObjectResponse":
		return path != "/WriteGetObjectResponse" // to a host of the request that it answers
	case bucket == "":
		return path != "" || h.Bucket != ""
	case isARN(bucket):
		return path != "" || !isAccessPoint(h, c.Host, bucket)
	case path == "/"+bucket:
		return h.Bucket != "" // the host's bucket is meant, and this one is a part of a key
	}
	return path != "" || !strings.HasPrefix(c.Host, strings.ToLower(bucket)+".") || h.API && h.Bucket != bucket
}

// isAccessPoint reports whether host is that of the access point with an ARN.
func isAccessPoint(h awshost.Host, host, arn string) bool {
	a, _ := cutARN(arn)
	name := a.resource[strings.LastIndexAny(a.resource, "/:")+1:]
	if h.API {
		return h.AccessPoint && h.Bucket == name && (h.Account == a.account || h.Account == "")
	}
	return strings.HasPrefix(host, name+"-"+a.account+".") || strings.HasPrefix(host, name+".accesspoint.")
}

// member returns a member of the input that is a text.
func member(in reflect.Value, name string) (string, bool) {
	f := field{name: name, index: byName}
	v := deref(f.get(in))
	if v.Kind() != reflect.String {
		return "", false
	}
	return v.String(), true
}
