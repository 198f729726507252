// Command plainssm is a function without a fence that reads a parameter when it
// starts, as the documentation of the AWS SDK shows it.
package main

import (
	"context"
	"log"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
)

func handle(context.Context) error { return nil }

func main() {
	ctx := context.Background()
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		log.Fatal(err)
	}
	name, decrypt := "/fence/orders", true
	if _, err := ssm.NewFromConfig(cfg).GetParameter(ctx, &ssm.GetParameterInput{Name: &name, WithDecryption: &decrypt}); err != nil {
		log.Fatal(err)
	}
	lambda.Start(handle)
}
