package awscall

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// bucket adds the bucket, access point or directory bucket that is named.
func (d *description) bucket(v *values) bool {
	for _, name := range v.all {
		s, _, ok := d.bucketARN(name)
		if !ok || !d.add(s) {
			return false
		}
	}
	return true
}

// object adds the objects in a bucket, given by the bucket and their keys.
func (d *description) object(v *values) bool {
	name, ok := v.one(0)
	keys := v.of(1)
	if !ok || len(keys) == 0 {
		return false
	}
	for _, key := range keys {
		if !d.objectIn(name, key) {
			return false
		}
	}
	return true
}

func (d *description) objectIn(bucket, key string) bool {
	if !isKey(key) {
		return false
	}
	if isBucket(bucket) && !isDirectory(bucket) { // what nearly all are, in one string
		return d.add("arn:" + d.partition + ":s3:::" + bucket + "/" + key)
	}
	s, between, ok := d.bucketARN(bucket)
	if !ok {
		return false
	}
	if between == "" {
		return d.add(s)
	}
	return d.add(s + between + key)
}

// bucketARN returns the ARN of what a Bucket member names, and what stands
// between it and a key: empty where IAM knows no object beneath it.
//
// An alias of an access point is in the form of a bucket's name and stands for
// itself, as does the access point: the bucket behind it is not in the request.
func (d *description) bucketARN(name string) (s, between string, ok bool) {
	switch {
	case isARN(name):
		return bucketFromARN(name)
	case !isBucket(name):
		// A slash, an escape or a question mark could reach another bucket on
		// the way: S3 refuses such a name, and what it names is unknown.
		return "", "", false
	case strings.HasSuffix(name, "--x-s3"):
		// A session is opened on the whole bucket; that is all that IAM checks.
		return d.own("s3express", "bucket/"+name), "", true
	case strings.HasSuffix(name, "--xa-s3"):
		return d.own("s3express", "accesspoint/"+name), "", true
	}
	return "arn:" + d.partition + ":s3:::" + name, "/", true
}

func bucketFromARN(s string) (bucket, between string, ok bool) {
	a, ok := cutARN(s)
	if !ok || !validARN(s) {
		return "", "", false
	}
	// The SDK takes accesspoint:name for accesspoint/name. Policies have the
	// slash: spelled with a colon it must not slip past them.
	a.resource = strings.ReplaceAll(a.resource, ":", "/")
	switch a.service {
	case "s3":
		between = "/object/"
		if !strings.HasPrefix(a.resource, "accesspoint/") {
			between = "/"
			ok = a.region == "" && a.account == "" && isBucket(a.resource)
		}
	case "s3-outposts":
		between = "/object/"
	case "s3-object-lambda": // IAM knows no objects beneath these
	default:
		return "", "", false
	}
	return a.String(), between, ok && !strings.HasSuffix(a.resource, "/")
}

// isBucket reports whether s can be the name of a bucket, an old one in capitals
// included.
func isBucket(s string) bool {
	return len(s) <= 255 && isSimple(s, ".-_") && strings.Trim(s, ".") != ""
}

func isDirectory(bucket string) bool {
	return strings.HasSuffix(bucket, "--x-s3") || strings.HasSuffix(bucket, "--xa-s3")
}

// isKey reports whether s can be the key of an object. Keys may hold anything
// that is text, colons and control characters too. The SDK sends dots as they
// are; S3 keeps them as part of the key, but another store that a custom
// endpoint leads to may resolve them, and so reach any key or bucket.
func isKey(s string) bool {
	return s != "" && len(s) <= maxName && utf8.ValidString(s) && !hasDots(s)
}

// hasDots reports a segment . or .. in a key.
func hasDots(key string) bool {
	if strings.IndexByte(key, '.') < 0 {
		return false
	}
	for segment := range strings.SplitSeq(key, "/") {
		if segment == "." || segment == ".." {
			return true
		}
	}
	return false
}

// uri adds what other services name by s3://bucket/key: a bucket, an object, or
// what the keys of many begin with.
func (d *description) uri(value string) bool {
	value, ok := strings.CutPrefix(value, "s3://")
	bucket, key, _ := strings.Cut(value, "/")
	if !ok || !isBucket(bucket) || isDirectory(bucket) {
		return false
	}
	if key == "" {
		return d.add("arn:" + d.partition + ":s3:::" + bucket)
	}
	return d.objectIn(bucket, key)
}

// copySource adds what CopyObject, UploadPartCopy and RenameObject read:
// bucket/key or the ARN of an object in an access point, URL-encoded, with a
// slash before it or not, and a version behind it.
func (d *description) copySource(source string) bool {
	source, version, _ := strings.Cut(source, "?")
	if version != "" && !isVersion(version) {
		return false // a key that holds ? without being encoded: where it ends is a guess
	}
	// Whether S3 takes a bare + for a space is not documented: both count.
	plain, err := url.PathUnescape(source)
	if err != nil || !d.copied(plain) {
		return false
	}
	if !strings.Contains(source, "+") {
		return true
	}
	spaced, err := url.QueryUnescape(source)
	return err == nil && d.copied(spaced)
}

func (d *description) copied(source string) bool {
	source = strings.TrimPrefix(source, "/")
	if !isARN(source) {
		bucket, key, _ := strings.Cut(source, "/")
		return d.objectIn(bucket, key)
	}
	at := strings.Index(source, "/object/")
	if at < 0 {
		return false
	}
	return d.objectIn(source[:at], source[at+len("/object/"):])
}

func isVersion(query string) bool {
	id, ok := strings.CutPrefix(query, "versionId=")
	return ok && !strings.ContainsAny(id, "/&?")
}
