package policy

import (
	"strings"
	"testing"
)

// resourceRule asks a policy of one rule about a resource of a call that account
// 111122223333 signs.
func resourceRule(t *testing.T, list, service, pattern, resource string) Decision {
	t.Helper()
	s := mustCompile(t, "mode: enforce\n"+list+": [{aws: "+service+", resources: ['"+pattern+"']}]")
	c := Call{Kind: AWS, Service: service, Region: "eu-west-1", Account: "111122223333", Self: "111122223333", Resources: []string{resource}}
	return s.Decide(&c)
}

func TestMeaning10Resources(t *testing.T) {
	const table = "arn:aws:dynamodb:eu-west-1:111122223333:table/"
	for _, tt := range []struct {
		name, service, pattern, resource string
		allowed, denied                  bool
	}{
		{"tail", "dynamodb", "table/a", table + "a", true, true},
		{"tail, beneath", "dynamodb", "table/a", table + "a/index/i", true, true},
		{"tail, beneath a colon", "lambda", "function:f", "arn:aws:lambda:eu-west-1:111122223333:function:f:live", true, true},
		{"tail, beside", "dynamodb", "table/a", table + "a-2", false, false},
		{"tail, above", "dynamodb", "table/a/index/i", table + "a", false, false},
		{"tail, other case", "dynamodb", "table/a", table + "A", false, false},
		{"tail, star", "dynamodb", "table/a*", table + "a-2/index/i", true, true},
		{"tail, star in the middle, across slashes", "s3", "a/*/z", "arn:aws:s3:::a/b/c/z", true, true},
		{"tail, star, and beneath", "s3", "a/*/z", "arn:aws:s3:::a/b/z/y", true, true},
		{"tail, star, nothing", "s3", "a*", "arn:aws:s3:::a", true, true},
		{"tail, question mark", "s3", "a?", "arn:aws:s3:::a/", true, true},
		{"tail, class", "s3", "[a-c]", "arn:aws:s3:::b/x", true, true},
		{"tail, not of a class", "s3", "[!a]", "arn:aws:s3:::a", false, false},
		{"tail, braces", "s3", "{a,b}", "arn:aws:s3:::b", true, true},
		{"tail, escaped star", "s3", `a\*`, "arn:aws:s3:::ab", false, false},
		{"tail, escaped star beneath", "s3", `a\*`, "arn:aws:s3:::a*/b", true, true},
		{"tail with slash", "s3", "a/", "arn:aws:s3:::a/b", true, true},
		{"tail with slash, the bucket", "s3", "a/", "arn:aws:s3:::a", false, false},
		{"tail with slash, beside", "s3", "a/", "arn:aws:s3:::ab", false, false},
		{"key with slash, not beneath", "s3", "a/b", "arn:aws:s3:::a/bc", false, false},
		{"key with a colon", "s3", "a", "arn:aws:s3:::a/b:c", true, true},
		{"two stars", "s3", "**", "arn:aws:s3:::a/b", true, true},
		{"bucket payroll", "s3", "payroll", "arn:aws:s3:::payroll-2/x", false, false},
		{"bucket payroll-*", "s3", "payroll-*", "arn:aws:s3:::payroll-2/x", true, true},
		{"bucket payroll-*, payroll", "s3", "payroll-*", "arn:aws:s3:::payroll/x", false, false},
		{"a longer name before", "s3", "payroll", "arn:aws:s3:::evil-payroll/x", false, false},
		{"the name as a key of another bucket", "s3", "payroll", "arn:aws:s3:::evil/payroll", false, false},

		{"tail, foreign account", "dynamodb", "table/a", "arn:aws:dynamodb:eu-west-1:444455556666:table/a", false, true},
		{"tail, account that is not stated", "dynamodb", "table/a", "arn:aws:dynamodb:eu-west-1::table/a", true, true},
		{"tail, of AWS", "iam", "policy/x", "arn:aws:iam::aws:policy/x", false, true},
		{"tail, foreign service", "dynamodb", "table/a", "arn:aws:evil:eu-west-1:111122223333:table/a", false, true},
		{"tail, service with a hyphen", "apigatewaymanagementapi", "a", "arn:aws:execute-api:eu-west-1:111122223333:a", true, true},
		{"tail, service that goes on", "s3", "a", "arn:aws:s3-outposts:eu-west-1:111122223333:a", false, true},
		{"any tail, foreign account", "dynamodb", "**", "arn:aws:dynamodb:eu-west-1:444455556666:table/a", false, true},
		{"anything, foreign account", "dynamodb", "*", "arn:aws:dynamodb:eu-west-1:444455556666:table/a", true, true},
		{"anything in braces", "dynamodb", "{*,x}", "arn:aws:dynamodb:eu-west-1:444455556666:table/a", true, true},

		{"ARN", "dynamodb", table + "a", table + "a", true, true},
		{"ARN, beneath", "dynamodb", table + "a", table + "a/index/i", true, true},
		{"ARN, beside", "dynamodb", table + "a", table + "ab", false, false},
		{"ARN, foreign account", "dynamodb", "arn:aws:dynamodb:eu-west-1:444455556666:table/a", "arn:aws:dynamodb:eu-west-1:444455556666:table/a", true, true},
		{"ARN, another region", "dynamodb", table + "a", "arn:aws:dynamodb:us-east-1:111122223333:table/a", false, false},
		{"ARN, another partition", "dynamodb", table + "a", "arn:aws-cn:dynamodb:eu-west-1:111122223333:table/a", false, false},
		{"ARN, patterns of parts", "dynamodb", "arn:*:dynamodb:eu-*:[0-9]*:table/a", table + "a", true, true},
		{"ARN, what a resource leaves open", "dynamodb", table + "a", "arn:aws:dynamodb:eu-west-1::table/a", false, true},
		{"ARN, open region too", "dynamodb", table + "a", "arn:aws:dynamodb:::table/a", false, true},
		{"ARN, open service", "dynamodb", table + "a", "arn:aws::eu-west-1:111122223333:table/a", false, false},
		{"ARN of S3 without account", "s3", "arn:aws:s3:::a", "arn:aws:s3:::a/b", true, true},
		{"ARN of S3 with an account", "s3", "arn:aws:s3::111122223333:a", "arn:aws:s3:::a/b", false, true},
		{"ARN without account, resource with one", "dynamodb", "arn:aws:dynamodb:eu-west-1::table/a", table + "a", false, false},

		// No star reaches across the parts.
		{"star in the service", "s3", "arn:aws:*:::a", "arn:aws:s3:x::a", false, false},
		{"star for two parts", "dynamodb", "arn:aws:dynamodb:*:table/a:x", table + "a:x", false, false},
		{"star in the account", "dynamodb", "arn:aws:dynamodb:eu-west-1:1111*:table/a", "arn:aws:dynamodb:eu-west-1:111122223333:table/b:table/a", false, false},
		{"star in the account, and a colon in the name", "sqs", "arn:aws:sqs:eu-west-1:1*:jobs", "arn:aws:sqs:eu-west-1:1:evil:jobs", false, false},
		{"star in the region", "sqs", "arn:aws:sqs:*:111122223333:jobs", "arn:aws:sqs:eu-west-1:444455556666:111122223333:jobs", false, false},
		{"two stars in a part", "sqs", "arn:aws:sqs:**:jobs:x", "arn:aws:sqs:eu-west-1:444455556666:jobs:x", false, false},

		// What is no ARN is not known.
		{"no ARN", "s3", "a", "a", false, true},
		{"no ARN, star", "s3", "**", "a", false, true},
		{"five parts", "s3", "a", "arn:aws:s3::a", false, true},
		{"nothing in the sixth", "s3", "**", "arn:aws:s3:::", false, true},
		{"capitals", "s3", "a", "ARN:aws:s3:::a", false, true},
		{"empty", "s3", "a", "", false, true},
		{"no ARN, anything", "s3", "*", "a", true, true},
	} {
		if d := resourceRule(t, "allow", tt.service, tt.pattern, tt.resource); (d.Effect == Allow) != tt.allowed {
			t.Errorf("%s: allow rule: %v", tt.name, d)
		}
		if d := resourceRule(t, "deny", tt.service, tt.pattern, tt.resource); (d.Effect == Deny) != tt.denied {
			t.Errorf("%s: deny rule: %v", tt.name, d)
		}
	}
}

func TestMeaning11Self(t *testing.T) {
	check(t, mustCompile(t, `
mode: enforce
allow:
  - {aws: sqs}
  - {aws: sns, accounts: [self, 444455556666], resources: [topic]}
deny:
  - {aws: kms, accounts: [self], id: own-keys}`), `
allow  allow[0]  aws SQS:SendMessage
allow  allow[0]  aws SQS:SendMessage account=444455556666 self=444455556666
deny   -         aws SQS:SendMessage account=444455556666
deny   -         aws SQS:SendMessage account= self=
deny   -         aws SQS:SendMessage account=
deny   -         aws SQS:SendMessage self=
# a tail is in the account of who signs, be it self or not
allow  allow[1]  aws SNS:Publish resource=arn:aws:sns:eu-west-1:444455556666:topic account=444455556666
deny   -         aws SNS:Publish resource=arn:aws:sns:eu-west-1:111122223333:topic account=444455556666
deny   -         aws SNS:Publish resource=arn:aws:sns:eu-west-1:777788889999:topic account=777788889999
# a deny rule for self matches where either account is unknown
deny   own-keys  aws KMS:Decrypt
deny   own-keys  aws KMS:Decrypt account=
deny   own-keys  aws KMS:Decrypt account=444455556666 self=
deny   -         aws KMS:Decrypt account=444455556666`)
}

func TestMeaning15OwnPolicy(t *testing.T) {
	p := Platform{Parameters: []string{"/fence/orders", "flat", "arn:aws:ssm:eu-west-1:444455556666:parameter/shared/base"}}
	layers := []string{"mode: report\nallow: [{aws: '*', accounts: ['*']}, {host: ssm.eu-west-1.amazonaws.com}]", "mode: enforce\ndeny: []\nallow: [{aws: '*'}, {host: ssm.eu-west-1.amazonaws.com}]"}
	own := strings.NewReplacer("PARAMETER", "resource=arn:aws:ssm:eu-west-1:111122223333:parameter", "SHARED", "resource=arn:aws:ssm:eu-west-1:444455556666:parameter")
	check(t, mustCompileOn(t, p, layers...), own.Replace(`
deny   own-policy  aws SSM:PutParameter access=write PARAMETER/fence/orders mode=enforce layer=1
deny   own-policy  aws ssm:PutParameter access=write PARAMETER/fence/orders
deny   own-policy  aws SSM:DeleteParameter access=write PARAMETER/fence/orders
deny   own-policy  aws SSM:DeleteParameters access=write PARAMETER/a PARAMETER/fence/orders
deny   own-policy  aws SSM:LabelParameterVersion access=write PARAMETER/flat
deny   own-policy  aws SSM:UnlabelParameterVersion access=write PARAMETER/flat
deny   own-policy  aws SSM:PutResourcePolicy access=permissions PARAMETER/fence/orders
deny   own-policy  aws SSM:PutParameter access=write PARAMETER/fence/orders/lambdafence-part-1
deny   own-policy  aws SSM:PutParameter access=write PARAMETER/flat/lambdafence-part-1
deny   own-policy  aws SSM:PutParameter access=write SHARED/shared/base
deny   own-policy  aws SSM:PutParameter access=write PARAMETER/shared/base
deny   own-policy  aws SSM:PutParameter access=write PARAMETER/fence/orders account=444455556666
# what is unknown, and what goes there under another name
deny   own-policy  aws SSM:PutParameter access=write
deny   own-policy  aws SSM PARAMETER/fence/orders
deny   own-policy  aws SSM
deny   own-policy  aws S3:GetObject at=https://ssm.eu-west-1.amazonaws.com/
deny   own-policy  POST https://ssm.eu-west-1.amazonaws.com/
deny   own-policy  dial tcp ssm.eu-west-1.amazonaws.com:443
# everything else stays the policy's to say
allow  allow[0]    aws SSM:GetParameter access=read PARAMETER/fence/orders
allow  allow[0]    aws SSM:PutParameter access=write PARAMETER/fence/orders-2
allow  allow[0]    aws SSM:PutParameter access=write PARAMETER/fence
allow  allow[0]    aws SSM:PutParameter access=write PARAMETER/orders
allow  allow[0]    aws SSM:DescribeParameters access=list resource=none`))

	// The rule has the mode of its layer, also where there is no policy yet, and
	// the kill switch softens it.
	none, err := p.Compile(Unavailable(Report, "no such parameter"))
	if err != nil {
		t.Fatal(err)
	}
	put := own.Replace("aws SSM:PutParameter access=write PARAMETER/fence/orders")
	check(t, none, "deny own-policy "+put+" mode=report")
	check(t, mustCompileOn(t, p, "mode: learn"), "deny own-policy "+put+" mode=learn")
	p.Soften = Off
	check(t, mustCompileOn(t, p, layers...), "deny own-policy "+put+" mode=off")
	check(t, mustCompile(t, layers...), "allow allow[0] "+put)
}
