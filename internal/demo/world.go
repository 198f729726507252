package main

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

const (
	paymentsHost = "api.payments.example"
	labelsHost   = "api.shipkit.example"
	beaconHost   = "collect.shipkit-metrics.example"

	paymentsKey = "pay_demo_7Q2m"
	shipkitKey  = "ship_demo_K81c"

	labelPDF = "%PDF-1.7\n" // no parcel is sent
)

// A world is all that lies outside of the function: three hosts, AWS, and the proxy through which it reaches them.
type world struct {
	caFile string
	client *awshttp.BuildableClient // of somebody else in there: through the proxy, with no trust but the CA's
	hosts  map[string]*host
	aws    *cloud
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
	addresses := make(map[string]string) // by name
	for name, answer := range map[string]answer{paymentsHost: charge, labelsHost: label, beaconHost: collect} {
		h := &host{do: answer}
		if h.server, err = serve(ca, h, name); err != nil {
			return nil, err
		}
		w.hosts[name], addresses[name] = h, h.server.Addr
	}
	if w.aws, err = newCloud(ca); err != nil {
		return nil, err
	}
	for _, name := range w.aws.names() {
		addresses[name] = w.aws.server.Addr
	}
	if w.proxy, err = newProxy(addresses); err != nil {
		return nil, err
	}
	w.client = awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: w.proxyAddr()})
		t.TLSClientConfig = &tls.Config{RootCAs: ca.pool(), MinVersion: tls.VersionTLS12}
	})
	return w, nil
}

func (w *world) proxyAddr() string { return w.proxy.listener.Addr().String() }

func (w *world) close() {
	for _, h := range w.hosts {
		_ = h.server.Close()
	}
	if w.aws != nil {
		_ = w.aws.server.Close()
	}
	if w.proxy != nil {
		_ = w.proxy.server.Close()
	}
}

// serve answers under the given names; the server's Addr is where it really listens.
func serve(ca *ca, handler http.Handler, names ...string) (*http.Server, error) {
	cert, err := ca.issue(names...)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	server := &http.Server{
		Addr:              listener.Addr().String(),
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		TLSConfig:         &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12},
	}
	go func() { _ = server.ServeTLS(listener, "", "") }()
	return server, nil
}

// A host is a server that keeps what its answer had to say of each request.
type host struct {
	do     answer
	server *http.Server

	mu    sync.Mutex
	notes []string
}

// An answer serves a request and notes what came.
type answer func(http.ResponseWriter, *http.Request) (note string, err error)

func (h *host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	note, err := h.do(w, r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		note = err.Error()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.notes = append(h.notes, note)
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
	answer := map[string]any{"tracking": "SK-" + shipment.Reference, "pdf": []byte(labelPDF)}
	return shipment.Reference, json.NewEncoder(w).Encode(answer)
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
