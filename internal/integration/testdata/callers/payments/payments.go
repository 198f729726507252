// Package payments calls through a generic type and a helper.
package payments

import (
	"net/http"

	"example.com/payments/v2/internal/wire"
)

// A Charge is what is sent.
type Charge struct{ Amount int }

// Send sends a charge.
func Send(client *http.Client) error {
	return wire.Client[map[string]Charge]{HTTP: client}.Send("https://api.payments.example/v1/charges")
}
