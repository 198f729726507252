package integration

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/s3/manager" //nolint:staticcheck // deprecated, and in most functions
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	transfertypes "github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/google/go-cmp/cmp"

	"github.com/lambdafence/lambdafence/policy/source"
	"github.com/lambdafence/lambdafence/wrapper"
	"github.com/lambdafence/lambdafence/wrapper/wrappertest"
)

// A way is what the SDK has around its operations: it calls again, goes on to the
// next page, waits, or cuts what is large into parts. run does so with a store by
// its name; each store is a bucket, a table and a path of parameters.
type way struct {
	what string
	run  func(t *testing.T, cfg aws.Config, name string) error

	first string // the operation that begins it
	times int    // how many calls it makes where it is allowed, at least
	lost  bool   // it keeps no more than the text of an error
}

var large = bytes.Repeat([]byte("x"), 11<<20) // three parts

var ways = []way{
	{what: "retries", first: "S3:GetObject", times: 1, run: func(t *testing.T, cfg aws.Config, name string) error {
		cfg.RetryMaxAttempts = 10
		return getObjectFrom(t, cfg, name)
	}},
	{what: "adaptive retries", first: "S3:GetObject", times: 1, run: func(t *testing.T, cfg aws.Config, name string) error {
		cfg.RetryMode = aws.RetryModeAdaptive
		return getObjectFrom(t, cfg, name)
	}},
	{what: "pages of S3", first: "S3:ListObjectsV2", times: 3, run: func(t *testing.T, cfg aws.Config, name string) error {
		p := s3.NewListObjectsV2Paginator(s3.NewFromConfig(cfg), &s3.ListObjectsV2Input{Bucket: &name, Prefix: aws.String("100"), MaxKeys: aws.Int32(1)})
		return throughPages(t, p.HasMorePages, func(ctx context.Context) error { return errOf(p.NextPage(ctx)) })
	}},
	{what: "pages of a query", first: "DynamoDB:Query", times: 2, run: func(t *testing.T, cfg aws.Config, name string) error {
		p := dynamodb.NewQueryPaginator(dynamodb.NewFromConfig(cfg), &dynamodb.QueryInput{
			TableName: &name, Limit: aws.Int32(1), KeyConditionExpression: aws.String("id = :id"), ExpressionAttributeValues: map[string]ddbtypes.AttributeValue{":id": &ddbtypes.AttributeValueMemberS{Value: "1001"}},
		})
		return throughPages(t, p.HasMorePages, func(ctx context.Context) error { return errOf(p.NextPage(ctx)) })
	}},
	{what: "pages of a scan", first: "DynamoDB:Scan", times: 2, run: func(t *testing.T, cfg aws.Config, name string) error {
		p := dynamodb.NewScanPaginator(dynamodb.NewFromConfig(cfg), &dynamodb.ScanInput{TableName: &name, Limit: aws.Int32(1)})
		return throughPages(t, p.HasMorePages, func(ctx context.Context) error { return errOf(p.NextPage(ctx)) })
	}},
	{what: "pages of parameters", first: "SSM:GetParametersByPath", times: 2, run: func(t *testing.T, cfg aws.Config, name string) error {
		p := ssm.NewGetParametersByPathPaginator(ssm.NewFromConfig(cfg), &ssm.GetParametersByPathInput{Path: aws.String("/" + name), MaxResults: aws.Int32(1)})
		return throughPages(t, p.HasMorePages, func(ctx context.Context) error { return errOf(p.NextPage(ctx)) })
	}},
	{what: "waiting for a table", first: "DynamoDB:DescribeTable", times: 1, run: func(t *testing.T, cfg aws.Config, name string) error {
		return dynamodb.NewTableExistsWaiter(dynamodb.NewFromConfig(cfg)).Wait(t.Context(), &dynamodb.DescribeTableInput{TableName: &name}, time.Minute)
	}},
	{what: "waiting for a bucket", first: "S3:HeadBucket", times: 1, run: func(t *testing.T, cfg aws.Config, name string) error {
		return s3.NewBucketExistsWaiter(s3.NewFromConfig(cfg)).Wait(t.Context(), &s3.HeadBucketInput{Bucket: &name}, time.Minute)
	}},
	{what: "waiting for an object", first: "S3:HeadObject", times: 1, run: func(t *testing.T, cfg aws.Config, name string) error {
		return s3.NewObjectExistsWaiter(s3.NewFromConfig(cfg)).Wait(t.Context(), &s3.HeadObjectInput{Bucket: &name, Key: aws.String("1001")}, time.Minute)
	}},
	{what: "waiting for an object to go", first: "S3:HeadObject", times: 1, run: func(t *testing.T, cfg aws.Config, name string) error {
		return s3.NewObjectNotExistsWaiter(s3.NewFromConfig(cfg)).Wait(t.Context(), &s3.HeadObjectInput{Bucket: &name, Key: aws.String("never")}, time.Minute)
	}},

	// feature/s3/manager, deprecated and much used.
	{what: "manager, upload", first: "S3:PutObject", times: 1, run: func(t *testing.T, cfg aws.Config, name string) error {
		return upload(t, cfg, name, strings.NewReader("small"))
	}},
	{what: "manager, upload in parts", first: "S3:CreateMultipartUpload", times: 5, run: func(t *testing.T, cfg aws.Config, name string) error {
		return upload(t, cfg, name, bytes.NewReader(large))
	}},
	{what: "manager, upload of a stream", first: "S3:CreateMultipartUpload", times: 5, run: func(t *testing.T, cfg aws.Config, name string) error {
		return upload(t, cfg, name, io.MultiReader(bytes.NewReader(large)))
	}},
	{what: "manager, download", first: "S3:GetObject", times: 2, run: func(t *testing.T, cfg aws.Config, name string) error {
		//nolint:staticcheck // deprecated, and in most functions
		d := manager.NewDownloader(s3.NewFromConfig(cfg), func(d *manager.Downloader) { d.PartSize = 4 })
		//nolint:staticcheck // the same
		return errOf(d.Download(t.Context(), manager.NewWriteAtBuffer(nil), &s3.GetObjectInput{Bucket: &name, Key: aws.String("1001")}))
	}},

	// feature/s3/transfermanager, which follows it.
	{what: "transfermanager, upload", first: "S3:PutObject", times: 1, run: func(t *testing.T, cfg aws.Config, name string) error {
		return errOf(transfer(cfg).UploadObject(t.Context(), &transfermanager.UploadObjectInput{Bucket: &name, Key: aws.String("up"), Body: strings.NewReader("small")}))
	}},
	{what: "transfermanager, upload in parts", first: "S3:CreateMultipartUpload", times: 5, run: func(t *testing.T, cfg aws.Config, name string) error {
		return errOf(transfer(cfg).UploadObject(t.Context(), &transfermanager.UploadObjectInput{Bucket: &name, Key: aws.String("up"), Body: bytes.NewReader(large)}))
	}},
	{what: "transfermanager, download", first: "S3:GetObject", times: 1, run: func(t *testing.T, cfg aws.Config, name string) error {
		return errOf(transfer(cfg).DownloadObject(t.Context(), &transfermanager.DownloadObjectInput{Bucket: &name, Key: aws.String("1001"), WriterAt: transfertypes.NewWriteAtBuffer(nil)}))
	}},
	{what: "transfermanager, reading", first: "S3:HeadObject", times: 2, run: func(t *testing.T, cfg aws.Config, name string) error {
		out, err := transfer(cfg).GetObject(t.Context(), &transfermanager.GetObjectInput{Bucket: &name, Key: aws.String("1001")})
		if err != nil {
			return err
		}
		return errOf(io.ReadAll(out.Body))
	}},
	// Of directories it tells in words alone: fmt.Errorf("... %v", err). Nothing in
	// the error can help that.
	{what: "transfermanager, upload of a directory", first: "S3:PutObject", times: 1, lost: true, run: func(t *testing.T, cfg aws.Config, name string) error {
		from := t.TempDir()
		if err := os.WriteFile(filepath.Join(from, "one"), []byte("x"), 0o600); err != nil {
			return err
		}
		return errOf(transfer(cfg).UploadDirectory(t.Context(), &transfermanager.UploadDirectoryInput{Bucket: &name, Source: &from}))
	}},
	{what: "transfermanager, download of a directory", first: "S3:ListObjectsV2", times: 4, lost: true, run: func(t *testing.T, cfg aws.Config, name string) error {
		to := t.TempDir()
		return errOf(transfer(cfg).DownloadDirectory(t.Context(), &transfermanager.DownloadDirectoryInput{Bucket: &name, Destination: &to, KeyPrefix: aws.String("100")}))
	}},
}

func getObjectFrom(t *testing.T, cfg aws.Config, name string) error {
	return getObject(name, "1001")(t.Context(), cfg)
}

func throughPages(t *testing.T, more func() bool, next func(context.Context) error) error {
	for more() {
		if err := next(t.Context()); err != nil {
			return err
		}
	}
	return nil
}

func upload(t *testing.T, cfg aws.Config, name string, body io.Reader) error {
	//nolint:staticcheck // deprecated, and in most functions
	return errOf(manager.NewUploader(s3.NewFromConfig(cfg)).Upload(t.Context(), &s3.PutObjectInput{Bucket: &name, Key: aws.String("up"), Body: body}))
}

func transfer(cfg aws.Config) *transfermanager.Client {
	return transfermanager.New(s3.NewFromConfig(cfg), func(o *transfermanager.Options) {
		o.PartSizeBytes, o.MultipartUploadThreshold = 5<<20, 5<<20
	})
}

// TestWaysOfTheSDK: each stops at the first block, at once and for good, with the
// error of it. Where it is allowed it comes to its end.
func TestWaysOfTheSDK(t *testing.T) {
	c := cloudOf(t)
	plain := c.config(account)
	for _, name := range []string{"ways-orders", "ways-payroll"} {
		makeBucket(t, plain, name, "1001", "1002", "1003")
		makeTable(t, plain, name)
		for _, leaf := range []string{"/a", "/b"} {
			put := &ssm.PutParameterInput{Name: aws.String("/" + name + leaf), Value: aws.String("x"), Type: ssmtypes.ParameterTypeString}
			if _, err := ssm.NewFromConfig(plain).PutParameter(t.Context(), put); err != nil {
				t.Fatal(err)
			}
		}
	}
	const doc = "mode: enforce\nallow: [{aws: s3, resources: [ways-orders]}, {aws: dynamodb, resources: [table/ways-orders]}, {aws: ssm, resources: [parameter/ways-orders]}]"
	for _, w := range ways {
		t.Run(w.what, func(t *testing.T) {
			f := wrappertest.New(t, doc)
			cfg := c.config(account)
			f.AWS(&cfg)
			c.took()
			if err := w.run(t, cfg, "ways-orders"); err != nil || len(f.Violations()) > 0 {
				t.Errorf("allowed: %v, %v", err, outcomes(f))
			}
			if events := f.Events(); len(events) < w.times || len(c.took()) < w.times {
				t.Errorf("%d calls: %v", len(events), outcomes(f))
			}

			f.Reset()
			cfg = c.config(account) // with no connection yet
			f.AWS(&cfg)
			c.reached()
			begun := time.Now()
			err := w.run(t, cfg, "ways-payroll")
			if d := time.Since(begun); d > 2*time.Second {
				t.Errorf("it took %v", d)
			}
			if err == nil || errors.Is(err, wrapper.ErrBlocked) == w.lost || !strings.Contains(err.Error(), "lambdafence: blocked "+w.first) {
				t.Errorf("error: %v", err)
			}
			c.wantNothingSent(t)
			if events := outcomes(f); len(events) != 1 || !strings.HasPrefix(events[0], "blocked "+w.first+" ") {
				t.Errorf("events: %v", events)
			}
		})
	}
	t.Run("a part that is blocked", func(t *testing.T) { testBlockedPart(t, c) })
	t.Run("the next page", func(t *testing.T) { testBlockedPage(t, c) })
}

// testBlockedPart: an upload that may begin, but not go on. The parts that are on
// their way at once are blocked each, none is tried again, and the upload is
// ended as it should.
func testBlockedPart(t *testing.T, c *cloud) {
	for what, run := range map[string]func(aws.Config) error{
		"manager": func(cfg aws.Config) error { return upload(t, cfg, "ways-orders", bytes.NewReader(large)) },
		"transfermanager": func(cfg aws.Config) error {
			return errOf(transfer(cfg).UploadObject(t.Context(), &transfermanager.UploadObjectInput{Bucket: aws.String("ways-orders"), Key: aws.String("up"), Body: bytes.NewReader(large)}))
		},
	} {
		f := wrappertest.New(t, "mode: enforce\nallow: [{aws: s3, operations: [CreateMultipartUpload, AbortMultipartUpload], resources: [ways-orders]}]")
		cfg := c.config(account)
		f.AWS(&cfg)
		c.took()
		if err := run(cfg); !errors.Is(err, wrapper.ErrBlocked) {
			t.Errorf("%s: %v", what, err)
		}
		want := []string{"allowed S3:AbortMultipartUpload", "allowed S3:CreateMultipartUpload", "blocked S3:UploadPart"}
		got := outcomes(f)
		for i := range got {
			got[i], _, _ = strings.Cut(got[i], " arn:")
		}
		slices.Sort(got)
		if n := len(got); n > 5 || !cmp.Equal(slices.Compact(got), want) { // three parts
			t.Errorf("%s: %v", what, got)
		}
		if sent := c.took(); len(sent) != 2 {
			t.Errorf("%s: sent %q", what, sent)
		}
	}
}

// testBlockedPage: a policy that tightens between two pages.
func testBlockedPage(t *testing.T, c *cloud) {
	src := &newer{doc: "mode: enforce\nallow: [{aws: s3, resources: [ways-orders]}]"}
	f := wrappertest.New(t, src.doc, wrapper.WithPolicy(src)) // two layers
	cfg := c.config(account)
	f.AWS(&cfg)
	p := s3.NewListObjectsV2Paginator(s3.NewFromConfig(cfg), &s3.ListObjectsV2Input{Bucket: aws.String("ways-orders"), MaxKeys: aws.Int32(1)})
	if _, err := p.NextPage(t.Context()); err != nil {
		t.Fatal(err)
	}
	src.doc = "mode: enforce\nallow: []"
	if err := f.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.took()
	c.reached()
	for range 2 { // a paginator that failed may be asked again
		if _, err := p.NextPage(t.Context()); !errors.Is(err, wrapper.ErrBlocked) {
			t.Error(err)
		}
	}
	c.wantNothingSent(t)
	if got := outcomes(f); len(got) != 3 {
		t.Errorf("events: %v", got)
	}
}

// makeTable makes a table with a range key and two items under one id.
func makeTable(t *testing.T, cfg aws.Config, name string) {
	t.Helper()
	client := dynamodb.NewFromConfig(cfg)
	table := tableOf(name)
	table.AttributeDefinitions = append(table.AttributeDefinitions, ddbtypes.AttributeDefinition{AttributeName: aws.String("line"), AttributeType: "S"})
	table.KeySchema = append(table.KeySchema, ddbtypes.KeySchemaElement{AttributeName: aws.String("line"), KeyType: "RANGE"})
	_, err := client.CreateTable(t.Context(), table)
	for _, line := range []string{"1", "2"} {
		row := map[string]ddbtypes.AttributeValue{"id": &ddbtypes.AttributeValueMemberS{Value: "1001"}, "line": &ddbtypes.AttributeValueMemberS{Value: line}}
		_, putErr := client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &name, Item: row})
		err = errors.Join(err, putErr)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A newer source has a document that changes.
type newer struct{ doc string }

func (n *newer) Load(context.Context) (source.Document, error) {
	return source.Document{Name: "newer", Data: []byte(n.doc)}, nil
}
