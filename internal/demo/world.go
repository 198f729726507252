package main

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

const (
	paymentsHost = "api.payments.example"
	labelsHost   = "api.shipkit.example"
	beaconHost   = "collect.shipkit-metrics.example"

	paymentsKey = "pay_demo_7Q2m"
	shipkitKey  = "ship_demo_K81c"
)

// A world is all that lies outside of the function: three hosts, and the proxy through which it reaches them.
type world struct {
	caFile string
	hosts  map[string]*host
	proxy  *proxy
}

func newWorld(dir string) (_ *world, err error) {
	ca, err := newCA()
	if err != nil {
		return nil, err
	}
	w := &world{caFile: filepath.Join(dir, "ca.pem"), hosts: make(map[string]*host)}
	defer func() {
		if err != nil {
			w.close()
		}
	}()
	if err := ca.writePEM(w.caFile); err != nil {
		return nil, err
	}
	for name, answer := range map[string]answer{paymentsHost: charge, labelsHost: label, beaconHost: collect} {
		cert, err := ca.issue(name)
		if err != nil {
			return nil, err
		}
		if w.hosts[name], err = newHost(cert, answer); err != nil {
			return nil, err
		}
	}
	w.proxy, err = newProxy(w.hosts)
	return w, err
}

func (w *world) proxyAddr() string { return w.proxy.listener.Addr().String() }

func (w *world) close() {
	for _, h := range w.hosts {
		_ = h.server.Close()
	}
	if w.proxy != nil {
		_ = w.proxy.server.Close()
	}
}

// A host is a TLS server that keeps what its answer had to say of each request.
type host struct {
	listener net.Listener
	server   *http.Server

	mu    sync.Mutex
	notes []string
}

// An answer serves a request and notes what came.
type answer func(http.ResponseWriter, *http.Request) (note string, err error)

func newHost(cert tls.Certificate, do answer) (*host, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	h := &host{listener: listener}
	h.server = &http.Server{
		ReadHeaderTimeout: 10 * time.Second,
		TLSConfig:         &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			note, err := do(w, r)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				note = err.Error()
			}
			h.mu.Lock()
			h.notes = append(h.notes, note)
			h.mu.Unlock()
		}),
	}
	go func() { _ = h.server.ServeTLS(listener, "", "") }()
	return h, nil
}

// got returns the notes of all requests so far.
func (h *host) got() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string(nil), h.notes...)
}

func charge(w http.ResponseWriter, r *http.Request) (string, error) {
	if r.Method+r.URL.Path != "POST/v1/charges" || r.Header.Get("Authorization") != "Bearer "+paymentsKey {
		return "", errors.New("not a charge, or not with the key")
	}
	id := "ch_" + r.Header.Get("Idempotency-Key")
	w.WriteHeader(http.StatusCreated)
	return id, json.NewEncoder(w).Encode(map[string]string{"id": id})
}

func label(w http.ResponseWriter, r *http.Request) (string, error) {
	var shipment struct{ Reference string }
	if err := json.NewDecoder(r.Body).Decode(&shipment); err != nil {
		return "", err
	}
	w.WriteHeader(http.StatusCreated)
	return shipment.Reference, json.NewEncoder(w).Encode(map[string]string{"tracking": "SK-" + shipment.Reference})
}

// collect is the vendor's side of the beacon: it looks for what is worth money.
func collect(_ http.ResponseWriter, r *http.Request) (string, error) {
	var beacon struct{ Env []string }
	if err := json.NewDecoder(r.Body).Decode(&beacon); err != nil {
		return "", err
	}
	for _, entry := range beacon.Env {
		if name, value, _ := strings.Cut(entry, "="); value == paymentsKey {
			return fmt.Sprintf("%d environment variables, %s with its value among them", len(beacon.Env), name), nil
		}
	}
	return "", errors.New("a beacon without the key")
}
