// Command shop is a function for the tests of internal/integration: it reads a
// secret before its first invocation, and then gets the objects that it is told to.
package main

import (
	"context"
	"errors"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	_ "github.com/lambdafence/lambdafence/policy/source/paramstore" // ssm: in LAMBDAFENCE_POLICY
	"github.com/lambdafence/lambdafence/wrapper"
)

type request struct{ Bucket, Key string }

// response tells the test what the function saw.
type response struct {
	Secret      string // read at init
	SecretError string
	Got         bool
	Blocked     bool // errors.Is(err, wrapper.ErrBlocked)
	Error       string
	Version     string // of the policy that blocked
}

var fence = wrapper.Must(wrapper.New(context.Background(), wrapper.WithEvents(wrapper.All)))

func main() {
	ctx := context.Background()
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		panic(err)
	}
	fence.AWS(&cfg)
	var atInit response
	secret, err := secretsmanager.NewFromConfig(cfg).GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: aws.String(os.Getenv("SHOP_SECRET"))})
	if err != nil {
		atInit.SecretError = err.Error()
	} else {
		atInit.Secret = aws.ToString(secret.SecretString)
	}
	objects := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })

	fence.Start(func(ctx context.Context, r request) (response, error) {
		answer := atInit
		out, err := objects.GetObject(ctx, &s3.GetObjectInput{Bucket: &r.Bucket, Key: &r.Key})
		if err == nil {
			answer.Got = out.Body.Close() == nil
			return answer, nil
		}
		answer.Error, answer.Blocked = err.Error(), errors.Is(err, wrapper.ErrBlocked)
		if blocked := (*wrapper.BlockedError)(nil); errors.As(err, &blocked) {
			answer.Version = blocked.Policy.Version
		}
		return answer, nil
	})
}
