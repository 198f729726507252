package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// A shippedQueue is where the warehouse hears of parcels.
type shippedQueue struct {
	client *sqs.Client
	url    string
}

func (q *shippedQueue) tell(ctx context.Context, r Receipt) error {
	body, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = q.client.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &q.url, MessageBody: aws.String(string(body))})
	if err != nil {
		return fmt.Errorf("shipped: %w", err)
	}
	return nil
}
