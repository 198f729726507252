package integration

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/lambdafence/lambdafence/internal/awskey"
)

const foreign = "210987654321" // an account that is not the function's

// A cloud is moto behind the real names of AWS's hosts: whatever a client of its
// configurations connects to is led there. It keeps what was connected to, and
// counts the bytes that were sent.
type cloud struct {
	*tap
	tls *httptest.Server

	mu     sync.Mutex
	hosts  []string // host:port of each connection
	length *int     // of all that was written on them
}

func cloudOf(t *testing.T) *cloud {
	t.Helper()
	c := &cloud{tap: tapMoto(t), length: new(int)}
	c.tls = httptest.NewTLSServer(c.server.Config.Handler)
	t.Cleanup(c.tls.Close)
	return c
}

// config is signed by a key of account, "" for no key at all.
func (c *cloud) config(account string) aws.Config {
	cfg := aws.Config{
		Region:                     region,
		HTTPClient:                 &http.Client{Transport: c.transport()},
		Credentials:                keysOf(account),
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenSupported, // as LoadDefaultConfig sets it
	}
	return cfg
}

// keysOf returns keys of an account, "" for none at all.
func keysOf(account string) aws.CredentialsProvider {
	if account == "" {
		return aws.AnonymousCredentials{}
	}
	return credentials.NewStaticCredentialsProvider(awskey.ID(account), "secret", "token")
}

func (c *cloud) transport() *http.Transport {
	return &http.Transport{DialContext: c.dial, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
}

func (c *cloud) dial(ctx context.Context, network, address string) (net.Conn, error) {
	c.mu.Lock()
	c.hosts = append(c.hosts, address)
	length := c.length
	c.mu.Unlock()
	to := c.tls.Listener.Addr().String()
	if _, port, _ := net.SplitHostPort(address); port == "80" {
		to = c.address()
	}
	conn, err := new(net.Dialer).DialContext(ctx, network, to)
	return counted{conn, &c.mu, length}, err
}

// reached returns what has been connected to since it was last asked, and how many
// bytes were sent there. Connections of before don't count: they say goodbye, in
// 24 bytes of TLS, when they like. A request on one of them is seen by the tap.
func (c *cloud) reached() (hosts []string, length int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	hosts, length = c.hosts, *c.length
	c.hosts, c.length = nil, new(int)
	slices.Sort(hosts)
	return slices.Compact(hosts), length
}

// wantNothingSent fails the test if anything was sent since it was last asked.
func (c *cloud) wantNothingSent(t *testing.T) {
	t.Helper()
	if hosts, length := c.reached(); len(hosts) > 0 || length > 0 {
		t.Errorf("sent all the same: %d bytes, connections to %v", length, hosts)
	}
	if sent := c.took(); len(sent) > 0 {
		t.Errorf("sent all the same: %q", sent)
	}
}

// A counted connection counts what is written.
type counted struct {
	net.Conn
	mu     *sync.Mutex
	length *int
}

func (c counted) Write(b []byte) (int, error) {
	c.mu.Lock()
	*c.length += len(b)
	c.mu.Unlock()
	return c.Conn.Write(b)
}
