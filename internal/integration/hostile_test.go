package integration

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/feature/s3/manager" //nolint:staticcheck // deprecated, and in most functions
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	ebtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	smithyendpoints "github.com/aws/smithy-go/endpoints"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/lambdafence/lambdafence/internal/awskey"
	"github.com/lambdafence/lambdafence/wrapper"
	"github.com/lambdafence/lambdafence/wrapper/wrappertest"
)

// A hostile row is a call by which a function, or a library in it, could reach
// what is not its own, and three policies of one rule each.
type hostile struct {
	what string
	call func(*testing.T, aws.Config) error

	misses string // a rule that allows much, but not this: no allow rule matches
	denies string // a rule that denies it, whatever is allowed: deny[0]
	passes string // a rule that allows it

	touches []string // the resources that it was judged by; nil: unknown
	host    string   // that it reaches where it is allowed; empty: not asked
	lost    bool     // the SDK keeps no more than the text of the error
}

// Where the calls of the table lead: a store of their own and one that is not,
// each in the function's account or another.
const (
	ownTable     = "arn:aws:dynamodb:eu-west-1:123456789012:table/hostile-orders"
	payTable     = "arn:aws:dynamodb:eu-west-1:123456789012:table/hostile-payroll"
	foreignTable = "arn:aws:dynamodb:eu-west-1:210987654321:table/hostile-orders"
	bothTables   = "aws: dynamodb, resources: [table/hostile-orders, table/hostile-payroll]"
	onlyOrders   = "aws: dynamodb, resources: [table/hostile-orders]"
	noPayroll    = "aws: dynamodb, resources: [table/hostile-payroll]"

	ownObject   = "arn:aws:s3:::hostile-orders/1001"
	payObject   = "arn:aws:s3:::hostile-payroll/1001"
	bothBuckets = "aws: s3, resources: [hostile-orders, hostile-payroll]"
	onlyBucket  = "aws: s3, resources: [hostile-orders]"
	noPayBucket = "aws: s3, resources: [hostile-payroll]"
)

var hostileCalls = []hostile{
	// DynamoDB: several tables in one call, tables in text.
	{
		what: "DynamoDB BatchWriteItem over two tables", call: ddb(func(ctx context.Context, c *dynamodb.Client) error {
			put := []ddbtypes.WriteRequest{{PutRequest: &ddbtypes.PutRequest{Item: item}}}
			return errOf(c.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]ddbtypes.WriteRequest{"hostile-orders": put, "hostile-payroll": put}}))
		}),
		misses: onlyOrders, denies: noPayroll, passes: bothTables, touches: []string{ownTable, payTable},
	},
	{
		what: "DynamoDB BatchGetItem of a foreign table", call: ddb(func(ctx context.Context, c *dynamodb.Client) error {
			return errOf(c.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: map[string]ddbtypes.KeysAndAttributes{foreignTable: oneKey}}))
		}),
		misses: "aws: dynamodb, resources: ['table/*']", denies: `aws: dynamodb, resources: ["arn:aws:dynamodb:*:210987654321:table/*"]`,
		passes: "aws: dynamodb, resources: ['" + foreignTable + "']", touches: []string{foreignTable},
	},
	{
		what: "DynamoDB BatchGetItem of an own table and a foreign one", call: ddb(func(ctx context.Context, c *dynamodb.Client) error {
			return errOf(c.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: map[string]ddbtypes.KeysAndAttributes{"hostile-orders": oneKey, foreignTable: oneKey}}))
		}),
		misses: "aws: dynamodb, resources: ['table/*']", denies: `aws: dynamodb, resources: ["arn:aws:dynamodb:*:210987654321:table/*"]`,
		passes: "aws: dynamodb, resources: [table/hostile-orders, '" + foreignTable + "']", touches: []string{foreignTable, ownTable},
	},
	{
		what: "DynamoDB at the host of a foreign account", call: func(t *testing.T, cfg aws.Config) error {
			cfg.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{AccessKeyID: awskey.ID(account), SecretAccessKey: "secret", AccountID: foreign}, nil
			})
			return getItem("hostile-orders")(t.Context(), cfg)
		},
		misses: onlyOrders, denies: noPayroll, passes: "aws: dynamodb, operations: [GetItem]", touches: nil,
		host: "210987654321.ddb.eu-west-1.amazonaws.com:443",
	},
	{
		what: "DynamoDB TransactWriteItems over two tables", call: ddb(func(ctx context.Context, c *dynamodb.Client) error {
			return errOf(c.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []ddbtypes.TransactWriteItem{
				{Put: &ddbtypes.Put{TableName: aws.String("hostile-orders"), Item: item}},
				{Delete: &ddbtypes.Delete{TableName: aws.String("hostile-payroll"), Key: item}},
			}}))
		}),
		misses: onlyOrders, denies: noPayroll, passes: bothTables, touches: []string{ownTable, payTable},
	},
	{
		what: "DynamoDB TransactWriteItems that asks another table", call: ddb(func(ctx context.Context, c *dynamodb.Client) error {
			return errOf(c.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []ddbtypes.TransactWriteItem{
				{Put: &ddbtypes.Put{TableName: aws.String("hostile-orders"), Item: item}},
				{ConditionCheck: &ddbtypes.ConditionCheck{TableName: aws.String("hostile-payroll"), Key: item, ConditionExpression: aws.String("attribute_not_exists(x)")}},
			}}))
		}),
		misses: onlyOrders, denies: noPayroll, passes: bothTables, touches: []string{ownTable, payTable},
	},
	{
		what: "DynamoDB TransactGetItems over two tables", call: ddb(func(ctx context.Context, c *dynamodb.Client) error {
			return errOf(c.TransactGetItems(ctx, &dynamodb.TransactGetItemsInput{TransactItems: []ddbtypes.TransactGetItem{
				{Get: &ddbtypes.Get{TableName: aws.String("hostile-orders"), Key: item}},
				{Get: &ddbtypes.Get{TableName: aws.String("hostile-payroll"), Key: item}},
			}}))
		}),
		misses: onlyOrders, denies: noPayroll, passes: bothTables, touches: []string{ownTable, payTable},
	},
	{
		what: "PartiQL SELECT", call: execute(`SELECT * FROM "hostile-payroll" WHERE id = '1001'`),
		misses: onlyOrders, denies: noPayroll, passes: noPayroll, touches: []string{payTable},
	},
	{
		what: "PartiQL SELECT from an index", call: execute(`select * from "hostile-payroll"."by-day" WHERE id = '1001'`),
		misses: onlyOrders, denies: noPayroll, passes: noPayroll, touches: []string{payTable + "/index/by-day"},
	},
	{
		what: "PartiQL SELECT by an ARN", call: execute(`SELECT * FROM "` + foreignTable + `" WHERE id = '1001'`),
		misses: "aws: dynamodb, resources: ['table/*']", denies: `aws: dynamodb, resources: ["arn:aws:dynamodb:*:210987654321:*"]`,
		passes: "aws: dynamodb, resources: ['" + foreignTable + "']", touches: []string{foreignTable},
	},
	{
		what: "PartiQL INSERT where reading is allowed", call: execute(`INSERT INTO "hostile-orders" VALUE {'id': '1002'}`),
		misses: onlyOrders + ", access: [read]", denies: "aws: dynamodb, access: [write]", passes: onlyOrders + ", access: [write]", touches: []string{ownTable},
	},
	{
		what: "PartiQL UPDATE where reading is allowed", call: execute("UPDATE \"hostile-orders\"\n SET x = 'SELECT' WHERE id = '1001'"),
		misses: onlyOrders + ", access: [read]", denies: "aws: dynamodb, access: [write]", passes: onlyOrders + ", access: [write]", touches: []string{ownTable},
	},
	{
		what: "PartiQL DELETE where reading is allowed", call: execute(`DELETE FROM "hostile-orders" WHERE id = '1003'`),
		misses: onlyOrders + ", access: [read]", denies: "aws: dynamodb, access: [write]", passes: onlyOrders + ", access: [write]", touches: []string{ownTable},
	},
	{
		what: "PartiQL that nobody can read", call: execute(`SELECT * FROM "hostile-orders" /* */ WHERE id = '1001'`),
		misses: onlyOrders, denies: noPayroll, passes: "aws: dynamodb, operations: [ExecuteStatement]",
	},
	{
		what: "PartiQL that nobody can read, where reading is allowed", call: execute(`EXEC hostile-orders`),
		misses: "aws: dynamodb, access: [read, list]", denies: "aws: dynamodb, access: [permissions]", passes: "aws: dynamodb, operations: [ExecuteStatement]",
	},
	{
		what: "PartiQL with a second table beneath", call: execute(`SELECT * FROM "hostile-orders" WHERE id IN (SELECT id FROM "hostile-payroll")`),
		misses: onlyOrders, denies: noPayroll, passes: "aws: dynamodb, operations: [ExecuteStatement]",
	},
	{
		what: "PartiQL batch that also deletes", call: ddb(func(ctx context.Context, c *dynamodb.Client) error {
			return errOf(c.BatchExecuteStatement(ctx, &dynamodb.BatchExecuteStatementInput{Statements: []ddbtypes.BatchStatementRequest{
				{Statement: aws.String(`SELECT * FROM "hostile-orders" WHERE id = '1001'`)},
				{Statement: aws.String(`DELETE FROM "hostile-payroll" WHERE id = '1001'`)},
			}}))
		}),
		misses: bothTables + ", access: [read]", denies: noPayroll + ", access: [write]", passes: bothTables, touches: []string{ownTable, payTable},
	},
	{
		what: "PartiQL batch with one that nobody can read", call: ddb(func(ctx context.Context, c *dynamodb.Client) error {
			return errOf(c.BatchExecuteStatement(ctx, &dynamodb.BatchExecuteStatementInput{Statements: []ddbtypes.BatchStatementRequest{
				{Statement: aws.String(`SELECT * FROM "hostile-orders" WHERE id = '1001'`)}, {Statement: aws.String(`DROP TABLE "hostile-payroll"`)},
			}}))
		}),
		misses: bothTables, denies: noPayroll + ", access: [write]", passes: "aws: dynamodb, operations: ['Batch*']",
	},
	{
		what: "PartiQL transaction over two tables", call: ddb(func(ctx context.Context, c *dynamodb.Client) error {
			return errOf(c.ExecuteTransaction(ctx, &dynamodb.ExecuteTransactionInput{TransactStatements: []ddbtypes.ParameterizedStatement{
				{Statement: aws.String(`INSERT INTO "hostile-orders" VALUE {'id': '1004'}`)},
				{Statement: aws.String(`UPDATE "hostile-payroll" REMOVE x WHERE id = '1001'`)},
			}}))
		}),
		misses: onlyOrders, denies: noPayroll, passes: bothTables, touches: []string{ownTable, payTable},
	},

	// S3: sources of a copy, in every spelling that S3 reads.
	copyFrom("hostile-payroll/1001"),
	copyFrom("/hostile-payroll/1001"),
	copyFrom("hostile-payroll%2F1001"),
	copyFrom("%2Fhostile-payroll%2f1001"),
	copyFrom("%68ostile%2Dpayroll/1001"),
	copyFrom("hostile-payroll/1001?versionId=null"),
	{
		what: "S3 CopyObject of what is encoded twice", call: copyObject("hostile%252Dpayroll/1001"),
		misses: onlyBucket, denies: noPayBucket, passes: "aws: s3, operations: [CopyObject]",
	},
	{
		what: "S3 CopyObject of two slashes", call: copyObject("//hostile-payroll/1001"),
		misses: onlyBucket, denies: noPayBucket, passes: "aws: s3, operations: [CopyObject]",
	},
	{
		what: "S3 CopyObject with dots", call: copyObject("hostile-orders/../hostile-payroll/1001"),
		misses: onlyBucket, denies: noPayBucket, passes: "aws: s3, operations: [CopyObject]",
	},
	copyFromPoint("arn:aws:s3:eu-west-1:210987654321:accesspoint/payroll/object/1001"),
	copyFromPoint("arn%3Aaws%3As3%3Aeu-west-1%3A210987654321%3Aaccesspoint%2Fpayroll%2Fobject%2F1001"),
	{
		what: "S3 UploadPartCopy", call: store(func(ctx context.Context, c *s3.Client) error {
			return errOf(c.UploadPartCopy(ctx, &s3.UploadPartCopyInput{
				Bucket: aws.String("hostile-orders"), Key: aws.String("1001"), CopySource: aws.String("/hostile-payroll/1001"), UploadId: aws.String("u"), PartNumber: aws.Int32(1),
			}))
		}),
		misses: onlyBucket, denies: noPayBucket, passes: bothBuckets, touches: []string{ownObject, payObject},
	},
	{
		what: "S3 CopyObject where writing is allowed", call: copyObject("hostile-orders/1001"),
		misses: onlyBucket + ", access: [write]", denies: "aws: s3, access: [read]", passes: onlyBucket, touches: []string{"arn:aws:s3:::hostile-orders/copied", ownObject},
	},
	{
		what: "S3 DeleteObjects with one key outside", call: store(func(ctx context.Context, c *s3.Client) error {
			return errOf(c.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: aws.String("hostile-orders"), Delete: &s3types.Delete{Objects: []s3types.ObjectIdentifier{
				{Key: aws.String("in/1")}, {Key: aws.String("in/2")}, {Key: aws.String("archive/1")},
			}}}))
		}),
		misses: "aws: s3, resources: ['hostile-orders/in/*']", denies: "aws: s3, resources: [hostile-orders/archive]", passes: onlyBucket,
		touches: []string{"arn:aws:s3:::hostile-orders/in/1", "arn:aws:s3:::hostile-orders/in/2", "arn:aws:s3:::hostile-orders/archive/1"},
	},
	{
		what: "S3 PutObject that makes it public", call: store(func(ctx context.Context, c *s3.Client) error {
			return errOf(c.PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String("hostile-orders"), Key: aws.String("1001"), ACL: s3types.ObjectCannedACLPublicRead, Body: strings.NewReader("x")}))
		}),
		misses: onlyBucket + ", access: [read, write]", denies: "aws: s3, access: [permissions]", passes: onlyBucket, touches: []string{ownObject},
	},

	// S3: what stands for a bucket.
	{
		what: "S3 by an access point of another account", call: getObjectOf("arn:aws:s3:eu-west-1:210987654321:accesspoint/orders"),
		misses: `aws: s3, resources: [orders, "hostile-*", accesspoint/orders, "arn:aws:s3:*:123456789012:accesspoint/*"]`, denies: `aws: s3, resources: ["arn:aws:s3:*:210987654321:*"]`,
		passes: `aws: s3, resources: ["arn:aws:s3:eu-west-1:210987654321:accesspoint/orders"]`, touches: []string{"arn:aws:s3:eu-west-1:210987654321:accesspoint/orders/object/1001"},
		host: "orders-210987654321.s3-accesspoint.eu-west-1.amazonaws.com:443",
	},
	{
		what: "S3 by an access point, spelled with a colon", call: getObjectOf("arn:aws:s3:eu-west-1:210987654321:accesspoint:orders"),
		misses: `aws: s3, resources: ["hostile-*"]`, denies: `aws: s3, resources: ["arn:aws:s3:*:210987654321:accesspoint/orders"]`,
		passes: `aws: s3, resources: ["arn:aws:s3:eu-west-1:210987654321:accesspoint/orders"]`, touches: []string{"arn:aws:s3:eu-west-1:210987654321:accesspoint/orders/object/1001"},
	},
	{
		what: "S3 by an access point of Object Lambda", call: getObjectOf("arn:aws:s3-object-lambda:eu-west-1:210987654321:accesspoint/orders"),
		misses: `aws: s3, resources: ["hostile-*"]`, denies: `aws: s3, resources: ["arn:aws:s3-object-lambda:*:210987654321:*"]`,
		passes: `aws: s3, resources: ["arn:aws:s3-object-lambda:eu-west-1:210987654321:accesspoint/orders"]`, touches: []string{"arn:aws:s3-object-lambda:eu-west-1:210987654321:accesspoint/orders"},
	},
	{
		what: "S3 by an access point of many regions", call: getObjectOf("arn:aws:s3::210987654321:accesspoint/mfzwi23gnjvgw.mrap"),
		misses: `aws: s3, resources: ["hostile-*", "arn:aws:s3::123456789012:accesspoint/*"]`, denies: `aws: s3, resources: ["arn:aws:s3::210987654321:accesspoint/*"]`,
		passes: `aws: s3, resources: ["arn:aws:s3::210987654321:accesspoint/mfzwi23gnjvgw.mrap"]`, touches: []string{"arn:aws:s3::210987654321:accesspoint/mfzwi23gnjvgw.mrap/object/1001"},
		host: "mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com:443",
	},
	{
		what: "S3 by an alias", call: getObjectOf("orders-8chyxdb7upkwmrmj9pxg8bwgeuw1a-s3alias"),
		misses: `aws: s3, resources: ["hostile-*", orders]`, denies: `aws: s3, resources: ["*-s3alias"]`,
		passes: "aws: s3, resources: [orders-8chyxdb7upkwmrmj9pxg8bwgeuw1a-s3alias]", touches: []string{"arn:aws:s3:::orders-8chyxdb7upkwmrmj9pxg8bwgeuw1a-s3alias/1001"},
	},
	{
		what: "S3 by a bucket that begins alike", call: getObjectOf("hostile-orders-2"),
		misses: onlyBucket, denies: "aws: s3, resources: ['hostile-orders-*']", passes: "aws: s3, resources: [hostile-orders-2]", touches: []string{"arn:aws:s3:::hostile-orders-2/1001"},
	},
	{
		what: "S3 Express, by the session that comes first", call: getObjectOf("fast--euw1-az1--x-s3"),
		misses: "aws: s3, resources: ['fast--*']", denies: "aws: s3, resources: ['arn:aws:s3express:*:*:bucket/fast--*']",
		passes: "aws: s3, resources: ['arn:aws:s3express:eu-west-1:123456789012:bucket/fast--euw1-az1--x-s3']", touches: []string{"arn:aws:s3express:eu-west-1:123456789012:bucket/fast--euw1-az1--x-s3"},
		lost: true, // service/s3/internal/customizations/express.go has it by %v
	},
	{
		what: "S3 by a key that climbs", call: func(t *testing.T, cfg aws.Config) error {
			return getObject("hostile-orders", "../hostile-payroll/1001")(t.Context(), cfg)
		},
		misses: onlyBucket, denies: noPayBucket, passes: "aws: s3",
	},
	{
		what: "S3 by a bucket with a path", call: func(t *testing.T, cfg aws.Config) error {
			return getObject("hostile-payroll/1001?", "hostile-orders")(t.Context(), cfg)
		},
		misses: "aws: s3, resources: ['hostile-*']", denies: noPayBucket, passes: "aws: s3",
	},
	{
		what: "DynamoDB export into another's bucket", call: ddb(func(ctx context.Context, c *dynamodb.Client) error {
			return errOf(c.ExportTableToPointInTime(ctx, &dynamodb.ExportTableToPointInTimeInput{TableArn: aws.String(ownTable), S3Bucket: aws.String("attackers"), S3BucketOwner: aws.String(foreign)}))
		}),
		misses: "aws: dynamodb, resources: ['table/*', '*attackers']", denies: "aws: s3, resources: [attackers]",
		passes: "aws: dynamodb, resources: ['table/*', 'arn:aws:s3:::attackers']", touches: []string{ownTable, "arn:aws:s3:::attackers"},
	},

	// SQS and SNS.
	{
		what: "SQS queue of another account", call: send("https://sqs.eu-west-1.amazonaws.com/210987654321/hostile-orders"),
		misses: "aws: sqs, resources: ['*-orders']", denies: "aws: sqs, resources: ['arn:aws:sqs:*:210987654321:*']",
		passes: "aws: sqs, resources: ['arn:aws:sqs:eu-west-1:210987654321:hostile-orders']", touches: []string{"arn:aws:sqs:eu-west-1:210987654321:hostile-orders"},
	},
	{
		what: "SQS queue at another host", call: send("https://queue.evil.example/123456789012/hostile-orders"), // which the SDK does not call
		misses: "aws: sqs, resources: [other]", denies: "aws: sqs, resources: [hostile-orders]", passes: "aws: sqs, resources: [hostile-orders]",
		touches: []string{"arn:aws:sqs:eu-west-1:123456789012:hostile-orders"}, host: "sqs.eu-west-1.amazonaws.com:443",
	},
	{
		what: "SQS queue of another account at another host", call: send("http://123456789012.evil.example/210987654321/hostile-orders"),
		misses: "aws: sqs, resources: ['hostile-*']", denies: "aws: sqs, resources: ['arn:aws:sqs:*:210987654321:*']",
		passes: "aws: sqs, resources: ['arn:aws:sqs:eu-west-1:210987654321:hostile-orders']", touches: []string{"arn:aws:sqs:eu-west-1:210987654321:hostile-orders"},
	},
	{
		what: "SQS queue with more in its path", call: send("https://sqs.eu-west-1.amazonaws.com/123456789012/hostile-orders/../../210987654321/hostile-orders"),
		misses: "aws: sqs, resources: [hostile-orders]", denies: "aws: sqs, resources: [hostile-payroll]", passes: "aws: sqs, operations: [SendMessage]",
	},
	{
		what: "SQS GetQueueUrl in another account", call: func(t *testing.T, cfg aws.Config) error {
			return errOf(sqs.NewFromConfig(cfg).GetQueueUrl(t.Context(), &sqs.GetQueueUrlInput{QueueName: aws.String("hostile-orders"), QueueOwnerAWSAccountId: aws.String(foreign)}))
		},
		misses: "aws: sqs, resources: [hostile-orders]", denies: "aws: sqs, resources: ['arn:aws:sqs:*:210987654321:*']",
		passes: "aws: sqs, resources: ['arn:aws:sqs:*:210987654321:hostile-orders']", touches: []string{"arn:aws:sqs:eu-west-1:210987654321:hostile-orders"},
	},
	{
		what: "SQS messages moved to another account", call: func(t *testing.T, cfg aws.Config) error {
			return errOf(sqs.NewFromConfig(cfg).StartMessageMoveTask(t.Context(), &sqs.StartMessageMoveTaskInput{
				SourceArn: aws.String("arn:aws:sqs:eu-west-1:123456789012:hostile-orders"), DestinationArn: aws.String("arn:aws:sqs:eu-west-1:210987654321:x"),
			}))
		},
		misses: "aws: sqs, resources: ['hostile-*', x]", denies: "aws: sqs, resources: ['arn:aws:sqs:*:210987654321:*']",
		passes: "aws: sqs, resources: [hostile-orders, 'arn:aws:sqs:*:210987654321:x']", touches: []string{"arn:aws:sqs:eu-west-1:123456789012:hostile-orders", "arn:aws:sqs:eu-west-1:210987654321:x"},
	},
	{
		what: "SNS to a phone", call: publishTo(&sns.PublishInput{PhoneNumber: aws.String(phone)}),
		misses: "aws: sns, resources: [hostile-orders]", denies: "aws: sns, resources: [hostile-payroll]", passes: "aws: sns, operations: [Publish]",
	},
	{
		what: "SNS to a target of another account", call: publishTo(&sns.PublishInput{TargetArn: aws.String("arn:aws:sns:eu-west-1:210987654321:hostile-orders")}),
		misses: "aws: sns, resources: [hostile-orders]", denies: "aws: sns, resources: ['arn:aws:sns:*:210987654321:*']",
		passes: "aws: sns, resources: ['arn:aws:sns:*:210987654321:hostile-orders']", touches: []string{"arn:aws:sns:eu-west-1:210987654321:hostile-orders"},
	},
	{
		what: "SNS to an own topic and another target", call: publishTo(&sns.PublishInput{TopicArn: aws.String("arn:aws:sns:eu-west-1:123456789012:hostile-orders"), TargetArn: aws.String("arn:aws:sns:eu-west-1:210987654321:x")}),
		misses: "aws: sns, resources: [hostile-orders]", denies: "aws: sns, resources: ['arn:aws:sns:*:210987654321:*']",
		passes: "aws: sns, resources: [hostile-orders, 'arn:aws:sns:*:210987654321:x']", touches: []string{"arn:aws:sns:eu-west-1:123456789012:hostile-orders", "arn:aws:sns:eu-west-1:210987654321:x"},
	},
	{
		what: "SNS PublishBatch to another account", call: func(t *testing.T, cfg aws.Config) error {
			return errOf(sns.NewFromConfig(cfg).PublishBatch(t.Context(), &sns.PublishBatchInput{
				TopicArn:                   aws.String("arn:aws:sns:eu-west-1:210987654321:hostile-orders"),
				PublishBatchRequestEntries: []snstypes.PublishBatchRequestEntry{{Id: aws.String("1"), Message: aws.String("x")}},
			}))
		},
		misses: "aws: sns, resources: [hostile-orders]", denies: "aws: sns, resources: ['arn:aws:sns:*:210987654321:*']",
		passes: "aws: sns, resources: ['arn:aws:sns:*:210987654321:hostile-orders']", touches: []string{"arn:aws:sns:eu-west-1:210987654321:hostile-orders"},
	},
	{
		what: "SNS Subscribe of an address", call: func(t *testing.T, cfg aws.Config) error {
			return errOf(sns.NewFromConfig(cfg).Subscribe(t.Context(), &sns.SubscribeInput{TopicArn: aws.String("arn:aws:sns:eu-west-1:123456789012:hostile-orders"), Protocol: aws.String("sms"), Endpoint: aws.String(phone)}))
		},
		misses: "aws: sns, operations: [Publish]", denies: "aws: sns, operations: [Subscribe]",
		passes: "aws: sns, resources: [hostile-orders]", touches: []string{"arn:aws:sns:eu-west-1:123456789012:hostile-orders"},
	},

	// Who signs.
	{
		what: "keys of another account", call: signedBy(keysOf(foreign)),
		misses: "aws: s3", denies: "aws: s3, accounts: ['210987654321']", passes: "aws: s3, accounts: ['210987654321']", touches: []string{ownObject},
	},
	{
		what: "keys of another account that say they are ours", call: signedBy(aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: awskey.ID(foreign), SecretAccessKey: "secret", AccountID: account}, nil
		})),
		misses: "aws: s3", denies: "aws: s3, accounts: ['210987654321']", passes: "aws: s3, accounts: ['210987654321']", touches: []string{ownObject},
	},
	{
		what: "keys of an old form", call: signedBy(aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: "secret", AccountID: account}, nil
		})),
		misses: "aws: s3", denies: "aws: s3, accounts: [self]", passes: "aws: s3, accounts: ['*']", touches: []string{ownObject},
	},
	{
		what: "no keys", call: signedBy(aws.AnonymousCredentials{}),
		misses: "aws: s3", denies: "aws: s3, accounts: [self]", passes: "aws: s3, accounts: ['*']", touches: []string{ownObject},
	},
	{
		what: "no keys, as the manager asks for a bucket's region", call: func(t *testing.T, cfg aws.Config) error {
			//nolint:staticcheck // deprecated, and in most functions
			return errOf(manager.GetBucketRegion(t.Context(), s3.NewFromConfig(cfg), "hostile-orders"))
		},
		misses: "aws: s3", denies: "aws: s3, accounts: [self]", passes: "aws: s3, accounts: ['*']", touches: []string{"arn:aws:s3:::hostile-orders"},
	},

	// Where it goes.
	{
		what: "another endpoint for all", call: func(t *testing.T, cfg aws.Config) error {
			cfg.BaseEndpoint = aws.String("https://s3.evil.example")
			return getObject("hostile-orders", "1001")(t.Context(), cfg)
		},
		misses: "aws: s3", denies: onlyBucket, passes: "aws: s3, endpoint: s3.evil.example", touches: []string{ownObject}, host: "s3.evil.example:443",
	},
	{
		what: "another endpoint by the environment", call: func(t *testing.T, cfg aws.Config) error {
			t.Setenv("AWS_ENDPOINT_URL_S3", "https://s3.evil.example:8443")
			t.Setenv("AWS_CONFIG_FILE", "/nonexistent")
			t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
			loaded, err := config.LoadDefaultConfig(t.Context())
			cfg.ConfigSources = loaded.ConfigSources // clients ask the environment by these
			return errors.Join(err, getObject("hostile-orders", "1001")(t.Context(), cfg))
		},
		misses: "aws: s3, endpoint: s3.evil.example:443", denies: onlyBucket, passes: "aws: s3, endpoint: 's3.evil.example:8443'", touches: []string{ownObject}, host: "s3.evil.example:8443",
	},
	{
		what: "another endpoint by a resolver", call: func(t *testing.T, cfg aws.Config) error {
			return errOf(s3.NewFromConfig(cfg, func(o *s3.Options) { o.EndpointResolverV2 = resolved("https://s3.evil.example/hostile-orders") }).
				GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("hostile-orders"), Key: aws.String("1001")}))
		},
		misses: "aws: s3", denies: onlyBucket, passes: "aws: s3, endpoint: s3.evil.example", touches: []string{ownObject}, host: "s3.evil.example:443",
	},
	{
		what: "the endpoint of another service", call: func(t *testing.T, cfg aws.Config) error {
			cfg.BaseEndpoint = aws.String("https://dynamodb.eu-west-1.amazonaws.com")
			return getObject("hostile-orders", "1001")(t.Context(), cfg)
		},
		misses: "aws: [s3, dynamodb]", denies: "aws: dynamodb", passes: "aws: s3, endpoint: dynamodb.eu-west-1.amazonaws.com", touches: []string{ownObject},
	},
	{
		what: "the endpoint of another region", call: func(t *testing.T, cfg aws.Config) error {
			cfg.BaseEndpoint = aws.String("https://s3.us-east-1.amazonaws.com")
			return getObject("hostile-orders", "1001")(t.Context(), cfg)
		},
		misses: "aws: s3", denies: onlyBucket, passes: "aws: s3, endpoint: s3.us-east-1.amazonaws.com", touches: []string{ownObject},
	},
	{
		what: "another region altogether", call: func(t *testing.T, cfg aws.Config) error {
			cfg.Region = "us-east-1"
			return getObject("hostile-orders", "1001")(t.Context(), cfg)
		},
		misses: "aws: s3, regions: ['eu-*']", denies: "aws: s3, regions: [us-east-1]", passes: "aws: s3, regions: [us-east-1]", touches: []string{ownObject}, host: "s3.us-east-1.amazonaws.com:443",
	},
	{
		what: "the host of another bucket", call: func(t *testing.T, cfg aws.Config) error {
			cfg.BaseEndpoint = aws.String("https://hostile-payroll.s3.eu-west-1.amazonaws.com")
			return getObject("hostile-orders", "1001")(t.Context(), cfg)
		},
		misses: onlyBucket, denies: noPayBucket, passes: "aws: s3", host: "hostile-payroll.s3.eu-west-1.amazonaws.com:443",
	},
	{
		what: "an endpoint that ends in another bucket", call: func(t *testing.T, cfg aws.Config) error {
			cfg.BaseEndpoint = aws.String("https://s3.eu-west-1.amazonaws.com/hostile-payroll")
			return getObject("hostile-orders", "1001")(t.Context(), cfg)
		},
		misses: onlyBucket, denies: noPayBucket, passes: "aws: s3",
	},
	{
		what: "without TLS", call: func(t *testing.T, cfg aws.Config) error {
			cfg.BaseEndpoint = aws.String("http://s3.eu-west-1.amazonaws.com")
			return getObject("hostile-orders", "1001")(t.Context(), cfg)
		},
		misses: "aws: s3", denies: onlyBucket, passes: "aws: s3, endpoint: 's3.eu-west-1.amazonaws.com:80'", touches: []string{ownObject}, host: "s3.eu-west-1.amazonaws.com:80",
	},

	// Others' resources by their ARNs.
	{
		what: "STS AssumeRole of another account", call: func(t *testing.T, cfg aws.Config) error {
			return errOf(sts.NewFromConfig(cfg).AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: aws.String(foreignRole), RoleSessionName: aws.String("x")}))
		},
		misses: "aws: sts, resources: ['arn:aws:iam::123456789012:role/*']", denies: "aws: sts, resources: ['arn:aws:iam::210987654321:*']", passes: "aws: sts, resources: ['" + foreignRole + "']", touches: []string{foreignRole},
	},
	{
		what: "STS AssumeRole beneath another call", call: func(t *testing.T, cfg aws.Config) error {
			cfg.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(sts.NewFromConfig(cfg), foreignRole))
			return getObject("hostile-orders", "1001")(t.Context(), cfg)
		},
		misses: "aws: s3, accounts: ['*']", denies: "aws: sts", passes: "aws: [sts, s3], accounts: ['*']", touches: []string{foreignRole},
	},
	{
		what: "KMS Decrypt by an alias", call: func(t *testing.T, cfg aws.Config) error {
			return errOf(kms.NewFromConfig(cfg).Decrypt(t.Context(), &kms.DecryptInput{KeyId: aws.String("alias/payroll"), CiphertextBlob: []byte("x")}))
		},
		misses: "aws: kms, resources: ['alias/orders*', 'key/*']", denies: "aws: kms, resources: [alias/payroll]", passes: "aws: kms, resources: [alias/payroll]", touches: []string{"arn:aws:kms:eu-west-1:123456789012:alias/payroll"},
	},
	{
		what: "KMS Decrypt by a key that is not said", call: func(t *testing.T, cfg aws.Config) error {
			return errOf(kms.NewFromConfig(cfg).Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: []byte("x")}))
		},
		misses: "aws: kms, resources: ['key/*', 'alias/*']", denies: "aws: kms, resources: [alias/payroll]", passes: "aws: kms, operations: [Decrypt]",
	},
	{
		what: "KMS Encrypt by a foreign key", call: func(t *testing.T, cfg aws.Config) error {
			return errOf(kms.NewFromConfig(cfg).Encrypt(t.Context(), &kms.EncryptInput{KeyId: aws.String("arn:aws:kms:eu-west-1:210987654321:key/1234abcd"), Plaintext: []byte("x")}))
		},
		misses: "aws: kms, resources: ['key/*', 'alias/*']", denies: "aws: kms, resources: ['arn:aws:kms:*:210987654321:*']",
		passes: "aws: kms, resources: ['arn:aws:kms:eu-west-1:210987654321:key/1234abcd']", touches: []string{"arn:aws:kms:eu-west-1:210987654321:key/1234abcd"},
	},
	invokeOf("210987654321:function:hostile", "function:hostile"),
	invokeOf("arn:aws:lambda:eu-west-1:210987654321:function:hostile:live", "function:hostile:live"),
	{
		what: "Lambda Invoke by a name that can be read in two ways", call: invoke("eu-west-1:210987654321:hostile"),
		misses: "aws: lambda, resources: ['function:*']", denies: "aws: lambda, resources: [function:other]", passes: "aws: lambda, operations: [Invoke]",
	},
	{
		what: "Secrets Manager secret of another account", call: func(t *testing.T, cfg aws.Config) error {
			return getSecret("arn:aws:secretsmanager:eu-west-1:210987654321:secret:orders-AbCdEf")(t.Context(), cfg)
		},
		misses: "aws: secretsmanager, resources: ['secret:*']", denies: "aws: secretsmanager, resources: ['arn:aws:secretsmanager:*:210987654321:*']",
		passes: "aws: secretsmanager, resources: ['arn:aws:secretsmanager:*:210987654321:secret:orders-*']", touches: []string{"arn:aws:secretsmanager:eu-west-1:210987654321:secret:orders-AbCdEf"},
	},
	{
		what: "SSM parameter of another account", call: func(t *testing.T, cfg aws.Config) error {
			return getParameter("arn:aws:ssm:eu-west-1:210987654321:parameter/hostile/orders:live")(t.Context(), cfg)
		},
		misses: "aws: ssm, resources: [parameter/hostile, 'parameter/*']", denies: "aws: ssm, resources: ['arn:aws:ssm:*:210987654321:*']",
		passes: "aws: ssm, resources: ['arn:aws:ssm:*:210987654321:parameter/hostile']", touches: []string{"arn:aws:ssm:eu-west-1:210987654321:parameter/hostile/orders"},
	},
	{
		what: "SSM GetParameters with one of another account", call: func(t *testing.T, cfg aws.Config) error {
			return errOf(ssm.NewFromConfig(cfg).GetParameters(t.Context(), &ssm.GetParametersInput{Names: []string{"/hostile/orders", "arn:aws:ssm:eu-west-1:210987654321:parameter/x"}}))
		},
		misses: "aws: ssm, resources: [parameter/hostile, 'parameter/*']", denies: "aws: ssm, resources: ['arn:aws:ssm:*:210987654321:*']",
		passes: "aws: ssm, resources: ['arn:aws:ssm:*:*:parameter/*']", touches: []string{"arn:aws:ssm:eu-west-1:123456789012:parameter/hostile/orders", "arn:aws:ssm:eu-west-1:210987654321:parameter/x"},
	},
	{
		what: "SSM parameter that leads to a secret", call: func(t *testing.T, cfg aws.Config) error {
			return getParameter("/aws/reference/secretsmanager/payroll")(t.Context(), cfg)
		},
		misses: "aws: ssm, resources: ['parameter/*']", denies: "aws: secretsmanager, resources: ['secret:payroll']",
		passes:  "aws: ssm, resources: ['parameter/aws/*', 'arn:aws:secretsmanager:*:123456789012:secret:payroll']",
		touches: []string{"arn:aws:secretsmanager:eu-west-1:123456789012:secret:payroll", "arn:aws:ssm:eu-west-1:123456789012:parameter/aws/reference/secretsmanager/payroll"},
	},
	{
		what: "EventBridge PutEvents with one to another account", call: events(nil, "", "arn:aws:events:eu-west-1:210987654321:event-bus/orders"),
		misses: "aws: events, resources: ['event-bus/*']", denies: "aws: events, resources: ['arn:aws:events:*:210987654321:*']",
		passes:  "aws: events, resources: [event-bus/default, 'arn:aws:events:*:210987654321:event-bus/orders']",
		touches: []string{"arn:aws:events:eu-west-1:123456789012:event-bus/default", "arn:aws:events:eu-west-1:210987654321:event-bus/orders"},
	},
	{
		what: "EventBridge PutEvents to a global endpoint", call: events(aws.String("abcde.veo"), "orders"),
		misses: "aws: events, resources: ['event-bus/*']", denies: "aws: events, resources: ['event-bus/other']", passes: "aws: events", host: "abcde.veo.endpoint.events.amazonaws.com:443",
	},
	{
		what: "Kinesis stream of another account", call: func(t *testing.T, cfg aws.Config) error {
			return errOf(kinesis.NewFromConfig(cfg).PutRecord(t.Context(), &kinesis.PutRecordInput{StreamARN: aws.String("arn:aws:kinesis:eu-west-1:210987654321:stream/orders"), PartitionKey: aws.String("1"), Data: []byte("x")}))
		},
		misses: "aws: kinesis, resources: [stream/orders]", denies: "aws: kinesis, resources: ['arn:aws:kinesis:*:210987654321:*']",
		passes: "aws: kinesis, resources: ['arn:aws:kinesis:*:210987654321:stream/orders']", touches: []string{"arn:aws:kinesis:eu-west-1:210987654321:stream/orders"},
		host: "210987654321.data-kinesis.eu-west-1.amazonaws.com:443",
	},
	{
		what: "Kinesis stream by an own name and a foreign ARN", call: func(t *testing.T, cfg aws.Config) error {
			return errOf(kinesis.NewFromConfig(cfg).PutRecord(t.Context(), &kinesis.PutRecordInput{
				StreamName: aws.String("orders"), StreamARN: aws.String("arn:aws:kinesis:eu-west-1:210987654321:stream/orders"), PartitionKey: aws.String("1"), Data: []byte("x"),
			}))
		},
		misses: "aws: kinesis, resources: [stream/orders]", denies: "aws: kinesis, resources: ['arn:aws:kinesis:*:210987654321:*']",
		passes:  "aws: kinesis, resources: [stream/orders, 'arn:aws:kinesis:*:210987654321:stream/orders']",
		touches: []string{"arn:aws:kinesis:eu-west-1:210987654321:stream/orders", "arn:aws:kinesis:eu-west-1:123456789012:stream/orders"},
	},
	{
		what: "Step Functions of another account", call: func(t *testing.T, cfg aws.Config) error {
			return errOf(sfn.NewFromConfig(cfg).StartExecution(t.Context(), &sfn.StartExecutionInput{StateMachineArn: aws.String("arn:aws:states:eu-west-1:210987654321:stateMachine:orders")}))
		},
		misses: "aws: states, resources: ['stateMachine:*']", denies: "aws: states, resources: ['arn:aws:states:*:210987654321:*']",
		passes: "aws: states, resources: ['arn:aws:states:*:210987654321:stateMachine:orders']", touches: []string{"arn:aws:states:eu-west-1:210987654321:stateMachine:orders"},
	},
	{
		what: "Step Functions of another account, waited for", call: func(t *testing.T, cfg aws.Config) error {
			return errOf(sfn.NewFromConfig(cfg).StartSyncExecution(t.Context(), &sfn.StartSyncExecutionInput{StateMachineArn: aws.String("arn:aws:states:eu-west-1:210987654321:stateMachine:orders")}))
		},
		misses: "aws: states, resources: ['stateMachine:*']", denies: "aws: states, resources: ['arn:aws:states:*:210987654321:*']",
		passes: "aws: states, resources: ['arn:aws:states:*:210987654321:stateMachine:orders']", touches: []string{"arn:aws:states:eu-west-1:210987654321:stateMachine:orders"},
		host: "sync-states.eu-west-1.amazonaws.com:443",
	},
}

const (
	phone       = "+12065550100"
	foreignRole = "arn:aws:iam::210987654321:role/admin"
)

var (
	item   = map[string]ddbtypes.AttributeValue{"id": &ddbtypes.AttributeValueMemberS{Value: "1001"}}
	oneKey = ddbtypes.KeysAndAttributes{Keys: []map[string]ddbtypes.AttributeValue{item}}
)

func ddb(call func(context.Context, *dynamodb.Client) error) func(*testing.T, aws.Config) error {
	return func(t *testing.T, cfg aws.Config) error { return call(t.Context(), dynamodb.NewFromConfig(cfg)) }
}

func store(call func(context.Context, *s3.Client) error) func(*testing.T, aws.Config) error {
	return func(t *testing.T, cfg aws.Config) error { return call(t.Context(), s3.NewFromConfig(cfg)) }
}

func execute(statement string) func(*testing.T, aws.Config) error {
	return ddb(func(ctx context.Context, c *dynamodb.Client) error {
		return errOf(c.ExecuteStatement(ctx, &dynamodb.ExecuteStatementInput{Statement: &statement}))
	})
}

func copyObject(source string) func(*testing.T, aws.Config) error {
	return store(func(ctx context.Context, c *s3.Client) error {
		return errOf(c.CopyObject(ctx, &s3.CopyObjectInput{Bucket: aws.String("hostile-orders"), Key: aws.String("copied"), CopySource: &source}))
	})
}

func copyFrom(source string) hostile {
	return hostile{
		what: "S3 CopyObject of " + source, call: copyObject(source),
		misses: onlyBucket, denies: noPayBucket, passes: bothBuckets, touches: []string{"arn:aws:s3:::hostile-orders/copied", payObject},
	}
}

func copyFromPoint(source string) hostile {
	const point = "arn:aws:s3:eu-west-1:210987654321:accesspoint/payroll"
	return hostile{
		what: "S3 CopyObject of " + source, call: copyObject(source),
		misses: bothBuckets, denies: "aws: s3, resources: ['arn:aws:s3:*:210987654321:*']", passes: "aws: s3, resources: [hostile-orders, '" + point + "']",
		touches: []string{"arn:aws:s3:::hostile-orders/copied", point + "/object/1001"},
	}
}

func getObjectOf(bucket string) func(*testing.T, aws.Config) error {
	return store(func(ctx context.Context, c *s3.Client) error {
		return errOf(c.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: aws.String("1001")}))
	})
}

func signedBy(keys aws.CredentialsProvider) func(*testing.T, aws.Config) error {
	return func(t *testing.T, cfg aws.Config) error {
		cfg.Credentials = keys
		return getObject("hostile-orders", "1001")(t.Context(), cfg)
	}
}

func send(queueURL string) func(*testing.T, aws.Config) error {
	return func(t *testing.T, cfg aws.Config) error {
		return errOf(sqs.NewFromConfig(cfg).SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: &queueURL, MessageBody: aws.String("x")}))
	}
}

func publishTo(in *sns.PublishInput) func(*testing.T, aws.Config) error {
	in.Message = aws.String("hello")
	return func(t *testing.T, cfg aws.Config) error {
		return errOf(sns.NewFromConfig(cfg).Publish(t.Context(), in))
	}
}

func invoke(name string) func(*testing.T, aws.Config) error {
	return func(t *testing.T, cfg aws.Config) error {
		return errOf(lambda.NewFromConfig(cfg).Invoke(t.Context(), &lambda.InvokeInput{FunctionName: &name}))
	}
}

func invokeOf(name, tail string) hostile {
	return hostile{
		what: "Lambda Invoke of " + name, call: invoke(name),
		misses: "aws: lambda, resources: ['function:*']", denies: "aws: lambda, resources: ['arn:aws:lambda:*:210987654321:*']",
		passes: "aws: lambda, resources: ['arn:aws:lambda:*:210987654321:function:hostile']", touches: []string{"arn:aws:lambda:eu-west-1:210987654321:" + tail},
	}
}

func events(endpoint *string, buses ...string) func(*testing.T, aws.Config) error {
	return func(t *testing.T, cfg aws.Config) error {
		in := &eventbridge.PutEventsInput{EndpointId: endpoint}
		for _, bus := range buses {
			e := ebtypes.PutEventsRequestEntry{Detail: aws.String("{}"), DetailType: aws.String("x"), Source: aws.String("x")}
			if bus != "" {
				e.EventBusName = &bus
			}
			in.Entries = append(in.Entries, e)
		}
		return errOf(eventbridge.NewFromConfig(cfg).PutEvents(t.Context(), in))
	}
}

// A resolved endpoint is a resolver that has made up its mind.
type resolved string

func (r resolved) ResolveEndpoint(context.Context, s3.EndpointParameters) (smithyendpoints.Endpoint, error) {
	u, err := url.Parse(string(r))
	return smithyendpoints.Endpoint{URI: *u}, err
}

// TestHostileCalls holds each row against its three policies. What is blocked is
// tried once and sends nothing, not even a handshake; what is allowed reaches
// moto, whatever moto makes of it.
func TestHostileCalls(t *testing.T) {
	c := cloudOf(t)
	plain := c.config(account)
	makeBucket(t, plain, "hostile-orders", "1001")
	makeBucket(t, plain, "hostile-payroll", "1001")
	for _, table := range []string{"hostile-orders", "hostile-payroll"} {
		if _, err := dynamodb.NewFromConfig(plain).CreateTable(t.Context(), tableOf(table)); err != nil {
			t.Fatal(err)
		}
	}
	for _, row := range hostileCalls {
		t.Run(row.what, func(t *testing.T) {
			c.reached()
			c.took()
			row.wantBlocked(t, c, "allow: [{"+row.misses+"}]", "")
			row.wantBlocked(t, c, "allow: [{"+row.passes+"}]\ndeny: [{"+row.denies+"}]", "deny[0]")
			row.wantAllowed(t, c)
		})
	}
}

// anyOrder: the resource that is to blame comes first in an event.
var anyOrder = cmpopts.SortSlices(strings.Compare)

func (row *hostile) wantBlocked(t *testing.T, c *cloud, doc, rule string) {
	t.Helper()
	f := wrappertest.New(t, "mode: enforce\n"+doc)
	cfg := c.config(account)
	f.AWS(&cfg)
	err := row.call(t, cfg)
	var blocked *wrapper.BlockedError
	switch {
	case row.lost && err != nil && strings.Contains(err.Error(), "lambdafence: blocked "):
	case !errors.Is(err, wrapper.ErrBlocked) || !errors.As(err, &blocked) || blocked.Decision.Rule != rule:
		t.Errorf("not blocked by %s\nerror: %v", doc, err)
	}
	c.wantNothingSent(t)
	made := f.Events()
	if len(made) != 1 || made[0].Outcome != wrapper.Blocked || made[0].Decision.Rule != rule {
		t.Errorf("%s: events: %+v", doc, made)
		return
	}
	if diff := cmp.Diff(row.touches, made[0].Call.Resources, anyOrder); diff != "" {
		t.Errorf("resources (-want +got)\n%s", diff)
	}
	if told := fmt.Sprint(err, made); strings.Contains(told, phone) || strings.Contains(told, "SELECT *") {
		t.Errorf("tells too much: %s", told)
	}
}

func (row *hostile) wantAllowed(t *testing.T, c *cloud) {
	t.Helper()
	f := wrappertest.New(t, "mode: enforce\nallow: [{"+row.passes+"}]")
	cfg := c.config(account)
	cfg.RetryMaxAttempts = 1 // moto fails at some
	f.AWS(&cfg)
	err := row.call(t, cfg)
	if answered := (*awshttp.ResponseError)(nil); err != nil && !row.lost && !errors.As(err, &answered) || errors.Is(err, wrapper.ErrBlocked) {
		t.Errorf("not allowed by %s\nerror: %v", row.passes, err)
	}
	hosts, _ := c.reached()
	if len(c.took()) == 0 {
		t.Error("it does not reach moto")
	}
	if len(f.Violations()) > 0 || len(f.Events()) == 0 {
		t.Errorf("events %+v", f.Events())
	}
	if row.host != "" && !cmp.Equal(hosts, []string{row.host}) {
		t.Errorf("reached %v", hosts)
	}
}

func tableOf(name string) *dynamodb.CreateTableInput {
	return &dynamodb.CreateTableInput{
		TableName:            &name,
		BillingMode:          ddbtypes.BillingModePayPerRequest,
		AttributeDefinitions: []ddbtypes.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: "S"}},
		KeySchema:            []ddbtypes.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: "HASH"}},
	}
}
