package integration

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/lambdafence/lambdafence/wrapper"
	"github.com/lambdafence/lambdafence/wrapper/wrappertest"
)

// TestNoOperationGetsThrough calls every operation of every client with inputs of
// nothing, of odd things and of plausible ones. Some the SDK refuses by itself,
// the fence blocks the rest, and each but once; nothing is sent.
func TestNoOperationGetsThrough(t *testing.T) {
	c := cloudOf(t)
	// The second leaves no operation with an unknown resource either.
	for _, doc := range []string{"allow: []", `allow: [{aws: "*", resources: ["arn:aws:*:*:999999999999:none", none]}]`} {
		blocked := 0
		for _, made := range makeClients {
			for operation, input := range operationsOf(made(aws.Config{})) {
				// A fence for each operation: it folds events of which there are many.
				f := wrappertest.New(t, "mode: enforce\n"+doc)
				cfg := c.config(account)
				f.AWS(&cfg)
				client := made(cfg)
				for what, in := range inputsOf(input) {
					f.Reset()
					err := invokeBy(t, client, operation, in)
					events := f.Events()
					switch {
					case errors.Is(err, wrapper.ErrBlocked):
						blocked++
						if len(events) != 1 || events[0].Outcome != wrapper.Blocked {
							t.Errorf("%T %s, %s: events %+v", client, operation, what, events)
						}
					case len(events) > 0 || !isRefusal(err):
						t.Errorf("%T %s, %s: %v, events %+v", client, operation, what, err, events)
					}
				}
			}
		}
		c.wantNothingSent(t)
		if blocked < 2000 {
			t.Errorf("%s: only %d calls came as far as the fence", doc, blocked)
		}
	}
}

// clientOf makes a client of what makes one.
func clientOf[C, O any](made func(aws.Config, ...func(*O)) C) func(aws.Config) any {
	return func(cfg aws.Config) any { return made(cfg) }
}

var makeClients = []func(aws.Config) any{
	clientOf(dynamodb.NewFromConfig), clientOf(eventbridge.NewFromConfig), clientOf(firehose.NewFromConfig), clientOf(kinesis.NewFromConfig),
	clientOf(kms.NewFromConfig), clientOf(lambda.NewFromConfig), clientOf(s3.NewFromConfig), clientOf(secretsmanager.NewFromConfig),
	clientOf(sfn.NewFromConfig), clientOf(sns.NewFromConfig), clientOf(sqs.NewFromConfig), clientOf(ssm.NewFromConfig), clientOf(sts.NewFromConfig),
}

// isRefusal reports whether the SDK did not even make a request.
func isRefusal(err error) bool {
	if err == nil {
		return false
	}
	var invalid smithy.InvalidParamsError
	var serialization *smithy.SerializationError
	text := err.Error()
	return errors.As(err, &invalid) || errors.As(err, &serialization) || strings.Contains(text, "resolve endpoint") ||
		strings.Contains(text, "failed to") || strings.Contains(text, "must be") || strings.Contains(text, "invalid") || strings.Contains(text, "unsupported")
}

// inputsOf returns inputs of a type: nil, empty, and filled with names.
func inputsOf(input reflect.Type) map[string]reflect.Value {
	inputs := map[string]reflect.Value{"nil": reflect.Zero(input), "zero": reflect.New(input.Elem())}
	for _, text := range []string{"", "name", "arn:aws:s3:eu-west-1:210987654321:accesspoint/x", "../../x", "\x00", "https://evil.example/1/2"} {
		in := reflect.New(input.Elem())
		fill(in.Elem(), text, 4)
		inputs["filled with "+text] = in
	}
	hollow := reflect.New(input.Elem())
	hollowOut(hollow.Elem())
	inputs["empty maps and lists"] = hollow
	return inputs
}

// hollowOut gives every map and list that there is, without anything in it.
func hollowOut(v reflect.Value) {
	for i := range v.NumField() {
		field := v.Field(i)
		switch {
		case !field.CanSet():
		case field.Kind() == reflect.Map:
			field.Set(reflect.MakeMap(field.Type()))
		case field.Kind() == reflect.Slice:
			field.Set(reflect.MakeSlice(field.Type(), 0, 0))
		case field.Kind() == reflect.Pointer && field.Type().Elem().Kind() == reflect.String:
			field.Set(reflect.New(field.Type().Elem()))
			field.Elem().SetString("name")
		}
	}
}

func invokeBy(t *testing.T, client any, operation string, in reflect.Value) error {
	out := reflect.ValueOf(client).MethodByName(operation).Call([]reflect.Value{reflect.ValueOf(t.Context()), in})
	err, _ := out[1].Interface().(error)
	return err
}

// TestHostsOutOfOtherInputs: a region, an account or a route that would make
// another host of the endpoint.
func TestHostsOutOfOtherInputs(t *testing.T) {
	c := cloudOf(t)
	f := wrappertest.New(t, "mode: enforce\nallow: [{aws: '*'}]")
	for _, evil := range []string{"evil.example/", "evil.example#", "x@evil.example#", "evil.example?", "evil.example:443/", `evil.example\`, "..", "evil.example/\x00"} {
		cfg := c.config(account)
		f.AWS(&cfg)
		cfg.Region = evil
		inAccount := c.config(account)
		f.AWS(&inAccount)
		inAccount.Credentials = aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
			keys, err := keysOf(account).Retrieve(ctx)
			keys.AccountID = evil
			return keys, err
		})
		for what, call := range map[string]func() error{
			"region":   func() error { return getItem("x")(t.Context(), cfg) },
			"of S3":    func() error { return getObject("x", "y")(t.Context(), cfg) },
			"of SQS":   func() error { return send("https://"+evil+"/123456789012/x")(t, cfg) },
			"of STS":   func() error { return errOf(sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), nil)) },
			"account":  func() error { return getItem("x")(t.Context(), inAccount) },
			"bucket":   func() error { return getObjectOf(evil)(t, inAccount) },
			"endpoint": func() error { return events(&evil, "orders")(t, inAccount) },
			"stream": func() error {
				return errOf(kinesis.NewFromConfig(inAccount).PutRecord(t.Context(), &kinesis.PutRecordInput{StreamARN: aws.String("arn:aws:kinesis:eu-west-1:" + evil + ":stream/x"), PartitionKey: aws.String("1"), Data: []byte("x")}))
			},
			"route": func() error {
				return errOf(s3.NewFromConfig(inAccount).WriteGetObjectResponse(t.Context(), &s3.WriteGetObjectResponseInput{RequestRoute: &evil, RequestToken: aws.String("x")}))
			},
		} {
			if err := call(); err == nil {
				t.Errorf("%s %q: no error", what, evil)
			}
			for _, host := range first(c.reached()) {
				if !strings.HasSuffix(host, ".amazonaws.com:443") || strings.Contains(host, "evil") {
					t.Errorf("%s %q leads to %s", what, evil, host)
				}
			}
		}
	}
}

func first[A, B any](a A, _ B) A { return a }
