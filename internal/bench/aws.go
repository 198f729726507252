package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"go.opentelemetry.io/contrib/instrumentation/github.com/aws/aws-sdk-go-v2/otelaws" //nolint:staticcheck // the peer
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/lambdafence/lambdafence/internal/awskey"
	"github.com/lambdafence/lambdafence/wrapper"
)

const (
	ownAccount = "111122223333"
	cloud      = "- {aws: dynamodb, operations: [GetItem], resources: [table/table-*]}\n- {aws: s3, access: [read], resources: [\"bucket-*\"]}\n"
)

func measureAWS(ctx context.Context, e effort) (part, error) {
	p := part{name: "aws", title: "A call of the AWS SDK", text: []string{
		"Real clients of the SDK for Go v2 with an HTTP client that answers at once, alone, behind a fence with 100 rules and two for the calls, and with otelaws. " +
			"A batch is of eight calls or so, after four that are not timed. The spans are as with HTTP. Once each call is the same, once each asks for another of " + strconv.Itoa(distinct) + " items of a table or objects of a bucket, and once each goes to another of as many tables or buckets.",
	}}
	e.even = true // a batch is so short that its first calls count
	for _, c := range []struct {
		name   string
		calls  caller
		traced bool // the fence folds equal events, which make no spans
	}{
		{"DynamoDB GetItem, the same call", getItem(1, 1), false},
		{"DynamoDB GetItem, each call another item", getItem(1, distinct), false},
		{"DynamoDB GetItem, each call another table", getItem(distinct, 1), true},
		{"S3 GetObject, the same call", getObject(1, 1), false},
		{"S3 GetObject, each call another object", getObject(1, distinct), false},
		{"S3 GetObject, each call another bucket", getObject(distinct, distinct), true},
	} {
		t := addedTable(c.name + ":")
		if err := e.plainAWS(ctx, &p, &t, c.name, c.calls); err != nil {
			return p, err
		}
		if c.traced {
			if err := e.tracedAWS(ctx, &t, c.calls); err != nil {
				return p, err
			}
		}
		p.tables = append(p.tables, t)
	}
	return p, nil
}

// A caller makes calls by a client of its own: the i-th of many.
type caller func(aws.Config) func(ctx context.Context, i int) error

// plainAWS times guards that make no spans.
func (e effort) plainAWS(ctx context.Context, p *part, t *table, title string, calls caller) error {
	fence, err := newFence(ctx, cloud)
	if err != nil {
		return err
	}
	traced := sampled(ctx)
	rows := []row{
		{subject: repeat(traced, "alone", calls(config(alone)))},
		{subject: repeat(traced, "lambdafence", calls(config(fence.AWS)))},
		{subject: repeat(traced, "otelaws, no-op provider", calls(config(otel(noop.NewTracerProvider()))))},
	}
	e.turns *= 4 // what is added is a twentieth of the call
	figures, err := e.added(t, rows)
	if err != nil {
		return err
	}
	p.budgets = append(p.budgets,
		budget{what: title + ": AWS guard adds / otelaws no-op adds", got: figures[1].over(figures[2]), limit: 0.5, format: ratio},
		budget{what: title + ": allocations that the AWS guard adds", got: once(rows[1].allocations() - rows[0].allocations()), limit: 12, format: count})
	return nil
}

// tracedAWS times guards that make spans of the SDK.
func (e effort) tracedAWS(ctx context.Context, t *table, calls caller) error {
	traced, spans := sampled(ctx), newSpanCounter()
	rows := []row{
		{subject: repeat(traced, "alone", calls(config(alone)))},
		{subject: repeat(traced, "otelaws, SDK, a span for each call", calls(config(otel(spans.provider)))), spans: spans},
		{subject: renewed("lambdafence, SDK, a span for each call", func() (subject, error) {
			f, err := newFence(ctx, cloud, wrapper.WithEvents(wrapper.All), wrapper.WithTracerProvider(spans.provider))
			return repeat(traced, "", calls(config(f.AWS))), err
		}), spans: spans},
	}
	_, err := e.added(t, rows)
	return err
}

func alone(*aws.Config) {}

func otel(provider trace.TracerProvider) func(*aws.Config) {
	return func(cfg *aws.Config) {
		otelaws.AppendMiddlewares(&cfg.APIOptions, otelaws.WithTracerProvider(provider))
	}
}

// repeat makes calls one after the other, and after the last the first again.
func repeat(ctx context.Context, name string, call func(context.Context, int) error) subject {
	at := 0
	return subject{name: name, do: func(n int) error {
		for range n {
			if err := call(ctx, at); err != nil {
				return err
			}
			at = (at + 1) % distinct
		}
		return nil
	}}
}

func config(guard func(*aws.Config)) aws.Config {
	cfg := aws.Config{
		Region: "eu-west-1", HTTPClient: &http.Client{Transport: empty{}},
		Credentials: credentials.NewStaticCredentialsProvider(awskey.ID(ownAccount), "secret", ""),
	}
	guard(&cfg)
	return cfg
}

// empty answers as DynamoDB and S3 do, with nothing in it.
type empty struct{}

func (empty) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		r.Body.Close()
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
		Body: io.NopCloser(strings.NewReader("{}")), ContentLength: 2, Request: r,
	}, nil
}

// getItem asks for items of tables, so many different ones of each.
func getItem(tables, items int) caller {
	return func(cfg aws.Config) func(context.Context, int) error {
		client := dynamodb.NewFromConfig(cfg)
		inputs := make([]*dynamodb.GetItemInput, distinct)
		for i := range inputs {
			inputs[i] = &dynamodb.GetItemInput{
				TableName: aws.String(letters("table", i%tables)),
				Key:       map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: letters("item", i%items)}},
			}
		}
		return func(ctx context.Context, i int) error {
			_, err := client.GetItem(ctx, inputs[i])
			return err
		}
	}
}

// getObject asks for objects of buckets, so many different ones of each, or for a part.
func getObject(buckets, objects int, part ...string) caller {
	return func(cfg aws.Config) func(context.Context, int) error {
		client := s3.NewFromConfig(cfg)
		inputs := make([]*s3.GetObjectInput, distinct)
		for i := range inputs {
			inputs[i] = &s3.GetObjectInput{Bucket: aws.String(letters("bucket", i%buckets)), Key: aws.String(letters("in/key", i%objects))}
			if len(part) > 0 {
				inputs[i].Range = &part[0]
			}
		}
		return func(ctx context.Context, i int) error {
			resp, err := client.GetObject(ctx, inputs[i])
			if err != nil {
				return err
			}
			return resp.Body.Close()
		}
	}
}

// letters is a name without digits, which a fence takes for ids.
func letters(prefix string, i int) string {
	return fmt.Sprintf("%s-%c%c", prefix, 'a'+i/26%26, 'a'+i%26)
}
