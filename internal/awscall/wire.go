package awscall

import (
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

// A wire is what an input says that the request itself must say too.
type wire struct {
	bucket, key, source string // of S3
	hasKey              bool
	function            string // of Lambda
}

// wired are the members that the request must say too, found once for a type.
type wired struct{ bucket, key, source, renamed, function *field }

func newWired(service string, input reflect.Type) *wired {
	named := func(name string) *field { return &newPath(name, input).segments[0].fields[0] }
	switch service {
	case "s3":
		return &wired{bucket: named("Bucket"), key: named("Key"), source: named("CopySource"), renamed: named("RenameSource")}
	case "lambda":
		return &wired{function: named("FunctionName")}
	}
	return nil
}

func (w *wire) read(from *wired, in reflect.Value) {
	if from == nil {
		return
	}
	w.bucket, _ = member(in, from.bucket)
	w.key, w.hasKey = member(in, from.key)
	if w.source, _ = member(in, from.source); w.source == "" {
		w.source, _ = member(in, from.renamed)
	}
	w.function, _ = member(in, from.function)
}

// strays reports whether the request may reach something else than its input
// names. What an S3 call is about is in the host and the path of the request,
// and nothing but them counts: a client whose endpoint is another bucket's host,
// or ends in a path, sends each of its calls into that bucket while the input
// names its own. Lambda goes by the path too; DynamoDB answers for an account by
// the host of that account.
func (n *Named) strays(account, host, path string, resources []string) bool {
	switch w := &n.wire; n.id {
	case "s3":
		return n.straysInS3(host, path)
	case "lambda":
		path, err := url.PathUnescape(path)
		return err != nil || w.function != "" && strings.Contains(path, "/functions/") && !strings.Contains(path+"/", "/functions/"+w.function+"/")
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
	w := &n.wire
	path, err := url.PathUnescape(path)
	if err != nil {
		return true
	}
	if w.hasKey {
		var ok bool
		if path, ok = strings.CutSuffix(path, "/"+w.key); !ok {
			return true
		}
	} else {
		path = strings.TrimSuffix(path, "/")
	}
	h, _ := awshost.Parse(host)
	switch bucket := w.bucket; {
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

// Contradicts reports whether the request asks for another operation than was
// read, or for another source of a copy. Headers, and in S3 method and query, are
// what the services go by, and a step of the SDK's stack can set them.
func (n *Named) Contradicts(method, query string, h http.Header) bool {
	if target := first(h, "X-Amz-Target"); target != "" && target[strings.LastIndexByte(target, '.')+1:] != n.operation {
		return true
	}
	if n.id != "s3" {
		return false
	}
	source := first(h, "X-Amz-Copy-Source")
	if source == "" {
		source = first(h, "X-Amz-Rename-Source")
	}
	return source != n.wire.source || isRerouted(n.operation, method, query)
}

// first is [http.Header.Get] for a name that is canonical.
func first(h http.Header, name string) string {
	if v := h[name]; len(v) > 0 {
		return v[0]
	}
	return ""
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
func member(in reflect.Value, f *field) (string, bool) {
	if f == nil {
		return "", false
	}
	v := deref(f.get(in))
	if v.Kind() != reflect.String {
		return "", false
	}
	return v.String(), true
}
