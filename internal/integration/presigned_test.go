package integration

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"

	"github.com/lambdafence/lambdafence/internal/awskey"
	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/wrapper"
	"github.com/lambdafence/lambdafence/wrapper/wrappertest"
)

// otherKey is a static key of another account, of the kind that leaks.
var otherKey = "AKIA" + awskey.ID("210987654321")[4:]

// asAWS returns a transport for which every host is moto: AWS's own names, by
// HTTPS, as the requests of a presigned URL go.
func (p *tap) asAWS(t *testing.T) *http.Transport {
	t.Helper()
	front := httptest.NewTLSServer(p.server.Config.Handler)
	t.Cleanup(front.Close)
	return &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", front.Listener.Addr().String())
		},
	}
}

// awsConfig is one whose clients presign for AWS's own endpoints.
func awsConfig(keyID string) aws.Config {
	return aws.Config{Region: region, Credentials: credentials.NewStaticCredentialsProvider(keyID, "secret", "")}
}

// A presigned row is a request of the SDK's presigner.
type presigned struct {
	name    string
	key     string // that signs; empty: the account's own
	request func(context.Context, *s3.PresignClient) (*v4.PresignedHTTPRequest, error)
	allowed bool
	call    string // as the event has it
}

func presignGet(bucket, key string) func(context.Context, *s3.PresignClient) (*v4.PresignedHTTPRequest, error) {
	return func(ctx context.Context, c *s3.PresignClient) (*v4.PresignedHTTPRequest, error) {
		return c.PresignGetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	}
}

func presignPut(in s3.PutObjectInput) func(context.Context, *s3.PresignClient) (*v4.PresignedHTTPRequest, error) {
	return func(ctx context.Context, c *s3.PresignClient) (*v4.PresignedHTTPRequest, error) {
		return c.PresignPutObject(ctx, &in)
	}
}

var presignedRows = []presigned{
	{"get", "", presignGet("presigned-orders", "in/1001"), true, "S3:GetObject arn:aws:s3:::presigned-orders/in/1001"},
	{"get, escaped", "", presignGet("presigned-orders", "in/a b+ü"), true, "S3:GetObject arn:aws:s3:::presigned-orders/in/a b+ü"},
	{"put", "", presignPut(s3.PutObjectInput{Bucket: aws.String("presigned-orders"), Key: aws.String("out/1")}), true, "S3:PutObject arn:aws:s3:::presigned-orders/out/1"},
	{"put where only get is allowed", "", presignPut(s3.PutObjectInput{Bucket: aws.String("presigned-orders"), Key: aws.String("in/1001")}), false, "S3:PutObject arn:aws:s3:::presigned-orders/in/1001"},
	{"put for everybody to read", "", presignPut(s3.PutObjectInput{Bucket: aws.String("presigned-orders"), Key: aws.String("out/2"), ACL: s3types.ObjectCannedACLPublicRead}), false, "S3:PutObject arn:aws:s3:::presigned-orders/out/2"},
	{"another key", "", presignGet("presigned-orders", "secret/1"), false, "S3:GetObject arn:aws:s3:::presigned-orders/secret/1"},
	{"another bucket", "", presignGet("presigned-payroll", "in/1001"), false, "S3:GetObject arn:aws:s3:::presigned-payroll/in/1001"},
	{"another account", otherKey, presignGet("presigned-orders", "in/1001"), false, "S3:GetObject arn:aws:s3:::presigned-orders/in/1001"},
	{"deleted", "", func(ctx context.Context, c *s3.PresignClient) (*v4.PresignedHTTPRequest, error) {
		return c.PresignDeleteObject(ctx, &s3.DeleteObjectInput{Bucket: aws.String("presigned-orders"), Key: aws.String("in/1001")})
	}, false, "S3:DeleteObject arn:aws:s3:::presigned-orders/in/1001"},
	{"headed", "", func(ctx context.Context, c *s3.PresignClient) (*v4.PresignedHTTPRequest, error) {
		return c.PresignHeadBucket(ctx, &s3.HeadBucketInput{Bucket: aws.String("presigned-orders")})
	}, false, "S3:HeadBucket arn:aws:s3:::presigned-orders"},
	{"part of an upload", "", func(ctx context.Context, c *s3.PresignClient) (*v4.PresignedHTTPRequest, error) {
		return c.PresignUploadPart(ctx, &s3.UploadPartInput{Bucket: aws.String("presigned-orders"), Key: aws.String("in/1"), PartNumber: aws.Int32(1), UploadId: aws.String("u")})
	}, false, "S3:UploadPart arn:aws:s3:::presigned-orders/in/1"},
}

const presignedRules = `mode: enforce
allow:
- {aws: s3, operations: [GetObject], resources: ["presigned-orders/in/*"], accounts: ["123456789012"]}
- {aws: s3, operations: [PutObject], access: [write], resources: ["presigned-orders/out/*"], accounts: ["123456789012"]}
- {aws: dynamodb, operations: [ListTables], resources: ["*"], accounts: ["123456789012"]}
`

// TestPresigned sends what the SDK presigns through a guarded client to moto,
// which stands where AWS is.
func TestPresigned(t *testing.T) {
	p := tapMoto(t)
	makeBucket(t, p.config(), "presigned-orders", "in/1001", "in/a b+ü", "secret/1")
	makeBucket(t, p.config(), "presigned-payroll", "in/1001")
	for name, style := range map[string]func(*s3.Options){"virtual-hosted": func(*s3.Options) {}, "path style": pathStyle} {
		for _, row := range presignedRows {
			t.Run(name+", "+row.name, func(t *testing.T) {
				key := row.key
				if key == "" {
					key = awskey.ID(account)
				}
				signed, err := row.request(t.Context(), s3.NewPresignClient(s3.NewFromConfig(awsConfig(key), style)))
				if err != nil {
					t.Fatal(err)
				}
				f := wrappertest.New(t, presignedRules)
				r, err := http.NewRequestWithContext(t.Context(), signed.Method, signed.URL, nil)
				if err != nil {
					t.Fatal(err)
				}
				r.Header = signed.SignedHeader
				if signed.Method == http.MethodPut {
					r.Body = io.NopCloser(strings.NewReader("ordered"))
					r.ContentLength = 7
				}
				sendBy(t, p, f, r, row.allowed)
				if events := f.Events(); len(events) != 1 || events[0].Call.String() != row.call || events[0].Call.Kind != policy.AWS || strings.Contains(fmt.Sprint(events), key) {
					t.Errorf("events %+v, want of %s", events, row.call)
				}
			})
		}
	}
}

// sendBy sends r through the fence, and says whether that came out as it should.
func sendBy(t *testing.T, p *tap, f *wrappertest.Fence, r *http.Request, allowed bool) {
	t.Helper()
	p.took()
	res, err := (&http.Client{Transport: f.Transport(p.asAWS(t))}).Do(r)
	sent := p.took()
	switch {
	case !allowed:
		if !errors.Is(err, wrapper.ErrBlocked) || len(sent) > 0 {
			t.Errorf("error %v, sent %q", err, sent)
		}
		return
	case err != nil:
		t.Error(err)
		return
	}
	defer res.Body.Close()
	if body, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusOK || len(sent) != 1 {
		t.Errorf("%s: %s", res.Status, body)
	}
}

// TestHandSigned sends to DynamoDB what the SDK's signer alone has signed.
func TestHandSigned(t *testing.T) {
	p := tapMoto(t)
	for _, tt := range []struct {
		target, body, key string
		allowed           bool
		operation         string
		resources         []string
	}{
		{"DynamoDB_20120810.ListTables", "{}", awskey.ID(account), true, "ListTables", []string{}},
		{"DynamoDB_20120810.ListTables", "{}", otherKey, false, "ListTables", []string{}},
		{"DynamoDB_20120810.DeleteTable", `{"TableName":"orders"}`, awskey.ID(account), false, "DeleteTable", nil},
	} {
		t.Run(tt.target+" "+tt.key[:4], func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), "POST", "https://dynamodb."+region+".amazonaws.com/", strings.NewReader(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/x-amz-json-1.0")
			r.Header.Set("X-Amz-Target", tt.target)
			sum := sha256.Sum256([]byte(tt.body))
			creds := aws.Credentials{AccessKeyID: tt.key, SecretAccessKey: "secret"}
			if err := v4.NewSigner().SignHTTP(t.Context(), creds, r, hex.EncodeToString(sum[:]), "dynamodb", region, time.Now()); err != nil {
				t.Fatal(err)
			}
			f := wrappertest.New(t, presignedRules)
			sendBy(t, p, f, r, tt.allowed)
			events := f.Events()
			if len(events) != 1 {
				t.Fatalf("%d events", len(events))
			}
			c := events[0].Call
			if diff := cmp.Diff(tt.resources, c.Resources); c.Service != "DynamoDB" || c.Operation != tt.operation || c.Region != region || diff != "" {
				t.Errorf("judged %+v", c)
			}
		})
	}
}
