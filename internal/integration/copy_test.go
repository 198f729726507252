package integration

import (
	"context"
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
	name, id := aws.String, func(s string) *string { return &s }
	for what, call := range map[string]func(context.Context) error{
		"copy": func(ctx context.Context) error {
			_, err := store.CopyObject(ctx, &s3.CopyObjectInput{Bucket: name("dst"), Key: name("k"), CopySource: name("src/a%20b+c")})
			return err
		},
		"copy, slash": func(ctx context.Context) error {
			_, err := store.CopyObject(ctx, &s3.CopyObjectInput{Bucket: name("dst"), Key: name("k"), CopySource: name("/src/é")})
			return err
		},
		"part": func(ctx context.Context) error {
			_, err := store.UploadPartCopy(ctx, &s3.UploadPartCopyInput{Bucket: name("dst"), Key: name("k"), CopySource: name("src/k?versionId=1"), UploadId: id("u"), PartNumber: aws.Int32(1)})
			return err
		},
		"put": func(ctx context.Context) error {
			_, err := store.PutObject(ctx, &s3.PutObjectInput{Bucket: name("dst"), Key: name("a b/ü+?#&=.txt")})
			return err
		},
		"delete": func(ctx context.Context) error {
			_, err := store.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: name("dst.with.dots"), Key: name("//k/")})
			return err
		},
		"list": func(ctx context.Context) error {
			_, err := store.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: name("dst"), Prefix: name("a/")})
			return err
		},
		"acl": func(ctx context.Context) error {
			_, err := store.GetBucketAcl(ctx, &s3.GetBucketAclInput{Bucket: name("dst")})
			return err
		},
		"function": func(ctx context.Context) error {
			_, err := functions.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: name("orders"), Qualifier: id("live")})
			return err
		},
		"invoke": func(ctx context.Context) error {
			_, err := functions.Invoke(ctx, &lambda.InvokeInput{FunctionName: name("orders:live")})
			return err
		},
		"invoke by ARN": func(ctx context.Context) error {
			_, err := functions.Invoke(ctx, &lambda.InvokeInput{FunctionName: name("arn:aws:lambda:eu-west-1:123456789012:function:orders")})
			return err
		},
		"tags": func(ctx context.Context) error {
			_, err := functions.ListTags(ctx, &lambda.ListTagsInput{Resource: name("arn:aws:lambda:eu-west-1:123456789012:function:orders")})
			return err
		},
		"url": func(ctx context.Context) error {
			_, err := functions.GetFunctionUrlConfig(ctx, &lambda.GetFunctionUrlConfigInput{FunctionName: name("orders")})
			return err
		},
	} {
		f.Reset()
		if err := call(t.Context()); !errors.Is(err, errNowhere) {
			t.Errorf("%s: %v", what, err)
		}
		if events := f.Events(); len(events) != 1 || events[0].Call.Kind != policy.AWS || events[0].Call.Operation == "" || len(events[0].Call.Resources) == 0 {
			t.Errorf("%s: %+v", what, events)
		}
	}
}

// nowhere is a client that sends nothing.
type nowhere struct{}

var errNowhere = errors.New("sent nowhere")

func (nowhere) Do(*http.Request) (*http.Response, error) { return nil, errNowhere }
