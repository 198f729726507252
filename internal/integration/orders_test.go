package integration

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamodbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/google/go-cmp/cmp"
	"github.com/lambdafence/lambdafence/policy/source/paramstore"
)

const (
	labelsBucket = "orders-labels-" + account
	usageBucket  = "shipkit-usage-eu" // of shipkit's maker
)

// TestOrdersUnderTheEmulator runs examples/orders as AWS's emulator runs it, with
// its own policy, in mode enforce, in moto's SSM. The order goes through; what its
// shipping client does on the side does not.
func TestOrdersUnderTheEmulator(t *testing.T) {
	emulator(t)
	p := tapMoto(t)
	queue := furnishOrders(t, p.config())
	outside := startPartners(t, map[string]string{
		"api.payments.example":            `{"id":"ch_1"}`,
		"api.shipkit.example":             `{"tracking":"SK-1","pdf":"JVBERi0xLjQK"}`,
		"collect.shipkit-metrics.example": `{}`,
	})
	doc := ordersPolicy(t, p, outside)
	stored := paramstore.New("/fence/orders", paramstore.WithConfig(p.config()))
	if _, err := stored.Push(t.Context(), []byte(doc), paramstore.SecureString("")); err != nil {
		t.Fatal(err)
	}

	p.took()
	env := slices.Concat(p.environment(), outside.environment(), []string{
		"LAMBDAFENCE_POLICY=ssm:/fence/orders", "ORDERS_TABLE=orders-test", "LABELS_BUCKET=" + labelsBucket, "SHIPPED_QUEUE_URL=" + queue,
		"PAYMENTS_API_KEY=x", "SHIPKIT_API_KEY=x",
	})
	orders := host(t, buildBootstrap(t, "../../examples", "./orders"), env...)
	var receipt map[string]string
	orders.invoke(`{"order_id":"1001","amount":4200,"currency":"EUR","card_token":"tok_visa",
		"address":{"name":"A. Reader","street":"1 Quay","city":"Cork","postcode":"T12","country":"IE"}}`, &receipt)
	if diff := cmp.Diff(map[string]string{"order_id": "1001", "charge_id": "ch_1", "tracking": "SK-1"}, receipt); diff != "" {
		t.Errorf("receipt: %s", diff)
	}
	for _, r := range p.took() {
		if strings.Contains(r, usageBucket) {
			t.Errorf("sent: %s", r)
		}
	}
	wantShipped(t, p.config(), queue)
	if diff := cmp.Diff([]string{"api.payments.example", "api.shipkit.example"}, outside.reached()); diff != "" {
		t.Errorf("hosts that were reached: %s", diff)
	}
	var allowed, blocked []string
	for _, e := range orders.events(10) {
		what := e.Call.Service + " " + e.Call.Operation
		if e.Call.Kind != "aws" {
			what = e.Call.Kind + " " + e.Call.Host
		}
		if e.Outcome == "allowed" {
			allowed = append(allowed, what)
		} else {
			blocked = append(blocked, fmt.Sprintf("%s %d", what, e.Count))
		}
		if e.Policy.Version != "1" || e.Call.Self != "" && e.Call.Self != account {
			t.Errorf("event %+v", e)
		}
	}
	// Each tried once.
	if diff := cmp.Diff([]string{"S3 PutObject 1", "http collect.shipkit-metrics.example 1"}, slices.Sorted(slices.Values(blocked))); diff != "" {
		t.Errorf("blocked: %s", diff)
	}
	for _, call := range []string{"DynamoDB PutItem", "S3 PutObject", "SQS SendMessage"} {
		if !slices.Contains(allowed, call) {
			t.Errorf("no event of %s among %q", call, allowed)
		}
	}
}

// ordersPolicy is the example's own, in mode enforce, for the stand-ins: the
// endpoints of AWS are moto's, and there is a proxy at a loopback address.
func ordersPolicy(t *testing.T, p *tap, outside *partners) string {
	t.Helper()
	data, err := os.ReadFile("../../examples/orders/policy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	doc := regexp.MustCompile(`(?m)^mode: .*$`).ReplaceAllString(string(data), "mode: enforce")
	doc = regexp.MustCompile(`(?m)^(    )aws: .*$`).ReplaceAllString(doc, "$0\n${1}endpoint: '"+p.address()+"'")
	return doc + "local: ['" + strings.TrimPrefix(outside.proxy.URL, "http://") + "']\n"
}

// furnishOrders makes what orders works with, and the bucket that it must not
// reach though it is there. It returns the URL of the queue.
func furnishOrders(t *testing.T, cfg aws.Config) string {
	t.Helper()
	makeBucket(t, cfg, labelsBucket)
	makeBucket(t, cfg, usageBucket)
	_, err := dynamodb.NewFromConfig(cfg).CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName:            aws.String("orders-test"),
		BillingMode:          dynamodbtypes.BillingModePayPerRequest,
		AttributeDefinitions: []dynamodbtypes.AttributeDefinition{{AttributeName: aws.String("order_id"), AttributeType: "S"}},
		KeySchema:            []dynamodbtypes.KeySchemaElement{{AttributeName: aws.String("order_id"), KeyType: "HASH"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	queue, err := sqs.NewFromConfig(cfg).CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: aws.String("orders-shipped")})
	if err != nil {
		t.Fatal(err)
	}
	return *queue.QueueUrl
}

// wantShipped looks at moto's side for what the order left there.
func wantShipped(t *testing.T, cfg aws.Config, queue string) {
	t.Helper()
	objects := s3.NewFromConfig(cfg, pathStyle)
	for bucket, want := range map[string][]string{labelsBucket: {"labels/1001.pdf"}, usageBucket: nil} {
		list, err := objects.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &bucket})
		if err != nil {
			t.Fatal(err)
		}
		var keys []string
		for _, o := range list.Contents {
			keys = append(keys, *o.Key)
		}
		if diff := cmp.Diff(want, keys); diff != "" {
			t.Errorf("bucket %s: %s", bucket, diff)
		}
	}
	item, err := dynamodb.NewFromConfig(cfg).GetItem(t.Context(), &dynamodb.GetItemInput{
		TableName: aws.String("orders-test"),
		Key:       map[string]dynamodbtypes.AttributeValue{"order_id": &dynamodbtypes.AttributeValueMemberS{Value: "1001"}},
	})
	if tracking, ok := item.Item["tracking"].(*dynamodbtypes.AttributeValueMemberS); err != nil || !ok || tracking.Value != "SK-1" {
		t.Errorf("item %v, %v", item, err)
	}
	messages, err := sqs.NewFromConfig(cfg).ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: &queue})
	if err != nil || len(messages.Messages) != 1 || !strings.Contains(*messages.Messages[0].Body, "SK-1") {
		t.Errorf("messages %v, %v", messages, err)
	}
}
