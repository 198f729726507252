package main

import (
	"context"
	"io"
	"net/http"

	"github.com/lambdafence/lambdafence/policy/source"
)

// remote loads a policy from a server of the test, by a client that no fence
// guards. The name of its version is a header's.
type remote struct{ url string }

var private = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

func (s *remote) String() string { return "remote" }

func (s *remote) Load(ctx context.Context) (source.Document, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url, nil)
	if err != nil {
		return source.Document{}, err
	}
	res, err := private.Do(req)
	if err != nil {
		return source.Document{}, err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	return source.Document{Name: "remote", Version: res.Header.Get("Version"), Data: data}, err
}
