package wrapper

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"
)

const (
	flushDefault = 500 * time.Millisecond
	hungPause    = 30 * time.Second // a collector that hangs is left alone this long, then twice as long
	hungLongest  = 10 * time.Minute
)

// Flush lets events leave: counts that were folded, the metric line, and the
// spans of the tracer provider. It takes no longer than the flush timeout (see
// [WithFlushTimeout]) or ctx. Wrapped handlers flush by themselves.
func (f *Fence) Flush(ctx context.Context) error {
	f.drain(ctx)
	return f.flush(ctx)
}

// drain emits the counts of events that were folded.
func (f *Fence) drain(ctx context.Context) {
	now := time.Now()
	for _, ev := range append(f.tally.drain(now), f.seen.drain(now)...) {
		f.emit(ctx, ev, nil)
	}
}

func (f *Fence) flush(ctx context.Context) error {
	f.reporter.metric(os.Stdout, f.function.Name, time.Now())
	if f.reporter.spans.Load() == 0 {
		return nil // nothing of ours is waiting to be exported
	}
	timeout := f.flushTimeout(ctx)
	if timeout <= 0 {
		return context.DeadlineExceeded
	}
	// The invocation's context may be cancelled already; its values stay.
	ctx, cancel := context.WithTimeout(quiet(context.WithoutCancel(ctx)), timeout)
	defer cancel()
	return f.reporter.export(ctx)
}

// flushTimeout is what WithFlushTimeout says, and by default the lesser of
// 500ms and a tenth of the time that the invocation has left.
func (f *Fence) flushTimeout(ctx context.Context) time.Duration {
	timeout := f.config.flush
	deadline, ok := ctx.Deadline()
	if timeout == 0 {
		timeout = flushDefault
		if ok {
			timeout = min(timeout, time.Until(deadline)/10)
		}
	}
	if ok {
		timeout = min(timeout, time.Until(deadline))
	}
	return timeout
}

// export has the provider send its spans. A provider that does not come back in
// time is left behind, once, and not asked again for a while.
func (r *reporter) export(ctx context.Context) error {
	provider, ok := r.provider().(interface{ ForceFlush(context.Context) error })
	if !ok {
		return nil
	}
	if wait := time.Unix(0, r.skipUntil.Load()); time.Now().Before(wait) || !r.flushing.CompareAndSwap(false, true) {
		return fmt.Errorf("lambdafence: the collector did not answer lately; not flushed before %s", wait.Format(time.TimeOnly))
	}
	r.spans.Store(0)
	done := make(chan error, 1)
	go func() {
		var err error
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("lambdafence: tracer provider panicked: %v", p)
			}
			r.flushing.Store(false) // first: the next flush may follow at once
			done <- err
		}()
		err = provider.ForceFlush(ctx)
	}()
	select {
	case err := <-done:
		if ctx.Err() == nil {
			r.hung.Store(0)
			return err
		}
	case <-ctx.Done():
	}
	pause := min(hungPause<<min(r.hung.Add(1)-1, 8), hungLongest)
	r.skipUntil.Store(time.Now().Add(pause).UnixNano())
	return ctx.Err()
}

// metric writes violations as one line of CloudWatch's Embedded Metric Format,
// which becomes a metric to alarm on without any call being made.
//
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
func (r *reporter) metric(w io.Writer, function string, now time.Time) {
	blocked, reported := r.blocked.Swap(0), r.reported.Swap(0)
	if blocked+reported == 0 || function == "" {
		return
	}
	type unit struct{ Name, Unit string }
	line, err := json.Marshal(map[string]any{
		"_aws": map[string]any{
			"Timestamp": now.UnixMilli(),
			"CloudWatchMetrics": []any{map[string]any{
				"Namespace":  "lambdafence",
				"Dimensions": [][]string{{"FunctionName"}},
				"Metrics":    []unit{{"Blocked", "Count"}, {"Reported", "Count"}},
			}},
		},
		"FunctionName": function,
		"Blocked":      blocked,
		"Reported":     reported,
	})
	if err == nil {
		_, _ = w.Write(append(line, '\n')) // standard output is gone: nobody to tell
	}
}
