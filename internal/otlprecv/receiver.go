// Package otlprecv is a small OTLP/HTTP receiver of traces, protobuf and gzip, for looking at what a function exports.
//
//	recv, err := otlprecv.Start("127.0.0.1:0")
//	...
//	defer recv.Close()
//	// run something with OTEL_EXPORTER_OTLP_ENDPOINT=http://<recv.Addr()>
//	err = recv.Wait(ctx, 3)
//	for _, span := range recv.Spans() { ... }
//
// Imported by internal/demo and by tests, never by what a Lambda links.
//
// # Limits
//
// Traces only, no JSON encoding, no gRPC. It keeps the first 10,000 spans and rejects the rest, in the way that the
// protocol has for it (partial success). The protocol is https://opentelemetry.io/docs/specs/otlp/.
package otlprecv

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"
)

const (
	maxSpans = 10_000
	maxBody  = 4 << 20 // after decompression
)

// A Receiver keeps the spans sent to it. Its methods may be called from several goroutines.
type Receiver struct {
	listener net.Listener
	server   *http.Server
	closed   chan struct{}
	once     sync.Once

	mu      sync.Mutex
	spans   []Span
	changed chan struct{} // closed and replaced when spans grows
	hang    bool
}

// Start listens on addr, such as "127.0.0.1:4318", or with port 0 on a free port.
func Start(addr string) (*Receiver, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("otlprecv: %w", err)
	}
	r := &Receiver{listener: listener, closed: make(chan struct{}), changed: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/traces", r.traces)
	r.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = r.server.Serve(listener) }()
	return r, nil
}

// Addr is the address it listens on: host and port.
func (r *Receiver) Addr() string { return r.listener.Addr().String() }

// Close stops the receiver; the spans stay.
func (r *Receiver) Close() error {
	r.once.Do(func() { close(r.closed) })
	return r.server.Close()
}

// Hang makes the receiver accept requests and never answer them, or answer again. A request that hangs does so until
// its client gives up or Close, whatever Hang is told later.
func (r *Receiver) Hang(on bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hang = on
}

// Spans returns the spans received so far, in the order of their arrival.
func (r *Receiver) Spans() []Span {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.spans)
}

// Wait returns when n spans have come, or with an error that says how many did when ctx ends.
func (r *Receiver) Wait(ctx context.Context, n int) error {
	for {
		r.mu.Lock()
		have, changed := len(r.spans), r.changed
		r.mu.Unlock()
		if have >= n {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("otlprecv: %d of %d spans: %w", have, n, ctx.Err())
		}
	}
}

func (r *Receiver) traces(w http.ResponseWriter, req *http.Request) {
	body, err := readBody(w, req)
	if err != nil {
		status := http.StatusBadRequest
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
			status = http.StatusRequestEntityTooLarge
		}
		http.Error(w, err.Error(), status)
		return
	}
	if r.hangs(req) {
		return
	}
	if kind := req.Header.Get("Content-Type"); kind != "application/x-protobuf" {
		http.Error(w, "want application/x-protobuf, not "+kind, http.StatusUnsupportedMediaType)
		return
	}
	var export collector.ExportTraceServiceRequest
	if err := proto.Unmarshal(body, &export); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var answer collector.ExportTraceServiceResponse
	if rejected := r.keep(flatten(&export)); rejected > 0 {
		answer.PartialSuccess = &collector.ExportTracePartialSuccess{
			RejectedSpans: int64(rejected),
			ErrorMessage:  fmt.Sprintf("this receiver keeps %d spans", maxSpans),
		}
	}
	out, err := proto.Marshal(&answer)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/x-protobuf")
	_, _ = w.Write(out)
}

// hangs holds the request for as long as its client does, if it is to.
func (r *Receiver) hangs(req *http.Request) bool {
	r.mu.Lock()
	hang := r.hang
	r.mu.Unlock()
	if hang {
		select {
		case <-req.Context().Done():
		case <-r.closed:
		}
	}
	return hang
}

func (r *Receiver) keep(spans []Span) (rejected int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if room := maxSpans - len(r.spans); len(spans) > room {
		spans, rejected = spans[:room], len(spans)-room
	}
	r.spans = append(r.spans, spans...)
	close(r.changed)
	r.changed = make(chan struct{})
	return rejected
}

// readBody bounds both what is on the wire and what it unpacks to.
func readBody(w http.ResponseWriter, req *http.Request) ([]byte, error) {
	body := http.MaxBytesReader(w, req.Body, maxBody)
	switch encoding := req.Header.Get("Content-Encoding"); encoding {
	case "", "identity":
		return io.ReadAll(body)
	case "gzip":
		unpacked, err := gzip.NewReader(body)
		if err != nil {
			return nil, err
		}
		return io.ReadAll(http.MaxBytesReader(w, unpacked, maxBody))
	default:
		return nil, fmt.Errorf("content encoding %q is not supported", encoding)
	}
}
