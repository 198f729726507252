package integration

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/lambdafence/lambdafence/internal/awskey"
)

const (
	region  = "eu-west-1"
	account = "123456789012" // moto's
)

// python returns a program of the virtual environment that "make venv" makes.
func python(t *testing.T, place string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("../../.cache/venv", place))
	if err != nil {
		t.Fatal(err)
	}
	if look(path) == "" {
		missing(t, "%s (make venv)", filepath.Base(place))
	}
	return path
}

var startMoto = sync.OnceValues(func() (string, error) {
	path, err := filepath.Abs("../../.cache/venv/bin/moto_server")
	if err != nil {
		return "", err
	}
	address, port, err := freePort()
	if err != nil {
		return "", err
	}
	_, err = launch(exec.Command(path, "-H", "127.0.0.1", "-p", port), "", address)
	return address, err
})

// A tap lies between a test and moto, and keeps what goes through.
type tap struct {
	server *httptest.Server

	mu       sync.Mutex
	requests []string // method, service and path
	refuse   int      // so many requests are answered 503
}

// tapMoto returns a tap in front of moto, which forgets what tests before have made.
func tapMoto(t *testing.T) *tap {
	t.Helper()
	python(t, "bin/moto_server")
	moto, err := startMoto()
	if err != nil {
		t.Fatal(err)
	}
	unguarded := new(http.Transport) // not the default one, which tests guard
	t.Cleanup(unguarded.CloseIdleConnections)
	resp, err := (&http.Client{Transport: unguarded}).Post("http://"+moto+"/moto-api/reset", "", nil)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatal(resp, err)
	}
	resp.Body.Close()
	proxy := &httputil.ReverseProxy{
		Transport: unguarded,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: moto})
			r.Out.Host = r.In.Host // it is signed
		},
	}
	p := new(tap)
	p.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.note(r) {
			http.Error(w, "slow down", http.StatusServiceUnavailable)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(p.server.Close)
	return p
}

// note keeps a request, and reports whether it is to be refused.
func (p *tap) note(r *http.Request) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	scope := strings.Split(r.Header.Get("Authorization"), "/")
	service := ""
	if len(scope) > 3 {
		service = scope[3]
	}
	operation := r.Method + " " + r.URL.Path
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		_, operation, _ = strings.Cut(target, ".")
	}
	p.requests = append(p.requests, service+" "+operation)
	if p.refuse > 0 {
		p.refuse--
		return true
	}
	return false
}

// took returns the requests since it was last asked.
func (p *tap) took() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.requests
	p.requests = nil
	return r
}

func (p *tap) refuseNext(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refuse = n
}

// address is what a rule names by endpoint.
func (p *tap) address() string { return strings.TrimPrefix(p.server.URL, "http://") }

// config leads the SDK's clients to moto.
func (p *tap) config() aws.Config {
	return aws.Config{
		Region:       region,
		BaseEndpoint: &p.server.URL,
		Credentials:  credentials.NewStaticCredentialsProvider(awskey.ID(account), "secret", "token"),
	}
}

func pathStyle(o *s3.Options) { o.UsePathStyle = true }

// environment is that of a function whose clients lead to moto.
func (p *tap) environment() []string {
	return []string{
		"AWS_REGION=" + region, "AWS_DEFAULT_REGION=" + region, "AWS_ENDPOINT_URL=" + p.server.URL, "AWS_EC2_METADATA_DISABLED=true",
		"AWS_ACCESS_KEY_ID=" + awskey.ID(account), "AWS_SECRET_ACCESS_KEY=secret", "AWS_SESSION_TOKEN=token",
	}
}

// makeBucket makes a bucket with objects in it.
func makeBucket(t *testing.T, cfg aws.Config, bucket string, keys ...string) {
	t.Helper()
	client := s3.NewFromConfig(cfg, pathStyle)
	_, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &bucket, CreateBucketConfiguration: bucketHere})
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		putObject(t.Context(), t, client, bucket, key)
	}
}

func putObject(ctx context.Context, t *testing.T, client *s3.Client, bucket, key string) {
	t.Helper()
	if _, err := client.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader("ordered")}); err != nil {
		t.Fatal(err)
	}
}
