package integration

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eventtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/lambdafence/lambdafence/internal/awskey"
	"github.com/lambdafence/lambdafence/wrapper"
	"github.com/lambdafence/lambdafence/wrapper/wrappertest"
)

// A dialRow is a line of testdata/awshosts/aws_dials.jsonl.
type dialRow struct {
	ID, Case     string
	ClientRegion string `json:"client_region"`
	Sends        bool
	Method, URL  string
	Scope        string `json:"sigv4_scope"`
}

// dialled is what the fence makes of the rows, by their ids: whether a rule for the
// service allows it, which it does if the host is one of AWS's for that service
// and region, and the resources; ? where they are unknown.
var dialled = map[string]string{
	"d004": "allowed arn:aws:s3:::s3.us-west-2.amazonaws.com/k",
	"d006": "allowed arn:aws:s3:::UPPER/k",
	"d009": "allowed arn:aws:s3::999988887777:accesspoint/mfzwi23gnjvgw.mrap/object/k",
	"d010": "allowed arn:aws:s3-object-lambda:us-east-1:999988887777:accesspoint/olap",
	"d018": "allowed ?",
	"d019": "allowed ?",
	"d021": "allowed ?",
	"d028": "allowed ?",
	"d029": "allowed arn:aws:s3:::my-bucket//lead",
	"d030": "allowed arn:aws:s3:::my-bucket///evil.example/x",
	"d035": "allowed arn:aws:s3:::my-bucket/k",
	"d038": "reported arn:aws:s3:::my-bucket/k",
	"d039": "reported arn:aws:dynamodb:us-east-1:123456789012:table/t1",
	"d040": "reported arn:aws:s3:::my-bucket/k",
	"d043": "reported arn:aws:dynamodb:us-east-1:123456789012:table/t1",
	"d044": "reported arn:aws:s3:::my-bucket/k",
	"d045": "reported arn:aws:dynamodb:us-east-1:123456789012:table/t1",
	"d047": "reported arn:aws:dynamodb:us-east-1:123456789012:table/t1",
	"d048": "reported arn:aws:s3:::my-bucket/k",
	"d049": "reported arn:aws:dynamodb:us-east-1:123456789012:table/t1",
	"d054": "reported ?",
	"d055": "reported arn:aws:dynamodb:us-east-1:123456789012:table/t1",
	"d056": "reported ?",
	"d059": "allowed arn:aws:sqs:us-east-1:210987654321:q1",
	"d060": "allowed arn:aws:sqs:us-east-1:123456789012:q1",
	"d061": "allowed ?",
	"d063": "allowed arn:aws:sqs:us-east-1:123456789012:q1",
	"d064": "allowed arn:aws:dynamodb:us-east-1:123456789012:table/t1",
	"d066": "allowed arn:aws:dynamodb:eu-west-1:999988887777:table/t1",
	"d068": "allowed arn:aws:dynamodb:us-east-1:999988887777:table/t1 arn:aws:dynamodb:us-east-1:123456789012:table/t2",
	"d073": "allowed arn:aws:lambda:us-east-1:210987654321:function:fn",
	"d079": "allowed arn:aws:states:us-east-1:123456789012:stateMachine:sm",
	"d080": "allowed ?",
	"d081": "allowed",
	"d082": "allowed",
	"d084": "allowed",
	"d085": "allowed",
	"d089": "reported ?",
	"d090": "reported ?",
	"d098": "reported",
}

// TestDials: what the SDK really sends for inputs that are made to lead elsewhere,
// with the fence in place, and what the fence tells of it.
func TestDials(t *testing.T) {
	f, err := os.Open("../../testdata/awshosts/aws_dials.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows := 0
	for lines := bufio.NewScanner(f); lines.Scan(); rows++ {
		var row dialRow
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		t.Run(row.ID+" "+row.Case, row.test)
	}
	if rows != 46 {
		t.Errorf("%d rows, want 46", rows)
	}
}

// A wire notes what is sent.
type wire struct{ sent []string }

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.sent = append(w.sent, r.Method+" "+r.URL.String())
	return nil, errors.New("nothing is there")
}

func (row dialRow) test(t *testing.T) {
	w := &wire{}
	f := wrappertest.New(t, "mode: report\nallow: [{aws: [s3, dynamodb, sqs, lambda, states, events, sts], accounts: [self]}]")
	cfg := aws.Config{Region: row.ClientRegion, HTTPClient: &http.Client{Transport: w}, Retryer: func() aws.Retryer { return aws.NopRetryer{} }}
	cfg.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: awskey.ID(wrappertest.Account), SecretAccessKey: "s", AccountID: wrappertest.Account}, nil
	})
	f.Fence.AWS(&cfg)
	if err := row.call(t, cfg); err == nil || errors.Is(err, wrapper.ErrBlocked) {
		t.Errorf("error %v", err)
	}
	var told, sent []string
	for _, ev := range f.Events() {
		resources := strings.Join(ev.Call.Resources, " ")
		if ev.Call.Resources == nil {
			resources = "?"
		}
		told = append(told, strings.TrimSpace(ev.Outcome.String()+" "+resources))
		if scope, _, _ := strings.Cut(row.Scope, "/"); scope != ev.Call.Region && !strings.HasPrefix(scope, "sigv4a") {
			t.Errorf("region %q, signed for %s", ev.Call.Region, row.Scope)
		}
	}
	if row.Sends {
		sent = []string{row.Method + " " + escaped(row.URL)}
	}
	if !slices.Equal(w.sent, sent) && row.ID != "d068" { // its host is that of either table's account
		t.Errorf("sent %q, want %q", w.sent, sent)
	}
	if got := strings.Join(told, ", "); got != dialled[row.ID] {
		t.Errorf("%q: %q,", row.ID, got)
	}
}

// escaped is a URL as it is printed: what is odd in a host is escaped there.
func escaped(s string) string { return strings.ReplaceAll(s, "\u00ad", "%C2%AD") }

// call makes the call that the row's case says.
func (row dialRow) call(t *testing.T, cfg aws.Config) error {
	ctx := t.Context()
	what, value, _ := strings.Cut(row.Case, "=")
	key := map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: "1"}}
	object := &s3.GetObjectInput{Bucket: aws.String("my-bucket"), Key: aws.String("k")}
	switch what {
	case "s3.GetObject Bucket":
		object.Bucket = &value
		return errOf(s3.NewFromConfig(cfg).GetObject(ctx, object))
	case "s3.GetObject Key":
		object.Key = &value
		return errOf(s3.NewFromConfig(cfg).GetObject(ctx, object))
	case "s3 path style":
		return errOf(s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true }).GetObject(ctx, object))
	case "s3 BaseEndpoint":
		cfg.BaseEndpoint = &value
		return errOf(s3.NewFromConfig(cfg).GetObject(ctx, object))
	case "dynamodb BaseEndpoint":
		cfg.BaseEndpoint = &value
		return errOf(dynamodb.NewFromConfig(cfg).GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("t1"), Key: key}))
	case "dynamodb.GetItem TableName":
		return errOf(dynamodb.NewFromConfig(cfg).GetItem(ctx, &dynamodb.GetItemInput{TableName: &value, Key: key}))
	case "sqs.SendMessage QueueUrl":
		return errOf(sqs.NewFromConfig(cfg).SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &value, MessageBody: aws.String("m")}))
	case "sqs region":
		cfg.Region = value
		return errOf(sqs.NewFromConfig(cfg).ListQueues(ctx, nil))
	case "sts region":
		cfg.Region = value
		return errOf(sts.NewFromConfig(cfg).GetCallerIdentity(ctx, nil))
	case "lambda.Invoke FunctionName":
		return errOf(lambda.NewFromConfig(cfg).Invoke(ctx, &lambda.InvokeInput{FunctionName: &value}))
	case "sfn.StartSyncExecution":
		machine := "arn:aws:states:us-east-1:" + wrappertest.Account + ":stateMachine:sm"
		return errOf(sfn.NewFromConfig(cfg).StartSyncExecution(ctx, &sfn.StartSyncExecutionInput{StateMachineArn: &machine}))
	case "eventbridge.PutEvents EndpointId":
		return errOf(eventbridge.NewFromConfig(cfg).PutEvents(ctx, &eventbridge.PutEventsInput{EndpointId: aws.String("abcde.veo"), Entries: []eventtypes.PutEventsRequestEntry{{}}}))
	}
	if strings.HasPrefix(row.Case, "dynamodb.BatchGetItem") {
		return errOf(dynamodb.NewFromConfig(cfg).BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{
			"arn:aws:dynamodb:us-east-1:999988887777:table/t1": {Keys: []map[string]types.AttributeValue{key}}, "t2": {Keys: []map[string]types.AttributeValue{key}},
		}}))
	}
	t.Fatal("no call for this case")
	return nil
}
