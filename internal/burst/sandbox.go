package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/policy/source"
	"github.com/lambdafence/lambdafence/policy/source/paramstore"
	"github.com/lambdafence/lambdafence/wrapper"
)

// A state says what rules a fence.
type state string

const (
	fromSSM  state = "ssm"
	carried  state = "embedded"
	byRule   state = "none" // the load-error rule: without a mode it blocks
	open     state = "open"
	interval       = time.Second
)

// A sandbox is one execution environment of the function.
type sandbox struct {
	source  source.Source
	fence   *wrapper.Fence
	handler lambda.Handler

	took    time.Duration // by New
	settled time.Duration // from the burst until it was seen to have SSM's policy; 0: never
	longest time.Duration // of an invocation
}

func newSandbox(cfg aws.Config, fallback bool) *sandbox {
	b := &sandbox{source: paramstore.New("/fence/orders", paramstore.WithConfig(cfg))}
	if fallback {
		b.source = source.First(b.source, source.Static("embedded", []byte(embedded)))
	}
	return b
}

// start is the init phase.
func (b *sandbox) start(ctx context.Context) error {
	begun := time.Now()
	fence, err := wrapper.New(ctx, wrapper.WithPolicy(b.source), wrapper.WithLogger(slog.New(slog.DiscardHandler)))
	b.took = time.Since(begun)
	if err != nil {
		return fmt.Errorf("wrapper.New: %w", err)
	}
	b.fence = fence
	b.handler = fence.Wrap(func(context.Context) error { return nil })
	if b.state() == fromSSM {
		b.settled = b.took
	}
	return nil
}

// state asks the fence for a call that every policy denies, and reads from the denial which policy that was.
func (b *sandbox) state() state {
	err := b.fence.Check(context.Background(), policy.Call{Kind: policy.HTTP, Scheme: "https", Host: "drop.example", Port: 443, Method: "GET", Path: "/"})
	denied := (*wrapper.BlockedError)(nil)
	if !errors.As(err, &denied) {
		return open // it let the call through: there must be none of these
	}
	return state(denied.Policy.Name)
}

// live invokes the function once a second until SSM's policy is in force, or its time is over.
func (b *sandbox) live(ctx context.Context, burst time.Time, life time.Duration) error {
	for next := time.Now(); b.settled == 0 && time.Since(burst) < life; next = next.Add(interval) {
		time.Sleep(time.Until(next))
		begun := time.Now()
		if _, err := b.handler.Invoke(ctx, []byte(`{}`)); err != nil {
			return fmt.Errorf("invoke: %w", err)
		}
		b.longest = max(b.longest, time.Since(begun))
		if b.state() == fromSSM {
			b.settled = time.Since(burst)
		}
	}
	return nil
}
