// Package retryablehttp stands for the module of that name, which calls for others.
package retryablehttp

import "net/http"

// Do sends a request.
func Do(client *http.Client, r *http.Request) (*http.Response, error) { return client.Do(r) }
