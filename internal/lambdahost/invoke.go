package lambdahost

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Result is what the function answered. A function that fails still has a Result: Invoke's error is for the host's own
// failures, as an error of the Invoke API is not a FunctionError.
type Result struct {
	RequestID   string
	TraceHeader string // as sent: Root=1-...;Parent=...;Sampled=1
	Payload     []byte // of the response or of the error document
	ContentType string
	Trailer     http.Header // those that have a value: how a streaming function tells of an error half-way
	Failed      bool
	ErrorType   string // of a failed function, where it names one
}

// An invocation is on its way from Invoke through a /next to its /response or /error.
type invocation struct {
	id      string
	trace   string
	payload []byte
	done    chan outcome // has room for the one outcome, so that nobody waits for an Invoke that gave up
}

type outcome struct {
	result *Result
	err    error
}

var (
	errClosed  = errors.New("lambdahost: closed")
	errTimeout = errors.New("lambdahost: task timed out")
)

// Invoke hands payload to the next runtime that asks and returns its answer. It fails when ctx is done, when the
// function's timeout is over, when the process is gone (with its exit status and the end of stderr) and after Close.
// Several calls may wait at once; each runtime that asks takes one. A function that is given up goes on, and its late
// answer is accepted and dropped; unlike Lambda, the host does not end the process for a timeout.
func (h *Host) Invoke(ctx context.Context, payload []byte) (*Result, error) {
	inv := &invocation{id: newUUID(), trace: newTraceHeader(), payload: payload, done: make(chan outcome, 1)}
	select {
	case h.queue <- inv:
	case <-ctx.Done():
		return nil, fmt.Errorf("lambdahost: no runtime asked for the invocation: %w", ctx.Err())
	case <-h.exited():
		return nil, h.gone()
	case <-h.closed:
		return nil, errClosed
	}
	timeout := time.NewTimer(h.cfg.Timeout)
	defer timeout.Stop()
	select {
	case out := <-inv.done:
		return out.result, out.err
	case <-h.exited():
		// A function that panics posts its error and exits: the answer came first and counts.
		select {
		case out := <-inv.done:
			return out.result, out.err
		default:
			return nil, h.gone()
		}
	case <-ctx.Done():
		return nil, fmt.Errorf("lambdahost: no answer: %w", ctx.Err())
	case <-timeout.C:
		return nil, fmt.Errorf("%w after %v", errTimeout, h.cfg.Timeout)
	case <-h.closed:
		return nil, errClosed
	}
}

func (h *Host) remember(inv *invocation) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.inFlight[inv.id] = inv
}

// take returns the invocation and forgets it: one answer each, as in Lambda.
func (h *Host) take(id string) (*invocation, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	inv, ok := h.inFlight[id]
	delete(h.inFlight, id)
	return inv, ok
}

func (h *Host) arn() string {
	return "arn:aws:lambda:" + region + ":123456789012:function:" + h.cfg.Function
}

func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// newTraceHeader makes an X-Ray header; its root begins with the time, which X-Ray asks of it.
func newTraceHeader() string {
	var b [20]byte
	_, _ = rand.Read(b[:])
	return fmt.Sprintf("Root=1-%08x-%s;Parent=%s;Sampled=1",
		uint32(time.Now().Unix()), hex.EncodeToString(b[:12]), hex.EncodeToString(b[12:]))
}
