package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"go.opentelemetry.io/otel/trace"

	"github.com/lambdafence/lambdafence/wrapper"
)

const (
	workers     = 4                      // as AWS_LAMBDA_MAX_CONCURRENCY has it, in each function
	invokeEvery = 320 * time.Millisecond // each worker, so that all of it takes less than one CPU
	slack       = time.Second            // what a busy machine may add to any time that is held
)

// times are those of one invocation, as the user's code sees them.
type times struct{ entered, left time.Time }

type timesKey struct{}

func timesFrom(ctx context.Context) *times { return ctx.Value(timesKey{}).(*times) }

func (t *times) enter() { t.entered = time.Now() }
func (t *times) leave() { t.left = time.Now() }

// invoke runs the handler as lambda.Start does, and holds what the fence took of its time.
func (f *function) invoke(ctx context.Context, timeout time.Duration, ev event) (took time.Duration) {
	began := time.Now()
	ctx, cancel := context.WithDeadline(ctx, began.Add(timeout))
	defer cancel()
	t := &times{}
	ctx = context.WithValue(ctx, timesKey{}, t)
	ctx = lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{
		AwsRequestID:       fmt.Sprintf("%016x", rand.Uint64()),
		InvokedFunctionArn: "arn:aws:lambda:eu-west-1:" + account + ":function:soak",
	})
	if chance(10) {
		f.world.met.note("invocations that are cancelled")
		time.AfterFunc(time.Duration(rand.Int64N(int64(timeout/4))), cancel)
	}
	payload, err := json.Marshal(ev)
	if err == nil {
		err = f.call(ctx, payload, ev.Panicked)
	}
	ended := time.Now()
	if err != nil {
		f.ledger.fault("invoke: %v", err)
	}
	f.world.faults.addAll(f.ledger.name, late(began, t, ended, timeout))
	return ended.Sub(began)
}

// call hands the payload to the handler. The handler's own panic is the handler's affair, any other is not.
func (f *function) call(ctx context.Context, payload []byte, panics bool) (err error) {
	defer func() {
		if p := recover(); (p != nil) != panics {
			err = fmt.Errorf("panic: %v, where the handler's own was to be %t", p, panics)
		}
	}()
	_, err = f.handler.Invoke(ctx, payload)
	return err
}

// late says what took longer than it may: the start, in which the fence may wait for a policy; the end, in which it
// flushes; and all of it.
func late(began time.Time, t *times, ended time.Time, timeout time.Duration) (wrong []string) {
	deadline := began.Add(timeout)
	if before := t.entered.Sub(began); before > min(2100*time.Millisecond, timeout/4)+slack {
		wrong = append(wrong, fmt.Sprintf("the handler began %v after its invocation, which has %v", before, timeout))
	}
	flush := max(0, min(500*time.Millisecond, deadline.Sub(t.left)/10))
	if after := ended.Sub(t.left); after > flush+slack {
		wrong = append(wrong, fmt.Sprintf("the invocation ended %v after the handler, which left %v", after, deadline.Sub(t.left)))
	}
	if over := ended.Sub(deadline); over > slack {
		wrong = append(wrong, fmt.Sprintf("an invocation of %v ended %v after its deadline", timeout, over))
	}
	return wrong
}

// work invokes a function again and again. gate is held shared while anything runs.
func (f *function) work(ctx context.Context, gate *sync.RWMutex, tell *tellTale) {
	for next := time.Now(); ctx.Err() == nil; sleep(ctx, time.Until(next)) {
		next = next.Add(invokeEvery)
		if now := time.Now(); next.Before(now) {
			next = now // the machine was busy: do not catch up
		}
		gate.RLock()
		took := f.invoke(context.WithoutCancel(ctx), someTimeout(), someEvent())
		gate.RUnlock()
		tell.took(took)
	}
}

func someTimeout() time.Duration {
	return 800*time.Millisecond + time.Duration(rand.Int64N(int64(2*time.Second)))
}

func someEvent() event {
	return event{Steps: 4 + rand.IntN(5), Outlive: rand.IntN(10) == 0, Flush: rand.IntN(20) == 0, Refresh: rand.IntN(20) == 0, Panicked: rand.IntN(50) == 0}
}

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
	events := wrapper.Events(wrapper.Violations)
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
	if took := time.Since(began); took > 2*time.Second+slack {
		f.ledger.fault("New took %v", took)
	}
	return f, nil
}
