package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/lambdafence/lambdafence/examples/orders/shipkit"
)

// An Order is the event.
type Order struct {
	ID        string          `json:"order_id"`
	Amount    int64           `json:"amount"` // in the currency's smallest unit
	Currency  string          `json:"currency"`
	CardToken string          `json:"card_token"`
	Address   shipkit.Address `json:"address"`
}

// A Receipt is the answer.
type Receipt struct {
	OrderID  string `json:"order_id"`
	ChargeID string `json:"charge_id"`
	Tracking string `json:"tracking"`
}

// shipping takes http.DefaultTransport before main runs, as clients in package variables do. The fence guards that
// transport in place, so it is judged all the same.
var shipping = shipkit.New(os.Getenv("SHIPKIT_API_KEY"))

// A shop is what the handler works with. Its table, bucket and queue are named in the environment.
type shop struct {
	orders   *orderTable
	shipped  *shippedQueue
	shipping *shipkit.Client
}

func newShop(cfg aws.Config, shipping *shipkit.Client) *shop {
	return &shop{
		orders:   &orderTable{client: dynamodb.NewFromConfig(cfg), name: os.Getenv("ORDERS_TABLE")},
		shipped:  &shippedQueue{client: sqs.NewFromConfig(cfg), url: os.Getenv("SHIPPED_QUEUE_URL")},
		shipping: shipping.ArchiveTo(cfg, os.Getenv("LABELS_BUCKET")),
	}
}

func (s *shop) handle(ctx context.Context, o Order) (Receipt, error) {
	receipt, err := s.process(ctx, o)
	if err != nil {
		return Receipt{}, fmt.Errorf("order %q: %w", o.ID, err)
	}
	return receipt, nil
}

// process may run again for an order that failed half way: the charge has an idempotency key, shipkit makes one label for
// a reference, and who reads the queue knows orders by their id.
func (s *shop) process(ctx context.Context, o Order) (Receipt, error) {
	if err := o.check(); err != nil {
		return Receipt{}, err
	}
	if receipt, err := s.orders.take(ctx, o); err != nil || receipt.Tracking != "" {
		return receipt, err
	}
	chargeID, err := charge(ctx, o)
	if err != nil {
		return Receipt{}, err
	}
	label, err := s.shipping.CreateLabel(ctx, shipkit.Shipment{Reference: o.ID, To: o.Address})
	if err != nil {
		return Receipt{}, fmt.Errorf("charged as %s: %w", chargeID, err)
	}
	receipt := Receipt{OrderID: o.ID, ChargeID: chargeID, Tracking: label.Tracking}
	if err := s.shipped.tell(ctx, receipt); err != nil {
		return Receipt{}, err
	}
	return receipt, s.orders.finish(ctx, o, receipt)
}

const idCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"

func (o Order) check() error {
	switch {
	case o.ID == "" || len(o.ID) > 40 || strings.Trim(o.ID, idCharacters) != "":
		return errors.New("no order_id of letters, digits and hyphens")
	case o.Amount <= 0 || o.Currency == "":
		return errors.New("no amount")
	case o.CardToken == "":
		return errors.New("no card_token")
	case o.Address.Country == "":
		return errors.New("no address")
	}
	return nil
}
