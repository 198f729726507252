package integration

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamodbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"
	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/wrapper"
	"github.com/lambdafence/lambdafence/wrapper/wrappertest"
)

var bucketHere = &s3types.CreateBucketConfiguration{LocationConstraint: region}

// A guarded row is a service with a call that its rule allows, and one that it does not.
type guarded struct {
	service         string
	rule            string // without endpoint and accounts
	allowed, denied func(context.Context, aws.Config) error
	operation       string // of the allowed call
	resources       []string
	access          policy.Access
}

var guardedCalls = []guarded{
	{
		service: "S3", rule: "aws: s3, access: [read], resources: [guarded-orders]",
		allowed:   getObject("guarded-orders", "1001"),
		denied:    getObject("guarded-payroll", "1001"),
		operation: "GetObject", access: policy.Read, resources: []string{"arn:aws:s3:::guarded-orders/1001"},
	},
	{
		service: "S3", rule: "aws: s3, access: [read], resources: [guarded-orders]",
		allowed:   getObject("guarded-orders", "1002"),
		denied:    putOver("guarded-orders", "1001"),
		operation: "GetObject", access: policy.Read, resources: []string{"arn:aws:s3:::guarded-orders/1002"},
	},
	{
		service: "DynamoDB", rule: "aws: dynamodb, operations: [GetItem], resources: [table/guarded-orders]",
		allowed:   getItem("guarded-orders"),
		denied:    getItem("guarded-payroll"),
		operation: "GetItem", access: policy.Read, resources: []string{"arn:aws:dynamodb:eu-west-1:123456789012:table/guarded-orders"},
	},
	{
		service: "SQS", rule: "aws: sqs, operations: [SendMessage], resources: [guarded-orders]",
		allowed:   sendMessage(account, "guarded-orders"),
		denied:    sendMessage("210987654321", "guarded-orders"), // another account's
		operation: "SendMessage", access: policy.Write, resources: []string{"arn:aws:sqs:eu-west-1:123456789012:guarded-orders"},
	},
	{
		service: "SNS", rule: "aws: sns, operations: [Publish], resources: [guarded-orders]",
		allowed:   publish("guarded-orders"),
		denied:    publish("guarded-payroll"),
		operation: "Publish", access: policy.Write, resources: []string{"arn:aws:sns:eu-west-1:123456789012:guarded-orders"},
	},
	{
		service: "Secrets Manager", rule: "aws: secretsmanager, operations: [GetSecretValue], resources: ['secret:guarded/orders*']",
		allowed:   getSecret("guarded/orders"),
		denied:    getSecret("guarded/payroll"),
		operation: "GetSecretValue", access: policy.Read, resources: []string{"arn:aws:secretsmanager:eu-west-1:123456789012:secret:guarded/orders"},
	},
	{
		service: "SSM", rule: "aws: ssm, operations: [GetParameter], resources: [parameter/guarded/orders]",
		allowed:   getParameter("/guarded/orders"),
		denied:    getParameter("/guarded/payroll"),
		operation: "GetParameter", access: policy.Read, resources: []string{"arn:aws:ssm:eu-west-1:123456789012:parameter/guarded/orders"},
	},
	{
		service: "STS", rule: "aws: sts, operations: [GetCallerIdentity]",
		allowed: func(ctx context.Context, cfg aws.Config) error {
			_, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, nil)
			return err
		},
		denied: func(ctx context.Context, cfg aws.Config) error {
			_, err := sts.NewFromConfig(cfg).AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::210987654321:role/admin"), RoleSessionName: aws.String("x")})
			return err
		},
		operation: "GetCallerIdentity", access: policy.Read, resources: []string{},
	},
}

func getObject(bucket, key string) func(context.Context, aws.Config) error {
	return func(ctx context.Context, cfg aws.Config) error {
		out, err := s3.NewFromConfig(cfg, pathStyle).GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
		if err != nil {
			return err
		}
		return out.Body.Close()
	}
}

func putOver(bucket, key string) func(context.Context, aws.Config) error {
	return func(ctx context.Context, cfg aws.Config) error {
		_, err := s3.NewFromConfig(cfg, pathStyle).PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader("stolen")})
		return err
	}
}

func getItem(table string) func(context.Context, aws.Config) error {
	return func(ctx context.Context, cfg aws.Config) error {
		key := map[string]dynamodbtypes.AttributeValue{"id": &dynamodbtypes.AttributeValueMemberS{Value: "1001"}}
		_, err := dynamodb.NewFromConfig(cfg).GetItem(ctx, &dynamodb.GetItemInput{TableName: &table, Key: key})
		return err
	}
}

func sendMessage(account, queue string) func(context.Context, aws.Config) error {
	return func(ctx context.Context, cfg aws.Config) error {
		_, err := sqs.NewFromConfig(cfg).SendMessage(ctx, &sqs.SendMessageInput{
			QueueUrl: aws.String(*cfg.BaseEndpoint + "/" + account + "/" + queue), MessageBody: aws.String("1001"),
		})
		return err
	}
}

func publish(topic string) func(context.Context, aws.Config) error {
	return func(ctx context.Context, cfg aws.Config) error {
		_, err := sns.NewFromConfig(cfg).Publish(ctx, &sns.PublishInput{
			TopicArn: aws.String("arn:aws:sns:eu-west-1:123456789012:" + topic), Message: aws.String("1001"),
		})
		return err
	}
}

func getSecret(name string) func(context.Context, aws.Config) error {
	return func(ctx context.Context, cfg aws.Config) error {
		_, err := secretsmanager.NewFromConfig(cfg).GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &name})
		return err
	}
}

func getParameter(name string) func(context.Context, aws.Config) error {
	return func(ctx context.Context, cfg aws.Config) error {
		_, err := ssm.NewFromConfig(cfg).GetParameter(ctx, &ssm.GetParameterInput{Name: &name})
		return err
	}
}

// furnish makes what the rows of guardedCalls ask for.
func furnish(t *testing.T, cfg aws.Config) {
	t.Helper()
	ctx := t.Context()
	makeBucket(t, cfg, "guarded-orders", "1001", "1002", "1003")
	makeBucket(t, cfg, "guarded-payroll", "1001")
	var problems []error
	note := func(_ any, err error) { problems = append(problems, err) }
	for _, name := range []string{"guarded-orders", "guarded-payroll"} {
		note(dynamodb.NewFromConfig(cfg).CreateTable(ctx, &dynamodb.CreateTableInput{
			TableName:            &name,
			BillingMode:          dynamodbtypes.BillingModePayPerRequest,
			AttributeDefinitions: []dynamodbtypes.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: "S"}},
			KeySchema:            []dynamodbtypes.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: "HASH"}},
		}))
		note(sqs.NewFromConfig(cfg).CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: &name}))
		note(sns.NewFromConfig(cfg).CreateTopic(ctx, &sns.CreateTopicInput{Name: &name}))
		note(secretsmanager.NewFromConfig(cfg).CreateSecret(ctx, &secretsmanager.CreateSecretInput{
			Name: aws.String(strings.Replace(name, "-", "/", 1)), SecretString: aws.String("hush"),
		}))
		note(ssm.NewFromConfig(cfg).PutParameter(ctx, &ssm.PutParameterInput{
			Name: aws.String("/" + strings.Replace(name, "-", "/", 1)), Value: aws.String("x"), Type: ssmtypes.ParameterTypeString,
		}))
	}
	if err := errors.Join(problems...); err != nil {
		t.Fatal(err)
	}
}

// fenced returns a fence with one rule, and a config that it guards. Here the
// account stands in the rule: the test's own process has no key id of AWS.
func fenced(t *testing.T, p *tap, rule string) (*wrappertest.Fence, aws.Config) {
	t.Helper()
	f := wrappertest.New(t, fmt.Sprintf("mode: enforce\nallow: [{%s, accounts: ['%s'], endpoint: '%s'}]", rule, account, p.address()))
	cfg := p.config()
	f.AWS(&cfg)
	return f, cfg
}

func TestAWSGuard(t *testing.T) {
	p := tapMoto(t)
	furnish(t, p.config())
	for _, row := range guardedCalls {
		t.Run(row.service, func(t *testing.T) {
			f, cfg := fenced(t, p, row.rule)
			p.took()
			if err := row.allowed(t.Context(), cfg); err != nil {
				t.Fatal(err)
			}
			events := f.Events()
			if len(events) != 1 || len(p.took()) != 1 {
				t.Fatalf("events %v", events)
			}
			c := events[0].Call
			if c.Kind != policy.AWS || c.Service != row.service || c.Operation != row.operation || c.Access != row.access || c.Account != account || c.Region != region {
				t.Errorf("judged %+v", c)
			}
			if diff := cmp.Diff(row.resources, c.Resources); diff != "" {
				t.Errorf("resources: %s", diff)
			}

			err := row.denied(t.Context(), cfg)
			var blocked *wrapper.BlockedError
			if !errors.Is(err, wrapper.ErrBlocked) || !errors.As(err, &blocked) {
				t.Errorf("denied: %v", err)
			}
			if sent := p.took(); len(sent) > 0 {
				t.Errorf("sent all the same: %q", sent)
			}
			if events := f.Events()[1:]; len(events) != 1 || events[0].Outcome != wrapper.Blocked {
				t.Errorf("not tried once: %v", events)
			}
		})
	}
	t.Run("retries", func(t *testing.T) { testRetries(t, p) })
	t.Run("presigning", func(t *testing.T) { testPresigning(t, p) })
}

// testRetries: each attempt is a call of its own, and judged.
func testRetries(t *testing.T, p *tap) {
	f, cfg := fenced(t, p, "aws: s3, access: [read], resources: [guarded-orders]")
	p.took()
	p.refuseNext(2)
	if err := getObject("guarded-orders", "1001")(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	if sent, events := p.took(), f.Events(); len(sent) != 3 || len(events) != 3 {
		t.Errorf("%d requests, %d events", len(sent), len(events))
	}
}

// testPresigning: nothing is sent, so nothing is judged; whoever sends the
// request through a guarded client is.
func testPresigning(t *testing.T, p *tap) {
	f, cfg := fenced(t, p, "aws: s3, access: [read], resources: [guarded-orders]")
	p.took()
	get := &s3.GetObjectInput{Bucket: aws.String("guarded-payroll"), Key: aws.String("1001")}
	signed, err := s3.NewPresignClient(s3.NewFromConfig(cfg, pathStyle)).PresignGetObject(t.Context(), get)
	if err != nil || !strings.Contains(signed.URL, "X-Amz-Signature=") {
		t.Fatalf("%v, %v", signed, err)
	}
	if len(f.Events()) > 0 || len(p.took()) > 0 {
		t.Errorf("events %v", f.Events())
	}
	res, err := http.Get(signed.URL)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("moto does not take it: %v %v", res, err)
	}
	res.Body.Close()
	p.took()
	if _, err := f.Client().Get(signed.URL); !errors.Is(err, wrapper.ErrBlocked) || len(p.took()) > 0 {
		t.Errorf("the URL, through the fence: %v", err)
	}
}
