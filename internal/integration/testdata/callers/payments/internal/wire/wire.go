// Package wire sends anything.
package wire

import (
	"net/http"

	"github.com/hashicorp/go-retryablehttp"
)

// A Client sends what is of type T.
type Client[T any] struct{ HTTP *http.Client }

// Send sends.
func (c Client[T]) Send(url string) error {
	return func() error {
		r, err := http.NewRequest(http.MethodPost, url, http.NoBody)
		if err != nil {
			return err
		}
		resp, err := retryablehttp.Do(c.HTTP, r)
		if err == nil {
			resp.Body.Close()
		}
		return err
	}()
}
