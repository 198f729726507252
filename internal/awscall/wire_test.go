package awscall

import (
	"net/http"
	"slices"
	"testing"
)

// TestWire: what the request itself says of an S3 call, or the host of a
// DynamoDB call, against what the input names.
func TestWire(t *testing.T) {
	type object struct{ Bucket, Key *string }
	type bucket struct{ Bucket *string }
	type none struct{}
	type table struct{ TableName *string }
	type function struct{ FunctionName *string }
	p := func(s string) *string { return &s }
	const (
		mrap   = "arn:aws:s3::999988887777:accesspoint/mfzwi23gnjvgw.mrap"
		olap   = "arn:aws:s3-object-lambda:us-east-1:999988887777:accesspoint/olap"
		ap     = "arn:aws:s3:us-east-1:999988887777:accesspoint/my-ap"
		region = "us-east-1"
	)
	tests := []struct {
		name, service, operation string
		input                    any
		host, path               string
		strays                   bool
	}{
		// As the SDK sends them, measured.
		{"virtual-hosted", "S3", "GetObject", &object{p("b"), p("k")}, "b.s3.us-east-1.amazonaws.com", "/k", false},
		{"escaped key", "S3", "GetObject", &object{p("b"), p("a b/ü+?.txt")}, "b.s3.us-east-1.amazonaws.com", "/a%20b/%C3%BC%2B%3F.txt", false},
		{"leading slashes", "S3", "GetObject", &object{p("my-bucket"), p("//evil.example/x")}, "my-bucket.s3.us-east-1.amazonaws.com", "///evil.example/x", false},
		{"path style", "S3", "GetObject", &object{p("my-bucket"), p("k")}, "s3.us-east-1.amazonaws.com", "/my-bucket/k", false},
		{"a bucket in capitals", "S3", "GetObject", &object{p("UPPER"), p("k")}, "s3.us-east-1.amazonaws.com", "/UPPER/k", false},
		{"a bucket with dots", "S3", "GetObject", &object{p("a.b"), p("k")}, "s3.us-east-1.amazonaws.com", "/a.b/k", false},
		{"bucket", "S3", "ListObjectsV2", &bucket{p("b")}, "b.s3.us-east-1.amazonaws.com", "/", false},
		{"bucket, path style", "S3", "ListObjectsV2", &bucket{p("b")}, "s3.us-east-1.amazonaws.com", "/b", false},
		{"accelerated", "S3", "PutObject", &object{p("b"), p("k")}, "b.s3-accelerate.amazonaws.com", "/k", false},
		{"directory bucket", "S3", "PutObject", &object{p("b--use1-az4--x-s3"), p("k")}, "b--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com", "/k", false},
		{"all buckets", "S3", "ListBuckets", &none{}, "s3.us-east-1.amazonaws.com", "/", false},
		{"access point", "S3", "GetObject", &object{p(ap), p("k")}, "my-ap-999988887777.s3-accesspoint.us-east-1.amazonaws.com", "/k", false},
		{"access point of several regions", "S3", "GetObject", &object{p(mrap), p("k")}, "mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com", "/k", false},
		{"object lambda", "S3", "GetObject", &object{p(olap), p("k")}, "olap-999988887777.s3-object-lambda.us-east-1.amazonaws.com", "/k", false},
		{"object lambda's answer", "S3", "WriteGetObjectResponse", &none{}, "route.s3-object-lambda.us-east-1.amazonaws.com", "/WriteGetObjectResponse", false},
		{"a store of one's own", "S3", "GetObject", &object{p("b"), p("k")}, "minio.example", "/b/k", false},
		{"the same, virtual-hosted", "S3", "GetObject", &object{p("b"), p("k")}, "b.minio.example", "/k", false},
		{"its access point", "S3", "GetObject", &object{p(ap), p("k")}, "my-ap-999988887777.minio.example", "/k", false},

		// Endpoints that lead elsewhere.
		{"the host of another bucket", "S3", "GetObject", &object{p("b"), p("k")}, "evil.s3.us-east-1.amazonaws.com", "/k", true},
		{"the same, path style", "S3", "PutObject", &object{p("b"), p("k")}, "evil.s3.us-east-1.amazonaws.com", "/b/k", true},
		{"a bucket that ends like it", "S3", "PutObject", &object{p("b"), p("k")}, "b.evil.s3.us-east-1.amazonaws.com", "/k", true},
		{"another bucket in the path", "S3", "PutObject", &object{p("b"), p("k")}, "s3.us-east-1.amazonaws.com", "/evil/b/k", true},
		{"another key", "S3", "PutObject", &object{p("b"), p("k")}, "b.s3.us-east-1.amazonaws.com", "/payroll/k", true},
		{"a key that is the bucket", "S3", "PutObject", &object{p("b"), p("k")}, "s3.us-east-1.amazonaws.com", "/k", true},
		{"an object where a bucket is named", "S3", "DeleteBucket", &bucket{p("b")}, "b.s3.us-east-1.amazonaws.com", "/k", true},
		{"a bucket where none is named", "S3", "ListBuckets", &none{}, "evil.s3.us-east-1.amazonaws.com", "/", true},
		{"the same in the path", "S3", "ListBuckets", &none{}, "s3.us-east-1.amazonaws.com", "/evil", true},
		{"an escape that is none", "S3", "GetObject", &object{p("b"), p("k")}, "b.s3.us-east-1.amazonaws.com", "/%zz", true},
		{"a bucket that is named as an access point's host", "S3", "GetObject", &object{p(ap), p("k")}, "my-ap-999988887777.s3.us-east-1.amazonaws.com", "/k", true},
		{"an access point of another account", "S3", "GetObject", &object{p(ap), p("k")}, "my-ap-666677778888.s3-accesspoint.us-east-1.amazonaws.com", "/k", true},
		{"an access point of another's store", "S3", "GetObject", &object{p(ap), p("k")}, "other-999988887777.minio.example", "/k", true},
		{"an answer to elsewhere", "S3", "WriteGetObjectResponse", &none{}, "s3.us-east-1.amazonaws.com", "/evil/k", true},

		{"Lambda", "Lambda", "Invoke", &function{p("orders")}, "lambda.us-east-1.amazonaws.com", "/2015-03-31/functions/orders/invocations", false},
		{"Lambda by ARN", "Lambda", "Invoke", &function{p("arn:aws:lambda:us-east-1:111122223333:function:orders:7")}, "lambda.us-east-1.amazonaws.com", "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A111122223333%3Afunction%3Aorders%3A7/invocations", false},
		{"Lambda's policy", "Lambda", "GetPolicy", &function{p("orders")}, "lambda.us-east-1.amazonaws.com", "/2015-03-31/functions/orders/policy", false},
		{"another function in the path", "Lambda", "Invoke", &function{p("orders")}, "lambda.us-east-1.amazonaws.com", "/2015-03-31/functions/payroll/invocations", true},
		{"one that begins like it", "Lambda", "Invoke", &function{p("orders")}, "lambda.us-east-1.amazonaws.com", "/2015-03-31/functions/orders-2/invocations", true},

		{"DynamoDB", "DynamoDB", "GetItem", &table{p("t")}, "dynamodb.us-east-1.amazonaws.com", "/", false},
		{"DynamoDB by account", "DynamoDB", "GetItem", &table{p("t")}, "111122223333.ddb.us-east-1.amazonaws.com", "/", false},
		{"a table of another account at its host", "DynamoDB", "GetItem", &table{p("arn:aws:dynamodb:us-east-1:666677778888:table/t")}, "666677778888.ddb.us-east-1.amazonaws.com", "/", false},
		{"the host of another account", "DynamoDB", "GetItem", &table{p("t")}, "666677778888.ddb.us-east-1.amazonaws.com", "/", true},
	}
	for _, tt := range tests {
		c := Call{Service: tt.service, Operation: tt.operation, Input: tt.input, Region: region, Account: "111122223333"}
		access, _, want := c.Describe()
		if want == nil && tt.operation != "WriteGetObjectResponse" {
			t.Errorf("%s: the input alone tells nothing", tt.name)
		}
		c.Host, c.Path = tt.host, tt.path
		if tt.strays {
			want = nil
		}
		if a, _, got := c.Describe(); !slices.Equal(got, want) || (got == nil) != (want == nil) || a != access {
			t.Errorf("%s: %v %v, want %v %v", tt.name, a, got, access, want)
		}
	}
}

func TestContradicts(t *testing.T) {
	copied := in{"Bucket": "dst", "Key": "k", "CopySource": "src/k"}
	plain := in{"Bucket": "dst", "Key": "k"}
	method := map[string]string{"DynamoDB": "POST", "S3": "PUT"}
	for _, tt := range []struct {
		service, operation string
		input              any
		header, value      string
		want               bool
	}{
		{"DynamoDB", "GetItem", plain, "X-Amz-Target", "DynamoDB_20120810.GetItem", false},
		{"DynamoDB", "GetItem", plain, "X-Amz-Target", "DynamoDB_20120810.DeleteItem", true},
		{"DynamoDB", "GetItem", plain, "X-Amz-Target", "DeleteItem", true},
		{"DynamoDB", "GetItem", plain, "x-amz-target", "DynamoDB_20120810.DeleteItem", true},
		{"DynamoDB", "GetItem", plain, "X-Amz-Target", "Other_2012.GetItem", true},
		{"DynamoDB", "GetItem", plain, "X-Amz-Date", "", true}, // no target at all
		{"S3", "PutObject", in{"Bucket": "dst", "Key": "k", "ACL": "private"}, "X-Amz-Acl", "private", false},
		{"S3", "PutObject", plain, "X-Amz-Acl", "public-read", true},
		{"S3", "PutObject", plain, "x-amz-grant-read", "id=1", true},
		{"S3", "PutObject", plain, "x-amz-copy-source", "payroll/k", true},
		{"S3", "PutObject", plain, "X-Amz-Tagging", "a=b", false},
		{"S3", "PutObject", plain, "X-Amz-Copy-Source", "payroll/k", true},
		{"S3", "CopyObject", copied, "X-Amz-Copy-Source", "src/k", false},
		{"S3", "CopyObject", copied, "X-Amz-Copy-Source", "payroll/k", true},
		{"S3", "CopyObject", copied, "X-Amz-Acl", "private", true},
		{"S3", "RenameObject", in{"Bucket": "dst", "Key": "k", "RenameSource": "k1"}, "X-Amz-Rename-Source", "k1", false},
		{"S3", "RenameObject", in{"Bucket": "dst", "Key": "k", "RenameSource": "k1"}, "X-Amz-Rename-Source", "k2", true},
	} {
		n := Read(tt.service, tt.operation, tt.input)
		query := ""
		if tt.operation == "RenameObject" {
			query = "renameObject"
		}
		if got := n.Contradicts(method[tt.service], "/", query, n.Heed(http.Header{tt.header: {tt.value}})); got != tt.want {
			t.Errorf("%s with %s: %s: %v", tt.operation, tt.header, tt.value, got)
		}
	}
}

// TestRerouted: S3 goes by method and query, whatever the SDK set out to do.
func TestRerouted(t *testing.T) {
	for _, tt := range []struct {
		operation, method, query string
		want                     bool
	}{
		{"GetObject", "GET", "x-id=GetObject", false},
		{"GetObject", "GET", "", false},
		{"GetObject", "GET", "x-id=GetObject&versionId=v&partNumber=1", false},
		{"GetObject", "GET", "versionId=v&x-id=GetObject&response-content-type=a%2Fb", false},
		{"GetObject", "DELETE", "x-id=GetObject", true},
		{"GetObject", "GET", "x-id=GetObject&acl", true},
		{"GetObject", "GET", "acl=&x-id=GetObject", true},
		{"GetObject", "GET", "tagging", true},
		{"GetObject", "GET", "x-id=DeleteObject", false},    // S3 does not go by it
		{"GetObject", "GET", "x-id=GetObject%26acl", false}, // a value of x-id
		{"GetObject", "GET", "something-new", true},
		{"GetObject", "GET", "x-id=GetObject;acl", true},
		{"CopyObject", "PUT", "x-id=CopyObject", false},
		{"CopyObject", "PUT", "acl", true},
		{"UploadPartCopy", "PUT", "partNumber=1&uploadId=u&x-id=UploadPartCopy", false},
		{"DeleteObjects", "POST", "delete", false},
		{"DeleteObjects", "POST", "delete=", false},
		{"ListObjectsV2", "GET", "list-type=2&prefix=a%2F", false},
		{"ListBuckets", "GET", "x-id=ListBuckets", false},
		{"ListDirectoryBuckets", "GET", "max-directory-buckets=1", false},
		{"Tomorrow", "GET", "", false}, // of which no route is known,
	} {
		n := Read("S3", tt.operation, in{"Bucket": "b", "Key": "k"})
		if got := n.Contradicts(tt.method, "/k", tt.query, n.Heed(nil)); got != tt.want {
			t.Errorf("%s by %s ?%s: %v", tt.operation, tt.method, tt.query, got)
		}
	}
}

// TestReadKeepsNothing: an input may change once it was read.
func TestReadKeepsNothing(t *testing.T) {
	type table struct{ TableName *string }
	payroll, orders := "payroll", "orders"
	input := &table{&payroll}
	n := Read("DynamoDB", "Scan", input)
	input.TableName, payroll = &orders, "orders"
	if _, _, got := n.Describe("eu-west-1", "111122223333", "", ""); !slices.Equal(got, []string{"arn:aws:dynamodb:eu-west-1:111122223333:table/payroll"}) {
		t.Error(got)
	}
	// What stands for the rest is taken from no input.
	for _, key := range []string{"\x03/k", "k\x01", "\x02"} {
		c := Call{Service: "S3", Operation: "GetObject", Input: in{"Bucket": "b", "Key": key}, Region: "eu-west-1", Account: "111122223333"}
		if _, _, got := c.Describe(); len(got) != 1 || got[0] != "arn:aws:s3:::b/"+key {
			t.Errorf("%q: %q", key, got)
		}
	}
}
