package awscall

import (
	"slices"
	"testing"

	"github.com/lambdafence/lambdafence/policy"
)

func TestS3(t *testing.T) {
	copied := func(source string) in { return in{"Bucket": "dst", "Key": "k", "CopySource": source} }
	const get, cp = "GetObject", "CopyObject"
	run(t, "S3", []described{
		{"bucket and key", get, in{"Bucket": "orders", "Key": "k/1.txt"}, policy.Read, "arn:aws:s3:::orders/k/1.txt"},
		{"key with colons and stars", get, in{"Bucket": "orders", "Key": "a:b*?é"}, policy.Read, "arn:aws:s3:::orders/a:b*?é"},
		{"key that begins with a slash", get, in{"Bucket": "orders", "Key": "/k"}, policy.Read, "arn:aws:s3:::orders//k"},
		{"key that climbs out", get, in{"Bucket": "orders", "Key": "../payroll/k"}, policy.Read, "unknown"},
		{"key that climbs within", get, in{"Bucket": "orders", "Key": "in/../out/k"}, policy.Read, "unknown"},
		{"key that ends in dots", get, in{"Bucket": "orders", "Key": "in/.."}, policy.Read, "unknown"},
		{"key with dots in a name", get, in{"Bucket": "orders", "Key": "a../..b/c."}, policy.Read, "arn:aws:s3:::orders/a../..b/c."},
		{"key that is no text", get, in{"Bucket": "orders", "Key": "\xff"}, policy.Read, "unknown"},
		{"no key", get, in{"Bucket": "orders"}, policy.Read, "unknown"},
		{"empty key", get, in{"Bucket": "orders", "Key": ""}, policy.Read, "unknown"},
		{"no bucket", get, in{"Key": "k"}, policy.Read, "unknown"},
		{"bucket with a slash", get, in{"Bucket": "b1/../b2", "Key": "k"}, policy.Read, "unknown"},
		{"bucket with a query", get, in{"Bucket": "b1?x", "Key": "k"}, policy.Read, "unknown"},
		{"bucket of dots", get, in{"Bucket": "..", "Key": "k"}, policy.Read, "unknown"},
		{"bucket in capitals", get, in{"Bucket": "UPPER", "Key": "k"}, policy.Read, "arn:aws:s3:::UPPER/k"},
		{"alias of an access point", get, in{"Bucket": "my-ap-abc-s3alias", "Key": "k"}, policy.Read, "arn:aws:s3:::my-ap-abc-s3alias/k"},

		{"access point", get, in{"Bucket": "arn:aws:s3:us-west-2:999988887777:accesspoint/ap", "Key": "k"}, policy.Read, "arn:aws:s3:us-west-2:999988887777:accesspoint/ap/object/k"},
		{"access point with a colon", get, in{"Bucket": "arn:aws:s3:us-west-2:999988887777:accesspoint:ap", "Key": "k"}, policy.Read, "arn:aws:s3:us-west-2:999988887777:accesspoint/ap/object/k"},
		{"access point of many regions", get, in{"Bucket": "arn:aws:s3::999988887777:accesspoint/x.mrap", "Key": "k"}, policy.Read, "arn:aws:s3::999988887777:accesspoint/x.mrap/object/k"},
		{"access point, list", "ListObjectsV2", in{"Bucket": "arn:aws:s3:us-west-2:999988887777:accesspoint/ap", "Prefix": "x/"}, policy.List, "arn:aws:s3:us-west-2:999988887777:accesspoint/ap"},
		{"outpost", get, in{"Bucket": "arn:aws:s3-outposts:us-west-2:999988887777:outpost:op-1:accesspoint:ap", "Key": "k"}, policy.Read, "arn:aws:s3-outposts:us-west-2:999988887777:outpost/op-1/accesspoint/ap/object/k"},
		{"object lambda has no objects in IAM", get, in{"Bucket": "arn:aws:s3-object-lambda:us-east-1:999988887777:accesspoint/olap", "Key": "k"}, policy.Read, "arn:aws:s3-object-lambda:us-east-1:999988887777:accesspoint/olap"},
		{"ARN of a bucket", get, in{"Bucket": "arn:aws:s3:::orders", "Key": "k"}, policy.Read, "arn:aws:s3:::orders/k"},
		{"ARN of a bucket that hides a key", get, in{"Bucket": "arn:aws:s3:::orders/x", "Key": "k"}, policy.Read, "unknown"},
		{"ARN of another service", get, in{"Bucket": "arn:aws:sqs:us-west-2:999988887777:accesspoint/ap", "Key": "k"}, policy.Read, "unknown"},
		{"ARN that is cut off", get, in{"Bucket": "arn:aws:s3:us-west-2:999988887777", "Key": "k"}, policy.Read, "unknown"},
		{"ARN without a name", get, in{"Bucket": "arn:aws:s3:us-west-2:999988887777:accesspoint/", "Key": "k"}, policy.Read, "unknown"},

		{"directory bucket", get, in{"Bucket": "b--use1-az4--x-s3", "Key": "k"}, policy.Read, "arn:aws:s3express:OWN:bucket/b--use1-az4--x-s3"},
		{"directory access point", get, in{"Bucket": "ap--use1-az4--xa-s3", "Key": "k"}, policy.Read, "arn:aws:s3express:OWN:accesspoint/ap--use1-az4--xa-s3"},
		{"directory bucket, list", "ListObjectsV2", in{"Bucket": "b--use1-az4--x-s3"}, policy.List, "arn:aws:s3express:OWN:bucket/b--use1-az4--x-s3"},
		{"rename in a directory bucket", "RenameObject", in{"Bucket": "b--use1-az4--x-s3", "Key": "k", "RenameSource": "/b--use1-az4--x-s3/old"}, policy.Write, "arn:aws:s3express:OWN:bucket/b--use1-az4--x-s3"},
	})
	run(t, "S3", []described{
		{"copy", cp, copied("src/dir/k%2F1"), policy.Write, "arn:aws:s3:::dst/k arn:aws:s3:::src/dir/k/1"},
		{"copy with a slash and a version", cp, copied("/src/k1?versionId=v9"), policy.Write, "arn:aws:s3:::dst/k arn:aws:s3:::src/k1"},
		{"copy, all encoded", cp, copied("src%2Fk1"), policy.Write, "arn:aws:s3:::dst/k arn:aws:s3:::src/k1"},
		{"copy with a question mark in the key", cp, copied("src/k%3Fx"), policy.Write, "arn:aws:s3:::dst/k arn:aws:s3:::src/k?x"},
		{"copy with a bare question mark", cp, copied("src/k?x=1"), policy.Write, "unknown"},
		{"copy with a path in the version", cp, copied("src/k?versionId=1/../../payroll/k"), policy.Write, "unknown"},
		{"copy of a broken escape", cp, copied("src/%zz"), policy.Write, "unknown"},
		{"copy that climbs", cp, copied("src/%2e%2e/payroll/k"), policy.Write, "unknown"},
		{"copy without a key", cp, copied("src"), policy.Write, "unknown"},
		{"copy of nothing", cp, copied(""), policy.Write, "unknown"},
		{"copy with two slashes", cp, copied("//src/k"), policy.Write, "unknown"},
		{"copy from an access point", cp, copied("arn:aws:s3:us-west-2:999988887777:accesspoint/ap/object/a/k"), policy.Write, "arn:aws:s3:::dst/k arn:aws:s3:us-west-2:999988887777:accesspoint/ap/object/a/k"},
		{"copy from an encoded access point", cp, copied("arn%3Aaws%3As3%3Aus-west-2%3A999988887777%3Aaccesspoint%2Fap%2Fobject%2Fk"), policy.Write, "arn:aws:s3:::dst/k arn:aws:s3:us-west-2:999988887777:accesspoint/ap/object/k"},
		{"copy from an ARN without an object", cp, copied("arn:aws:s3:us-west-2:999988887777:accesspoint/ap"), policy.Write, "unknown"},
		{"copy without a source", cp, in{"Bucket": "dst", "Key": "k"}, policy.Write, "unknown"},
		{"copy that opens the copy", cp, in{"Bucket": "dst", "Key": "k", "CopySource": "src/k", "GrantRead": "uri=x"}, policy.Permissions, "arn:aws:s3:::dst/k arn:aws:s3:::src/k"},
		{"part copied", "UploadPartCopy", copied("src/k1"), policy.Write, "arn:aws:s3:::dst/k arn:aws:s3:::src/k1"},

		{"access list", "PutObjectAcl", in{"Bucket": "orders", "Key": "k"}, policy.Permissions, "arn:aws:s3:::orders/k"},
		{"tags", "PutObjectTagging", in{"Bucket": "orders", "Key": "k"}, policy.Tagging, "arn:aws:s3:::orders/k"},
		{"head of a bucket lists it", "HeadBucket", in{"Bucket": "orders"}, policy.List, "arn:aws:s3:::orders"},
		{"answer of an object lambda", "WriteGetObjectResponse", in{"RequestRoute": "r", "RequestToken": "t"}, policy.Write, "unknown"},
	})
	for source, want := range map[string][]string{
		"src/a%20b": {"arn:aws:s3:::dst/k", "arn:aws:s3:::src/a b"},
		"src/a b":   {"arn:aws:s3:::dst/k", "arn:aws:s3:::src/a b"},
		"src/a%2Bb": {"arn:aws:s3:::dst/k", "arn:aws:s3:::src/a+b"},
		"src/a+b":   {"arn:aws:s3:::dst/k", "arn:aws:s3:::src/a+b", "arn:aws:s3:::src/a b"}, // read either way
	} {
		c := Call{Service: "S3", Operation: "CopyObject", Input: copied(source), Region: region}
		if _, _, got := c.Describe(); !slices.Equal(got, want) {
			t.Errorf("copy of %q: %q, want %q", source, got, want)
		}
	}
}
