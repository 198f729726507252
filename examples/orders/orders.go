package main

import (
	"context"
	"errors"
	"fmt"
	"os"

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

func handle(ctx context.Context, o Order) (Receipt, error) {
	if err := o.check(); err != nil {
		return Receipt{}, fmt.Errorf("order %q: %w", o.ID, err)
	}
	chargeID, err := charge(ctx, o)
	if err != nil {
		return Receipt{}, fmt.Errorf("order %q: %w", o.ID, err)
	}
	label, err := shipping.CreateLabel(ctx, shipkit.Shipment{Reference: o.ID, To: o.Address})
	if err != nil {
		// The charge stands; its idempotency key makes a retry of the whole order safe.
		return Receipt{}, fmt.Errorf("order %q: charged as %s: %w", o.ID, chargeID, err)
	}
	return Receipt{OrderID: o.ID, ChargeID: chargeID, Tracking: label.Tracking}, nil
}

func (o Order) check() error {
	switch {
	case o.ID == "":
		return errors.New("no order_id")
	case o.Amount <= 0 || o.Currency == "":
		return errors.New("no amount")
	case o.CardToken == "":
		return errors.New("no card_token")
	case o.Address.Country == "":
		return errors.New("no address")
	}
	return nil
}
