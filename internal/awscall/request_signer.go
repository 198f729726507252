package awscall

import (
	"slices"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

// signatureKeys are the parameters of a signature in a query that do not say
// that there is one.
var signatureKeys = []string{
	"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders",
	"X-Amz-Date", "X-Amz-Expires", "X-Amz-Security-Token", "X-Amz-Content-Sha256", "X-Amz-Region-Set",
}

// isSignature reports whether a key of a query is one of a signature of version
// 4. What is spelled in another case is not: S3 takes x-amz-* in a query for
// headers, and whether it does so with these is not known.
func isSignature(key string) bool { return slices.Contains(signatureKeys, key) }

// signer returns the access key id that a request is signed with, and the region
// that its signature is for. Both are empty where there is no signature, where
// there are two, or where a part is missing: what AWS does not take for a
// signature it may take for a request of nobody's, and to name a key there must
// not make it one of the function's own.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
func (w *words) signer(services []awshost.Service) (keyID, region string) {
	if w.isForm() {
		return "", "" // a form in the body has a signature of its own
	}
	s3 := len(services) == 1 && services[0].ID == "s3"
	q := &w.query
	version4 := q.has("X-Amz-Algorithm") || q.has("X-Amz-Credential") || q.has("X-Amz-Signature") || q.has("X-Amz-SignedHeaders")
	version2 := q.has("AWSAccessKeyId")
	switch header := w.header["authorization"]; {
	case len(header) > 0 && (version4 || version2), version4 && version2:
		return "", ""
	case len(header) == 1:
		return signerOfHeader(header[0], s3)
	case version4:
		return w.signerOfQuery()
	case version2 && s3 && q.one("Signature") != "" && q.one("Expires") != "":
		if id := q.one("AWSAccessKeyId"); isWord(id) {
			return id, ""
		}
	}
	return "", ""
}

func signerOfHeader(text string, s3 bool) (keyID, region string) {
	scheme, rest, _ := strings.Cut(text, " ")
	if scheme == "AWS" && s3 { // version 2
		id, signature, _ := strings.Cut(rest, ":")
		if isWord(id) && signature != "" && !strings.ContainsAny(signature, ":, ") {
			return id, ""
		}
		return "", ""
	}
	parts := map[string]string{}
	for part := range strings.SplitSeq(rest, ",") {
		key, value, _ := strings.Cut(strings.Trim(part, " "), "=")
		if parts[key] != "" || value == "" {
			return "", ""
		}
		parts[key] = value
	}
	if len(parts) != 3 || parts["SignedHeaders"] == "" || parts["Signature"] == "" {
		return "", ""
	}
	return signerOfScope(scheme, parts["Credential"])
}

func (w *words) signerOfQuery() (keyID, region string) {
	q := &w.query
	for _, key := range []string{"X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"} {
		if q.one(key) == "" {
			return "", ""
		}
	}
	return signerOfScope(q.one("X-Amz-Algorithm"), q.one("X-Amz-Credential"))
}

// signerOfScope reads key/day/region/service/aws4_request. One of version 4A is
// for several regions, and has none.
func signerOfScope(algorithm, credential string) (keyID, region string) {
	parts := strings.Split(credential, "/")
	switch {
	case !isWord(parts[0]) || parts[len(parts)-1] != "aws4_request":
	case algorithm == "AWS4-HMAC-SHA256" && len(parts) == 5 && parts[2] != "" && placeable(parts[2], ""):
		return parts[0], parts[2]
	case algorithm == "AWS4-ECDSA-P256-SHA256" && len(parts) == 4:
		return parts[0], ""
	}
	return "", ""
}

// isForm reports whether the request may be an upload of a browser's: a form of
// fields and a file, which says in the body what others say in the headers.
func (w *words) isForm() bool {
	return w.Method == "POST" && strings.Contains(strings.ToLower(strings.Join(w.header["content-type"], ",")), "multipart/form-data")
}
