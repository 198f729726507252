package awscall

import (
	"slices"
	"strings"
	"testing"
)

const (
	virtual  = "orders.s3.eu-west-1.amazonaws.com"
	pathed   = "s3.eu-west-1.amazonaws.com"
	anObject = "arn:aws:s3:::orders/in/k"
	aBucket  = "arn:aws:s3:::orders"
)

func TestRequestS3(t *testing.T) {
	runAsked(t, []asked{
		{"get", "GET " + virtual + "/in/k?x-id=GetObject&" + presignedBy(ownKey, "s3"), "", "S3 GetObject read", anObject},
		{"get, path style", "GET " + pathed + "/orders/in/k?versionId=3&response-content-type=text%2Fplain", "", "S3 GetObject read", anObject},
		{"no method", " " + virtual + "/in/k", "", "S3 GetObject read", anObject},
		{"put", "PUT " + virtual + "/in/k", "", "S3 PutObject write", anObject},
		{"delete", "DELETE " + virtual + "/in/k", "", "S3 DeleteObject write", anObject},
		{"head", "HEAD " + virtual + "/in/k?partNumber=1", "", "S3 HeadObject read", anObject},
		{"dual stack", "GET orders.s3.dualstack.eu-west-1.amazonaws.com/in/k", "", "S3 GetObject read", anObject},
		{"FIPS", "GET orders.s3-fips.us-east-1.amazonaws.com/in/k", "", "S3 GetObject read", anObject},
		{"accelerated", "PUT orders.s3-accelerate.amazonaws.com/in/k", "", "S3 PutObject write", anObject},
		{"VPC endpoint", "GET bucket.vpce-1a2b-3c4d.s3.eu-west-1.vpce.amazonaws.com/orders/in/k", "", "S3 GetObject read", anObject},
		{"China", "GET orders.s3.cn-north-1.amazonaws.com.cn/in/k", "", "S3 GetObject read", "arn:aws-cn:s3:::orders/in/k"},
		{"access point", "GET point-666677778888.s3-accesspoint.eu-west-1.amazonaws.com/in/k", "", "S3 GetObject read", "arn:aws:s3:eu-west-1:666677778888:accesspoint/point/object/in/k"},
		{"access point on an outpost", "GET point-666677778888.op-0123.s3-outposts.eu-west-1.amazonaws.com/k", "", "S3 GetObject read", "arn:aws:s3-outposts:eu-west-1:666677778888:outpost/op-0123/accesspoint/point/object/k"},
		{"Object Lambda", "GET point-666677778888.s3-object-lambda.eu-west-1.amazonaws.com/k", "", "S3 GetObject read", "arn:aws:s3-object-lambda:eu-west-1:666677778888:accesspoint/point"},
		{"its answer", "POST route.s3-object-lambda.eu-west-1.amazonaws.com/WriteGetObjectResponse", "", "S3 WriteGetObjectResponse write", "unknown"},
		{"access point for several regions", "GET x.mrap.accesspoint.s3-global.amazonaws.com/k", "", "S3 GetObject read", "unknown"},
		{"alias of an access point", "GET point-abc-s3alias.s3.eu-west-1.amazonaws.com/k", "", "S3 GetObject read", "arn:aws:s3:::point-abc-s3alias/k"},
		{"a bucket's name at the host of access points", "GET orders.s3-accesspoint.eu-west-1.amazonaws.com/in/k", "", "S3 GetObject read", "unknown"},
		{"directory bucket", "PUT b--euw1-az1--x-s3.s3express-euw1-az1.eu-west-1.amazonaws.com/k", "", "S3 PutObject write", "arn:aws:s3express:OWN:bucket/b--euw1-az1--x-s3"},
		{"S3 Control", "GET 111122223333.s3-control.eu-west-1.amazonaws.com/v20180820/bucket/x", "", "S3 Control", "unknown"},

		{"buckets", "GET " + pathed + "/", "", "S3 ListBuckets list", "none"},
		{"list", "GET " + virtual + "/?prefix=in%2F", "", "S3 ListObjects list", aBucket},
		{"list, version 2", "GET " + pathed + "/orders?list-type=2&prefix=in%2F&delimiter=%2F&max-keys=5", "", "S3 ListObjectsV2 list", aBucket},
		{"list, version of tomorrow", "GET " + pathed + "/orders?list-type=3", "", "S3", "unknown"},
		{"policy", "PUT " + pathed + "/orders/?policy", "", "S3 PutBucketPolicy permissions", aBucket},
		{"policy, with a value", "PUT " + virtual + "/?policy=x", "", "S3 PutBucketPolicy permissions", aBucket},
		{"access list", "PUT " + virtual + "/in/k?acl", "", "S3 PutObjectAcl permissions", anObject},
		{"tags", "PUT " + virtual + "/in/k?tagging", "", "S3 PutObjectTagging tagging", anObject},
		{"torrent", "GET " + virtual + "/in/k?torrent", "", "S3 GetObjectTorrent read", anObject},
		{"one inventory", "GET " + virtual + "/?inventory&id=1", "", "S3 GetBucketInventoryConfiguration read", aBucket},
		{"all inventories", "GET " + virtual + "/?inventory", "", "S3 ListBucketInventoryConfigurations read", aBucket},
		{"many deleted", "POST " + virtual + "/?delete", "", "S3 DeleteObjects write", "unknown"},
		{"upload begun", "POST " + virtual + "/in/k?uploads", "", "S3 CreateMultipartUpload write", anObject},
		{"part", "PUT " + virtual + "/in/k?partNumber=1&uploadId=u", "", "S3 UploadPart write", anObject},
		{"part of no upload", "PUT " + virtual + "/in/k?partNumber=1", "", "S3", "unknown"},
		{"part of an empty one", "PUT " + virtual + "/in/k?partNumber=1&uploadId=", "", "S3", "unknown"},
		{"select", "POST " + virtual + "/in/k?select&select-type=2", "", "S3 SelectObjectContent read", anObject},
		{"session", "GET b--euw1-az1--x-s3.s3express-euw1-az1.eu-west-1.amazonaws.com/?session", "", "S3 CreateSession write", "arn:aws:s3express:OWN:bucket/b--euw1-az1--x-s3"},
		{"copy", "PUT " + virtual + "/in/k", "X-Amz-Copy-Source: /payroll/2026", "S3 CopyObject write read", anObject + " arn:aws:s3:::payroll/2026"},
		{"part copied", "PUT " + virtual + "/in/k?partNumber=1&uploadId=u", "X-Amz-Copy-Source: payroll/2026", "S3 UploadPartCopy write read", anObject + " arn:aws:s3:::payroll/2026"},
		{"renamed", "PUT b--euw1-az1--x-s3.s3express-euw1-az1.eu-west-1.amazonaws.com/k?renameObject", "X-Amz-Rename-Source: b--euw1-az1--x-s3/old", "S3 RenameObject write", "arn:aws:s3express:OWN:bucket/b--euw1-az1--x-s3"},
		{"form", "POST " + virtual + "/", "Content-Type: multipart/form-data; boundary=x", "S3 PutObject", "unknown"},
		{"opened", "PUT " + virtual + "/in/k", "X-Amz-Acl: public-read", "S3 PutObject permissions write", anObject},
		{"opened in the query", "PUT " + virtual + "/in/k?x-amz-acl=public-read&" + presignedBy(ownKey, "s3"), "", "S3 PutObject permissions write", anObject},
		{"granted", "PUT " + virtual + "/in/k", "x-amz-grant-read: uri=all", "S3 PutObject permissions write", anObject},
		{"retention bypassed", "DELETE " + virtual + "/in/k", "X-Amz-Bypass-Governance-Retention: true", "S3 DeleteObject permissions write", anObject},
		{"not bypassed", "DELETE " + virtual + "/in/k", "X-Amz-Bypass-Governance-Retention: false", "S3 DeleteObject write", anObject},
	})
}

func TestRequestS3Attacks(t *testing.T) {
	runAsked(t, []asked{
		// What a client says of its operation is nothing that S3 goes by.
		{"x-id that lies", "DELETE " + virtual + "/in/k?x-id=GetObject", "", "S3 DeleteObject write", anObject},
		{"x-id twice", "DELETE " + virtual + "/in/k?x-id=GetObject&x-id=GetObject", "", "S3", "unknown"},
		{"method that is none", "get " + virtual + "/in/k", "", "S3", "unknown"},
		{"method that climbs in the table", "GET:object:acl " + virtual + "/in/k", "", "S3", "unknown"},
		{"method overridden", "GET " + virtual + "/in/k", "X-Http-Method-Override: DELETE", "S3", "unknown"},
		{"a target", "GET " + virtual + "/in/k", "X-Amz-Target: x.DeleteObject", "S3", "unknown"},

		{"two subresources", "PUT " + virtual + "/in/k?tagging&acl", "", "S3", "unknown"},
		{"one of tomorrow", "PUT " + virtual + "/in/k?newest", "", "S3", "unknown"},
		{"one in capitals", "PUT " + virtual + "/in/k?ACL", "", "S3", "unknown"},
		{"one in an escape", "PUT " + virtual + "/in/k?%61cl", "", "S3", "unknown"},
		{"one behind a semicolon", "PUT " + virtual + "/in/k?x-id=1;acl", "", "S3", "unknown"},
		{"one behind a bad escape", "PUT " + virtual + "/in/k?acl=%zz", "", "S3", "unknown"},
		{"one without a name", "PUT " + virtual + "/in/k?=acl", "", "S3", "unknown"},
		{"one behind empty pairs", "PUT " + virtual + "/in/k?&&acl&", "", "S3 PutObjectAcl permissions", anObject},
		{"one behind a space", "PUT " + virtual + "/in/k?x-id=1 acl", "", "S3", "unknown"},
		{"that of a bucket on an object", "PUT " + virtual + "/in/k?policy", "", "S3", "unknown"},
		{"delete with a form", "POST " + virtual + "/?delete", "Content-Type: multipart/form-data; boundary=x", "S3", "unknown"},
		{"a form for an object", "POST " + virtual + "/in/k", "Content-Type: multipart/form-data; boundary=x", "S3", "unknown"},
		{"a post of nothing", "POST " + virtual + "/", "", "S3", "unknown"},

		{"copy that is none", "GET " + virtual + "/in/k", "X-Amz-Copy-Source: payroll/2026", "S3", "unknown"},
		{"copy from two", "PUT " + virtual + "/in/k", "X-Amz-Copy-Source: orders/in/k\nx-amz-copy-source: payroll/2026", "S3 CopyObject write read", "unknown"},
		{"copy from nothing", "PUT " + virtual + "/in/k", "X-Amz-Copy-Source: ", "S3 CopyObject write read", "unknown"},
		{"copy in the query", "PUT " + virtual + "/in/k?x-amz-copy-source=payroll%2F2026", "", "S3", "unknown"},
		{"copy and rename", "PUT " + virtual + "/in/k?renameObject", "X-Amz-Copy-Source: payroll/1\nX-Amz-Rename-Source: orders/1", "S3", "unknown"},
		{"rename without the word", "PUT " + virtual + "/in/k", "X-Amz-Rename-Source: payroll/1", "S3", "unknown"},
		{"a header and its twin", "PUT " + virtual + "/in/k?x-amz-acl=private", "X-Amz-Acl: public-read", "S3", "unknown"},

		// Where it goes.
		{"a bucket in the path of another's host", "PUT evil.s3.eu-west-1.amazonaws.com/orders/in/k", "", "S3 PutObject write", "arn:aws:s3:::evil/orders/in/k"},
		{"an escaped slash in the bucket", "GET " + pathed + "/orders%2Fin%2Fk", "", "S3", "unknown"},
		{"an escape in the bucket", "GET " + pathed + "/order%73/in/k", "", "S3", "unknown"},
		{"an escaped slash in the key", "GET " + pathed + "/orders/in%2Fk", "", "S3 GetObject read", anObject},
		{"escaped twice", "GET " + pathed + "/orders/in%252Fk", "", "S3 GetObject read", "arn:aws:s3:::orders/in%2Fk"},
		{"dots", "GET " + pathed + "/orders/../payroll/k", "", "S3", "unknown"},
		{"dots first", "GET " + pathed + "/../payroll/k", "", "S3", "unknown"},
		{"escaped dots", "GET " + pathed + "/orders/%2e%2e/payroll/k", "", "S3", "unknown"},
		{"dots at the end", "GET " + virtual + "/in/..", "", "S3", "unknown"},
		{"an empty bucket", "GET " + pathed + "//orders/in/k", "", "S3", "unknown"},
		{"a slash before the key", "GET " + virtual + "//in/k", "", "S3 GetObject read", "arn:aws:s3:::orders//in/k"},
		{"a NUL", "GET " + virtual + "/in/k%00.txt", "", "S3", "unknown"},
		{"a key that is no text", "GET " + virtual + "/%ff", "", "S3", "unknown"},
		{"a bad escape", "GET " + virtual + "/in/%zz", "", "S3", "unknown"},
		{"no path", "GET " + virtual + "/*", "", "S3 GetObject read", "arn:aws:s3:::orders/*"},
		{"a path style that no host has", "GET s3-accelerate.amazonaws.com/orders/in/k", "", "S3", "unknown"},
		{"an access point's host without one", "GET s3-accesspoint.eu-west-1.amazonaws.com/orders/in/k", "", "S3", "unknown"},
		{"a directory bucket in the path", "GET " + pathed + "/b--euw1-az1--x-s3/k", "", "S3", "unknown"},
	})
	// A plus may be a space: both count.
	r := parseRequest("GET "+virtual+"/a+b", "")
	a := r.Read()
	if _, _, got := a.Describe(account); !slices.Equal(got, []string{"arn:aws:s3:::orders/a+b", "arn:aws:s3:::orders/a b"}) {
		t.Errorf("a plus: %q", got)
	}
	for _, target := range []string{"", "*", "http://evil.example/k", "orders/in/k", "/in/k?acl", "/in/k#acl", "/in/k acl", "/in/\xff"} {
		r := Request{Host: virtual, Path: target}
		if a := r.Read(); a.Operation != "" {
			t.Errorf("%q: %s", target, a.Operation)
		}
	}
}

// TestRoutesAreOfTheTable: what is routed to is what the table describes, and
// each subresource of a route is a known one.
func TestRoutesAreOfTheTable(t *testing.T) {
	operations := Operations("s3")
	routed := map[string]bool{
		// Of older SDKs: their requests are those of other operations.
		"GetBucketLifecycle": true, "PutBucketLifecycle": true, "GetBucketNotification": true, "PutBucketNotification": true,
		"CopyObject": true, "UploadPartCopy": true, "ListDirectoryBuckets": true,
	}
	for line := range strings.Lines(strings.TrimPrefix(routesS3, "\n")) {
		word, operation, _ := strings.Cut(strings.TrimSpace(line), " ")
		if routed[operation] = true; !slices.Contains(operations, operation) {
			t.Errorf("%s is not in the table", operation)
		}
		parts := strings.Split(word, ":")
		for key := range strings.SplitSeq(parts[2], "&") {
			_, fixed := lineOf(valuesS3, key)
			if key != "" && !fixed && !strings.Contains(subresourcesS3, " "+key+" ") {
				t.Errorf("%s: %q is no subresource", operation, key)
			}
			if strings.Contains(ordinaryS3, " "+key+" ") {
				t.Errorf("%s: %q is taken for ordinary", operation, key)
			}
		}
		if keys := strings.Split(parts[2], "&"); !slices.IsSorted(keys) {
			t.Errorf("%s: %q is not sorted", operation, parts[2])
		}
	}
	for _, operation := range operations {
		if !routed[operation] {
			t.Errorf("no route to %s", operation)
		}
	}
}
