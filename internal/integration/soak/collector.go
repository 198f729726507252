package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

var collectorPhases = []phase{{"answers", 4 * time.Second}, {"hangs", 3 * time.Second}, {"gone", 2 * time.Second}}

// A collector takes traces by OTLP/HTTP, does not answer, or is not there. It keeps nothing.
type collector struct {
	addr string
	met  *met

	mu     sync.Mutex
	server *http.Server
	hang   chan struct{} // not nil: no answer until it is closed
}

func startCollector(met *met) (*collector, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	c := &collector{addr: l.Addr().String(), met: met}
	c.serve(l)
	return c, nil
}

func (c *collector) serve(l net.Listener) {
	c.server = &http.Server{Handler: c, ReadHeaderTimeout: 10 * time.Second}
	go func(s *http.Server) { _ = s.Serve(l) }(c.server)
}

func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	c.mu.Lock()
	hang := c.hang
	c.mu.Unlock()
	if hang == nil {
		c.met.note("exports that are answered")
		w.Header().Set("Content-Type", "application/x-protobuf") // an empty message: all is well
		return
	}
	c.met.note("exports that hang")
	select {
	case <-hang:
	case <-r.Context().Done():
	}
}

func (c *collector) enter(ph string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.hang != nil {
		close(c.hang)
		c.hang = nil
	}
	if c.server == nil {
		if l, err := net.Listen("tcp", c.addr); err == nil {
			c.serve(l)
		}
	}
	switch ph {
	case "hangs":
		c.hang = make(chan struct{})
	case "gone":
		c.met.note("collectors that are gone")
		c.close()
	}
}

func (c *collector) close() {
	if c.server != nil {
		_ = c.server.Close()
		c.server = nil
	}
}

// run goes through the phases until ctx ends, and then answers.
func (c *collector) run(ctx context.Context) {
	defer c.enter("answers")
	for i := 0; ctx.Err() == nil; i++ {
		ph := collectorPhases[i%len(collectorPhases)]
		c.enter(ph.name)
		sleep(ctx, ph.long)
	}
}
