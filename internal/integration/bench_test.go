package integration

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

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

// BenchmarkAWSGuard makes an allowed call of a real client alone, behind the
// fence, and with otelaws, which makes a span that nobody sees: in turns, since
// what is added is little beside the call. It tells what either adds, by the
// median of many rounds, and the ratio of the two.
func BenchmarkAWSGuard(b *testing.B) {
	doc := source.Static("bench", []byte(`{mode: enforce, allow: [
		{aws: dynamodb, operations: [GetItem], resources: [table/orders]},
		{aws: s3, access: [read], resources: [orders]}]}`))
	f := wrapper.Must(wrapper.New(b.Context(), wrapper.WithPolicy(doc), wrapper.WithAccount(account), wrapper.WithRefresh(0)))
	config := func(guard func(*aws.Config)) aws.Config {
		cfg := aws.Config{
			Region: "eu-west-1", HTTPClient: &http.Client{Transport: answering{}},
			Credentials: credentials.NewStaticCredentialsProvider(awskey.ID(account), "secret", ""),
		}
		guard(&cfg)
		return cfg
	}
	configs := []aws.Config{
		config(func(*aws.Config) {}),
		config(f.AWS),
		config(func(cfg *aws.Config) {
			otelaws.AppendMiddlewares(&cfg.APIOptions, otelaws.WithTracerProvider(noop.NewTracerProvider()))
		}),
	}
	item := &dynamodb.GetItemInput{TableName: aws.String("orders"), Key: map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: "1"}}}
	object := &s3.GetObjectInput{Bucket: aws.String("orders"), Key: aws.String("1001")}
	var tables, objects []func() error
	for _, cfg := range configs {
		table, store := dynamodb.NewFromConfig(cfg), s3.NewFromConfig(cfg)
		tables = append(tables, func() error { return errOf(table.GetItem(b.Context(), item)) })
		objects = append(objects, func() error { return errOf(store.GetObject(b.Context(), object)) })
	}
	b.Run("GetItem", func(b *testing.B) { inTurns(b, tables) })
	b.Run("GetObject", func(b *testing.B) { inTurns(b, objects) })
}

// inTurns times three calls: alone, behind the fence, and with the peer.
func inTurns(b *testing.B, calls []func() error) {
	const batch = 20
	rounds := make([][]float64, len(calls))
	for b.Loop() {
		for i, call := range calls {
			start := time.Now()
			for range batch {
				if err := call(); err != nil {
					b.Fatal(err)
				}
			}
			rounds[i] = append(rounds[i], float64(time.Since(start))/batch)
		}
	}
	var ns, allocs [3]float64
	for i, call := range calls {
		slices.Sort(rounds[i])
		ns[i] = rounds[i][len(rounds[i])/2]
		allocs[i] = testing.AllocsPerRun(100, func() { call() })
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ns[0], "alone-ns")
	b.ReportMetric(ns[1]-ns[0], "fence-adds-ns")
	b.ReportMetric(ns[2]-ns[0], "otelaws-adds-ns")
	b.ReportMetric((ns[1]-ns[0])/(ns[2]-ns[0]), "fence/otelaws")
	b.ReportMetric(allocs[1]-allocs[0], "fence-adds-allocs")
	b.ReportMetric(allocs[2]-allocs[0], "otelaws-adds-allocs")
}
