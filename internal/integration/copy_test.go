package integration

import (
	"errors"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/wrapper/wrappertest"
)

// TestRequestsAgreeWithTheirInputs: what the real clients put into path and
// headers is what the guard holds against the input; none of it is taken for an
// attempt to send something else.
func TestRequestsAgreeWithTheirInputs(t *testing.T) {
	f := wrappertest.New(t, "mode: report\nallow: []\n")
	cfg := aws.Config{Region: "eu-west-1", HTTPClient: nowhere{}}
	f.AWS(&cfg)
	cfg.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	store, functions := s3.NewFromConfig(cfg), lambda.NewFromConfig(cfg)
	ctx, b, k, arn := t.Context(), "dst", "k", "arn:aws:lambda:eu-west-1:123456789012:function:orders"
	for what, call := range map[string]func() error{
		"copy": func() error {
			return errOf(store.CopyObject(ctx, &s3.CopyObjectInput{Bucket: &b, Key: &k, CopySource: aws.String("src/a%20b+c")}))
		},
		"copy, slash": func() error {
			return errOf(store.CopyObject(ctx, &s3.CopyObjectInput{Bucket: &b, Key: &k, CopySource: aws.String("/src/é")}))
		},
		"part": func() error {
			return errOf(store.UploadPartCopy(ctx, &s3.UploadPartCopyInput{
				Bucket: &b, Key: &k, CopySource: aws.String("src/k?versionId=1"), UploadId: aws.String("u"), PartNumber: aws.Int32(1),
			}))
		},
		"put": func() error {
			return errOf(store.PutObject(ctx, &s3.PutObjectInput{Bucket: &b, Key: aws.String("a b/ü+?#&=.txt")}))
		},
		"delete": func() error {
			return errOf(store.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: aws.String("dst.with.dots"), Key: aws.String("//k/")}))
		},
		"list": func() error {
			return errOf(store.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &b, Prefix: aws.String("a/")}))
		},
		"access list": func() error {
			return errOf(store.GetBucketAcl(ctx, &s3.GetBucketAclInput{Bucket: &b}))
		},
		"function": func() error {
			return errOf(functions.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: aws.String("orders"), Qualifier: aws.String("live")}))
		},
		"invoke": func() error {
			return errOf(functions.Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String("orders:live")}))
		},
		"invoke by ARN": func() error {
			return errOf(functions.Invoke(ctx, &lambda.InvokeInput{FunctionName: &arn}))
		},
		"tags": func() error {
			return errOf(functions.ListTags(ctx, &lambda.ListTagsInput{Resource: &arn}))
		},
		"url": func() error {
			return errOf(functions.GetFunctionUrlConfig(ctx, &lambda.GetFunctionUrlConfigInput{FunctionName: aws.String("orders")}))
		},
	} {
		f.Reset()
		if err := call(); !errors.Is(err, errNowhere) {
			t.Errorf("%s: %v", what, err)
		}
		if events := f.Events(); len(events) != 1 || events[0].Call.Kind != policy.AWS || events[0].Call.Operation == "" || len(events[0].Call.Resources) == 0 {
			t.Errorf("%s: %+v", what, events)
		}
	}
}

func errOf[T any](_ T, err error) error { return err }

// nowhere is a client that sends nothing.
type nowhere struct{}

var errNowhere = errors.New("sent nowhere")

func (nowhere) Do(*http.Request) (*http.Response, error) { return nil, errNowhere }
