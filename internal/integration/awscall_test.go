package integration

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	ebtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"github.com/lambdafence/lambdafence/internal/awscall"
	"github.com/lambdafence/lambdafence/policy"
)

// clients are the services whose calls awscall knows, each with the number of
// its operations in the versions of go.mod. DynamoDB Streams has no client here:
// the table of its four operations is tested in awscall alone.
var clients = []struct {
	id     string
	client any
	size   int
}{
	{dynamodb.ServiceID, (*dynamodb.Client)(nil), 62},
	{eventbridge.ServiceID, (*eventbridge.Client)(nil), 57},
	{firehose.ServiceID, (*firehose.Client)(nil), 12},
	{kinesis.ServiceID, (*kinesis.Client)(nil), 45},
	{kms.ServiceID, (*kms.Client)(nil), 56},
	{lambda.ServiceID, (*lambda.Client)(nil), 88},
	{s3.ServiceID, (*s3.Client)(nil), 112},
	{secretsmanager.ServiceID, (*secretsmanager.Client)(nil), 23},
	{sfn.ServiceID, (*sfn.Client)(nil), 37},
	{sns.ServiceID, (*sns.Client)(nil), 42},
	{sqs.ServiceID, (*sqs.Client)(nil), 23},
	{ssm.ServiceID, (*ssm.Client)(nil), 152},
	{sts.ServiceID, (*sts.Client)(nil), 11},
}

// operationsOf returns the operations of a client and the types of their inputs.
func operationsOf(client any) map[string]reflect.Type {
	operations := make(map[string]reflect.Type)
	t := reflect.TypeOf(client)
	for m := range t.Methods() {
		f := m.Type // receiver, context, input, options
		if f.NumIn() != 4 || !f.IsVariadic() || f.In(2).Kind() != reflect.Pointer {
			continue
		}
		if f.In(2).Elem().Name() == m.Name+"Input" {
			operations[m.Name] = f.In(2)
		}
	}
	return operations
}

func TestAWSCallKnowsEveryOperation(t *testing.T) {
	for _, c := range clients {
		t.Run(c.id, func(t *testing.T) {
			operations := operationsOf(c.client)
			if len(operations) != c.size {
				t.Errorf("%d operations found, want %d: is the reflection right?", len(operations), c.size)
			}
			for operation, input := range operations {
				checkOperation(t, c.id, operation, input)
			}
			for _, operation := range awscall.Operations(c.id) {
				if operations[operation] == nil {
					t.Errorf("%s is in the table, but not in the client", operation)
				}
			}
		})
	}
}

func checkOperation(t *testing.T, service, operation string, input reflect.Type) {
	members, known := awscall.Members(service, operation)
	if !known {
		t.Errorf("%s is not in the table", operation)
		return
	}
	for _, m := range members {
		if !hasMember(input, strings.Split(m, ".")) {
			t.Errorf("%s: the input has no %s", operation, m)
		}
	}
	for name, in := range map[string]any{
		"no input":   nil,
		"typed nil":  reflect.Zero(input).Interface(),
		"zero input": reflect.New(input.Elem()).Interface(),
	} {
		call := awscall.Call{Service: service, Operation: operation, Input: in, Region: "eu-west-1", Account: "123456789012"}
		access, _, resources := call.Describe()
		if fromText := members != nil && strings.HasSuffix(members[0], "Statement"); (access == policy.UnknownAccess) != fromText {
			t.Errorf("%s, %s: access level %v", operation, name, access)
		}
		if len(resources) > 0 && !strings.HasSuffix(resources[0], ":event-bus/default") {
			t.Errorf("%s, %s: resources %v out of nothing", operation, name, resources)
		}
	}
}

// hasMember reports whether a path leads to something that can name a resource.
func hasMember(t reflect.Type, path []string) bool {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if len(path) == 0 {
		return true
	}
	if t.Kind() != reflect.Struct {
		return false
	}
	for name := range strings.SplitSeq(path[0], "+") {
		f, ok := t.FieldByName(name)
		if !ok || !hasMember(f.Type, path[1:]) {
			return false
		}
	}
	return true
}

// TestAWSCallReadsFilledInputs fills every string of every input with a value
// that could name something, so that every line of the tables is followed to its
// end on the real types.
func TestAWSCallReadsFilledInputs(t *testing.T) {
	for _, c := range clients {
		for operation, input := range operationsOf(c.client) {
			in := reflect.New(input.Elem())
			fill(in.Elem(), "arn:aws:test:eu-west-1:123456789012:thing/one", 4)
			call := awscall.Call{Service: c.id, Operation: operation, Input: in.Interface(), Region: "eu-west-1", Account: "123456789012"}
			call.Describe()
			fill(in.Elem(), "name", 4)
			_, _, resources := call.Describe()
			for _, r := range resources {
				if strings.Count(r, ":") < 5 || !strings.HasPrefix(r, "arn:aws:") {
					t.Errorf("%s:%s: %q is no ARN", c.id, operation, r)
				}
			}
		}
	}
}

func fill(v reflect.Value, s string, depth int) {
	if depth == 0 {
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(s)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), s, depth)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), s, depth-1)
		fill(v.Index(1), s, depth-1)
	case reflect.Map:
		if v.Type().Key().Kind() == reflect.String {
			v.Set(reflect.MakeMap(v.Type()))
			v.SetMapIndex(reflect.ValueOf(s).Convert(v.Type().Key()), reflect.Zero(v.Type().Elem()))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fill(v.Field(i), s, depth-1)
			}
		}
	}
}

func TestAWSCallOnRealInputs(t *testing.T) {
	const own = ":eu-west-1:123456789012:"
	for _, tt := range []struct {
		service   string
		input     any
		access    policy.Access
		resources []string
	}{
		{"S3", &s3.GetObjectInput{Bucket: aws.String("orders"), Key: aws.String("a/b:c.csv")}, policy.Read, []string{"arn:aws:s3:::orders/a/b:c.csv"}},
		{"S3", &s3.PutObjectInput{Bucket: aws.String("orders"), Key: aws.String("k")}, policy.Write, []string{"arn:aws:s3:::orders/k"}},
		{"S3", &s3.PutObjectInput{Bucket: aws.String("orders"), Key: aws.String("k"), ACL: s3types.ObjectCannedACLPublicRead}, policy.Permissions, []string{"arn:aws:s3:::orders/k"}},
		{"S3", &s3.DeleteObjectInput{Bucket: aws.String("orders"), Key: aws.String("k"), BypassGovernanceRetention: aws.Bool(true)}, policy.Permissions, []string{"arn:aws:s3:::orders/k"}},
		{"S3", &s3.DeleteObjectInput{Bucket: aws.String("orders"), Key: aws.String("k"), BypassGovernanceRetention: aws.Bool(false)}, policy.Write, []string{"arn:aws:s3:::orders/k"}},
		{"S3", &s3.ListObjectsV2Input{Bucket: aws.String("orders"), Prefix: aws.String("in/")}, policy.List, []string{"arn:aws:s3:::orders"}},
		{"S3", &s3.ListBucketsInput{}, policy.List, []string{}},
		{"S3", &s3.CopyObjectInput{Bucket: aws.String("dst"), Key: aws.String("k"), CopySource: aws.String("src/dir/k%201?versionId=3")}, policy.Write, []string{"arn:aws:s3:::dst/k", "arn:aws:s3:::src/dir/k 1"}},
		{"S3", &s3.DeleteObjectsInput{Bucket: aws.String("orders"), Delete: &s3types.Delete{Objects: []s3types.ObjectIdentifier{{Key: aws.String("a")}, {Key: aws.String("b")}, {Key: aws.String("a")}}}}, policy.Write, []string{"arn:aws:s3:::orders/a", "arn:aws:s3:::orders/b"}},
		{"S3", &s3.DeleteObjectsInput{Bucket: aws.String("orders"), Delete: &s3types.Delete{Objects: []s3types.ObjectIdentifier{{Key: aws.String("a")}, {}}}}, policy.Write, nil},

		{"DynamoDB", &dynamodb.QueryInput{TableName: aws.String("orders"), IndexName: aws.String("by-day")}, policy.Read, []string{"arn:aws:dynamodb" + own + "table/orders/index/by-day"}},
		{"DynamoDB", &dynamodb.BatchGetItemInput{RequestItems: map[string]ddbtypes.KeysAndAttributes{"b": {}, "a": {}}}, policy.Read, []string{"arn:aws:dynamodb" + own + "table/a", "arn:aws:dynamodb" + own + "table/b"}},
		{"DynamoDB", &dynamodb.BatchWriteItemInput{RequestItems: map[string][]ddbtypes.WriteRequest{"arn:aws:dynamodb:eu-west-1:999988887777:table/t": {}}}, policy.Write, []string{"arn:aws:dynamodb:eu-west-1:999988887777:table/t"}},
		{"DynamoDB", &dynamodb.TransactWriteItemsInput{TransactItems: []ddbtypes.TransactWriteItem{{Put: &ddbtypes.Put{TableName: aws.String("a")}}, {ConditionCheck: &ddbtypes.ConditionCheck{TableName: aws.String("b")}}}}, policy.Write, []string{"arn:aws:dynamodb" + own + "table/a", "arn:aws:dynamodb" + own + "table/b"}},
		{"DynamoDB", &dynamodb.TransactWriteItemsInput{TransactItems: []ddbtypes.TransactWriteItem{{Put: &ddbtypes.Put{TableName: aws.String("a")}}, {}}}, policy.Write, nil},
		{"DynamoDB", &dynamodb.ExecuteStatementInput{Statement: aws.String(`SELECT * FROM "orders"."by-day" WHERE d = ?`)}, policy.Read, []string{"arn:aws:dynamodb" + own + "table/orders/index/by-day"}},
		{"DynamoDB", &dynamodb.ListTablesInput{}, policy.List, []string{}},

		{"SQS", &sqs.SendMessageInput{QueueUrl: aws.String("https://evil.example/210987654321/q")}, policy.Write, []string{"arn:aws:sqs:eu-west-1:210987654321:q"}},
		{"SNS", &sns.PublishInput{PhoneNumber: aws.String("+12065550100")}, policy.Write, nil},
		{"SNS", &sns.PublishInput{TopicArn: aws.String("arn:aws:sns:eu-west-1:123456789012:top")}, policy.Write, []string{"arn:aws:sns:eu-west-1:123456789012:top"}},
		{"Lambda", &lambda.InvokeInput{FunctionName: aws.String("fn"), Qualifier: aws.String("live")}, policy.Write, []string{"arn:aws:lambda" + own + "function:fn:live"}},
		{"Lambda", &lambda.GetLayerVersionInput{LayerName: aws.String("base"), VersionNumber: aws.Int64(7)}, policy.Read, []string{"arn:aws:lambda" + own + "layer:base:7"}},
		{"Kinesis", &kinesis.PutRecordsInput{StreamName: aws.String("s")}, policy.Write, []string{"arn:aws:kinesis" + own + "stream/s"}},
		{"Firehose", &firehose.PutRecordBatchInput{DeliveryStreamName: aws.String("s")}, policy.Write, []string{"arn:aws:firehose" + own + "deliverystream/s"}},
		{"EventBridge", &eventbridge.PutEventsInput{Entries: []ebtypes.PutEventsRequestEntry{{}, {EventBusName: aws.String("orders")}}}, policy.Write, []string{"arn:aws:events" + own + "event-bus/default", "arn:aws:events" + own + "event-bus/orders"}},
		{"SFN", &sfn.StartExecutionInput{StateMachineArn: aws.String("arn:aws:states:eu-west-1:123456789012:stateMachine:m")}, policy.Write, []string{"arn:aws:states:eu-west-1:123456789012:stateMachine:m"}},
		{"SSM", &ssm.GetParametersInput{Names: []string{"/a:3", "b"}}, policy.Read, []string{"arn:aws:ssm" + own + "parameter/a", "arn:aws:ssm" + own + "parameter/b"}},
		{"SSM", &ssm.AddTagsToResourceInput{ResourceType: ssmtypes.ResourceTypeForTaggingParameter, ResourceId: aws.String("/a")}, policy.Tagging, []string{"arn:aws:ssm" + own + "parameter/a"}},
		{"Secrets Manager", &secretsmanager.GetSecretValueInput{SecretId: aws.String("db/main")}, policy.Read, []string{"arn:aws:secretsmanager" + own + "secret:db/main"}},
		{"KMS", &kms.DecryptInput{CiphertextBlob: []byte("x")}, policy.Write, nil},
		{"KMS", &kms.EncryptInput{KeyId: aws.String("alias/orders")}, policy.Write, []string{"arn:aws:kms" + own + "alias/orders"}},
		{"STS", &sts.GetCallerIdentityInput{}, policy.Read, []string{}},
		{"STS", &sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::210987654321:role/r")}, policy.Write, []string{"arn:aws:iam::210987654321:role/r"}},
	} {
		operation := strings.TrimSuffix(reflect.TypeOf(tt.input).Elem().Name(), "Input")
		call := awscall.Call{Service: tt.service, Operation: operation, Input: tt.input, Region: "eu-west-1", Account: "123456789012"}
		access, _, resources := call.Describe()
		if access != tt.access {
			t.Errorf("%s: access %v, want %v", operation, access, tt.access)
		}
		if diff := cmp.Diff(tt.resources, resources); diff != "" {
			t.Errorf("%s: resources (-want +got)\n%s", operation, diff)
		}
		if slices.ContainsFunc(resources, func(r string) bool { return strings.Contains(r, "0100") }) {
			t.Errorf("%s: a phone number is in %v", operation, resources)
		}
	}
}
