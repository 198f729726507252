package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"go.opentelemetry.io/otel/trace"

	"github.com/lambdafence/lambdafence/internal/awskey"
	"github.com/lambdafence/lambdafence/policy/source/paramstore"
	"github.com/lambdafence/lambdafence/wrapper"
)

// A function is a handler behind a fence, with its clients.
type function struct {
	world   *world
	ledger  *ledger
	fence   *wrapper.Fence
	handler lambda.Handler

	clients    []*http.Client
	idle       []interface{ CloseIdleConnections() } // the clients, and what AWS's send by
	dynamo     *dynamodb.Client
	s3         *s3.Client
	sqs        *sqs.Client
	stragglers sync.WaitGroup // goroutines that outlive their invocation
}

// newFunction is the init phase.
func newFunction(ctx context.Context, w *world, name string, tracers trace.TracerProvider, opts ...wrapper.Option) (*function, error) {
	f := &function{world: w, ledger: &ledger{name: name, world: w, born: w.parameter.latest()}}
	cfg := aws.Config{
		Region:       "eu-west-1",
		BaseEndpoint: aws.String("http://aws.example.com:" + port(w.aws.URL)),
		Credentials:  credentials.NewStaticCredentialsProvider(awskey.ID(account), "secret", ""),
	}
	var err error
	f.fence, err = wrapper.New(ctx, append([]wrapper.Option{
		wrapper.WithPolicy(paramstore.New(parameterName, paramstore.WithConfig(cfg))),
		wrapper.WithRefresh(swapEvery / 2),
		wrapper.WithAccount(account),
		wrapper.WithTracerProvider(tracers),
		wrapper.WithLogger(slog.New(newLogger())),
		wrapper.WithSink(f.ledger.sink),
	}, opts...)...)
	if err != nil {
		return nil, fmt.Errorf("wrapper.New: %w", err)
	}
	f.handler = f.fence.Wrap(f.handle)
	f.fence.AWS(&cfg)
	f.idle = append(f.idle, cfg.HTTPClient.(*http.Client))
	f.dynamo, f.sqs = dynamodb.NewFromConfig(cfg), sqs.NewFromConfig(cfg)
	f.s3 = s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })
	// As people write them: without IdleConnTimeout, with a dialer of their own.
	f.client(f.fence.Transport(&http.Transport{TLSClientConfig: w.tls(), ForceAttemptHTTP2: true}))
	f.client(f.fence.Transport(&http.Transport{TLSClientConfig: w.tls(), MaxIdleConnsPerHost: 1, DialContext: dial}))
	return f, nil
}

// client adds a client that sends by a guarded transport.
func (f *function) client(guarded http.RoundTripper) {
	c := &http.Client{Transport: witness{guarded, f.ledger}}
	f.clients, f.idle = append(f.clients, c), append(f.idle, &http.Client{Transport: guarded})
}

// refresh loads the policy, after which it is known what is in force.
func (f *function) refresh(ctx context.Context) {
	v := f.world.parameter.latest()
	if f.fence.Refresh(ctx) == nil {
		for old := f.ledger.inForce.Load(); v > old && !f.ledger.inForce.CompareAndSwap(old, v); {
			old = f.ledger.inForce.Load()
		}
	}
}

// rest ends what the function itself keeps: connections.
func (f *function) rest() {
	f.stragglers.Wait()
	for _, c := range f.idle {
		c.CloseIdleConnections()
	}
}

// A logger blocks now and then, as one does whose pipe is full, and panics.
type logger struct {
	slog.Handler
	blocks *sync.Mutex
	until  *time.Time
}

func newLogger() logger { return logger{slog.DiscardHandler, new(sync.Mutex), new(time.Time)} }

func (l logger) Enabled(context.Context, slog.Level) bool { return true }

func (l logger) Handle(context.Context, slog.Record) error {
	if rand.IntN(500) == 0 {
		panic("the logger of a user")
	}
	l.blocks.Lock()
	defer l.blocks.Unlock()
	if now := time.Now(); now.After(*l.until) {
		*l.until = now.Add(time.Second)
		time.Sleep(20 * time.Millisecond)
	}
	return nil
}
