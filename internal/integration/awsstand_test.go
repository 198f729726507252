package integration

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamodbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/lambdafence/lambdafence/internal/awsstand"
)

// These tests hold the project's own stand-in against the real clients of the services that the root module has none of.

// standIn serves a stand over TLS, as the SDK treats bodies differently there, and returns a config that leads to it.
func standIn(t *testing.T) (*awsstand.Stand, aws.Config) {
	t.Helper()
	stand := awsstand.New(awsstand.Config{
		Buckets: []string{"orders"},
		Queues:  []string{"shipping"},
		Tables:  map[string][]string{"orders": {"id"}, "events": {"id", "at"}},
	})
	server := httptest.NewTLSServer(stand)
	t.Cleanup(server.Close)
	return stand, aws.Config{
		Region:       stand.Region(),
		BaseEndpoint: &server.URL,
		HTTPClient:   server.Client(),
		Retryer:      func() aws.Retryer { return aws.NopRetryer{} },
		Credentials:  standInCredentials(""),
		// As LoadDefaultConfig sets them.
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenSupported,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenSupported,
	}
}

func standInCredentials(account string) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret", AccountID: account}, nil
	})
}

func standInCode(err error) string {
	if api := smithy.APIError(nil); errors.As(err, &api) {
		return api.ErrorCode()
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func TestAWSStandDynamoDB(t *testing.T) {
	_, cfg := standIn(t)
	client := dynamodb.NewFromConfig(cfg)
	s := func(v string) dynamodbtypes.AttributeValue { return &dynamodbtypes.AttributeValueMemberS{Value: v} }
	n := func(v string) dynamodbtypes.AttributeValue { return &dynamodbtypes.AttributeValueMemberN{Value: v} }
	type item = map[string]dynamodbtypes.AttributeValue

	_, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{
		TableName: aws.String("orders"), Item: item{"id": s("1"), "total": n("5")},
		ConditionExpression: aws.String("attribute_not_exists(id)"),
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.PutItem(t.Context(), &dynamodb.PutItemInput{
		TableName: aws.String("orders"), Item: item{"id": s("1")}, ConditionExpression: aws.String("attribute_not_exists(id)"),
	})
	if failed := (*dynamodbtypes.ConditionalCheckFailedException)(nil); !errors.As(err, &failed) {
		t.Errorf("put again: %v", err)
	}
	updated, err := client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: aws.String("orders"), Key: item{"id": s("1")}, ReturnValues: dynamodbtypes.ReturnValueAllNew,
		UpdateExpression:          aws.String("SET #s = :s, total = total + :one"),
		ExpressionAttributeNames:  map[string]string{"#s": "status"},
		ExpressionAttributeValues: item{":s": s("paid"), ":one": n("1")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := updated.Attributes["total"].(*dynamodbtypes.AttributeValueMemberN).Value; got != "6" {
		t.Errorf("total %s", got)
	}
	got, err := client.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String("orders"), Key: item{"id": s("1")}})
	if err != nil || got.Item["status"].(*dynamodbtypes.AttributeValueMemberS).Value != "paid" {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := client.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: aws.String("orders"), Key: item{"id": s("1")}}); err != nil {
		t.Error(err)
	}
	if got, err := client.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String("orders"), Key: item{"id": s("1")}}); err != nil || got.Item != nil {
		t.Errorf("after delete: %+v, %v", got, err)
	}

	for _, at := range []string{"9", "10", "100"} {
		if _, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("events"), Item: item{"id": s("1"), "at": n(at)}}); err != nil {
			t.Fatal(err)
		}
	}
	var order []string
	pages := dynamodb.NewQueryPaginator(client, &dynamodb.QueryInput{
		TableName: aws.String("events"), Limit: aws.Int32(2), KeyConditionExpression: aws.String("id = :id AND #at > :at"),
		ExpressionAttributeNames: map[string]string{"#at": "at"}, ExpressionAttributeValues: item{":id": s("1"), ":at": n("0")},
	})
	for pages.HasMorePages() {
		out, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range out.Items {
			order = append(order, i["at"].(*dynamodbtypes.AttributeValueMemberN).Value)
		}
	}
	if diff := cmp.Diff([]string{"9", "10", "100"}, order); diff != "" {
		t.Error(diff)
	}
	_, err = client.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String("nothing"), Key: item{"id": s("1")}})
	if missing := (*dynamodbtypes.ResourceNotFoundException)(nil); !errors.As(err, &missing) {
		t.Errorf("no table: %v", err)
	}
	_, err = client.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: aws.String("new"), BillingMode: dynamodbtypes.BillingModePayPerRequest,
		KeySchema:            []dynamodbtypes.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: dynamodbtypes.KeyTypeHash}},
		AttributeDefinitions: []dynamodbtypes.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: dynamodbtypes.ScalarAttributeTypeS}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := dynamodb.NewTableExistsWaiter(client).Wait(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String("new")}, time.Second); err != nil {
		t.Error(err)
	}
}

func TestAWSStandS3(t *testing.T) {
	stand, cfg := standIn(t)
	client := s3.NewFromConfig(cfg)
	// Over TLS the client sends every body in aws-chunked encoding, with its checksum in a trailer.
	put, err := client.PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String("orders"), Key: aws.String("2026/1 one.json"), Body: strings.NewReader(`{"id":1}`),
		ContentType: aws.String("application/json"), Metadata: map[string]string{"who": "me"},
	})
	if err != nil || aws.ToString(put.ChecksumCRC32) == "" {
		t.Fatalf("%+v, %v", put, err)
	}
	once := &s3.PutObjectInput{Bucket: aws.String("orders"), Key: aws.String("streamed"), Body: struct{ io.Reader }{strings.NewReader("streamed")}}
	if _, err := client.PutObject(t.Context(), once); standInCode(err) != "MissingContentLength" {
		t.Errorf("a body of unknown length: %v", err)
	}
	once.Body, once.ContentLength = struct{ io.Reader }{strings.NewReader("streamed")}, aws.Int64(8)
	if _, err := client.PutObject(t.Context(), once); err != nil {
		t.Fatal(err)
	}
	for _, algorithm := range []s3types.ChecksumAlgorithm{"CRC32C", "CRC64NVME", "SHA1", "SHA256"} {
		_, err := client.PutObject(t.Context(), &s3.PutObjectInput{
			Bucket: aws.String("orders"), Key: aws.String("sum/" + string(algorithm)), Body: strings.NewReader("x"), ChecksumAlgorithm: algorithm,
		})
		if err != nil {
			t.Errorf("%s: %v", algorithm, err)
		}
	}
	got, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("orders"), Key: aws.String("2026/1 one.json")})
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(got.Body) // the client verifies the checksum here
	if err != nil || string(body) != `{"id":1}` || aws.ToString(got.ContentType) != "application/json" || got.Metadata["who"] != "me" {
		t.Errorf("%q, %+v, %v", body, got, err)
	}
	part, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("orders"), Key: aws.String("streamed"), Range: aws.String("bytes=0-2")})
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(part.Body); err != nil || string(body) != "str" {
		t.Errorf("range: %q, %v", body, err)
	}
	head, err := client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String("orders"), Key: aws.String("streamed")})
	if err != nil || *head.ContentLength != 8 {
		t.Errorf("%+v, %v", head, err)
	}
	var keys []string
	pages := s3.NewListObjectsV2Paginator(client, &s3.ListObjectsV2Input{Bucket: aws.String("orders"), Prefix: aws.String("s"), MaxKeys: aws.Int32(2)})
	for pages.HasMorePages() {
		out, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range out.Contents {
			keys = append(keys, *o.Key)
		}
	}
	if diff := cmp.Diff([]string{"streamed", "sum/CRC32C", "sum/CRC64NVME", "sum/SHA1", "sum/SHA256"}, keys); diff != "" {
		t.Error(diff)
	}
	if _, err := client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: aws.String("orders"), Key: aws.String("streamed")}); err != nil {
		t.Error(err)
	}
	_, err = client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("orders"), Key: aws.String("streamed")})
	if missing := (*s3types.NoSuchKey)(nil); !errors.As(err, &missing) {
		t.Errorf("deleted: %v", err)
	}
	_, err = client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String("orders"), Key: aws.String("streamed")})
	if missing := (*s3types.NotFound)(nil); !errors.As(err, &missing) {
		t.Errorf("head of the deleted: %v", err)
	}
	if _, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("foreign"), Key: aws.String("x")}); standInCode(err) != "NoSuchBucket" {
		t.Errorf("no bucket: %v", err)
	}
	if _, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("fresh")}); err != nil {
		t.Error(err)
	}
	if _, err := client.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: aws.String("fresh")}); err != nil {
		t.Error(err)
	}
	if _, err := client.GetObjectAcl(t.Context(), &s3.GetObjectAclInput{Bucket: aws.String("orders"), Key: aws.String("x")}); standInCode(err) != "NotImplemented" {
		t.Errorf("an operation that it has not: %v", err)
	}

	link, err := s3.NewPresignClient(client).PresignGetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("orders"), Key: aws.String("2026/1 one.json")})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := cfg.HTTPClient.(*http.Client).Get(link.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, _ := io.ReadAll(resp.Body); string(body) != `{"id":1}` {
		t.Errorf("presigned: %s %q", resp.Status, body)
	}
	first := stand.Requests()[0]
	if first.Service != "s3" || first.Operation != "PutObject" || first.Resource != "orders/2026/1 one.json" || first.AccessKeyID != "AKIDEXAMPLE" {
		t.Errorf("%+v", first)
	}
}

// TestAWSStandHosts lets the clients choose the host, and leads every host to the stand.
func TestAWSStandHosts(t *testing.T) {
	stand, cfg := standIn(t)
	inner := cfg.HTTPClient.(*http.Client).Transport
	endpoint := strings.TrimPrefix(*cfg.BaseEndpoint, "https://")
	cfg.BaseEndpoint = nil
	cfg.HTTPClient = &http.Client{Transport: standInRoute(func(r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		r.Host, r.URL.Host = r.URL.Host, endpoint
		return inner.RoundTrip(r)
	})}
	cfg.Credentials = standInCredentials("123456789012")
	key := map[string]dynamodbtypes.AttributeValue{"id": &dynamodbtypes.AttributeValueMemberS{Value: "1"}}
	_, errD := dynamodb.NewFromConfig(cfg).GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String("orders"), Key: key})
	put := &s3.PutObjectInput{Bucket: aws.String("orders"), Key: aws.String("k"), Body: strings.NewReader("x")}
	_, errV := s3.NewFromConfig(cfg).PutObject(t.Context(), put)
	_, errP := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true }).
		HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String("orders"), Key: aws.String("k")})
	_, errQ := sqs.NewFromConfig(cfg).GetQueueUrl(t.Context(), &sqs.GetQueueUrlInput{QueueName: aws.String("shipping")})
	_, errT := sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), nil)
	if err := errors.Join(errD, errV, errP, errQ, errT); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range stand.Requests() {
		got = append(got, r.Service+" "+r.Operation+" "+r.Resource+" "+r.Host)
	}
	want := []string{
		"dynamodb GetItem orders 123456789012.ddb.eu-west-1.amazonaws.com",
		"s3 PutObject orders/k orders.s3.eu-west-1.amazonaws.com",
		"s3 HeadObject orders/k s3.eu-west-1.amazonaws.com",
		"sqs GetQueueUrl shipping sqs.eu-west-1.amazonaws.com",
		"sts GetCallerIdentity  sts.eu-west-1.amazonaws.com",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

type standInRoute func(*http.Request) (*http.Response, error)

func (f standInRoute) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestAWSStandSQS(t *testing.T) {
	_, cfg := standIn(t)
	client := sqs.NewFromConfig(cfg)
	queue, err := client.GetQueueUrl(t.Context(), &sqs.GetQueueUrlInput{QueueName: aws.String("shipping")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.SendMessage(t.Context(), &sqs.SendMessageInput{
		QueueUrl: queue.QueueUrl, MessageBody: aws.String("parcel"), // the client verifies the MD5 that is answered
		MessageAttributes: map[string]sqstypes.MessageAttributeValue{"kind": {DataType: aws.String("String"), StringValue: aws.String("express")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	receive := func() []sqstypes.Message {
		out, err := client.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{
			QueueUrl: queue.QueueUrl, MessageAttributeNames: []string{"All"},
			MessageSystemAttributeNames: []sqstypes.MessageSystemAttributeName{"ApproximateReceiveCount"},
		})
		if err != nil {
			t.Fatal(err)
		}
		return out.Messages
	}
	got := receive()
	if len(got) != 1 || *got[0].Body != "parcel" || *got[0].MessageAttributes["kind"].StringValue != "express" || got[0].Attributes["ApproximateReceiveCount"] != "1" {
		t.Fatalf("%+v", got)
	}
	if again := receive(); len(again) != 0 {
		t.Errorf("received while it is in flight: %+v", again)
	}
	if _, err := client.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{QueueUrl: queue.QueueUrl, ReceiptHandle: got[0].ReceiptHandle}); err != nil {
		t.Error(err)
	}
	_, err = client.GetQueueUrl(t.Context(), &sqs.GetQueueUrlInput{QueueName: aws.String("nothing")})
	if missing := (*sqstypes.QueueDoesNotExist)(nil); !errors.As(err, &missing) || missing.ErrorCode() != "AWS.SimpleQueueService.NonExistentQueue" {
		t.Errorf("no queue: %v", err)
	}
}

func TestAWSStandSecretsAndIdentity(t *testing.T) {
	_, cfg := standIn(t)
	client := secretsmanager.NewFromConfig(cfg)
	created, err := client.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: aws.String("orders/db"), SecretString: aws.String("one")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.PutSecretValue(t.Context(), &secretsmanager.PutSecretValueInput{SecretId: created.ARN, SecretString: aws.String("two")}); err != nil {
		t.Fatal(err)
	}
	for stage, want := range map[string]string{"AWSCURRENT": "two", "AWSPREVIOUS": "one"} {
		got, err := client.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: aws.String("orders/db"), VersionStage: &stage})
		if err != nil || *got.SecretString != want || got.VersionStages[0] != stage {
			t.Errorf("%s: %+v, %v", stage, got, err)
		}
	}
	if _, err := client.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: aws.String("nothing")}); standInCode(err) != "ResourceNotFoundException" {
		t.Errorf("no secret: %v", err)
	}
	who, err := sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), nil)
	if err != nil || *who.Account != "123456789012" || !strings.HasPrefix(*who.Arn, "arn:aws:sts::123456789012:") {
		t.Errorf("%+v, %v", who, err)
	}
	if _, err := sts.NewFromConfig(cfg).GetSessionToken(t.Context(), nil); standInCode(err) != "InvalidAction" {
		t.Errorf("an operation that it has not: %v", err)
	}
}
