package wrapper_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/lambdafence/lambdafence/internal/otlprecv"
	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/policy/source"
	"github.com/lambdafence/lambdafence/wrapper"
	"github.com/lambdafence/lambdafence/wrapper/wrappertest"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// TestDeadlineNearlyOver: an invocation with hardly any time left is not pushed over
// it by a collector that hangs, nor by a policy that does not load.
func TestDeadlineNearlyOver(t *testing.T) {
	recv, err := otlprecv.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer recv.Close()
	recv.Hang(true)
	exporter, err := otlptracehttp.New(t.Context(), otlptracehttp.WithEndpoint(recv.Addr()), otlptracehttp.WithInsecure(), otlptracehttp.WithRetry(otlptracehttp.RetryConfig{}))
	if err != nil {
		t.Fatal(err)
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
		defer cancel()
		_ = provider.Shutdown(ctx)
	}()
	src, release := &changing{}, make(chan struct{})
	defer close(release)
	for name, left := range map[string]time.Duration{"plenty": 400 * time.Millisecond, "little": 100 * time.Millisecond, "none": -time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			src.hang(nil)
			src.fail(errors.New("throttled"))
			f := wrapper.Must(wrapper.New(t.Context(), discard(), wrapper.WithTracerProvider(provider), wrapper.WithPolicy(src)))
			src.hang(release) // and at the start of the invocation it is asked again
			ctx, cancel := context.WithTimeout(t.Context(), left)
			defer cancel()
			began, ran, blockedIt := time.Now(), false, false
			h := f.Wrap(func(ctx context.Context) error {
				ran = true
				blockedIt = errors.Is(f.Check(ctx, evilCall), wrapper.ErrBlocked)
				return nil
			})
			if _, err := h.Invoke(ctx, []byte("{}")); err != nil {
				t.Error(err)
			}
			if spent := time.Since(began); spent > max(left, 0)+150*time.Millisecond {
				t.Errorf("took %v of %v", spent, left)
			}
			if !ran || !blockedIt {
				t.Errorf("the handler ran: %v, its call was blocked: %v", ran, blockedIt)
			}
		})
	}
}

// TestCancelledContext: a context that has ended is no way past, and what is allowed
// fails as it would without the fence.
func TestCancelledContext(t *testing.T) {
	srv, hits := server(t, nil)
	f := wrappertest.New(t, "mode: enforce\n"+opens(srv)+"allow: []")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	ask := func(url string) error {
		req, _ := http.NewRequestWithContext(ctx, "GET", url, nil)
		resp, err := f.Client().Do(req)
		if err == nil {
			resp.Body.Close()
		}
		return err
	}
	if err := ask("https://evil.test/"); !errors.Is(err, wrapper.ErrBlocked) {
		t.Errorf("a request that is denied: %v", err)
	}
	if _, err := f.DialContext(ctx, "tcp", "evil.test:443"); !errors.Is(err, wrapper.ErrBlocked) {
		t.Errorf("a connection that is denied: %v", err)
	}
	if err := f.Check(ctx, evilCall); !errors.Is(err, wrapper.ErrBlocked) {
		t.Errorf("Check: %v", err)
	}
	f.WantBlocked("GET https://evil.test/", "tcp evil.test:443", "tcp evil.test:443")
	if err := ask(srv.URL); !errors.Is(err, context.Canceled) || hits.Load() != 0 {
		t.Errorf("a request that is allowed: %v", err)
	}
	if _, err := f.DialContext(ctx, "tcp", srv.Listener.Addr().String()); err == nil || errors.Is(err, wrapper.ErrBlocked) {
		t.Errorf("a connection that is allowed: %v", err)
	}
}

// TestGoroutineThatOutlivesItsInvocation: what goes on after the handler returned is
// judged, and its events name the invocation that it came from, whatever runs by then.
func TestGoroutineThatOutlivesItsInvocation(t *testing.T) {
	f := wrappertest.New(t, "mode: enforce\nallow: [{host: good.test}]")
	goOn, done := make(chan struct{}), make(chan error, 1)
	invoke := func(id string, run func(context.Context)) {
		ctx, cancel := context.WithCancel(lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{AwsRequestID: id}))
		defer cancel() // Lambda's runtime ends it, too
		if _, err := f.Wrap(func(ctx context.Context) error { run(ctx); return nil }).Invoke(ctx, []byte("{}")); err != nil {
			t.Error(err)
		}
	}
	invoke("first", func(ctx context.Context) {
		go func() {
			<-goOn
			done <- f.Check(ctx, evilCall)
		}()
	})
	invoke("second", func(context.Context) {
		close(goOn)
		if err := <-done; !errors.Is(err, wrapper.ErrBlocked) {
			t.Errorf("error = %v, want ErrBlocked", err)
		}
	})
	if ev := f.Violations(); len(ev) != 1 || ev[0].Function.RequestID != "first" {
		t.Errorf("events = %+v, want one of the first invocation", ev)
	}
}

// TestSinkThatBlocks: a sink or a logger that never returns holds up the call whose
// event it was given, and no other: not what is allowed, nor another violation.
func TestSinkThatBlocks(t *testing.T) {
	srv, _ := server(t, nil)
	release := make(chan struct{})
	var held atomic.Int64
	hold := func(host string) {
		if host == "held.test" {
			held.Add(1)
			<-release
		}
	}
	doc := []byte("mode: enforce\n" + opens(srv) + "allow: []")
	for name, opt := range map[string]wrapper.Option{
		"sink":   wrapper.WithSink(func(_ context.Context, ev wrapper.Event) { hold(ev.Call.Host) }),
		"logger": wrapper.WithLogger(slog.New(holdingHandler{slog.DiscardHandler, hold})),
	} {
		t.Run(name, func(t *testing.T) {
			opts := []wrapper.Option{wrapper.WithPolicy(source.Static("p", doc)), opt}
			if name == "sink" {
				opts = append(opts, discard())
			}
			f := wrapper.Must(wrapper.New(t.Context(), opts...))
			held.Store(0)
			var wg sync.WaitGroup
			wg.Go(func() { _ = f.Check(context.Background(), policy.Call{Host: "held.test", Port: 443}) })
			eventually(t, "the event is handed over", func() bool { return held.Load() == 1 })
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				if _, err := get(t, f.Client(), srv.URL); err != nil {
					t.Errorf("what is allowed: %v", err)
				}
				if err := f.Check(t.Context(), evilCall); !errors.Is(err, wrapper.ErrBlocked) {
					t.Errorf("another violation: %v", err)
				}
				if err := f.Refresh(t.Context()); err != nil {
					t.Errorf("refresh: %v", err)
				}
				if err := f.Flush(t.Context()); err != nil {
					t.Errorf("flush: %v", err)
				}
				invoke(t, f, evilCall)
			}()
			select {
			case <-ended:
			case <-time.After(10 * time.Second):
				t.Error("everything waits")
			}
			release <- struct{}{}
			wg.Wait()
		})
	}
}

// A holdingHandler is a log that may not return.
type holdingHandler struct {
	slog.Handler
	hold func(host string)
}

func (holdingHandler) Enabled(context.Context, slog.Level) bool { return true }
func (h holdingHandler) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "call" {
			for _, b := range a.Value.Group() {
				if b.Key == "host" {
					h.hold(b.Value.String())
				}
			}
		}
		return true
	})
	return nil
}

// TestMillionViolations: as many, from many goroutines, of as many kinds as an attacker
// likes, are each blocked; the log stays short, memory bounded, and the counts are
// right.
func TestMillionViolations(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	var events, counted, lines atomic.Int64
	sink := wrapper.WithSink(func(_ context.Context, ev wrapper.Event) {
		events.Add(1)
		counted.Add(int64(ev.Count))
	})
	log := wrapper.WithLogger(slog.New(slog.NewJSONHandler(countingWriter{&lines}, nil)))
	f := wrapper.Must(wrapper.New(t.Context(), sink, log, wrapper.WithPolicy(source.Static("p", []byte("mode: enforce\nallow: [{host: good.test}]")))))
	const workers = 8
	const each = manyViolations / workers
	before, began := heap(), time.Now()
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := range each {
				c := policy.Call{Kind: policy.HTTP, Scheme: "https", Host: fmt.Sprintf("h%d-%d.test", w, i%5000), Method: "GET", Path: fmt.Sprintf("/%d/%s", i, strings.Repeat("x", i%20))}
				if !errors.Is(f.Check(context.Background(), c), wrapper.ErrBlocked) {
					t.Error("let through")
					return
				}
			}
		})
	}
	wg.Wait()
	after := heap()
	if err := f.Flush(t.Context()); err != nil {
		t.Error(err)
	}
	total := int64(workers * each)
	if counted.Load() != total || lines.Load() != events.Load() {
		t.Errorf("events stand for %d calls of %d; %d lines for %d events", counted.Load(), total, lines.Load(), events.Load())
	}
	// A thousand of each of four kinds are told apart, each ten times in ten seconds.
	if n, most := events.Load(), 41_000*int64(2+time.Since(began)/(10*time.Second)); n > most {
		t.Errorf("%d events, want at most %d", n, most)
	}
	if grown := after - before; grown > 20<<20 {
		t.Errorf("the heap grew by %d MiB", grown>>20)
	}
	t.Logf("%d violations: %d events, heap %+d KiB", total, events.Load(), (after-before)>>10)
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// A countingWriter counts lines.
type countingWriter struct{ n *atomic.Int64 }

func (w countingWriter) Write(p []byte) (int, error) {
	w.n.Add(int64(strings.Count(string(p), "\n")))
	return len(p), nil
}
