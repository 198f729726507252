package awscall

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awshost"
	"github.com/lambdafence/lambdafence/policy"
)

// wiredOf names the members that the request must say too.
func wiredOf(service string) []string {
	switch service {
	case "s3":
		return []string{wiredBucket: "Bucket", wiredKey: "Key", wiredSource: "CopySource+RenameSource"}
	case "lambda":
		return []string{wiredFunction: "FunctionName"}
	}
	return nil
}

// The places of the members in a service's list.
const (
	wiredBucket = iota
	wiredKey
	wiredSource

	wiredFunction = 0
)

// strays reports whether the request may reach something else than its input
// names. What an S3 call is about is in the host and the path of the request,
// and nothing but them counts: a client whose endpoint is another bucket's host,
// or ends in a path, sends each of its calls into that bucket while the input
// names its own. Lambda goes by the path too; DynamoDB answers for an account by
// the host of that account.
func (n *Named) strays(account, host, path string, resources []string) bool {
	switch n.plan.service {
	case "s3":
		return n.straysInS3(host, path)
	case "lambda":
		function, ok := one(n.wired(wiredFunction))
		path, err := url.PathUnescape(path)
		return !ok || err != nil || function != "" && strings.Contains(path, "/functions/") && !strings.Contains(path+"/", "/functions/"+function+"/")
	case "dynamodb", "dynamodbstreams":
		if !strings.Contains(host, "ddb.") {
			return false // no account's own host
		}
		h, _ := awshost.Parse(host)
		return h.Account != "" && h.Account != account && !slices.ContainsFunc(resources, func(s string) bool {
			a, _ := cutARN(s)
			return a.account == h.Account
		})
	}
	return false
}

func (n *Named) straysInS3(host, path string) bool {
	bucket, ok := one(n.wired(wiredBucket))
	key, okay := one(n.wired(wiredKey))
	path, err := url.PathUnescape(path)
	if !ok || !okay || err != nil {
		return true
	}
	if len(n.wired(wiredKey)) > 0 {
		var ok bool
		if path, ok = strings.CutSuffix(path, "/"+key); !ok {
			return true
		}
	} else {
		path = strings.TrimSuffix(path, "/")
	}
	h, _ := awshost.Parse(host)
	switch {
	case bucket == "" && n.operation == "WriteGetObjectResponse":
		return path != "/WriteGetObjectResponse" // to a host of the request that it answers
	case bucket == "":
		return path != "" || h.Bucket != ""
	case isARN(bucket):
		return path != "" || !isAccessPoint(h, host, bucket)
	case path == "/"+bucket:
		return h.Bucket != "" // the host's bucket is meant, and this one is a part of a key
	default:
		rest, ok := strings.CutPrefix(host, strings.ToLower(bucket)+".")
		return path != "" || !ok || h.API && h.Bucket != bucket || strings.HasPrefix(rest, "s3-accesspoint")
	}
}

// Headers are what the headers of a request say of an operation.
type Headers struct {
	Signature string // Authorization
	Target    string // X-Amz-Target, in any spelling
	Source    string // X-Amz-Copy-Source or X-Amz-Rename-Source of S3, in any spelling
	Odd       bool   // they ask for more than the input did, or for something else
}

// Heed reads the headers of a request that the operation becomes. In any spelling they
// are what the services go by, and a step of the SDK's stack can set them.
func (n *Named) Heed(h http.Header) (said Headers) {
	inS3 := n.plan != nil && n.plan.inS3
	for key, values := range h {
		if key == "Authorization" && len(values) > 0 {
			said.Signature = values[0]
			continue
		}
		if !inS3 && len(key) != len("X-Amz-Target") || len(key) < len("X-Amz-Acl") || key[0]|0x20 != 'x' || !strings.EqualFold(key[:len("X-Amz-")], "X-Amz-") {
			continue
		}
		var word *string
		switch name := key[len("X-Amz-"):]; {
		case strings.EqualFold(name, "Target"):
			word = &said.Target
		case !inS3:
			continue
		case strings.EqualFold(name, "Copy-Source"), strings.EqualFold(name, "Rename-Source"):
			word = &said.Source
		case raises(name) && !n.raised && n.plan.access != policy.Permissions:
			said.Odd = true
			continue
		default:
			continue
		}
		if *word != "" || len(values) != 1 || values[0] == "" {
			said.Odd = true // said twice, or not at all
			continue
		}
		*word = values[0]
	}
	if inS3 {
		named, ok := one(n.wired(wiredSource))
		said.Odd = said.Odd || !ok || said.Target != "" || said.Source != named
	}
	return said
}

// Contradicts reports whether the request asks for another operation than was read,
// for more of it, or for another source of a copy. In S3 method and query count too.
func (n *Named) Contradicts(method, path, query string, said Headers) bool {
	switch p := n.plan; {
	case p == nil:
		return false // of what is not known nothing can differ
	case said.Odd, p.inS3 && p.isRerouted(method, query):
		return true
	default:
		return p.target != "" && !p.isAskedBy(said.Target, path)
	}
}

// raising are the headers of S3 that ask for what [policy.Permissions] is needed for,
// without X-Amz-.
var raising = [...]string{"Acl", "Grant-Full-Control", "Grant-Read", "Grant-Read-Acp", "Grant-Write", "Grant-Write-Acp", "Object-Ownership", "Bypass-Governance-Retention"}

func raises(name string) bool {
	for i := range raising {
		if len(raising[i]) == len(name) && strings.EqualFold(raising[i], name) {
			return true
		}
	}
	return false
}

// isAskedBy reports whether a target, or the path of RPC v2, names the operation. A
// service of the query protocol may have it in the body.
func (p *plan) isAskedBy(target, path string) bool {
	if _, rpc, ok := strings.Cut(path, "/service/"); ok && target == "" {
		prefix, operation, _ := strings.Cut(rpc, "/operation/")
		return prefix+"."+operation == p.target
	}
	return target == p.target || target == "" && p.query
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
