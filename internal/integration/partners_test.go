package integration

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// partners are the hosts that orders calls over HTTPS, behind the proxy that
// leads to them. Each answers every request with its text and 201.
type partners struct {
	proxy  *httptest.Server
	caFile string

	mu    sync.Mutex
	asked []string // of the proxy, by name
}

func startPartners(t *testing.T, answers map[string]string) *partners {
	t.Helper()
	p := &partners{caFile: filepath.Join(t.TempDir(), "ca.pem")}
	var hosts []string
	for host := range answers {
		hosts = append(hosts, host)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, answers[r.Host])
	}))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{p.certificate(t, hosts)}, MinVersion: tls.VersionTLS12}
	server.StartTLS()
	t.Cleanup(server.Close)
	p.proxy = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.connect(w, r, server.Listener.Addr().String())
	}))
	t.Cleanup(p.proxy.Close)
	return p
}

// certificate makes one for all hosts, which is its own authority.
func (p *partners) certificate(t *testing.T, hosts []string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: hosts,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err == nil {
		err = os.WriteFile(p.caFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func (p *partners) connect(w http.ResponseWriter, r *http.Request, server string) {
	name, _, _ := net.SplitHostPort(r.Host)
	p.mu.Lock()
	p.asked = append(p.asked, name)
	p.mu.Unlock()
	there, err := net.Dial("tcp", server)
	if err != nil || r.Method != http.MethodConnect {
		http.Error(w, "no tunnel", http.StatusBadGateway)
		return
	}
	defer there.Close()
	here, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer here.Close()
	_, _ = io.WriteString(here, "HTTP/1.1 200 Connection established\r\n\r\n")
	go func() {
		_, _ = io.Copy(there, buffered)
		_ = there.Close()
	}()
	_, _ = io.Copy(here, there)
}

// reached returns the names that the proxy was asked for, each once.
func (p *partners) reached() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Compact(slices.Sorted(slices.Values(p.asked)))
}

// environment has a function trust the partners and go to them by the proxy.
func (p *partners) environment() []string {
	return []string{"HTTPS_PROXY=" + p.proxy.URL, "SSL_CERT_FILE=" + p.caFile}
}
