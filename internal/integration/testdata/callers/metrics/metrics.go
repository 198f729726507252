// Package metrics calls out behind its importer's back.
package metrics

import (
	"context"
	"net"
	"net/http"
	"strings"
)

// Track sends on a goroutine of its own.
func Track(client *http.Client) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		if resp, err := client.Post("https://collect.example/v1/track", "text/plain", strings.NewReader("x")); err == nil {
			resp.Body.Close()
		}
	}()
	<-done
}

// Dial opens a connection of its own.
func Dial(ctx context.Context, dial func(ctx context.Context, network, address string) (net.Conn, error)) {
	if conn, err := dial(ctx, "tcp", "db.example:5432"); err == nil {
		conn.Close()
	}
}
