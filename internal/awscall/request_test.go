package awscall

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lambdafence/lambdafence/internal/awskey"
	"github.com/lambdafence/lambdafence/policy"
)

var (
	ownKey  = awskey.ID(account)
	evilKey = awskey.ID("666677778888")
)

// signedBy is an Authorization header of version 4.
func signedBy(key, service string) string {
	return "AWS4-HMAC-SHA256 Credential=" + key + "/20261121/" + region + "/" + service + "/aws4_request, SignedHeaders=host;x-amz-date, Signature=abc"
}

// presignedBy is the query of a presigned URL.
func presignedBy(key, service string) string {
	return "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=" + key + "%2F20261121%2F" + region + "%2F" + service +
		"%2Faws4_request&X-Amz-Date=20261121T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=abc"
}

// An asked request is one line of a test: "PUT host/path?query", its headers as
// "Name: value" lines, and what must come of it: the operation and the access
// levels, and the resources as wanted() has them.
type asked struct {
	name, request, header string
	operation             string // with the access levels behind it
	resources             string
}

func parseRequest(request, headers string) Request {
	method, rest, _ := strings.Cut(request, " ")
	target, query, _ := strings.Cut(rest, "?")
	host, path, _ := strings.Cut(target, "/")
	r := Request{Method: method, Host: host, Path: "/" + path, Query: query, Header: http.Header{}}
	for line := range strings.SplitSeq(headers, "\n") {
		if name, value, ok := strings.Cut(line, ": "); ok {
			r.Header[name] = append(r.Header[name], value) // spelled as it stands
		}
	}
	return r
}

func runAsked(t *testing.T, tests []asked) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := parseRequest(tt.request, tt.header)
			a := r.Read()
			access, also, resources := a.Describe(account)
			got := strings.TrimSpace(a.Service + " " + a.Operation)
			for _, level := range append([]policy.Access{access}, also...) {
				if level != policy.UnknownAccess {
					got += " " + level.String()
				}
			}
			if got != tt.operation {
				t.Errorf("asked for %q, want %q", got, tt.operation)
			}
			if diff := cmp.Diff(wanted(tt.resources), resources); diff != "" {
				t.Errorf("resources (-want +got)\n%s", diff)
			}
		})
	}
}

const (
	ddb    = "dynamodb.eu-west-1.amazonaws.com"
	json10 = "Content-Type: application/x-amz-json-1.0\n"
	json11 = "Content-Type: application/x-amz-json-1.1\n"
)

func TestRequestRPC(t *testing.T) {
	runAsked(t, []asked{
		{"JSON", "POST " + ddb + "/", json10 + "X-Amz-Target: DynamoDB_20120810.GetItem", "DynamoDB GetItem read", "unknown"},
		{"JSON with a charset", "POST " + ddb + "/", "Content-Type: application/x-amz-json-1.0; charset=UTF-8\nX-Amz-Target: DynamoDB_20120810.PutItem", "DynamoDB PutItem write", "unknown"},
		{"an operation without resources", "POST " + ddb + "/", json10 + "X-Amz-Target: DynamoDB_20120810.ListTables", "DynamoDB ListTables list", "none"},
		{"one whose default is a resource", "POST events.eu-west-1.amazonaws.com/", json11 + "X-Amz-Target: AWSEvents.PutEvents", "", "unknown"},
		{"the host of an account", "POST 111122223333.ddb.eu-west-1.amazonaws.com/", json10 + "X-Amz-Target: DynamoDB_20120810.GetItem", "DynamoDB GetItem read", "unknown"},
		{"presigned", "POST " + ddb + "/?" + presignedBy(ownKey, "dynamodb"), json10 + "X-Amz-Target: DynamoDB_20120810.GetItem", "DynamoDB GetItem read", "unknown"},
		{"a statement in the body", "POST " + ddb + "/", json10 + "X-Amz-Target: DynamoDB_20120810.ExecuteStatement", "DynamoDB ExecuteStatement", "unknown"},
		{"Parameter Store", "POST ssm.eu-west-1.amazonaws.com/", json11 + "X-Amz-Target: AmazonSSM.PutParameter", "SSM PutParameter write", "unknown"},
		{"log events", "POST logs.eu-west-1.amazonaws.com/", json11 + "X-Amz-Target: Logs_20140328.PutLogEvents", "CloudWatch Logs PutLogEvents write", "unknown"},
		{"CBOR", "POST monitoring.eu-west-1.amazonaws.com/service/GraniteServiceVersion20100801/operation/PutMetricData", "Content-Type: application/cbor\nSmithy-Protocol: rpc-v2-cbor", "CloudWatch PutMetricData write", ""},
		{"spelled in small letters", "POST " + ddb + "/", "content-type: application/x-amz-json-1.0\nx-amz-target: DynamoDB_20120810.GetItem", "DynamoDB GetItem read", "unknown"},

		// What could be read in two ways.
		{"two targets", "POST " + ddb + "/", json10 + "X-Amz-Target: DynamoDB_20120810.GetItem\nX-Amz-Target: DynamoDB_20120810.DeleteItem", "DynamoDB", "unknown"},
		{"two targets in two spellings", "POST " + ddb + "/", json10 + "X-Amz-Target: DynamoDB_20120810.GetItem\nx-amz-target: DynamoDB_20120810.DeleteItem", "DynamoDB", "unknown"},
		{"two targets in one", "POST " + ddb + "/", json10 + "X-Amz-Target: DynamoDB_20120810.GetItem, DynamoDB_20120810.DeleteItem", "DynamoDB", "unknown"},
		{"a target and an action", "POST " + ddb + "/?Action=DeleteItem", json10 + "X-Amz-Target: DynamoDB_20120810.GetItem", "DynamoDB", "unknown"},
		{"a target and a form", "POST " + ddb + "/", "Content-Type: application/x-www-form-urlencoded\nX-Amz-Target: DynamoDB_20120810.GetItem", "DynamoDB", "unknown"},
		{"a target and two types", "POST " + ddb + "/", json10 + "content-type: application/x-www-form-urlencoded\nX-Amz-Target: DynamoDB_20120810.GetItem", "DynamoDB", "unknown"},
		{"a target and another protocol", "POST " + ddb + "/", json10 + "Smithy-Protocol: rpc-v2-cbor\nX-Amz-Target: DynamoDB_20120810.GetItem", "DynamoDB", "unknown"},
		{"a target of another service", "POST " + ddb + "/", json10 + "X-Amz-Target: AmazonSSM.GetParameter", "DynamoDB", "unknown"},
		{"a target of another version", "POST " + ddb + "/", json10 + "X-Amz-Target: DynamoDB_20111205.GetItem", "DynamoDB", "unknown"},
		{"an operation in another case", "POST " + ddb + "/", json10 + "X-Amz-Target: DynamoDB_20120810.deleteTable", "DynamoDB", "unknown"},
		{"an operation of tomorrow", "POST " + ddb + "/", json10 + "X-Amz-Target: DynamoDB_20120810.Teleport", "DynamoDB Teleport", "unknown"},
		{"a target by GET", "GET " + ddb + "/", json10 + "X-Amz-Target: DynamoDB_20120810.GetItem", "DynamoDB", "unknown"},
		{"a target at a path", "POST " + ddb + "/x", json10 + "X-Amz-Target: DynamoDB_20120810.GetItem", "DynamoDB", "unknown"},
		{"a method that is overridden", "POST " + ddb + "/", json10 + "X-HTTP-Method-Override: GET\nX-Amz-Target: DynamoDB_20120810.GetItem", "DynamoDB", "unknown"},
		{"a target for the next hop alone", "POST " + ddb + "/", json10 + "Connection: close, X-Amz-Target\nX-Amz-Target: DynamoDB_20120810.GetItem", "DynamoDB", "unknown"},
		{"a service that has no targets", "POST sts.eu-west-1.amazonaws.com/", json11 + "X-Amz-Target: -.GetCallerIdentity", "STS", "unknown"},
		{"CBOR and a target", "POST monitoring.eu-west-1.amazonaws.com/service/GraniteServiceVersion20100801/operation/PutMetricData", "Content-Type: application/cbor\nSmithy-Protocol: rpc-v2-cbor\nX-Amz-Target: GraniteServiceVersion20100801.DeleteAlarms", "CloudWatch", "unknown"},
		{"CBOR with a path behind", "POST monitoring.eu-west-1.amazonaws.com/service/GraniteServiceVersion20100801/operation/PutMetricData/x", "Content-Type: application/cbor\nSmithy-Protocol: rpc-v2-cbor", "CloudWatch", "unknown"},
		{"a host of several services", "POST email.eu-west-1.amazonaws.com/", "", "", "unknown"},
		{"a service of tomorrow", "POST newest.eu-west-1.amazonaws.com/", json11 + "X-Amz-Target: Newest.Make", "", "unknown"},
		{"no host of AWS", "POST evil.example/", json10 + "X-Amz-Target: DynamoDB_20120810.GetItem", "", "unknown"},
	})
}

func TestRequestAction(t *testing.T) {
	const queue, topic = "sqs.eu-west-1.amazonaws.com", "sns.eu-west-1.amazonaws.com"
	runAsked(t, []asked{
		{"queue in the path", "GET " + queue + "/123456789012/jobs?Action=SendMessage&MessageBody=x&" + presignedBy(ownKey, "sqs"), "", "SQS SendMessage write", "arn:aws:sqs:OWN:jobs"},
		{"queue of another", "GET " + queue + "/666677778888/jobs?Action=SendMessage&MessageBody=x", "", "SQS SendMessage write", "arn:aws:sqs:eu-west-1:666677778888:jobs"},
		{"queue in the query", "GET " + queue + "/?Action=DeleteQueue&QueueUrl=https%3A%2F%2Fx%2F123456789012%2Fjobs", "", "SQS DeleteQueue write", "arn:aws:sqs:OWN:jobs"},
		{"queue in both", "GET " + queue + "/123456789012/jobs?Action=SendMessage&QueueUrl=https%3A%2F%2Fx%2F666677778888%2Fjobs", "", "SQS", "unknown"},
		{"queue by its name", "GET " + queue + "/?Action=GetQueueUrl&QueueName=jobs", "", "SQS GetQueueUrl read", "arn:aws:sqs:OWN:jobs"},
		{"an escape in the queue", "GET " + queue + "/123456789012/jo%62s?Action=SendMessage", "", "SQS SendMessage write", "unknown"},
		{"topic", "GET " + topic + "/?Action=Publish&TopicArn=arn%3Aaws%3Asns%3Aeu-west-1%3A123456789012%3Aalerts&Message=x", "", "SNS Publish write", "arn:aws:sns:OWN:alerts"},
		{"an action in another case", "GET " + queue + "/123456789012/jobs?Action=sendMessage", "", "SQS", "unknown"},
		{"topic in small letters", "GET " + topic + "/?Action=Publish&topicArn=arn%3Aaws%3Asns%3Aeu-west-1%3A123456789012%3Aalerts", "", "SNS Publish", "unknown"},
		{"no resource", "GET sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15", "", "STS GetCallerIdentity read", "none"},
		{"a list that cannot be read", "GET " + topic + "/?Action=TagResource&ResourceArn.member.1=x", "", "SNS TagResource tagging", "unknown"},

		{"two actions", "GET " + topic + "/?Action=Publish&Action=DeleteTopic", "", "SNS", "unknown"},
		{"two actions in two cases", "GET " + topic + "/?Action=ListTopics&action=DeleteTopic", "", "SNS", "unknown"},
		{"an action in small letters", "GET " + topic + "/?action=ListTopics", "", "SNS", "unknown"},
		{"an action by POST", "POST " + topic + "/?Action=ListTopics", "", "SNS", "unknown"},
		{"an action and a target", "GET " + queue + "/?Action=ListQueues", "X-Amz-Target: AmazonSQS.DeleteQueue", "SQS", "unknown"},
		{"a semicolon", "GET " + topic + "/?Action=ListTopics;Action=DeleteTopic", "", "SNS", "unknown"},
		{"a pair that net/url drops", "GET " + topic + "/?Action=ListTopics&%zz=1", "", "SNS", "unknown"},
		{"an escaped key", "GET " + topic + "/?%41ction=ListTopics", "", "SNS", "unknown"},
		{"at a path", "GET " + topic + "/x?Action=ListTopics", "", "SNS", "unknown"},
		{"of a service that has none", "GET " + ddb + "/?Action=ListTables", "", "DynamoDB", "unknown"},
	})
	r := parseRequest("GET "+topic+"/?Action=ListTopics", "")
	if r.Body = true; r.Read().Operation != "" {
		t.Error("an action with a body, which may hold another")
	}
}

func TestRequestLambda(t *testing.T) {
	const host = "lambda.eu-west-1.amazonaws.com/"
	runAsked(t, []asked{
		{"invoke", "POST " + host + "2015-03-31/functions/orders/invocations", "", "Lambda Invoke write", "arn:aws:lambda:OWN:function:orders"},
		{"a version", "POST " + host + "2015-03-31/functions/orders/invocations?Qualifier=live", "", "Lambda Invoke write", "arn:aws:lambda:OWN:function:orders:live"},
		{"an ARN", "POST " + host + "2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A666677778888%3Afunction%3Aorders/invocations", "", "Lambda Invoke write", "arn:aws:lambda:eu-west-1:666677778888:function:orders"},
		{"async", "POST " + host + "2014-11-13/functions/orders/invoke-async/", "", "Lambda InvokeAsync write", "arn:aws:lambda:OWN:function:orders"},
		{"streamed", "POST " + host + "2021-11-15/functions/orders/response-streaming-invocations", "", "Lambda InvokeWithResponseStream write", "arn:aws:lambda:OWN:function:orders"},
		{"another function behind dots", "POST " + host + "2015-03-31/functions/orders/../payroll/invocations", "", "", "unknown"},
		{"an escaped slash", "POST " + host + "2015-03-31/functions/orders%2F..%2Fpayroll/invocations", "", "", "unknown"},
		{"an escaped colon", "POST " + host + "2015-03-31/functions/orders%3Alive/invocations", "", "Lambda Invoke write", "arn:aws:lambda:OWN:function:orders:live"},
		{"dots for a name", "POST " + host + "2015-03-31/functions/../invocations", "", "Lambda Invoke write", "unknown"},
		{"a doubled slash", "POST " + host + "2015-03-31/functions//orders/invocations", "", "", "unknown"},
		{"two qualifiers", "POST " + host + "2015-03-31/functions/orders/invocations?Qualifier=a&qualifier=b", "", "", "unknown"},
		{"a qualifier in small letters", "POST " + host + "2015-03-31/functions/orders/invocations?qualifier=b", "", "", "unknown"},
		{"a target", "POST " + host + "2015-03-31/functions/orders/invocations", "X-Amz-Target: x.DeleteFunction", "", "unknown"},
		{"the rest of its API", "GET " + host + "2015-03-31/functions/orders/policy", "", "", "unknown"},
		{"a host of its own", "POST sts.eu-west-1.amazonaws.com/2015-03-31/functions/orders/invocations", "", "STS", "unknown"},
	})
}

func TestRequestSigner(t *testing.T) {
	const s3, sqs = "b.s3.eu-west-1.amazonaws.com", "sqs.eu-west-1.amazonaws.com"
	authorization := func(s string) string { return "Authorization: " + s }
	sigV4A := "AWS4-ECDSA-P256-SHA256 Credential=" + ownKey + "/20261121/s3/aws4_request, SignedHeaders=host, Signature=abc"
	for _, tt := range []struct {
		name, request, header string
		key, region           string
	}{
		{"header", "GET " + s3 + "/k", authorization(signedBy(ownKey, "s3")), ownKey, region},
		{"header, in small letters", "GET " + s3 + "/k", "authorization: " + signedBy(ownKey, "s3"), ownKey, region},
		{"query", "GET " + s3 + "/k?" + presignedBy(ownKey, "s3"), "", ownKey, region},
		{"version 4A", "GET " + s3 + "/k", authorization(sigV4A), ownKey, region},
		{"version 2", "GET " + s3 + "/k", authorization("AWS " + ownKey + ":abc="), ownKey, region},
		{"version 2 in the query", "GET " + s3 + "/k?AWSAccessKeyId=" + ownKey + "&Signature=abc%3D&Expires=1", "", ownKey, region},
		{"another region than the host's", "GET " + s3 + "/k", authorization(strings.ReplaceAll(signedBy(ownKey, "s3"), region, "us-east-1")), ownKey, "us-east-1"},
		{"nobody", "GET " + s3 + "/k", "", "", region},

		{"header and query", "GET " + s3 + "/k?" + presignedBy(evilKey, "s3"), authorization(signedBy(ownKey, "s3")), "", region},
		{"header and a part of a query", "GET " + s3 + "/k?x-amz-credential=" + evilKey, authorization(signedBy(ownKey, "s3")), "", region},
		{"header and version 2", "GET " + s3 + "/k?AWSAccessKeyId=" + evilKey + "&Signature=a&Expires=1", authorization(signedBy(ownKey, "s3")), "", region},
		{"two versions in the query", "GET " + s3 + "/k?AWSAccessKeyId=" + evilKey + "&Signature=a&Expires=1&" + presignedBy(ownKey, "s3"), "", "", region},
		{"two headers", "GET " + s3 + "/k", authorization(signedBy(ownKey, "s3")) + "\nauthorization: " + signedBy(evilKey, "s3"), "", region},
		{"an empty header too", "GET " + s3 + "/k", authorization(signedBy(ownKey, "s3")) + "\nauthorization: ", "", region},
		{"two credentials in one", "GET " + s3 + "/k", authorization(signedBy(ownKey, "s3") + ", Credential=" + evilKey + "/20261121/eu-west-1/s3/aws4_request"), "", region},
		{"a credential twice in the query", "GET " + s3 + "/k?" + presignedBy(ownKey, "s3") + "&X-Amz-Credential=" + evilKey, "", "", region},
		{"twice in two cases", "GET " + s3 + "/k?" + presignedBy(ownKey, "s3") + "&x-amz-credential=" + evilKey, "", "", region},
		{"no signature: S3 would take it for nobody's", "GET " + s3 + "/k?X-Amz-Credential=" + ownKey + "%2F20261121%2Feu-west-1%2Fs3%2Faws4_request", "", "", region},
		{"no algorithm", "GET " + s3 + "/k?" + strings.Replace(presignedBy(ownKey, "s3"), "X-Amz-Algorithm=AWS4-HMAC-SHA256&", "", 1), "", "", region},
		{"another algorithm", "GET " + s3 + "/k?" + strings.Replace(presignedBy(ownKey, "s3"), "SHA256", "NONE", 1), "", "", region},
		{"no signature in the header", "GET " + s3 + "/k", authorization("AWS4-HMAC-SHA256 Credential=" + ownKey + "/20261121/eu-west-1/s3/aws4_request"), "", region},
		{"a scope that is short", "GET " + s3 + "/k", authorization(strings.Replace(signedBy(ownKey, "s3"), "/s3", "", 1)), "", region},
		{"another scheme", "GET " + s3 + "/k", authorization("Bearer " + ownKey), "", region},
		{"version 2 of another service", "GET " + sqs + "/?AWSAccessKeyId=" + ownKey + "&Signature=abc&Expires=1", "", "", region},
		{"version 2 without a signature", "GET " + s3 + "/k?AWSAccessKeyId=" + ownKey, "", "", region},
		{"a form, which is signed in the body", "POST " + s3 + "/", authorization(signedBy(ownKey, "s3")) + "\nContent-Type: Multipart/Form-Data; boundary=x", "", region},
		{"a header for the next hop alone", "GET " + s3 + "/k", authorization(signedBy(ownKey, "s3")) + "\nConnection: Authorization", "", region},
		{"a query that splits in two ways", "GET " + s3 + "/k?a;b", authorization(signedBy(ownKey, "s3")), "", region},
		{"no host of AWS", "GET evil.example/k", authorization(signedBy(ownKey, "s3")), "", ""},
	} {
		r := parseRequest(tt.request, tt.header)
		if a := r.Read(); a.KeyID != tt.key || a.Region != tt.region {
			t.Errorf("%s: key %q, region %q", tt.name, a.KeyID, a.Region)
		}
	}
}

// TestRequestRegion: where signature and host differ, nobody knows in which
// region a resource is.
func TestRequestRegion(t *testing.T) {
	elsewhere := strings.ReplaceAll(signedBy(ownKey, "sqs"), region, "us-east-1")
	runAsked(t, []asked{
		{"agreed", "GET sqs.eu-west-1.amazonaws.com/123456789012/jobs?Action=SendMessage", "Authorization: " + signedBy(ownKey, "sqs"), "SQS SendMessage write", "arn:aws:sqs:OWN:jobs"},
		{"not agreed", "GET sqs.eu-west-1.amazonaws.com/123456789012/jobs?Action=SendMessage", "Authorization: " + elsewhere, "SQS SendMessage write", "unknown"},
	})
}
