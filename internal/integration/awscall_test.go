package integration

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	bedrocktypes "github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	ebtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/opensearch"
	"github.com/aws/aws-sdk-go-v2/service/rdsdata"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/middleware"
	"github.com/google/go-cmp/cmp"

	"github.com/lambdafence/lambdafence/internal/awscall"
	"github.com/lambdafence/lambdafence/internal/awshost"
	"github.com/lambdafence/lambdafence/policy"
)

// clients are the services of which coverage is counted (internal/awscover), each
// with the number of its operations in the versions of go.mod.
var clients = []struct {
	id     string
	client any
	size   int
}{
	{athena.ServiceID, athena.NewFromConfig(asking), 70},
	{bedrockruntime.ServiceID, bedrockruntime.NewFromConfig(asking), 11},
	{cloudwatch.ServiceID, cloudwatch.NewFromConfig(asking), 55},
	{cloudwatchlogs.ServiceID, cloudwatchlogs.NewFromConfig(asking), 118},
	{cognitoidentityprovider.ServiceID, cognitoidentityprovider.NewFromConfig(asking), 126},
	{dynamodb.ServiceID, dynamodb.NewFromConfig(asking), 62},
	{dynamodbstreams.ServiceID, dynamodbstreams.NewFromConfig(asking), 4},
	{ecs.ServiceID, ecs.NewFromConfig(asking), 88},
	{eventbridge.ServiceID, eventbridge.NewFromConfig(asking), 57},
	{firehose.ServiceID, firehose.NewFromConfig(asking), 12},
	{glue.ServiceID, glue.NewFromConfig(asking), 306},
	{kinesis.ServiceID, kinesis.NewFromConfig(asking), 45},
	{kms.ServiceID, kms.NewFromConfig(asking), 56},
	{lambda.ServiceID, lambda.NewFromConfig(asking), 88},
	{opensearch.ServiceID, opensearch.NewFromConfig(asking), 88},
	{rdsdata.ServiceID, rdsdata.NewFromConfig(asking), 6},
	{s3.ServiceID, s3.NewFromConfig(asking), 112},
	{secretsmanager.ServiceID, secretsmanager.NewFromConfig(asking), 23},
	{sesv2.ServiceID, sesv2.NewFromConfig(asking), 116},
	{sfn.ServiceID, sfn.NewFromConfig(asking), 37},
	{sns.ServiceID, sns.NewFromConfig(asking), 42},
	{sqs.ServiceID, sqs.NewFromConfig(asking), 23},
	{ssm.ServiceID, ssm.NewFromConfig(asking), 152},
	{sts.ServiceID, sts.NewFromConfig(asking), 11},
}

// asking is the configuration of clients that send nothing: each call ends with
// the names of the service and the operation that its context has.
var asking = aws.Config{Region: "eu-west-1", APIOptions: []func(*middleware.Stack) error{func(stack *middleware.Stack) error {
	ask := middleware.InitializeMiddlewareFunc("asking", func(ctx context.Context, _ middleware.InitializeInput, _ middleware.InitializeHandler) (out middleware.InitializeOutput, metadata middleware.Metadata, err error) {
		return out, metadata, namesError{awsmiddleware.GetServiceID(ctx), awsmiddleware.GetOperationName(ctx)}
	})
	// Older clients tell the context by a step, newer ones before all steps.
	if by := (&awsmiddleware.RegisterServiceMetadata{}).ID(); slices.Contains(stack.Initialize.List(), by) {
		return stack.Initialize.Insert(ask, by, middleware.After)
	}
	return stack.Initialize.Add(ask, middleware.Before)
}}}

type namesError struct{ service, operation string }

func (e namesError) Error() string { return e.service + ":" + e.operation }

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
			table := readTable(t, c.id)
			for operation, input := range operations {
				checkNames(t, c.client, c.id, operation, input)
				checkOperation(t, table, operation, input)
			}
			for _, operation := range awscall.Operations(c.id) {
				if operations[operation] == nil {
					t.Logf("%s is in the table, but not in the client", operation)
				}
			}
		})
	}
}

// checkNames holds what the stack of an operation is told against the names that
// the table has.
func checkNames(t *testing.T, client any, service, operation string, input reflect.Type) {
	t.Helper()
	if operation == "InvokeModelWithBidirectionalStream" {
		return // waits for its stream even if its stack ends in an error
	}
	results := reflect.ValueOf(client).MethodByName(operation).Call([]reflect.Value{reflect.ValueOf(t.Context()), reflect.New(input.Elem())})
	var names namesError
	if err, _ := results[1].Interface().(error); !errors.As(err, &names) || names != (namesError{service, operation}) {
		t.Errorf("%s: its stack has the names %v", operation, err)
	}
}

// A table is the text of a service's table.
type table struct{ service, text string }

func readTable(t *testing.T, service string) table {
	t.Helper()
	s, _ := awshost.Find(service)
	text, err := os.ReadFile("../awscall/tables/" + s.ID + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	return table{service, string(text)}
}

// asked returns the members of which an operation's line asks only whether they
// are given: those behind ? and ^. Their values may be of any type.
func (tab *table) asked(operation string) []string {
	_, line, _ := strings.Cut(tab.text, "\n"+operation+" ")
	line, _, _ = strings.Cut(line, "\n")
	access, resources, _ := strings.Cut(line, " ")
	_, raises, _ := strings.Cut(access, "^")
	asked := strings.Split(raises, ",")
	for source := range strings.FieldsFuncSeq(resources, func(r rune) bool { return r == ' ' || r == '|' }) {
		if member, ok := strings.CutPrefix(source, "?"); ok {
			asked = append(asked, member)
		}
	}
	return asked
}

func checkOperation(t *testing.T, table table, operation string, input reflect.Type) {
	t.Helper()
	members, known := awscall.Members(table.service, operation)
	if !known {
		t.Errorf("%s is not in the table", operation)
		return
	}
	asked := table.asked(operation)
	for _, m := range members {
		if m == "" {
			continue // a value that no member has
		}
		if err := checkMember(input, strings.Split(m, "."), slices.Contains(asked, m)); err != nil {
			t.Errorf("%s: %s: %v", operation, m, err)
		}
	}
	for name, in := range map[string]any{
		"no input":   nil,
		"typed nil":  reflect.Zero(input).Interface(),
		"zero input": reflect.New(input.Elem()).Interface(),
	} {
		call := awscall.Call{Service: table.service, Operation: operation, Input: in, Region: "eu-west-1", Account: "123456789012"}
		access, _, resources := call.Describe()
		if fromText := strings.Contains(table.text, "\n"+operation+" - "); (access == policy.UnknownAccess) != fromText {
			t.Errorf("%s, %s: access level %v", operation, name, access)
		}
		for _, r := range resources { // what the service names, and what is meant where nothing is named
			if !strings.HasSuffix(r, "*") && !slices.ContainsFunc(byDefault, func(end string) bool { return strings.HasSuffix(r, end) }) {
				t.Errorf("%s, %s: resources %v out of nothing", operation, name, resources)
				break
			}
		}
	}
}

// byDefault are the ends of ARNs that are meant where an input names nothing.
var byDefault = []string{":event-bus/default", ":workgroup/primary", ":cluster/default", ":catalog"}

// checkMember follows a path to something that awscall can read.
func checkMember(t reflect.Type, path []string, asked bool) error {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8 {
		t = t.Elem()
	}
	if len(path) == 0 {
		return checkLeaf(t, asked)
	}
	switch t.Kind() {
	case reflect.Interface:
		if member := unions[t][path[0]]; member != nil {
			value, _ := member.FieldByName("Value")
			return checkMember(value.Type, path[1:], asked)
		}
	case reflect.Map:
		if t.Key().Kind() == reflect.String {
			return checkMember(t.Elem(), path[1:], asked)
		}
	case reflect.Struct:
		for name := range strings.SplitSeq(path[0], "+") {
			f, ok := t.FieldByName(name)
			if !ok || !f.IsExported() || len(f.Index) != 1 {
				return fmt.Errorf("%v has no %s", t, name)
			}
			if err := checkMember(f.Type, path[1:], asked); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("%s of %v of kind %v", path[0], t, t.Kind())
}

func checkLeaf(t reflect.Type, asked bool) error {
	switch t.Kind() {
	case reflect.String, reflect.Int, reflect.Int32, reflect.Int64:
		return nil
	case reflect.Map:
		if t.Key().Kind() == reflect.String {
			return nil
		}
	}
	if asked {
		return nil
	}
	return fmt.Errorf("%v cannot be read", t)
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
		{"Bedrock Runtime", &bedrockruntime.ConverseInput{ModelId: aws.String("amazon.nova-pro-v1:0"), ToolConfig: &bedrocktypes.ToolConfiguration{Tools: []bedrocktypes.Tool{
			&bedrocktypes.ToolMemberToolSpec{Value: bedrocktypes.ToolSpecification{Name: aws.String("weather")}}, &bedrocktypes.ToolMemberSystemTool{Value: bedrocktypes.SystemTool{Name: aws.String("nova_grounding")}},
		}}}, policy.Read, []string{"arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-pro-v1:0", "arn:aws:bedrock::123456789012:system-tool/amazon.nova_grounding"}},
		{"Bedrock Runtime", &bedrockruntime.ConverseInput{ModelId: aws.String("amazon.nova-pro-v1:0"), ToolConfig: &bedrocktypes.ToolConfiguration{Tools: []bedrocktypes.Tool{
			&bedrocktypes.ToolMemberToolSpec{Value: bedrocktypes.ToolSpecification{Name: aws.String("weather")}},
		}}}, policy.Read, []string{"arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-pro-v1:0"}},
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
