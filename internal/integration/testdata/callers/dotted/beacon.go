// Package beacon has a dot in the last element of its path.
package beacon

import "net/http"

// Ping pings.
func Ping(client *http.Client) {
	if resp, err := client.Get("https://beacon.example/ping"); err == nil {
		resp.Body.Close()
	}
}
