// Command app has five modules call out, and prints who the fence says it was.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"

	"example.com/app/internal/own"
	"example.com/metrics"
	"example.com/payments/v2"
	"example.com/store"
	"github.com/aws/aws-sdk-go-v2/aws"
	beacon "gopkg.in/beacon.v3"

	"github.com/lambdafence/lambdafence/policy/source"
	"github.com/lambdafence/lambdafence/wrapper"
)

// answering answers every request at once.
type answering struct{}

func (answering) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		r.Body.Close()
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("")), Request: r}, nil
}

func main() {
	ctx := context.Background()
	f := wrapper.Must(wrapper.New(ctx,
		wrapper.WithPolicy(source.Static("callers", []byte(os.Getenv("POLICY")))),
		wrapper.WithLogger(slog.New(slog.DiscardHandler)), wrapper.WithEvents(wrapper.All), wrapper.WithAccount("123456789012"),
		wrapper.WithSink(func(_ context.Context, ev wrapper.Event) {
			c := ev.Call.Caller
			fmt.Printf("%s %s: %q %q %q\n", ev.Outcome, ev.Call.Host, c.Module, c.Version, c.Package)
		})))
	client := &http.Client{Transport: f.Transport(answering{})}
	cfg := aws.Config{
		Region: "eu-west-1", HTTPClient: &http.Client{Transport: answering{}},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: os.Getenv("KEY_ID"), SecretAccessKey: "x"}, nil
		}),
	}
	f.AWS(&cfg)

	metrics.Track(client)
	_ = payments.Send(client)
	beacon.Ping(client)
	_ = store.Put(ctx, cfg)
	own.Call(client)
	metrics.Dial(ctx, f.DialContext)
	if resp, err := client.Get("https://main.example/"); err == nil {
		resp.Body.Close()
	}
	own.NoCaller(client)
}
