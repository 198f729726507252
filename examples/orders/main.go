// Command orders is a function that charges a card for each order, has a shipping label made and tells the warehouse,
// behind a fence whose policy is named in the environment: see template.yaml and policy.yaml.
package main

import (
	"context"
	"log"

	"github.com/aws/aws-sdk-go-v2/config"

	_ "github.com/lambdafence/lambdafence/policy/source/paramstore" // ssm: in LAMBDAFENCE_POLICY
	"github.com/lambdafence/lambdafence/wrapper"
)

func main() {
	ctx := context.Background()
	// An order is worth more than its trace.
	if err := setUpTracing(ctx); err != nil {
		log.Printf("no tracing: %v", err)
	}
	// Few calls an order: a span of each is worth having, not just of violations.
	fence := wrapper.Must(wrapper.New(ctx, wrapper.WithEvents(wrapper.All)))

	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		log.Fatal(err)
	}
	// Before any client is made of it, a third party's too.
	fence.AWS(&cfg)
	fence.Start(newShop(cfg, shipping).handle)
}
