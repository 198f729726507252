package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/lambdafence/lambdafence/wrapper"
)

// A soak is one run.
type soak struct {
	long time.Duration
	out  io.Writer
	bend func(*soak) // by tests: makes something go wrong, which the soak must find

	world     *world
	functions []*function
	cold      *coldStart
	tell      tellTale
	gate      sync.RWMutex // held shared by what runs, and alone by who takes a sample
	restore   func()
	metrics   *metrics
	samples   []sample
	began     time.Time
}

// run returns what was found wrong.
func (s *soak) run(ctx context.Context) ([]string, error) {
	before := openFiles()
	tracers, err := s.start(ctx)
	if err != nil {
		return nil, err
	}
	s.traffic(ctx)
	for _, f := range s.functions {
		f.rest()
		_ = f.fence.Flush(ctx)
		f.ledger.settle()
	}
	s.restore()
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	_ = tracers.Shutdown(ctx)
	for _, f := range s.functions {
		f.rest()
	}
	s.world.close()
	s.metrics.close()
	return s.report(before), nil
}

// start makes the world and two functions: one as most are, with guarded defaults and events of violations, and one
// that tells of every call.
func (s *soak) start(ctx context.Context) (*sdktrace.TracerProvider, error) {
	var err error
	if s.world, err = newWorld(); err != nil {
		return nil, err
	}
	for name, value := range map[string]string{"AWS_LAMBDA_FUNCTION_NAME": "soak", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://" + s.world.collector.addr} {
		if err := os.Setenv(name, value); err != nil {
			return nil, err
		}
	}
	if s.metrics, err = readMetrics(); err != nil {
		return nil, err
	}
	http.DefaultTransport.(*http.Transport).TLSClientConfig = s.world.tls()
	tracers, err := newTracers(ctx)
	if err != nil {
		return nil, err
	}
	telling, err := newFunction(ctx, s.world, "telling", tracers, wrapper.WithEvents(wrapper.All))
	if err != nil {
		return nil, err
	}
	telling.ledger.all = true
	usual, err := newFunction(ctx, s.world, "usual", tracers)
	if err != nil {
		return nil, err
	}
	s.restore = usual.fence.GuardDefault()
	usual.client(http.DefaultTransport)
	usual.client(usual.fence.Client().Transport)
	s.functions = []*function{telling, usual}
	for _, f := range s.functions {
		f.refresh(ctx)
	}
	s.cold = &coldStart{world: s.world, tracers: tracers}
	if s.bend != nil {
		s.bend(s)
	}
	return tracers, nil
}

// newTracers makes what sends spans to the collector, by the default transport: behind the fence, once that is guarded.
func newTracers(ctx context.Context) (*sdktrace.TracerProvider, error) {
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(error) {})) // a collector that hangs is what is wanted
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithHTTPClient(&http.Client{Transport: http.DefaultTransport}), otlptracehttp.WithTimeout(2*time.Second))
	if err != nil {
		return nil, err
	}
	return sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter, sdktrace.WithBatchTimeout(time.Second), sdktrace.WithExportTimeout(2*time.Second))), nil
}

// traffic invokes the functions for as long as the soak lasts, and samples meanwhile.
func (s *soak) traffic(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, s.long)
	defer cancel()
	s.began = time.Now()
	world := s.world.live(ctx, func() {
		if !s.gate.TryRLock() {
			return // a sample is taken
		}
		defer s.gate.RUnlock()
		for _, f := range s.functions {
			in, cancel := context.WithTimeout(ctx, swapEvery/2)
			f.refresh(in)
			cancel()
		}
	})
	var all sync.WaitGroup
	for _, f := range s.functions {
		for range workers {
			all.Go(func() { f.work(ctx, &s.gate, &s.tell) })
		}
	}
	all.Go(func() { s.world.canary.live(ctx) })
	all.Go(func() { s.cold.work(ctx, &s.gate, &s.tell) })
	s.watch(ctx)
	all.Wait()
	world.Wait()
}

// watch takes samples until ctx ends, and prints some of them.
func (s *soak) watch(ctx context.Context) {
	every := max(300*time.Millisecond, min(5*time.Second, s.long/60))
	s.heading()
	for printed := time.Duration(0); ; {
		sleep(ctx, every)
		for ph, over := s.world.parameter.is(); ph == "hangs" && ctx.Err() == nil; ph, over = s.world.parameter.is() {
			select { // what waits for it would have to be waited for
			case <-over:
			case <-ctx.Done():
			}
		}
		if ctx.Err() != nil {
			return
		}
		s.gate.Lock()
		for _, f := range s.functions {
			f.rest()
		}
		now := takeSample(time.Since(s.began))
		s.gate.Unlock()
		s.samples = append(s.samples, now)
		if now.at-printed >= s.long/20 {
			printed = now.at
			s.line(now)
		}
	}
}
