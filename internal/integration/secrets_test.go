package integration

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/lambdafence/lambdafence/internal/leak"
	"github.com/lambdafence/lambdafence/wrapper"
	"github.com/lambdafence/lambdafence/wrapper/wrappertest"
)

// secretCalls are operations whose inputs carry secrets where AWS has them.
func secretCalls(l *leak.Loader) map[string]func(context.Context, aws.Config) error {
	word := func(place string) *string { return aws.String(l.Word(place)) }
	phone, topic := aws.String(l.Phone("SNS, phone")), aws.String("arn:aws:sns:eu-west-1:123456789012:orders")
	statement := aws.String(`SELECT * FROM "orders" WHERE card = '` + l.Word("PartiQL") + `'`)
	unreadable := aws.String(`SELECT * FROM /* ` + l.Word("PartiQL that nobody can read") + ` */ x`)
	item := map[string]ddbtypes.AttributeValue{"id": &ddbtypes.AttributeValueMemberS{Value: l.Word("item")}}
	token, cause, reply := word("task token"), word("cause of a failure"), word("output of a task")
	body, attribute := word("message of SQS"), word("message of SNS")
	secret, plain, parameter := word("secret"), word("plaintext"), word("parameter")
	payload, identity := word("payload"), word("web identity")
	object, metadata, customerKey := word("object"), word("metadata"), word("key of the customer")
	return map[string]func(context.Context, aws.Config) error{
		"SNS to a phone": func(ctx context.Context, cfg aws.Config) error {
			return errOf(sns.NewFromConfig(cfg).Publish(ctx, &sns.PublishInput{PhoneNumber: phone, Message: attribute}))
		},
		"SNS Subscribe": func(ctx context.Context, cfg aws.Config) error {
			return errOf(sns.NewFromConfig(cfg).Subscribe(ctx, &sns.SubscribeInput{TopicArn: topic, Protocol: aws.String("sms"), Endpoint: phone}))
		},
		"PartiQL": func(ctx context.Context, cfg aws.Config) error {
			return errOf(dynamodb.NewFromConfig(cfg).ExecuteStatement(ctx, &dynamodb.ExecuteStatementInput{Statement: statement}))
		},
		"PartiQL that nobody can read": func(ctx context.Context, cfg aws.Config) error {
			return errOf(dynamodb.NewFromConfig(cfg).ExecuteStatement(ctx, &dynamodb.ExecuteStatementInput{Statement: unreadable}))
		},
		"DynamoDB PutItem": func(ctx context.Context, cfg aws.Config) error {
			return errOf(dynamodb.NewFromConfig(cfg).PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("orders"), Item: item}))
		},
		"Step Functions SendTaskSuccess": func(ctx context.Context, cfg aws.Config) error {
			return errOf(sfn.NewFromConfig(cfg).SendTaskSuccess(ctx, &sfn.SendTaskSuccessInput{TaskToken: token, Output: reply}))
		},
		"Step Functions SendTaskFailure": func(ctx context.Context, cfg aws.Config) error {
			return errOf(sfn.NewFromConfig(cfg).SendTaskFailure(ctx, &sfn.SendTaskFailureInput{TaskToken: token, Cause: cause}))
		},
		"SQS SendMessage": func(ctx context.Context, cfg aws.Config) error {
			return errOf(sqs.NewFromConfig(cfg).SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: aws.String("https://sqs.eu-west-1.amazonaws.com/123456789012/orders"), MessageBody: body}))
		},
		"Secrets Manager PutSecretValue": func(ctx context.Context, cfg aws.Config) error {
			return errOf(secretsmanager.NewFromConfig(cfg).PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{SecretId: aws.String("orders/key"), SecretString: secret}))
		},
		"SSM PutParameter": func(ctx context.Context, cfg aws.Config) error {
			return errOf(ssm.NewFromConfig(cfg).PutParameter(ctx, &ssm.PutParameterInput{Name: aws.String("/orders/key"), Value: parameter}))
		},
		"KMS Encrypt": func(ctx context.Context, cfg aws.Config) error {
			return errOf(kms.NewFromConfig(cfg).Encrypt(ctx, &kms.EncryptInput{KeyId: aws.String("alias/orders"), Plaintext: []byte(*plain)}))
		},
		"Lambda Invoke": func(ctx context.Context, cfg aws.Config) error {
			return errOf(lambda.NewFromConfig(cfg).Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String("orders"), Payload: []byte(*payload), ClientContext: payload}))
		},
		"STS AssumeRoleWithWebIdentity": func(ctx context.Context, cfg aws.Config) error {
			return errOf(sts.NewFromConfig(cfg).AssumeRoleWithWebIdentity(ctx, &sts.AssumeRoleWithWebIdentityInput{
				RoleArn: aws.String("arn:aws:iam::123456789012:role/orders"), RoleSessionName: aws.String("s"), WebIdentityToken: identity,
			}))
		},
		"S3 PutObject": func(ctx context.Context, cfg aws.Config) error {
			return errOf(s3.NewFromConfig(cfg).PutObject(ctx, &s3.PutObjectInput{
				Bucket: aws.String("orders"), Key: aws.String("1"), Body: strings.NewReader(*object), Metadata: map[string]string{"m": *metadata},
				SSECustomerAlgorithm: aws.String("AES256"), SSECustomerKey: customerKey, SSECustomerKeyMD5: aws.String("x"),
			}))
		},
		"S3, presigned and sent": func(ctx context.Context, cfg aws.Config) error {
			r, err := s3.NewPresignClient(s3.NewFromConfig(cfg)).PresignGetObject(ctx, &s3.GetObjectInput{Bucket: aws.String("orders"), Key: aws.String("1")})
			if err != nil {
				return err
			}
			req, err := http.NewRequestWithContext(ctx, r.Method, r.URL, nil)
			if err != nil {
				return err
			}
			resp, err := cfg.HTTPClient.(*http.Client).Transport.RoundTrip(req)
			if err == nil {
				resp.Body.Close()
			}
			return err
		},
	}
}

// TestSecretsOfTheSDK: the fence reads inputs for the resources in them, and tells
// nothing else that they hold; nor of the keys that sign.
func TestSecretsOfTheSDK(t *testing.T) {
	for _, mode := range []string{"report", "enforce", "learn"} {
		t.Run(mode, func(t *testing.T) {
			l := leak.New(1)
			to, sent := sink(t)
			keys := credentials.NewStaticCredentialsProvider(l.Token("access key id"), l.Word("secret key"), l.Word("session token"))
			var log bytes.Buffer
			spans := tracetest.NewInMemoryExporter()
			f := wrappertest.New(t, "mode: "+mode+"\nallow: [{aws: ssm}]\ndeny: [{aws: dynamodb}]",
				wrapper.WithLogger(slog.New(slog.NewJSONHandler(&log, nil))), wrapper.WithTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans))))
			calls := secretCalls(l)
			for name, call := range calls {
				cfg := aws.Config{Region: region, Credentials: keys, RetryMaxAttempts: 1, HTTPClient: &http.Client{Transport: to}}
				f.AWS(&cfg)
				f.Reset()
				err := call(t.Context(), cfg)
				if blocked := errors.Is(err, wrapper.ErrBlocked); blocked != (mode == "enforce") {
					t.Errorf("%s: %v", name, err)
				}
				if len(f.Events()) != 1 {
					t.Errorf("%s: %d events", name, len(f.Events()))
				}
				for _, place := range l.Found(fmt.Sprintf("%v %+v", err, f.Events())) {
					t.Errorf("%s: event or error: %s", name, place)
				}
			}
			for what, text := range map[string]string{"log": log.String(), "spans": fmt.Sprintf("%+v", spans.GetSpans())} {
				for _, place := range l.Found(text) {
					t.Errorf("%s: %s", what, place)
				}
				if len(text) < 1000 {
					t.Errorf("%s: %q: the test shows nothing", what, text)
				}
			}
			if n := len(l.Found(sent())); n < len(calls) != (mode == "enforce") {
				t.Errorf("%d secrets were sent", n)
			}
		})
	}
}

// sink is a transport by which every host is a server that keeps what it is sent.
func sink(t *testing.T) (*http.Transport, func() string) {
	t.Helper()
	var mu sync.Mutex
	var got strings.Builder
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintln(&got, r.URL, r.Header, string(body))
		w.WriteHeader(http.StatusForbidden)
	}))
	t.Cleanup(srv.Close)
	return &http.Transport{
			TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, "tcp", srv.Listener.Addr().String())
			},
		}, func() string {
			mu.Lock()
			defer mu.Unlock()
			return got.String()
		}
}
