package wrapper_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"

	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/policy/source"
	"github.com/lambdafence/lambdafence/wrapper"
)

// A fence is made once, before the clients that it guards.
func ExampleNew() {
	doc := []byte(`
name: orders
mode: enforce
allow:
- host: api.payments.example
  methods: [POST]
`)
	fence := wrapper.Must(wrapper.New(context.Background(),
		wrapper.WithPolicy(source.Static("embedded", doc)),
		wrapper.WithLogger(slog.New(slog.NewJSONHandler(io.Discard, nil)))))

	_, err := fence.Client().Get("https://collect.example/beacon?key=secret")
	var blocked *wrapper.BlockedError
	if errors.As(err, &blocked) {
		fmt.Println(errors.Is(err, wrapper.ErrBlocked), blocked.Call.String(), blocked.Decision.Reason)
	}
	// Output: true GET https://collect.example/beacon no allow rule matched
}

// A driver takes the fence's dial function in the place of its own.
func ExampleFence_DialContext() {
	fence := wrapper.Must(wrapper.New(context.Background(),
		wrapper.WithPolicy(source.Static("embedded", []byte("mode: enforce\nallow: [{host: db.internal, ports: [5432]}]"))),
		wrapper.WithLogger(slog.New(slog.NewJSONHandler(io.Discard, nil)))))

	_, err := fence.DialContext(context.Background(), "tcp", "elsewhere.example:5432")
	fmt.Println(errors.Is(err, wrapper.ErrBlocked))
	// Output: true
}

// A transport of one's own is wrapped; events can go to a function.
func ExampleFence_Transport() {
	fence := wrapper.Must(wrapper.New(context.Background(),
		wrapper.WithPolicy(source.Static("embedded", []byte("mode: report\ndeny: [{host: '**.example', reason: not in production}]"))),
		wrapper.WithLogger(slog.New(slog.NewJSONHandler(io.Discard, nil))),
		wrapper.WithSink(func(_ context.Context, ev wrapper.Event) {
			fmt.Println(ev.Outcome, ev.Call.String(), ev.Decision.Reason)
		})))

	client := &http.Client{Transport: fence.Transport(offline{})}
	_, err := client.Head("https://stage.example/")
	fmt.Println(errors.Is(err, wrapper.ErrBlocked))
	// Output:
	// reported HEAD https://stage.example/ not in production
	// false
}

type offline struct{}

func (offline) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New("no network") }

// A client with a protocol of its own asks before it connects.
func ExampleFence_Check() {
	fence := wrapper.Must(wrapper.New(context.Background(),
		wrapper.WithPolicy(source.Static("embedded", []byte("mode: enforce\nallow: [{host: queue.internal, ports: [5671]}]"))),
		wrapper.WithLogger(slog.New(slog.NewJSONHandler(io.Discard, nil)))))

	fmt.Println(fence.Check(context.Background(), policy.Call{Network: "tcp", Host: "queue.internal", Port: 5671}))
	// Output: <nil>
}
