// Package own is of the main module.
package own

import (
	"net/http"
	"net/url"
)

// Call calls.
func Call(client *http.Client) {
	if resp, err := client.Get("https://own.example/"); err == nil {
		resp.Body.Close()
	}
}

// NoCaller calls on a goroutine that begins in net/http.
func NoCaller(client *http.Client) {
	done := make(chan struct{})
	u := &url.URL{Scheme: "https", Host: "nobody.example", Path: "/"}
	go client.Do(&http.Request{Method: http.MethodGet, URL: u, Header: http.Header{}, Body: body{done}})
	<-done
}

// A body tells when the request is over.
type body struct{ done chan struct{} }

func (body) Read([]byte) (int, error) { return 0, nil }

func (b body) Close() error {
	select {
	case <-b.done:
	default:
		close(b.done)
	}
	return nil
}
