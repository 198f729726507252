package iam

import (
	"bytes"
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lambdafence/lambdafence/internal/awscall"
	"github.com/lambdafence/lambdafence/internal/awshost"
	"github.com/lambdafence/lambdafence/policy"
)

// A row is a line of the corpus: a call, and what IAM wants of it.
type row struct {
	ID, Service, Operation, Region, Account, Partition, Note string
	Params                                                   map[string]any
	Expect, Optional                                         []wanted
	Forbidden                                                []string `json:"must_not_contain"`
}

type wanted struct {
	Action, Resource string
	Resources        []string
}

func (w *wanted) all() []string {
	if w.Resource == "" {
		return w.Resources
	}
	return append(w.Resources, w.Resource)
}

// TestCorpus: every call is granted what it needs, on what it needs it, and no action
// or resource besides.
func TestCorpus(t *testing.T) {
	data, err := os.ReadFile("testdata/iam_expect.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range bytes.Lines(data) {
		var r row
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatal(err)
		}
		rows++
		grants, notes := Describe(r.Service, r.Operation, r.Params, r.Region, r.Account).Grants()
		check(t, &r, grants)
		if t.Failed() {
			t.Logf("%s: %v %v", r.ID, grants, notes)
		}
	}
	if rows != 55 {
		t.Errorf("%d rows, want 55", rows)
	}
}

func check(t *testing.T, r *row, grants []Grant) {
	t.Helper()
	may := map[string][]string{}
	for _, w := range slices.Concat(r.Expect, r.Optional) {
		may[w.Action] = append(may[w.Action], w.all()...)
	}
	for _, w := range r.Expect {
		for _, resource := range w.all() {
			if !slices.ContainsFunc(grants, func(g Grant) bool { return g.Action == w.Action && slices.Contains(g.Resources, resource) }) {
				t.Errorf("%s %s:%s: no %s on %s (%s)", r.ID, r.Service, r.Operation, w.Action, resource, r.Note)
			}
		}
	}
	for _, g := range grants {
		if may[g.Action] == nil || slices.Contains(r.Forbidden, g.Action) {
			t.Errorf("%s %s:%s: %s, which it does not need", r.ID, r.Service, r.Operation, g.Action)
		}
		for _, resource := range g.Resources {
			if !slices.Contains(may[g.Action], resource) {
				t.Errorf("%s %s:%s: %s on %s, which it does not need", r.ID, r.Service, r.Operation, g.Action, resource)
			}
		}
	}
}

// granted is what a call is granted, on one line: action resource,resource; action ...
func granted(grants []Grant) string {
	var all []string
	for _, g := range grants {
		one := g.Action + " " + strings.Join(g.Resources, ",")
		if g.Alias != "" {
			one += " as " + g.Alias
		}
		all = append(all, strings.NewReplacer("arn:aws:", "", ":us-east-1:123456789012:", ":").Replace(one))
	}
	return strings.Join(all, "; ")
}

type in = map[string]any

// TestCalls: what calls need whose inputs are known.
func TestCalls(t *testing.T) {
	const role = "arn:aws:iam::123456789012:role/r"
	for _, c := range []struct {
		name, service, operation string
		input                    in
		want                     string
	}{
		{"a version", "S3", "GetObject", in{"Bucket": "b", "Key": "k", "VersionId": "v"}, "s3:GetObjectVersion s3:::b/k"},
		{"a dollar", "S3", "GetObject", in{"Bucket": "b", "Key": "${aws:userid}*"}, "s3:GetObject s3:::b/${$}{aws:userid}${*}"},
		{"an ACL and tags", "S3", "PutObject", in{"Bucket": "b", "Key": "k", "ACL": "private", "Tagging": "a=b"}, "s3:PutObject s3:::b/k; s3:PutObjectAcl s3:::b/k; s3:PutObjectTagging s3:::b/k"},
		{"a key by its alias", "S3", "PutObject", in{"Bucket": "b", "Key": "k", "SSEKMSKeyId": "alias/a"}, "kms:GenerateDataKey kms:alias/a,kms:key/* as alias/a; s3:PutObject s3:::b/k"},
		{"onto itself", "S3", "CopyObject", in{"Bucket": "b", "Key": "k", "CopySource": "b/k"}, "s3:GetObject s3:::b/k; s3:PutObject s3:::b/k"},
		{"objects and versions", "S3", "DeleteObjects", in{"Bucket": "b", "Delete": in{"Objects": []any{in{"Key": "1"}, in{"Key": "2", "VersionId": "v"}}}}, "s3:DeleteObject s3:::b/1; s3:DeleteObjectVersion s3:::b/2"},
		{"an alias of an access point", "S3", "GetObject", in{"Bucket": "ap-abc1-s3alias", "Key": "k"}, "s3:GetObject s3:::ap-abc1-s3alias/k,s3:accesspoint/ap/object/k"},
		{"into a directory bucket", "S3", "CopyObject", in{"Bucket": "d--use1-az4--x-s3", "Key": "k", "CopySource": "b/k"}, "s3:GetObject s3:::b/k; s3express:CreateSession s3express:bucket/d--use1-az4--x-s3"},
		{"the directory bucket itself", "S3", "DeleteBucket", in{"Bucket": "d--use1-az4--x-s3"}, "s3express:DeleteBucket s3express:bucket/d--use1-az4--x-s3"},
		{"a function of Object Lambda", "S3", "GetObject", in{"Bucket": "arn:aws:s3-object-lambda:us-east-1:123456789012:accesspoint/o", "Key": "k"}, "s3-object-lambda:GetObject s3-object-lambda:accesspoint/o"},
		{"parts of a transaction", "DynamoDB", "TransactWriteItems", in{"TransactItems": []any{in{"Put": in{"TableName": "t"}}, in{"Delete": in{"TableName": "u"}}}}, "dynamodb:DeleteItem dynamodb:table/u; dynamodb:PutItem dynamodb:table/t"},
		{"an index", "DynamoDB", "ExecuteStatement", in{"Statement": `SELECT * FROM "t"."i"`}, "dynamodb:PartiQLSelect dynamodb:table/t/index/i"},
		{"two statements in one", "DynamoDB", "ExecuteStatement", in{"Statement": `SELECT * FROM t; DELETE FROM t`}, ""},
		{"a role that is passed", "Lambda", "CreateFunction", in{"FunctionName": "f", "Role": role, "Code": in{"S3Bucket": "b", "S3Key": "k"}}, "iam:PassRole iam::123456789012:role/r; lambda:CreateFunction lambda:function:f; s3:GetObject s3:::b/k"},
		{"a role by its name", "Glue", "CreateJob", in{"Name": "j", "Role": "r"}, "glue:CreateJob glue:job/j; iam:PassRole iam::123456789012:role/r"},
		{"a role that is taken", "STS", "AssumeRole", in{"RoleArn": role}, "sts:AssumeRole iam::123456789012:role/r"},
		{"nobody signs it", "Cognito Identity", "GetId", in{"IdentityPoolId": "p"}, ""},
		{"a path", "SSM", "GetParametersByPath", in{"Path": "/a/"}, "ssm:GetParametersByPath ssm:parameter/a,ssm:parameter/a/*"},
		{"a log group", "CloudWatch Logs", "FilterLogEvents", in{"logGroupName": "/g"}, "logs:FilterLogEvents logs:log-group:/g,logs:log-group:/g:*"},
		{"a secret by its name", "Secrets Manager", "GetSecretValue", in{"SecretId": "db-secret"}, "secretsmanager:GetSecretValue secretsmanager:secret:db-secret-??????"},
		{"a secret by its ARN", "Secrets Manager", "GetSecretValue", in{"SecretId": "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-secret"}, "secretsmanager:GetSecretValue secretsmanager:secret:db-secret"},
		{"a guardrail", "Bedrock Runtime", "InvokeModel", in{"ModelId": "a.m-v1:0", "GuardrailIdentifier": "g"}, "bedrock:ApplyGuardrail bedrock:guardrail/g; bedrock:InvokeModel bedrock:us-east-1::foundation-model/a.m-v1:0"},
		{"a method", "API Gateway", "CreateStage", in{"RestApiId": "a"}, "apigateway:POST apigateway:us-east-1::/restapis/a/stages"},
		{"an iterator", "Kinesis", "GetRecords", in{"ShardIterator": "AAA"}, "kinesis:GetRecords kinesis:stream/*"},
		{"a bucket that is none", "S3", "GetObject", in{"Bucket": "../*", "Key": "k"}, ""},
		{"an operation that is none", "S3", "*", in{"Bucket": "b"}, ""},
		{"a service of tomorrow", "Brand New", "DoIt", in{"Name": "x"}, ""},
	} {
		grants, _ := Describe(c.service, c.operation, c.input, "us-east-1", "123456789012").Grants()
		if got := granted(grants); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestEvents: what calls need of which the input is not known.
func TestEvents(t *testing.T) {
	const at = ":us-east-1:123456789012:"
	for _, c := range []struct {
		name      string
		call      Call
		want      string
		wantsNote string
	}{
		{"an object", Call{Service: "S3", Operation: "HeadObject", Resources: []string{"arn:aws:s3:::b/k"}}, "s3:GetObject s3:::b/k", ""},
		{"a copy", Call{Service: "S3", Operation: "CopyObject", Resources: []string{"arn:aws:s3:::to/k", "arn:aws:s3:::from/k"}}, "s3:GetObject s3:::from/k; s3:PutObject s3:::to/k", ""},
		{"permissions were set", Call{Service: "S3", Operation: "PutObject", Access: policy.Permissions, Resources: []string{"arn:aws:s3:::b/k"}}, "s3:PutObject s3:::b/k; s3:PutObjectAcl s3:::b/k", ""},
		{"a statement that reads", Call{Service: "DynamoDB", Operation: "ExecuteStatement", Access: policy.Read, Resources: []string{"arn:aws:dynamodb" + at + "table/t"}}, "dynamodb:PartiQLSelect dynamodb:table/t", ""},
		{"a statement", Call{Service: "DynamoDB", Operation: "ExecuteStatement"}, "", "not known"},
		{"a secret that a parameter is", Call{Service: "SSM", Operation: "GetParameter", Resources: []string{"arn:aws:secretsmanager" + at + "secret:s", "arn:aws:ssm" + at + "parameter/aws/reference/secretsmanager/s"}}, "secretsmanager:GetSecretValue secretsmanager:secret:s-*; ssm:GetParameter ssm:parameter/aws/reference/secretsmanager/s", ""},
		{"a name that ends as an ARN may", Call{Service: "Secrets Manager", Operation: "GetSecretValue", Resources: []string{"arn:aws:secretsmanager" + at + "secret:db-secret"}}, "secretsmanager:GetSecretValue secretsmanager:secret:db-secret,secretsmanager:secret:db-secret-??????", ""},
		{"a connection", Call{Service: "ApiGatewayManagementApi", Operation: "PostToConnection", Host: "a1.execute-api.us-east-1.amazonaws.com", Path: "/prod/@connections/L0=%3D"}, "execute-api:ManageConnections execute-api:a1/prod/POST/@connections/L0==", ""},
		{"a connection nobody knows where", Call{Service: "ApiGatewayManagementApi", Operation: "PostToConnection"}, "", "not known"},
		{"a document that is read", Call{Service: "Textract", Operation: "DetectDocumentText", Resources: []string{"arn:aws:s3:::b/k"}}, "s3:GetObject s3:::b/k; textract:DetectDocumentText *", ""},
		{"a made name", Call{Service: "ECS", Operation: "RunTask", Access: policy.Write, Resources: []string{"arn:aws:ecs" + at + "task-definition/td:*"}}, "ecs:RunTask ecs:task-definition/td:*", "iam:PassRole"},
		{"a key nobody knows", Call{Service: "KMS", Operation: "Decrypt"}, "", "key/*"},
		{"a phone", Call{Service: "SNS", Operation: "Publish"}, "sns:Publish *", "on anything"},
		{"a forged wildcard", Call{Service: "S3", Operation: "GetObject", Resources: []string{"arn:aws:s3:::*"}}, "s3:GetObject s3:::${*}", ""},
		{"a forged region", Call{Service: "DynamoDB", Operation: "GetItem", Resources: []string{"arn:aws:dynamodb:*:*:table/t"}}, "", "no ARN"},
		{"a forged operation", Call{Service: "S3", Operation: "*"}, "", "no operation"},
		{"a forged service", Call{Service: "*", Operation: "GetObject"}, "", "not granted"},
	} {
		c.call.Region, c.call.Account = "us-east-1", "123456789012"
		grants, notes := c.call.Grants()
		if got := granted(grants); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if all := strings.Join(notes, "\n"); !strings.Contains(all, c.wantsNote) || c.wantsNote == "" && all != "" {
			t.Errorf("%s: notes %q, want %q", c.name, all, c.wantsNote)
		}
	}
}

// TestOperations: every operation of the table is one of its service, and every action
// is in the reference.
func TestOperations(t *testing.T) {
	for key, needs := range operations() {
		service, operation, _ := strings.Cut(key, ".")
		s, is := awshost.Find(service)
		if !is || s.ID != service || !slices.Contains(awscall.Operations(service), operation) {
			t.Errorf("%s: no such operation", key)
		}
		for _, n := range needs {
			if a, ok := known().find(cmp.Or(n.prefix, s.IAM), n.name); !ok {
				t.Errorf("%s: no action %s", key, a)
			}
		}
	}
}

// TestEveryOperation: whatever is called, an action of the reference is granted or
// something is said. The count is of operations whose action the reference lacks.
func TestEveryOperation(t *testing.T) {
	assumed, all := 0, 0
	tables, err := filepath.Glob("../awscall/tables/*.txt")
	if err != nil || len(tables) == 0 {
		t.Fatalf("%d tables, %v", len(tables), err)
	}
	for _, table := range tables {
		service := strings.TrimSuffix(filepath.Base(table), ".txt")
		for _, operation := range awscall.Operations(service) {
			all++
			grants, notes := Describe(service, operation, nil, "us-east-1", "123456789012").Grants()
			if strings.Contains(strings.Join(notes, "\n"), "the name is assumed") {
				assumed++
			} else if len(grants)+len(notes) == 0 && len(operations()[service+"."+operation]) > 0 {
				t.Errorf("%s:%s: nothing is granted and nothing said", service, operation)
			}
		}
	}
	t.Logf("%d of %d operations have no action in the reference", assumed, all)
	if assumed > all/20 {
		t.Errorf("%d of %d operations have no action in the reference", assumed, all)
	}
}
