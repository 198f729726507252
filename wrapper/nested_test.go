package wrapper_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/smithy-go/middleware"

	"github.com/lambdafence/lambdafence/wrapper"
)

// TestOperationBeneathAnother: an operation that is made on the way of another, and
// looks the same but for its unsigned body, is judged by itself.
func TestOperationBeneathAnother(t *testing.T) {
	c := newCloud(t)
	f, _ := awsFence(t, "mode: enforce\nallow: [{aws: ssm, operations: [GetParameter], accounts: ['*'], resources: [\"arn:aws:ssm:eu-west-1:111122223333:parameter/app/*\"]}]\n")
	cfg := c.config(ownAccount)
	cfg.Credentials = aws.AnonymousCredentials{}
	f.AWS(&cfg)
	get := func(ctx context.Context, name string, opts ...func(*ssm.Options)) error {
		name = "arn:aws:ssm:eu-west-1:111122223333:parameter" + name
		_, err := ssm.NewFromConfig(cfg).GetParameter(ctx, &ssm.GetParameterInput{Name: &name}, opts...)
		return err
	}
	var beneath error
	var once sync.Once
	step := middleware.DeserializeMiddlewareFunc("beneath", func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
		once.Do(func() { beneath = get(ctx, "/other/colour") })
		return next.HandleDeserialize(ctx, in)
	})
	err := get(t.Context(), "/app/colour", ssm.WithAPIOptions(func(s *middleware.Stack) error { return s.Deserialize.Add(step, middleware.After) }))
	if err != nil {
		t.Errorf("the operation above: %v", err)
	}
	if !errors.Is(beneath, wrapper.ErrBlocked) {
		t.Errorf("the operation beneath: %v", beneath)
	}
}
