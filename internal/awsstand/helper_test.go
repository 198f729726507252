package awsstand_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/smithy-go"

	"github.com/lambdafence/lambdafence/internal/awsstand"
)

// start serves a stand on loopback and returns it with the real client of SSM.
func start(t *testing.T, cfg awsstand.Config) (*awsstand.Stand, *ssm.Client) {
	t.Helper()
	stand := awsstand.New(cfg)
	server := httptest.NewServer(stand)
	t.Cleanup(server.Close)
	t.Cleanup(func() { stand.Hang(false) })
	return stand, ssm.New(options(stand, server.URL))
}

// options are those of a client that tries once.
func options(stand *awsstand.Stand, url string) ssm.Options {
	return ssm.Options{
		Region:       stand.Region(),
		BaseEndpoint: &url,
		Retryer:      aws.NopRetryer{},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"}, nil
		}),
	}
}

// code is the error code of err; empty for nil.
func code(err error) string {
	if err == nil {
		return ""
	}
	if api := smithy.APIError(nil); errors.As(err, &api) {
		return api.ErrorCode()
	}
	return err.Error()
}
