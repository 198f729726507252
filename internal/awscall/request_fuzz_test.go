package awscall

import (
	"net/http"
	"strings"
	"testing"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

// FuzzRequest: reading never panics, and whoever writes host, path and method
// chooses neither who signs nor what an ARN's first parts say.
func FuzzRequest(f *testing.F) {
	f.Add("GET", virtual, "/in/k", "x-id=GetObject", "", "", "")
	f.Add("PUT", pathed, "/orders/in%2Fk+b", "x-amz-acl=x", "payroll/k", "", "")
	f.Add("POST", ddb, "/", "", "", "DynamoDB_20120810.GetItem", "application/x-amz-json-1.0")
	f.Add("GET", "sqs.eu-west-1.amazonaws.com", "/123456789012/jobs", "Action=SendMessage", "", "", "")
	f.Add("POST", "lambda.eu-west-1.amazonaws.com", "/2015-03-31/functions/a%3Ab/invocations", "Qualifier=x", "", "", "")
	f.Add("POST", "monitoring.eu-west-1.amazonaws.com", "/service/GraniteServiceVersion20100801/operation/PutMetricData", "", "", "", "application/cbor")
	f.Fuzz(func(t *testing.T, method, host, path, query, source, target, kind string) {
		r := Request{Method: method, Host: host, Path: path, Query: query, Header: http.Header{"Authorization": {signedBy(ownKey, "s3")}}}
		for name, value := range map[string]string{"X-Amz-Copy-Source": source, "X-Amz-Target": target, "Content-Type": kind} {
			if value != "" {
				r.Header[name] = []string{value}
			}
		}
		a := r.Read()
		if a.KeyID != "" && a.KeyID != ownKey {
			t.Errorf("signed by %q", a.KeyID)
		}
		if a.Operation != "" && (a.Service == "" || !isWord(a.Operation)) {
			t.Errorf("operation %q of %q", a.Operation, a.Service)
		}
		h, _ := awshost.Parse(host)
		if a.Service != "" && !h.Serves(awshost.Normal(a.Service), "") {
			t.Errorf("%q does not answer at %q", a.Service, host)
		}
		_, _, resources := a.Describe(account)
		if a.Operation == "" && resources != nil {
			t.Errorf("an operation that is not known, on %q", resources)
		}
		for _, s := range resources {
			if !validARN(s) && a.Service != "S3" { // keys may hold anything
				t.Errorf("%q is no ARN", s)
			}
			// A bucket that is named is the one that the request goes to.
			if arn, _ := cutARN(s); h.Bucket != "" && !h.AccessPoint && source == "" && !strings.HasPrefix(strings.TrimPrefix(arn.resource, "bucket/"), h.Bucket) {
				t.Errorf("%q at the host of %q", s, h.Bucket)
			}
		}
	})
}
