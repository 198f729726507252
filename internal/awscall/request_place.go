package awscall

import (
	"net/url"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

// A place is what the host and the path of a request to S3 name.
type place struct {
	level  string   // service, bucket, object, or answer: to who asked an Object Lambda
	bucket string   // its name, or the ARN of an access point; empty: not in the request
	keys   []string // of the object, in each way in which the path can be read
}

// placeIn reads host and path as S3 does: the path is decoded once, and neither
// dot segments nor doubled slashes mean anything but themselves. It reports
// false where the path can be read in ways that differ in more than the key.
func placeIn(h awshost.Host, host, path string) (at place, ok bool) {
	rest := path[1:]
	switch {
	case h.Bucket == "":
		if !isPathStyle(host) {
			return at, false
		}
		if rest == "" {
			return place{level: "service"}, true
		}
		// The bucket as it stands: in an escape could hide the slash behind it.
		at.bucket, rest, _ = strings.Cut(rest, "/")
		ok = isBucket(at.bucket) && !isDirectory(at.bucket)
	case h.AccessPoint:
		if h.Account == "" && rest == "WriteGetObjectResponse" && strings.HasPrefix(afterFirst(host), "s3-object-lambda") {
			return place{level: "answer"}, true
		}
		at.bucket, ok = accessPointOf(h, host), true
	default:
		at.bucket, ok = h.Bucket, isBucket(h.Bucket)
	}
	if at.level = "bucket"; rest != "" && ok {
		at.level = "object"
		at.keys, ok = keysOf(rest)
	}
	return at, ok
}

// isPathStyle reports whether a host without a bucket is one where the path has
// it. The others are no hosts of their own.
func isPathStyle(host string) bool {
	label, _, _ := strings.Cut(host, ".")
	for _, other := range []string{"accesspoint", "object-lambda", "outposts", "express", "accelerate", "global"} {
		if strings.Contains(label, other) {
			return false
		}
	}
	return strings.HasPrefix(label, "s3") || strings.HasPrefix(label, "vpce-") || label == "bucket"
}

// accessPointOf returns what the Bucket member of an input would be: the ARN of
// an access point, or an alias. It is empty where the host does not tell the
// account, as that of an access point for several regions does not.
func accessPointOf(h awshost.Host, host string) string {
	service, outpost := "", ""
	kind, rest, _ := strings.Cut(afterFirst(host), ".")
	if strings.HasPrefix(kind, "op-") {
		outpost = "outpost/" + kind + "/"
		kind, _, _ = strings.Cut(rest, ".")
	}
	switch kind = strings.TrimSuffix(kind, "-fips"); {
	case !isSimple(h.Bucket, "-"):
		return ""
	case h.Account == "":
		for _, end := range []string{"-s3alias", "-ol-s3", "--op-s3", "--xa-s3"} {
			if strings.HasSuffix(h.Bucket, end) {
				return h.Bucket
			}
		}
		return ""
	case outpost != "" && kind == "s3-outposts":
		service = kind
	case outpost != "":
		return ""
	case kind == "s3-accesspoint", kind == "accesspoint":
		service = "s3"
	case kind == "s3-object-lambda":
		service = kind
	default:
		return ""
	}
	return arn{h.Partition, service, h.Region, h.Account, outpost + "accesspoint/" + h.Bucket}.String()
}

// afterFirst returns what follows the first label of a host.
func afterFirst(host string) string {
	_, rest, _ := strings.Cut(host, ".")
	return rest
}

// keysOf reads the key of an object from the path. A bare + is a space to S3 and
// a plus to others: both count.
func keysOf(escaped string) (keys []string, ok bool) {
	plain, err := url.PathUnescape(escaped)
	if err != nil || !isKey(plain) || strings.IndexByte(plain, 0) >= 0 {
		return nil, false
	}
	keys = []string{plain}
	if strings.Contains(escaped, "+") {
		spaced, _ := url.QueryUnescape(escaped)
		keys = append(keys, spaced)
	}
	return keys, true
}
