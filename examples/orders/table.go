package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// An orderTable has an item for each order, with its receipt once it is shipped.
type orderTable struct {
	client *dynamodb.Client
	name   string
}

// take notes an order that is new. Of one that was taken before it returns the receipt, empty if there was none yet.
func (t *orderTable) take(ctx context.Context, o Order) (Receipt, error) {
	_, err := t.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           &t.name,
		Item:                item(o, Receipt{}),
		ConditionExpression: aws.String("attribute_not_exists(order_id)"),
	})
	var taken *types.ConditionalCheckFailedException
	switch {
	case errors.As(err, &taken):
		return t.receipt(ctx, o.ID)
	case err != nil:
		return Receipt{}, fmt.Errorf("take: %w", err)
	}
	return Receipt{}, nil
}

func (t *orderTable) receipt(ctx context.Context, id string) (Receipt, error) {
	out, err := t.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName:      &t.name,
		Key:            map[string]types.AttributeValue{"order_id": text(id)},
		ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return Receipt{}, fmt.Errorf("receipt: %w", err)
	}
	get := func(name string) string {
		if s, ok := out.Item[name].(*types.AttributeValueMemberS); ok {
			return s.Value
		}
		return ""
	}
	return Receipt{OrderID: id, ChargeID: get("charge_id"), Tracking: get("tracking")}, nil
}

// finish notes the receipt.
func (t *orderTable) finish(ctx context.Context, o Order, r Receipt) error {
	if _, err := t.client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &t.name, Item: item(o, r)}); err != nil {
		return fmt.Errorf("finish: %w", err)
	}
	return nil
}

func item(o Order, r Receipt) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		"order_id":  text(o.ID),
		"amount":    &types.AttributeValueMemberN{Value: strconv.FormatInt(o.Amount, 10)},
		"currency":  text(o.Currency),
		"charge_id": text(r.ChargeID),
		"tracking":  text(r.Tracking),
	}
}

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
