// Command bare is examples/minimal without a fence: what the others are held against.
package main

import (
	"context"
	"fmt"
	"net/http"

	"github.com/aws/aws-lambda-go/lambda"
)

type request struct {
	URL string `json:"url"`
}

type response struct {
	Status int `json:"status"`
}

func handle(ctx context.Context, r request) (response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL, nil)
	if err != nil {
		return response{}, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return response{}, fmt.Errorf("get: %w", err)
	}
	defer res.Body.Close()
	return response{Status: res.StatusCode}, nil
}

func main() { lambda.Start(handle) }
