package integration

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"go.opentelemetry.io/contrib/instrumentation/github.com/aws/aws-sdk-go-v2/otelaws" //nolint:staticcheck // the peer
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/lambdafence/lambdafence/internal/awskey"
	"github.com/lambdafence/lambdafence/policy/source"
	"github.com/lambdafence/lambdafence/wrapper"
)

// answering answers every request at once, so that what is timed is the client.
type answering struct{}

func (answering) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		r.Body.Close()
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
		Body: io.NopCloser(strings.NewReader("{}")), ContentLength: 2, Request: r,
	}, nil
}

// BenchmarkAWSGuard: an allowed call of a real client, alone, behind the fence,
// and with otelaws, which makes a span that nobody sees.
func BenchmarkAWSGuard(b *testing.B) {
	doc := source.Static("bench", []byte(`{mode: enforce, allow: [
		{aws: dynamodb, operations: [GetItem], resources: [table/orders]},
		{aws: s3, access: [read], resources: [orders]}]}`))
	f := wrapper.Must(wrapper.New(b.Context(), wrapper.WithPolicy(doc), wrapper.WithAccount(account), wrapper.WithRefresh(0)))
	for _, with := range []struct {
		name  string
		guard func(*aws.Config)
	}{
		{"alone", func(*aws.Config) {}},
		{"fence", f.AWS},
		{"otelaws", func(cfg *aws.Config) {
			otelaws.AppendMiddlewares(&cfg.APIOptions, otelaws.WithTracerProvider(noop.NewTracerProvider()))
		}},
	} {
		cfg := aws.Config{
			Region: "eu-west-1", HTTPClient: &http.Client{Transport: answering{}},
			Credentials: credentials.NewStaticCredentialsProvider(awskey.ID(account), "secret", ""),
		}
		with.guard(&cfg)
		tables, store := dynamodb.NewFromConfig(cfg), s3.NewFromConfig(cfg)
		item := &dynamodb.GetItemInput{TableName: aws.String("orders"), Key: map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: "1"}}}
		object := &s3.GetObjectInput{Bucket: aws.String("orders"), Key: aws.String("1001")}
		b.Run("GetItem/"+with.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := tables.GetItem(b.Context(), item); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("GetObject/"+with.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := store.GetObject(b.Context(), object); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
