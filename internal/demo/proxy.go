package main

import (
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// A proxy is the egress proxy of a VPC: CONNECT to the hosts that it knows, and nothing else.
type proxy struct {
	addresses map[string]string // of the hosts, by name
	listener  net.Listener
	server    *http.Server

	mu    sync.Mutex
	asked map[string]int // CONNECTs by name, also of the refused
}

func newProxy(addresses map[string]string) (*proxy, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &proxy{addresses: addresses, listener: listener, asked: make(map[string]int)}
	p.server = &http.Server{Handler: p, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = p.server.Serve(listener) }()
	return p, nil
}

// connects says how often the name was asked for.
func (p *proxy) connects(name string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked[name]
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, port, _ := net.SplitHostPort(r.Host)
	p.mu.Lock()
	p.asked[name]++
	p.mu.Unlock()
	address, known := p.addresses[name]
	if r.Method != http.MethodConnect || port != "443" || !known {
		http.Error(w, "this proxy knows no such host", http.StatusForbidden)
		return
	}
	server, err := net.Dial("tcp", address)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer server.Close()
	client, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	defer client.Close()
	_, _ = io.WriteString(client, "HTTP/1.1 200 Connection established\r\n\r\n")
	go func() {
		_, _ = io.Copy(server, buffered) // the client may have spoken before it was answered
		_ = server.Close()
	}()
	_, _ = io.Copy(client, server)
}
