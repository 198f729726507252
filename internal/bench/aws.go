package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"go.opentelemetry.io/contrib/instrumentation/github.com/aws/aws-sdk-go-v2/otelaws" //nolint:staticcheck // the peer
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
			"The spans are as with HTTP. Once each call is the same, once each goes to another table, or another key of another bucket.",
	}}
	spans := newSpanCounter()
	for _, what := range []struct {
		name  string
		calls func(aws.Config) func(context.Context, int) error
	}{{"DynamoDB GetItem", getItem}, {"S3 GetObject", getObject}} {
		for _, same := range []bool{true, false} {
			rows, err := awsRows(ctx, what.calls, same, spans)
			if err != nil {
				return p, err
			}
			t, figures, err := e.slower(5).added(rows)
			if err != nil {
				return p, err
			}
			title := what.name + ", each call another"
			if same {
				title = what.name + ", the same call"
			}
			t.caption = title + ":"
			p.tables = append(p.tables, t)
			added := func(i int) runs { return figures[i].less(figures[0]) }
			p.budgets = append(p.budgets,
				budget{what: title + ": AWS guard adds / otelaws no-op adds", got: added(1).over(added(2)), limit: 0.5, format: ratio},
				budget{what: title + ": allocations that the AWS guard adds", got: once(rows[1].allocations() - rows[0].allocations()), limit: 12, format: count})
		}
	}
	return p, nil
}

// awsRows make the same calls by differently guarded clients.
func awsRows(ctx context.Context, calls func(aws.Config) func(context.Context, int) error, same bool, spans *spanCounter) ([]row, error) {
	fence, err := newFence(ctx, cloud)
	if err != nil {
		return nil, err
	}
	otel := func(opts ...otelaws.Option) func(*aws.Config) {
		return func(cfg *aws.Config) { otelaws.AppendMiddlewares(&cfg.APIOptions, opts...) }
	}
	traced := sampled(ctx)
	by := func(name string, guard func(*aws.Config)) subject {
		return repeat(traced, name, calls(config(guard)), same)
	}
	var now subject
	spanning := subject{name: "lambdafence, SDK, a span for each call", do: func(n int) error { return now.do(n) }, fresh: func() error {
		f, err := newFence(ctx, cloud, wrapper.WithEvents(wrapper.All), wrapper.WithTracerProvider(spans.provider))
		if err != nil {
			return err
		}
		now = repeat(traced, "", calls(config(f.AWS)), false)
		return nil
	}}
	rows := []row{
		{subject: by("alone", func(*aws.Config) {})},
		{subject: by("lambdafence", fence.AWS)},
		{subject: by("otelaws, no-op provider", otel(otelaws.WithTracerProvider(noop.NewTracerProvider())))},
		{subject: by("otelaws, SDK, a span for each call", otel(otelaws.WithTracerProvider(spans.provider))), spans: spans},
	}
	if !same { // equal events are folded: they make no spans
		rows = append(rows, row{subject: spanning, spans: spans})
	}
	return rows, nil
}

// repeat makes calls one after the other; same: the first again and again.
func repeat(ctx context.Context, name string, call func(context.Context, int) error, same bool) subject {
	at := 0
	return subject{name: name, do: func(n int) error {
		for range n {
			if err := call(ctx, at); err != nil {
				return err
			}
			if !same {
				at = (at + 1) % distinct
			}
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

func getItem(cfg aws.Config) func(context.Context, int) error {
	client := dynamodb.NewFromConfig(cfg)
	inputs := make([]*dynamodb.GetItemInput, distinct)
	for i := range inputs {
		inputs[i] = &dynamodb.GetItemInput{TableName: aws.String(letters("table", i)), Key: map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: "1"}}}
	}
	return func(ctx context.Context, i int) error {
		_, err := client.GetItem(ctx, inputs[i])
		return err
	}
}

func getObject(cfg aws.Config) func(context.Context, int) error {
	client := s3.NewFromConfig(cfg)
	inputs := make([]*s3.GetObjectInput, distinct)
	for i := range inputs {
		inputs[i] = &s3.GetObjectInput{Bucket: aws.String(letters("bucket", i)), Key: aws.String(letters("in/key", i))}
	}
	return func(ctx context.Context, i int) error {
		resp, err := client.GetObject(ctx, inputs[i])
		if err != nil {
			return err
		}
		return resp.Body.Close()
	}
}

// letters is a name without digits, which a fence takes for ids.
func letters(prefix string, i int) string {
	return fmt.Sprintf("%s-%c%c", prefix, 'a'+i/26%26, 'a'+i%26)
}
