package policy

import "fmt"

var (
	worldServices  = []string{"S3", "s3", "SNS", "Newest", "IAM", "S3 Control", ""}
	worldARNs      = []string{"arn:aws:s3:::a", "arn:aws:s3:::a/b", "arn:aws:s3:::b/a", "arn:aws:s3:eu-west-1:111122223333:accesspoint/p/object/a", "arn:aws:sns:eu-west-1:111122223333:a", "arn:aws:sns:eu-west-1:444455556666:a", "arn:aws:sns:eu-west-1::a:b", "arn:aws:newest:::a", "a", "arn:aws:s3:::", "arn:aws:secretsmanager:::secret:a", "arn:aws:secretsmanager:::secret:a-B1cdef"}
	worldResources = []string{"a", "a/*", "*", "**", "b", "[ab]", "accesspoint/p", "arn:aws:s3:::a", "arn:*:*:*:*:*", "arn:aws:sns:eu-west-1:444455556666:a", "arn:aws:sns:*:*:{a,b}*", "secret:a", "secret:a-??????", "arn:aws:secretsmanager:::secret:a-B1cdef"}
	worldAccounts  = []string{"", "111122223333", "444455556666"}
	worldRegions   = []string{"eu-west-1", "us-east-1", "aws-global", ""}
)

// operation makes a call one by the SDK.
func (c *choices) operation(call *Call) {
	call.Kind, call.Service, call.Operation = AWS, c.of(worldServices...), c.of("Get", "Put", "")
	call.Access = []Access{UnknownAccess, List, Read, Write, Tagging, Permissions, 200}[c.one(7)]
	if c.one(3) == 1 {
		call.Also = []Access{[]Access{Read, Write, Permissions, UnknownAccess, 200}[c.one(5)]}
	}
	call.Region, call.Account, call.Self = c.of(worldRegions...), c.of(worldAccounts...), c.of(worldAccounts...)
	if c.one(2) == 1 {
		call.Scheme, call.Port, call.Method, call.Path = "https", 443, "POST", c.of("/", "/a", "/b/a", "")
	}
	if c.one(3) == 1 {
		call.Host = ""
	}
	if c.one(5) > 0 {
		call.Resources = []string{}
		for range c.one(4) {
			call.Resources = append(call.Resources, c.of(worldARNs...))
		}
	}
}

// awsRule makes a rule with the subject aws.
func (c *choices) awsRule(list string) string {
	r := fmt.Sprintf("{aws: [%q", c.of("s3", "sns", "newest", "*", "iam"))
	if c.one(3) == 1 {
		r += fmt.Sprintf(", %q", c.of("sns", "s3", "S3 Control"))
	}
	r += "]"
	field := func(name string, values ...string) {
		if c.one(3) == 1 {
			r += ", " + name + ": " + c.of(values...)
		}
	}
	field("operations", "Get", `["P*", "G?t"]`)
	field("access", "read", "[write, list]")
	if c.one(2) == 1 {
		r += fmt.Sprintf(", resources: [%q, %q]", c.of(worldResources...), c.of(worldResources...))
	}
	field("accounts", "self", `"*"`, "444455556666", "[self, 444455556666]")
	field("regions", "eu-west-1", `"*-1"`)
	field("endpoint", "a.example", "localhost:443", `["**.example", "127.0.0.1:6379"]`, `"**.amazonaws.com"`, "sns.eu-west-1.amazonaws.com")
	field("functions", "f")
	field("from", "m.example/a")
	field("until", "2027-01-31")
	if list == "deny" {
		field("mode", "enforce", "report", "off")
	}
	return r + "}"
}
