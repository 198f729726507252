package awscall

import (
	"slices"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

// s3 reads an operation of S3, which is said by the method, by whether a bucket
// or an object is named, and by what S3 calls a subresource: a key of the query.
// x-id, which clients add, is advice that S3 does not go by, and neither does
// this.
func (w *words) s3(host awshost.Host) (id string, n Named) {
	if !host.Serves("s3", "") || len(host.Services) != 1 || !w.hoist() || w.header.has("x-amz-target") || w.header.has("smithy-protocol") {
		return "", n
	}
	at, ok := placeIn(host, w.Host, w.Path)
	keys, known := w.subresources()
	if !ok || !known {
		return "", n
	}
	operation := w.operationOfS3(at, keys)
	switch {
	case operation == "":
		return "", n
	case w.isForm():
		// Key, access list and signature are fields of the form, in the body.
		return "s3", Named{operation: operation}
	}
	return "s3", Read("s3", operation, w.inputOfS3(at))
}

// operationOfS3 routes a request. What is not in the table is not known.
func (w *words) operationOfS3(at place, keys []string) string {
	copies, renames := w.header.has("x-amz-copy-source"), w.header.has("x-amz-rename-source")
	if w.isForm() {
		if at.level == "bucket" && len(keys) == 0 && !copies && !renames {
			return "PutObject"
		}
		return ""
	}
	operation, _ := lineOf(routesS3, w.Method+":"+at.level+":"+strings.Join(keys, "&"))
	switch {
	case renames != (operation == "RenameObject"), renames && copies:
		return ""
	case !copies:
		return operation
	case operation == "PutObject":
		return "CopyObject"
	case operation == "UploadPart":
		return "UploadPartCopy"
	}
	return ""
}

// A route is what S3 tells an operation by: the method and the subresources.
type route struct{ method, keys string }

// routesTo returns the routes on which S3 would take what the SDK sends for an
// operation. There are none of an operation of tomorrow, or of one that a host of
// its own says.
func routesTo(operation string) (routes []route) {
	switch operation {
	case "CopyObject":
		operation = "PutObject"
	case "UploadPartCopy":
		operation = "UploadPart"
	}
	for line := range strings.SplitSeq(routesS3, "\n") {
		if line, ok := strings.CutSuffix(line, " "+operation); ok {
			method, rest, _ := strings.Cut(line, ":")
			_, keys, _ := strings.Cut(rest, ":")
			routes = append(routes, route{method, keys})
		}
	}
	return routes
}

// isRerouted reports whether S3 would take a request that the SDK made for one
// operation for one of another, by its method and query.
func (p *plan) isRerouted(method, query string) bool {
	if len(p.routes) == 0 {
		return false
	}
	keys := ""
	if id, ok := strings.CutPrefix(query, "x-id="); query != "" && (!ok || !isWord(id)) {
		w := words{Request: &Request{}}
		w.query.read(query)
		all, known := w.subresources()
		if w.query.broken || w.query.twice || !known {
			return true
		}
		keys = strings.Join(all, "&")
	}
	return !slices.Contains(p.routes, route{method, keys})
}

// hoist takes the headers in the query for headers, as S3 does in presigned
// URLs. It reports false where what they say is not certain: where one is given
// in both places, where it is the source of a copy, which no client puts there,
// and where it is a part of the signature in another case.
func (w *words) hoist() bool {
	for _, p := range w.query.pairs {
		name := strings.ToLower(p.key)
		if !strings.HasPrefix(name, "x-amz-") || isSignature(p.key) {
			continue
		}
		odd := slices.ContainsFunc(signatureKeys, func(s string) bool { return strings.EqualFold(s, name) })
		if odd && name != "x-amz-security-token" || w.header.has(name) || strings.HasPrefix(name, "x-amz-copy-") || strings.HasPrefix(name, "x-amz-rename-") {
			return false
		}
		w.header[name] = []string{p.value}
	}
	return true
}

// subresources returns the keys of the query that S3 routes by, sorted. They are
// not known where there is a key that is not: S3 leaves aside what it does not
// know, but it may know more than this.
func (w *words) subresources() (keys []string, known bool) {
	for _, p := range w.query.pairs {
		value, fixed := lineOf(valuesS3, p.key)
		switch {
		case fixed && value != p.value && (value != "any" || p.value == ""):
			return nil, false
		case fixed, strings.Contains(subresourcesS3, " "+p.key+" "):
			keys = append(keys, p.key)
		case strings.Contains(ordinaryS3, " "+p.key+" "), strings.HasPrefix(strings.ToLower(p.key), "x-amz-"):
		default:
			return nil, false
		}
	}
	slices.Sort(keys)
	return keys, true
}

// inputOfS3 is the input that the SDK would have had, as far as it matters.
func (w *words) inputOfS3(at place) map[string]any {
	input := map[string]any{}
	if at.bucket != "" {
		input["Bucket"] = at.bucket
	}
	if at.keys != nil {
		input["Key"] = at.keys
	}
	for _, m := range [...]struct{ field, member string }{{"x-amz-copy-source", "CopySource"}, {"x-amz-rename-source", "RenameSource"}} {
		if w.header.has(m.field) { // given twice, it is an empty text, which is no source
			input[m.member] = w.header.one(m.field)
		}
	}
	for name, values := range w.header {
		switch {
		case strings.HasPrefix(name, "x-amz-grant-"):
			input["GrantFullControl"] = true // any of them raises
		case name == "x-amz-acl":
			input["ACL"] = true
		case name == "x-amz-object-ownership":
			input["ObjectOwnership"] = true
		case name == "x-amz-bypass-governance-retention" && (len(values) > 1 || !strings.EqualFold(values[0], "false")):
			input["BypassGovernanceRetention"] = true
		}
	}
	return input
}
