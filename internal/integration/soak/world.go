package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/lambdafence/lambdafence/internal/awsstand"
)

const account = "123456789012"

// A world is all that a function meets: hosts, AWS, a collector, a user's own logger and sink.
type world struct {
	faults    *faults
	met       met
	calls     *calls
	parameter *parameter
	collector *collector
	names     *names
	resolver  *net.Resolver // as it was
	canary    canary

	plain, secure, aws *httptest.Server
	raw                net.Listener
	background         sync.WaitGroup
}

// newWorld starts everything on free ports of 127.0.0.1, to which every name leads.
func newWorld() (*world, error) {
	w := &world{faults: &faults{}}
	w.calls = newCalls(w.faults)
	var err error
	if w.names, err = startNames(); err != nil {
		return nil, err
	}
	if w.collector, err = startCollector(&w.met); err != nil {
		return nil, err
	}
	if w.raw, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	w.background.Go(w.acceptRaw)
	w.plain = httptest.NewServer(http.HandlerFunc(w.serve))
	w.secure = httptest.NewUnstartedServer(http.HandlerFunc(w.serve))
	w.secure.EnableHTTP2 = true
	w.secure.Config.ErrorLog = log.New(io.Discard, "", 0) // clients that give up in a handshake
	w.secure.StartTLS()                                   // with a certificate for *.example.com

	stand := awsstand.New(awsstand.Config{
		Account:  account,
		Remember: -1,
		Buckets:  []string{string(always), string(onlyA), string(onlyB), string(never)},
		Queues:   []string{string(always), string(onlyA), string(onlyB), string(never)},
		Tables:   map[string][]string{string(always): {"id"}, string(onlyA): {"id"}, string(onlyB): {"id"}, string(never): {"id"}},
	})
	w.parameter = newParameter(w, stand)
	w.aws = httptest.NewServer(w.parameter)
	w.parameter.publish(docs[0])

	w.resolver, net.DefaultResolver = net.DefaultResolver, w.names.resolver()
	return w, nil
}

func (w *world) close() {
	w.plain.Close()
	w.secure.Close()
	w.aws.Close()
	_ = w.raw.Close()
	_ = w.names.conn.Close()
	net.DefaultResolver = w.resolver
	w.collector.mu.Lock()
	w.collector.close()
	w.collector.mu.Unlock()
	w.background.Wait()
}

// tls trusts the certificate of the secure server.
func (w *world) tls() *tls.Config {
	roots := x509.NewCertPool()
	roots.AddCert(w.secure.Certificate())
	return &tls.Config{RootCAs: roots}
}

func (w *world) rawPort() string { return port("tcp://" + w.raw.Addr().String()) }

func port(of string) string {
	u, err := url.Parse(of)
	if err != nil {
		return ""
	}
	return u.Port()
}

// chance is true once in n times.
func chance(n int) bool { return rand.IntN(n) == 0 }

// serve answers for every host, as the last part of the path says.
func (w *world) serve(rw http.ResponseWriter, r *http.Request) {
	w.calls.arrive(r.Header.Get(idHeader))
	w.met.note("requests by " + r.Proto)
	switch what := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]; what {
	case "redirect":
		w.met.note("redirects")
		http.Redirect(rw, r, r.URL.Query().Get("to"), http.StatusTemporaryRedirect)
	case "big":
		_, _ = rw.Write(make([]byte, 64<<10))
	case "slow": // longer than a policy lasts
		for range 4 {
			_, _ = fmt.Fprintln(rw, "not yet")
			_ = http.NewResponseController(rw).Flush()
			sleep(r.Context(), swapEvery/3)
		}
	case "late":
		sleep(r.Context(), swapEvery)
	default:
		_, _ = io.Copy(io.Discard, r.Body)
	}
}

// acceptRaw takes connections that bring the id of their call in a line.
func (w *world) acceptRaw() {
	for {
		conn, err := w.raw.Accept()
		if err != nil {
			return
		}
		w.background.Go(func() {
			defer conn.Close()
			_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
			if line, err := bufio.NewReader(conn).ReadString('\n'); err == nil {
				w.calls.arrive(strings.TrimSpace(line))
				w.met.note("dials")
				_, _ = conn.Write([]byte("ok\n"))
			}
		})
	}
}

// live has Parameter Store and the collector go through their phases until ctx ends.
func (w *world) live(ctx context.Context, changed func()) (ended *sync.WaitGroup) {
	ended = new(sync.WaitGroup)
	ended.Go(func() { w.parameter.run(ctx, changed) })
	ended.Go(func() { w.collector.run(ctx) })
	return ended
}

func (w *world) securePort() uint16 {
	return uint16(w.secure.Listener.Addr().(*net.TCPAddr).Port)
}
