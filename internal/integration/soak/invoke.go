package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
)

const (
	workers     = 4                      // as AWS_LAMBDA_MAX_CONCURRENCY has it, in each function
	invokeEvery = 250 * time.Millisecond // each worker, so that all of it takes less than one CPU
	atBest      = 500 * time.Millisecond // what a machine that has nothing else to do may add to any time that is held
	turns       = 100                    // on a CPU, that an invocation takes one after the other
)

// slack is what the machine as it is may add.
func (w *world) slack() time.Duration { return atBest + turns*w.canary.waits() }

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
	for _, wrong := range late(began, t, ended, timeout, f.world.slack()) {
		f.ledger.fault(wrong.format, wrong.args...)
	}
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

// A lateness is a fault.
type lateness struct {
	format string
	args   []any
}

// late says what took longer than it may, by more than the slack: the start, in which the fence may wait for a policy; the end, in which it
// flushes; and all of it.
func late(began time.Time, t *times, ended time.Time, timeout, slack time.Duration) (wrong []lateness) {
	deadline := began.Add(timeout)
	if before := t.entered.Sub(began); before > min(2100*time.Millisecond, timeout/4)+slack {
		wrong = append(wrong, lateness{"the handler began %v after its invocation, which has %v", []any{before, timeout}})
	}
	flush := max(0, min(500*time.Millisecond, deadline.Sub(t.left)/10))
	if after := ended.Sub(t.left); after > flush+slack {
		wrong = append(wrong, lateness{"the invocation ended %v after the handler, which left %v", []any{after, deadline.Sub(t.left)}})
	}
	if over := ended.Sub(deadline); over > slack {
		wrong = append(wrong, lateness{"an invocation of %v ended %v after its deadline", []any{timeout, over}})
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
	return 600*time.Millisecond + time.Duration(rand.Int64N(int64(1200*time.Millisecond)))
}

func someEvent() event {
	return event{Steps: 4 + rand.IntN(5), Outlive: rand.IntN(10) == 0, Flush: rand.IntN(20) == 0, Refresh: rand.IntN(20) == 0, Panicked: rand.IntN(50) == 0}
}
