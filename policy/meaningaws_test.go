package policy

import (
	"strings"
	"testing"
)

// The rules of meaning about calls of AWS, each with its attack, as in
// meaning_test.go.

func TestMeaning2AWSFields(t *testing.T) {
	check(t, mustCompile(t, `
mode: enforce
allow:
  - {aws: [sqs, sns], operations: [SendMessage, "Pub*"], access: [write], regions: [eu-*, us-east-1]}
  - {aws: s3, access: [read, list]}
  - {aws: kms, functions: [f], until: 2027-01-31}
deny:
  - {aws: s3, operations: ["*Acl", GetObject], access: [read]}
  - {aws: sns, accounts: [444455556666]}`), `
allow  allow[0]  aws SQS:SendMessage access=write
allow  allow[0]  aws SNS:PublishBatch access=write region=us-east-1
deny   -         aws SQS:ReceiveMessage access=write
deny   -         aws SQS:SendMessage access=read
deny   -         aws SQS:sendmessage access=write
deny   -         aws SQS:SendMessage access=write region=us-east-2
deny   -         aws Kinesis:SendMessage access=write
allow  allow[1]  aws S3:ListObjectsV2 access=list
allow  allow[1]  aws S3:HeadObject access=read
deny   deny[0]   aws S3:GetObject access=read
deny   deny[0]   aws S3:GetBucketAcl access=read
deny   -         aws S3:PutObjectAcl access=permissions
deny   deny[1]   aws SNS:Publish access=write account=444455556666
allow  allow[2]  aws KMS:Decrypt function=f time=2027-01-31
deny   -         aws KMS:Decrypt function=f time=2027-02-01
deny   -         aws KMS:Decrypt function=g time=2027-01-31
deny   -         aws KMS:Decrypt time=2027-01-31`)
}

func TestMeaning3AWSUnknown(t *testing.T) {
	policy := `
mode: enforce
allow:
  - {aws: s3, id: asks, operations: [GetObject], access: [read], resources: [reports], accounts: [self]}
  - {aws: sqs, id: asks-nothing, accounts: ["*"]}
  - {aws: sts, id: star, resources: ["*"], accounts: ["*"]}
deny:
  - {aws: s3, operations: [DeleteObject], access: [write], resources: [payroll], accounts: [444455556666]}`
	check(t, mustCompile(t, policy), `
allow  asks          aws S3:GetObject access=read resource=arn:aws:s3:::reports/a
deny   -             aws S3 access=read resource=arn:aws:s3:::reports/a
deny   -             aws S3:GetObject resource=arn:aws:s3:::reports/a
deny   -             aws S3:GetObject access=read
deny   -             aws S3:GetObject access=read resource=none
deny   -             aws S3:GetObject access=read resource=reports/a
deny   -             aws S3:GetObject access=read resource=arn:aws:s3:::
deny   -             aws S3:GetObject access=read resource=arn:aws:s3:::reports/a account= self=
deny   -             aws S3:GetObject access=read resource=arn:aws:s3:::reports/a self=
allow  asks-nothing  aws SQS
allow  asks-nothing  aws SQS:ListQueues resource=none account= self=
allow  star          aws STS:GetCallerIdentity resource=none
allow  star          aws STS:AssumeRole
# a deny rule matches each thing that is unknown, and nothing that is known to differ
deny   deny[0]       aws S3:DeleteObject access=write resource=arn:aws:s3:::payroll/a account=444455556666
deny   deny[0]       aws S3 access=write resource=arn:aws:s3:::payroll/a account=444455556666
deny   deny[0]       aws S3:DeleteObject resource=arn:aws:s3:::payroll/a account=444455556666
deny   deny[0]       aws S3:DeleteObject access=write account=444455556666
deny   deny[0]       aws S3:DeleteObject access=write resource=payroll account=444455556666
deny   deny[0]       aws S3:DeleteObject access=write resource=arn:aws:s3:::payroll/a account=
deny   deny[0]       aws S3 account=
deny   -             aws S3:DeleteObject access=write resource=none account=444455556666
deny   -             aws S3:DeleteObject access=write resource=arn:aws:s3:::reports account=444455556666
deny   -             aws S3:DeleteObject access=write resource=arn:aws:s3:::payroll/a`)

	// A level of access that this version does not know is an unknown one.
	s := mustCompile(t, policy)
	c := Call{Kind: AWS, Service: "S3", Operation: "GetObject", Access: 200, Resources: []string{"arn:aws:s3:::reports"}, Region: "eu-west-1", Account: "111122223333", Self: "111122223333"}
	if d := s.Decide(&c); d.Effect != Deny || d.Rule != "" {
		t.Error(d)
	}
	c.Operation, c.Resources[0], c.Account = "DeleteObject", "arn:aws:s3:::payroll", "444455556666"
	if d := s.Decide(&c); d.Rule != "deny[0]" {
		t.Error(d)
	}
	// An operation of several levels needs all of them in an allow rule, and one in
	// a deny rule. If one is unknown, so are they all.
	levels := mustCompile(t, "mode: enforce\nallow: [{aws: s3, access: [read, write]}, {aws: sqs, access: [write]}]\ndeny: [{aws: kms, access: [permissions]}]")
	for _, tt := range []struct {
		service string
		access  Access
		also    []Access
		rule    string
	}{
		{"S3", Write, []Access{Read}, "allow[0]"},
		{"S3", Write, []Access{Read, Tagging}, ""},
		{"S3", Write, []Access{UnknownAccess}, ""},
		{"S3", Write, []Access{200}, ""},
		{"S3", UnknownAccess, []Access{Read}, ""},
		{"SQS", Write, nil, "allow[1]"},
		{"SQS", Write, []Access{Read}, ""},
		{"KMS", Write, []Access{Read}, ""},
		{"KMS", Write, []Access{Permissions}, "deny[0]"},
		{"KMS", Write, []Access{200}, "deny[0]"},
	} {
		c := Call{Kind: AWS, Service: tt.service, Access: tt.access, Also: tt.also, Region: "eu-west-1", Account: "111122223333", Self: "111122223333"}
		if d := levels.Decide(&c); d.Rule != tt.rule || (d.Effect == Allow) != strings.HasPrefix(tt.rule, "allow") {
			t.Errorf("%s %v %v: %v", tt.service, tt.access, tt.also, d)
		}
	}
	// So is a service that nobody named.
	for _, c := range []Call{{Kind: AWS}, {Kind: AWS, Service: "-"}, {Kind: AWS, Region: "a.evil.test/#"}} {
		if d := mustCompile(t, "mode: enforce\nallow: [{aws: [s3, '*'], accounts: ['*']}]").Decide(&c); d.Effect != Deny {
			t.Errorf("%+v: %v", c, d)
		}
	}
}

func TestMeaning3SeveralResources(t *testing.T) {
	check(t, mustCompile(t, `
mode: enforce
allow:
  - {aws: dynamodb, operations: [BatchGetItem], resources: [table/a]}
  - {aws: dynamodb, access: [read], resources: [table/b]}
  - {aws: dynamodb, resources: [table/c], regions: [us-east-1]}
deny:
  - {aws: dynamodb, resources: [table/d]}`), `
allow  allow[0]  aws DynamoDB:BatchGetItem access=read resource=arn:aws:dynamodb:eu-west-1:111122223333:table/a resource=arn:aws:dynamodb:eu-west-1:111122223333:table/b
allow  allow[0]  aws DynamoDB:BatchGetItem access=read resource=arn:aws:dynamodb:eu-west-1:111122223333:table/b resource=arn:aws:dynamodb:eu-west-1:111122223333:table/a
deny   -         aws DynamoDB:BatchGetItem access=write resource=arn:aws:dynamodb:eu-west-1:111122223333:table/a resource=arn:aws:dynamodb:eu-west-1:111122223333:table/b
deny   -         aws DynamoDB:GetItem access=read resource=arn:aws:dynamodb:eu-west-1:111122223333:table/a resource=arn:aws:dynamodb:eu-west-1:111122223333:table/b
deny   -         aws DynamoDB:BatchGetItem access=read resource=arn:aws:dynamodb:eu-west-1:111122223333:table/a resource=arn:aws:dynamodb:eu-west-1:111122223333:table/c
deny   -         aws DynamoDB:BatchGetItem access=read resource=arn:aws:dynamodb:eu-west-1:111122223333:table/a resource=arn:aws:dynamodb:eu-west-1:444455556666:table/b
deny   deny[0]   aws DynamoDB:BatchGetItem access=read resource=arn:aws:dynamodb:eu-west-1:111122223333:table/a resource=table/b
deny   deny[0]   aws DynamoDB:BatchGetItem access=read resource=arn:aws:dynamodb:eu-west-1:111122223333:table/a resource=arn:aws:dynamodb:eu-west-1:111122223333:table/d`)
}

func TestMeaning4AWSLayers(t *testing.T) {
	check(t, mustCompile(t, `
mode: report
deny:
  - {aws: "*", access: [permissions], mode: enforce, id: no-permissions}
  - {aws: s3, resources: ["payroll-*"]}`, `
mode: enforce
allow: [{aws: [s3, iam]}]
deny: [{aws: s3, operations: [DeleteBucket], mode: learn}]`), `
allow  allow[0]        aws S3:GetObject access=read resource=arn:aws:s3:::reports/a layer=1
deny   no-permissions  aws S3:PutBucketPolicy access=permissions resource=arn:aws:s3:::reports layer=0 mode=enforce
deny   deny[1]         aws S3:GetObject access=read resource=arn:aws:s3:::payroll-1/a layer=0 mode=report
deny   deny[0]         aws S3:DeleteBucket access=write resource=arn:aws:s3:::reports layer=1 mode=learn
deny   -               aws SQS:SendMessage access=write resource=none layer=1 mode=enforce
deny   no-permissions  aws SQS:AddPermission layer=0 mode=enforce`)
}

func TestMeaning9Hosts(t *testing.T) {
	// An allow rule: the host must be the service's, in the region, by HTTPS.
	check(t, mustCompile(t, `
mode: enforce
allow:
  - {aws: [s3, kms, "*"], accounts: ["*"]}
  - {host: ["**.amazonaws.com", "s?s.eu-west-1.amazonaws.com", "[a-z]*.eu-west-1.amazonaws.com", "**", "*.test"], schemes: [http, https]}`), `
allow  allow[0]  aws S3:GetObject at=https://s3.eu-west-1.amazonaws.com/
allow  allow[0]  aws S3:GetObject at=https://reports.s3.dualstack.eu-west-1.amazonaws.com/
allow  allow[0]  aws S3:GetObject at=https://S3.eu-west-1.amazonaws.com./
allow  allow[0]  aws IAM:GetUser region=us-east-1 at=https://iam.amazonaws.com/
deny   -         aws S3:GetObject at=https://kms.eu-west-1.amazonaws.com/
deny   -         aws S3:GetObject at=https://s3.eu-west-2.amazonaws.com/
deny   -         aws S3:GetObject at=http://s3.eu-west-1.amazonaws.com/
deny   -         aws S3:GetObject at=https://s3.eu-west-1.amazonaws.com:444/
deny   -         aws S3:GetObject at=https://newest.eu-west-1.amazonaws.com/
deny   -         aws Newest:GetThing at=https://newest.eu-west-1.amazonaws.com/
deny   -         aws Newest:GetThing
allow  allow[1]  aws S3:GetObject at=https://s3.eu-west-1.amazonaws.com.evil.test/
deny   -         aws S3:GetObject at=https://52.95.112.1/
deny   -         aws S3:GetObject at=https://52.95.112.1/ host=s3.eu-west-1.amazonaws.com
# of a request by hand the host is known and nothing else
allow  allow[0]  GET https://reports.s3.eu-west-1.amazonaws.com/
allow  allow[0]  GET https://newest.eu-west-1.amazonaws.com/
deny   -         GET http://reports.s3.eu-west-1.amazonaws.com/
deny   -         GET https://reports.s3.eu-west-1.amazonaws.com:8443/
deny   -         CONNECT https://reports.s3.eu-west-1.amazonaws.com/
deny   -         dial tcp s3.eu-west-1.amazonaws.com:443
# what customers have under AWS's domains is theirs
allow  allow[1]  GET https://a1.execute-api.eu-west-1.amazonaws.com/
allow  allow[1]  GET https://a1.lambda-url.eu-west-1.on.aws/
allow  allow[1]  GET http://reports.s3-website.eu-west-1.amazonaws.com/`)

	// A rule for requests by hand must ask neither operation nor resource, nor
	// for a signer.
	check(t, mustCompile(t, `
mode: enforce
allow:
  - {aws: s3}
  - {aws: s3, accounts: ["*"], operations: ["*"]}
  - {aws: s3, accounts: ["*"], access: [list, read, write, tagging, permissions]}
  - {aws: s3, accounts: ["*"], resources: ["**", "arn:*:*:*:*:*"]}
  - {aws: s3, accounts: ["*"], regions: [us-east-1]}
  - {host: reports.s3.eu-west-1.amazonaws.com}`), `
deny   -         GET https://s3.eu-west-1.amazonaws.com/
allow  allow[4]  GET https://s3.us-east-1.amazonaws.com/
deny   -         GET https://s3.amazonaws.com/
allow  allow[5]  GET https://reports.s3.eu-west-1.amazonaws.com/
deny   -         GET https://payroll.s3.eu-west-1.amazonaws.com/`)

	// A deny rule: what the SDK says, or the host. Several services in a rule are
	// as many rules.
	check(t, mustCompile(t, `
mode: enforce
deny:
  - {aws: [s3, kms], access: [write]}
  - {aws: sns, regions: [us-east-1]}
  - {aws: sqs, endpoint: ["queue.test:8443", "**.vpce.amazonaws.com"]}`), `
allow  -         aws S3:GetObject access=read
deny   deny[0]   aws S3:PutObject access=write
deny   deny[0]   aws S3:PutObject access=write at=https://evil.test/
deny   deny[0]   aws S3:GetObject access=read at=https://kms.eu-west-1.amazonaws.com/
deny   deny[0]   aws KMS:DescribeKey access=read at=https://s3.eu-west-1.amazonaws.com/
deny   deny[0]   aws DynamoDB:GetItem access=read at=https://kms.eu-west-1.amazonaws.com/
deny   deny[0]   aws DynamoDB:GetItem access=read at=https://evil.test/ host=kms.eu-west-1.amazonaws.com
deny   deny[0]   GET https://reports.s3.eu-west-1.amazonaws.com/
deny   deny[0]   GET http://reports.s3.eu-west-1.amazonaws.com:81/
deny   deny[0]   dial tcp kms.eu-west-1.amazonaws.com:443
allow  -         aws SNS:Publish
deny   deny[1]   aws SNS:Publish region=us-east-1
deny   deny[1]   aws SNS:Publish region=us-east-1 at=https://sns.eu-west-1.amazonaws.com/
deny   deny[1]   aws SNS:Publish at=https://sns.us-east-1.amazonaws.com/
deny   deny[1]   aws SNS:Publish region= at=https://a.test/
allow  -         aws SQS:SendMessage
allow  -         aws SQS:SendMessage at=https://queue.test/
deny   deny[2]   aws SQS:SendMessage at=https://queue.test:8443/
deny   deny[2]   aws SQS:SendMessage at=https://vpce-1a-2b.sqs.eu-west-1.vpce.amazonaws.com/`)

	check(t, mustCompile(t, "mode: enforce\ndeny: [{aws: '*', operations: ['Delete*'], id: no-delete}]"), `
allow  -          aws S3:GetObject
deny   no-delete  aws S3:DeleteObject
deny   no-delete  aws Newest:DeleteThing at=https://a.test/
deny   no-delete  aws S3:GetObject at=https://newest.eu-west-1.amazonaws.com/
deny   no-delete  GET https://sts.eu-west-1.amazonaws.com/
allow  -          GET https://a1.execute-api.eu-west-1.amazonaws.com/`)
}

// A request may go to another bucket than the SDK says: the base endpoint of a
// client can have one in its name, or in its path.
func TestMeaning9OtherBucket(t *testing.T) {
	allow := mustCompile(t, `
mode: enforce
allow: [{aws: s3, resources: [reports, accesspoint/point, "arn:aws:s3-outposts:*:*:*"]}, {aws: s3, resources: [shared]}]`)
	check(t, allow, strings.ReplaceAll(`
allow  allow[0]  PUT resource=arn:aws:s3:::reports/a at=https://reports.s3.eu-west-1.amazonaws.com/a
allow  allow[0]  PUT resource=arn:aws:s3:::reports/a at=https://s3.eu-west-1.amazonaws.com/reports/a
allow  allow[0]  PUT resource=arn:aws:s3:::reports at=https://reports.s3.eu-west-1.amazonaws.com/
allow  allow[0]  PUT resource=arn:aws:s3:::reports/a resource=arn:aws:s3:::shared/a at=https://shared.s3.eu-west-1.amazonaws.com/a
allow  allow[0]  PUT resource=arn:aws:s3:eu-west-1:111122223333:accesspoint/point/object/a at=https://point-111122223333.s3-accesspoint.eu-west-1.amazonaws.com/a
allow  allow[0]  PUT resource=arn:aws:s3-outposts:eu-west-1:111122223333:outpost/op-1/accesspoint/point/object/a at=https://point-111122223333.op-1.s3-outposts.eu-west-1.amazonaws.com/a
deny   -         PUT resource=arn:aws:s3:::reports/a at=https://evil.s3.eu-west-1.amazonaws.com/reports/a
deny   -         PUT resource=arn:aws:s3:::reports/a at=https://s3.eu-west-1.amazonaws.com/evil/reports/a
deny   -         PUT resource=arn:aws:s3:::reports/a at=https://s3.eu-west-1.amazonaws.com/reports%2F../a
deny   -         PUT resource=arn:aws:s3:::reports/a at=https://s3.eu-west-1.amazonaws.com/reports/a host=evil.s3.eu-west-1.amazonaws.com
deny   -         PUT resource=arn:aws:s3:::reports/evil at=https://evil.s3.eu-west-1.amazonaws.com/
deny   -         PUT resource=arn:aws:s3:::reports/a resource=arn:aws:s3:::shared/a at=https://evil.s3.eu-west-1.amazonaws.com/a
deny   -         PUT resource=arn:aws:s3:eu-west-1:111122223333:accesspoint/point/object/a at=https://point-444455556666.s3-accesspoint.eu-west-1.amazonaws.com/a
deny   -         PUT resource=arn:aws:s3:eu-west-1:111122223333:accesspoint/point/object/evil at=https://evil.s3.eu-west-1.amazonaws.com/a
deny   -         PUT resource=arn:aws:s3:::reports/a at=https://reports-444455556666.s3-accesspoint.eu-west-1.amazonaws.com/a
`, "PUT", "aws S3:PutObject access=write"))

	// A deny rule takes what such a request is about as unknown.
	check(t, mustCompile(t, "mode: enforce\ndeny: [{aws: s3, access: [write], resources: ['payroll-*']}]"), `
allow  -        aws S3:PutObject access=write resource=arn:aws:s3:::reports/a at=https://reports.s3.eu-west-1.amazonaws.com/a
deny   deny[0]  aws S3:PutObject access=write resource=arn:aws:s3:::reports/a at=https://payroll-1.s3.eu-west-1.amazonaws.com/reports/a
deny   deny[0]  aws S3:PutObject access=write resource=arn:aws:s3:::reports/a at=https://s3.eu-west-1.amazonaws.com/payroll-1/reports/a
allow  -        aws S3:GetObject access=read resource=arn:aws:s3:::reports/a at=https://payroll-1.s3.eu-west-1.amazonaws.com/reports/a`)
}

// A call that states no host goes to the SDK's own, and nowhere else: a header
// or a request target that names another host is judged as on any other call.
func TestMeaning9NoHost(t *testing.T) {
	s := mustCompile(t, "mode: enforce\nallow: [{aws: [s3, organizations]}]\ndeny: [{host: s3.us-east-1.amazonaws.com}]")
	own := Call{Kind: AWS, Service: "S3", Region: "eu-west-1", Account: "111122223333", Self: "111122223333"}
	for name, tt := range map[string]struct {
		change func(*Call)
		want   Effect
	}{
		"default endpoint":           {func(*Call) {}, Allow},
		"one region for all":         {func(c *Call) { c.Service = "Organizations" }, Allow},
		"no region":                  {func(c *Call) { c.Region = "" }, Allow},
		"an endpoint that is denied": {func(c *Call) { c.Region = "us-east-1" }, Deny},
		"another host in the header": {func(c *Call) { c.HostHeader = "evil.test" }, Deny},
		"another service's host":     {func(c *Call) { c.HostHeader = "kms.eu-west-1.amazonaws.com" }, Deny},
		"another host in the target": {func(c *Call) { c.Scheme, c.Path = "https", "http://evil.test/" }, Deny},
		"a tunnel":                   {func(c *Call) { c.Scheme, c.Method = "https", "CONNECT" }, Deny},
		"plain HTTP":                 {func(c *Call) { c.Scheme = "http" }, Deny},
		"another port":               {func(c *Call) { c.Port = 8443 }, Deny},
		"a socket":                   {func(c *Call) { c.Network, c.Path = "unix", "/x" }, Deny},
		"UDP":                        {func(c *Call) { c.Network = "udp" }, Deny},
	} {
		c := own
		tt.change(&c)
		if d := s.Decide(&c); d.Effect != tt.want {
			t.Errorf("%s: %v", name, d)
		}
	}
	// A deny rule speaks of what the SDK says, whatever it is sent through.
	deny := mustCompile(t, "mode: enforce\nlocal: ['unix:/x']\ndeny: [{aws: s3}]")
	c := own
	c.Network, c.Path = "unix", "/x"
	if d := deny.Decide(&c); d.Rule != "deny[0]" {
		t.Error(d)
	}
}

func TestMeaning9Endpoints(t *testing.T) {
	p := Platform{RuntimeAPI: "127.0.0.1:9001"}
	s := mustCompileOn(t, p, `
mode: enforce
allow:
  - {aws: s3, endpoint: ["localhost:4566", "127.0.0.1:4566", "minio.example:9000", "*", "**.localhost", 10.0.0.7, "**.amazonaws.com", "127.0.0.1:9001"], resources: [a, b]}
  - {aws: s3, resources: [c]}
  - {aws: sqs, endpoint: "[::1]:4566"}
  - {aws: kms, endpoint: sns.eu-west-1.amazonaws.com}`)
	check(t, s, strings.ReplaceAll(`
allow  allow[0]  GET at=http://localhost:4566/a/k
allow  allow[0]  GET at=http://LOCALHOST.:4566/a/k
allow  allow[0]  GET at=http://127.1:4566/a/k
allow  allow[0]  GET at=http://10.0.0.7/
allow  allow[0]  GET at=https://minio/
allow  allow[0]  GET at=http://minio.example:9000/  addr=10.0.0.1
allow  allow[0]  GET at=http://localhost:4566/  addr=127.0.0.1
allow  allow[0]  GET at=http://localhost:4566/  addr=::1
deny   local     GET at=http://localhost:4566/  addr=169.254.169.254
deny   local     GET at=http://localhost:4566/  addr=0.0.0.0
deny   local     GET at=http://minio.example:9000/  addr=127.0.0.1
deny   -         GET at=http://minio.example:9001/
deny   -         GET at=http://x.minio.example:9000/
# a wildcard opens no door, nor makes a host of AWS another's
deny   local     GET at=http://localhost:4567/
deny   local     GET at=http://x.localhost:4566/
deny   local     GET at=http://localhost:9001/
deny   local     GET at=http://127.0.0.1:9001/
deny   -         GET at=https://kms.eu-west-1.amazonaws.com/
deny   -         GET at=http://a.s3.eu-west-1.amazonaws.com/
# a door opens for its rule's calls alone
deny   local     GET at=http://[::1]:4566/
deny   local     aws SQS:SendMessage access=write resource=arn:aws:sqs:eu-west-1:111122223333:a at=http://localhost:4566/
allow  allow[2]  aws SQS:SendMessage access=write resource=arn:aws:sqs:eu-west-1:111122223333:a at=http://[::1]:4566/
deny   local     aws S3:GetObject access=read resource=arn:aws:s3:::c at=http://localhost:4566/
deny   local     GET at=http://localhost:4566/a resource=arn:aws:s3:::c
deny   local     POST http://localhost:4566/
deny   local     dial tcp localhost:4566
allow  allow[0]  GET at=http://localhost:4566/a resource=arn:aws:s3:::b
# named exactly, a host of AWS is the service's too
allow  allow[3]  aws KMS:Decrypt at=https://sns.eu-west-1.amazonaws.com/
`, "GET at", "aws S3:GetObject access=read resource=arn:aws:s3:::a at"))

	// Of several resources, each by a rule that names the door.
	both := `mode: enforce
allow: [{aws: s3, endpoint: "localhost:4566", resources: [a]}, {aws: s3, resources: [b]%s}]`
	call := `%s aws S3:CopyObject access=write resource=arn:aws:s3:::a resource=arn:aws:s3:::b at=http://localhost:4566/`
	check(t, mustCompile(t, strings.Replace(both, "%s", "", 1)), strings.Replace(call, "%s", "deny local", 1))
	check(t, mustCompile(t, strings.Replace(both, "%s", `, endpoint: localhost`, 1)), strings.Replace(call, "%s", "allow allow[0]", 1))

	// The address that is reached, by itself: only for the rule's own host.
	for _, tt := range []struct {
		host, addr string
		want       Effect
	}{
		{"localhost", "127.0.0.1", Allow},
		{"rebound.example", "127.0.0.1", Deny},
		{"rebound", "127.0.0.1", Deny},
		{"s3.eu-west-1.amazonaws.com", "127.0.0.1", Deny},
		{"localhost", "169.254.169.254", Deny},
	} {
		c := Call{Kind: AWS, Service: "S3", Scheme: "http", Host: tt.host, Port: 4566, Addr: mustAddr(t, tt.addr)}
		if d := s.DecideReached(&c); d.Effect != tt.want {
			t.Errorf("%s at %s: %v", tt.host, tt.addr, d)
		}
	}
}

// A call may name what belongs to another service, which a deny rule speaks of.
func TestDenyResourcesOfAnotherService(t *testing.T) {
	check(t, mustCompile(t, `
mode: enforce
allow: [{aws: [ssm, dynamodb]}]
deny:
- {aws: secretsmanager, resources: ["secret:payroll*"]}
- {aws: s3, access: [write], resources: [payroll]}
- {aws: kms}`), `
deny   deny[0]   aws SSM:GetParameter access=read resource=arn:aws:secretsmanager:eu-west-1:111122223333:secret:payroll resource=arn:aws:ssm:eu-west-1:111122223333:parameter/aws/reference/secretsmanager/payroll
allow  allow[0]  aws SSM:GetParameter access=read resource=arn:aws:secretsmanager:eu-west-1:111122223333:secret:other resource=arn:aws:ssm:eu-west-1:111122223333:parameter/aws/reference/secretsmanager/other
deny   deny[1]   aws DynamoDB:ExportTableToPointInTime access=write resource=arn:aws:dynamodb:eu-west-1:111122223333:table/t resource=arn:aws:s3:::payroll
allow  allow[0]  aws DynamoDB:ExportTableToPointInTime access=write resource=arn:aws:dynamodb:eu-west-1:111122223333:table/t resource=arn:aws:s3:::exports
allow  allow[0]  aws SSM:PutParameter access=write resource=arn:aws:ssm:eu-west-1:111122223333:parameter/x resource=arn:aws:kms:eu-west-1:111122223333:key/k`)
}

// A tail means the partition that the function runs in: a bucket of the same name
// in another one is somebody else's.
func TestTailsStayInThePartition(t *testing.T) {
	doc := `
mode: enforce
allow:
- {aws: s3, resources: [orders]}
- {aws: s3, resources: ["arn:aws-cn:s3:::abroad"]}`
	home := mustCompileOn(t, Platform{Region: "eu-west-1"}, doc)
	check(t, home, `
allow  allow[0]  aws S3:PutObject access=write resource=arn:aws:s3:::orders/k
allow  allow[0]  aws S3:PutObject access=write resource=arn:aws:s3:::orders/k region=us-east-1
deny   -         aws S3:PutObject access=write resource=arn:aws-cn:s3:::orders/k region=cn-north-1
allow  allow[1]  aws S3:PutObject access=write resource=arn:aws-cn:s3:::abroad/k region=cn-north-1`)
	check(t, mustCompileOn(t, Platform{Region: "cn-north-1"}, doc), `
allow  allow[0]  aws S3:PutObject access=write resource=arn:aws-cn:s3:::orders/k region=cn-north-1
deny   -         aws S3:PutObject access=write resource=arn:aws:s3:::orders/k`)
	c := Call{Kind: AWS, Service: "S3", Operation: "PutObject", Resources: []string{"arn:aws-cn:s3:::orders/k"}, Region: "cn-north-1", Account: "111122223333", Self: "111122223333"}
	if got := home.Suggest(&c, home.Decide(&c)); !strings.Contains(got, `resources: ["arn:aws-cn:s3:::orders/k"]`) {
		t.Errorf("suggested %s", got)
	}
}
