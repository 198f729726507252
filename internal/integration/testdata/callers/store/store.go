// Package store calls through the AWS SDK.
package store

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Put puts an object.
func Put(ctx context.Context, cfg aws.Config) error {
	_, err := s3.NewFromConfig(cfg).PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String("orders"), Key: aws.String("1001"), Body: strings.NewReader("x")})
	return err
}
