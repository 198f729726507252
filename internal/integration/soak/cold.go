package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/lambdafence/lambdafence/wrapper"
)

// A coldStart makes a function, invokes it a few times and drops it, again and again: the first load meets every
// phase of Parameter Store, and a fence that is dropped must leave nothing behind.
type coldStart struct {
	world   *world
	tracers trace.TracerProvider
	begun   atomic.Int64
}

func (c *coldStart) work(ctx context.Context, gate *sync.RWMutex, tell *tellTale) {
	for ; ctx.Err() == nil; sleep(ctx, time.Second) {
		if err := c.live(context.WithoutCancel(ctx), gate, tell); err != nil {
			c.world.faults.add("%v", err)
		}
	}
}

func (c *coldStart) live(ctx context.Context, gate *sync.RWMutex, tell *tellTale) (err error) {
	number := c.begun.Add(1)
	during := func(do func()) {
		gate.RLock()
		defer gate.RUnlock()
		do()
	}
	events := wrapper.Violations
	if number%2 == 0 {
		events = wrapper.All
	}
	var f *function
	during(func() { f, err = c.start(ctx, fmt.Sprint("cold start ", number), events) })
	if err != nil {
		return err
	}
	for range 3 {
		during(func() {
			tell.took(f.invoke(ctx, someTimeout(), someEvent()))
			f.rest()
		})
	}
	during(func() {
		_ = f.fence.Flush(ctx)
		f.ledger.settle()
		tell.drop(f.ledger)
	})
	return nil
}

// start makes the function, within the budget of a first load.
func (c *coldStart) start(ctx context.Context, name string, events wrapper.Events) (*function, error) {
	began := time.Now()
	f, err := newFunction(ctx, c.world, name, c.tracers, wrapper.WithEvents(events))
	if err != nil {
		return nil, err
	}
	f.ledger.all, f.ledger.cold = events == wrapper.All, true
	if took := time.Since(began); took > 2*time.Second+c.world.slack() {
		f.ledger.fault("New took %v", took)
	}
	return f, nil
}
