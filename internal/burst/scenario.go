package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/lambdafence/lambdafence/internal/awsstand"
)

// What is pushed to Parameter Store, and what the functions carry along.
const (
	inSSM    = "version: 1\nname: ssm\nmode: enforce\nallow:\n- host: api.stripe.com\n- host: \"*.payments.example.com\"\n"
	embedded = "version: 1\nname: embedded\nmode: enforce\nallow:\n- host: api.stripe.com\n"
)

// A scenario is a number of sandboxes that start at the same moment.
type scenario struct {
	name     string
	fences   int
	limit    float64       // requests a second that SSM serves; 0: all
	fallback bool          // an embedded policy behind the one in SSM
	life     time.Duration // how long they are then invoked
}

// figures are what came of it.
type figures struct {
	scenario
	states map[state]int   // after New
	took   []time.Duration // by New, in each
	cpu    time.Duration   // of this process, fences and SSM, until all of New were over

	asked, throttled           int // requests of SSM until then
	askedLater, throttledLater int // and in all

	settled []time.Duration // from the burst until the policy of SSM was seen in force, for those that came to it
	longest time.Duration   // of an invocation
}

// run lets the sandboxes start and, if they have a life, invokes them.
func (s scenario) run(ctx context.Context) (*figures, error) {
	stand := awsstand.New(awsstand.Config{RequestsPerSecond: s.limit})
	stand.PutParameter("/fence/orders", inSSM)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	server := &http.Server{Handler: stand, ReadHeaderTimeout: 10 * time.Second}
	defer server.Close()
	go func() { _ = server.Serve(listener) }()

	sandboxes := make([]*sandbox, s.fences)
	for i := range sandboxes {
		sandboxes[i] = newSandbox(config("http://"+listener.Addr().String()), s.fallback)
	}
	f := &figures{scenario: s, states: make(map[state]int)}
	begun, cpu := time.Now(), cpuTime()
	if err := each(sandboxes, func(b *sandbox) error { return b.start(ctx) }); err != nil {
		return nil, err
	}
	f.cpu = cpuTime() - cpu
	f.asked, f.throttled = count(stand)
	for _, b := range sandboxes {
		f.states[b.state()]++
		f.took = append(f.took, b.took)
	}
	if s.life > 0 {
		if err := each(sandboxes, func(b *sandbox) error { return b.live(ctx, begun, s.life) }); err != nil {
			return nil, err
		}
	}
	f.askedLater, f.throttledLater = count(stand)
	for _, b := range sandboxes {
		f.longest = max(f.longest, b.longest)
		if b.settled > 0 {
			f.settled = append(f.settled, b.settled)
		}
	}
	return f, nil
}

// each runs do for all of them at the same time.
func each(all []*sandbox, do func(*sandbox) error) error {
	errs := make([]error, len(all))
	gate := make(chan struct{})
	var wg sync.WaitGroup
	for i, b := range all {
		wg.Go(func() {
			<-gate
			errs[i] = do(b)
		})
	}
	close(gate)
	wg.Wait()
	return errors.Join(errs...)
}

func count(stand *awsstand.Stand) (asked, throttled int) {
	throttled = stand.Count("ThrottlingException")
	return stand.Count("") + throttled, throttled
}

func config(endpoint string) aws.Config {
	return aws.Config{
		Region:       "eu-west-1",
		BaseEndpoint: &endpoint,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"}, nil
		}),
	}
}
