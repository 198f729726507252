package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
)

const chargesURL = "https://api.payments.example/v1/charges"

// charge takes the order's amount from the card and returns the charge's id.
func charge(ctx context.Context, o Order) (string, error) {
	body, err := json.Marshal(map[string]any{"amount": o.Amount, "currency": o.Currency, "source": o.CardToken})
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, chargesURL, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+os.Getenv("PAYMENTS_API_KEY"))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", o.ID)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", fmt.Errorf("charge: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusCreated {
		return "", fmt.Errorf("charge: %s", res.Status)
	}
	var created struct {
		ID string `json:"id"`
	}
	if err := json.NewDecoder(res.Body).Decode(&created); err != nil {
		return "", fmt.Errorf("charge: %w", err)
	}
	return created.ID, nil
}
