package paramstore_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/lambdafence/lambdafence/internal/awsstand"
	"github.com/lambdafence/lambdafence/policy/source/paramstore"
)

const doc = "version: 1\nname: orders\nmode: enforce\nallow: []\n"

// longDoc is a policy of n rules that hardly shrinks.
func longDoc(n int) string {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	var b strings.Builder
	b.WriteString("mode: enforce\nallow:\n")
	for range n {
		fmt.Fprintf(&b, "  - host: h%x.example.com\n", r.Uint64())
	}
	return b.String()
}

// config is a program's own, for a server that stands for AWS.
func config(url string) aws.Config {
	return aws.Config{
		Region:       "eu-west-1",
		BaseEndpoint: &url,
		Credentials:  credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "very-secret-key", "very-secret-token"),
	}
}

// at returns a parameter that is asked for from h.
func at(t *testing.T, h http.Handler, name string) *paramstore.Parameter {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return paramstore.New(name, paramstore.WithConfig(config(s.URL)))
}

// stand returns a stand-in for SSM and its URL.
func stand(t *testing.T, c awsstand.Config) (*awsstand.Stand, string) {
	t.Helper()
	stand := awsstand.New(c)
	s := httptest.NewServer(stand)
	t.Cleanup(s.Close)
	t.Cleanup(func() { stand.Hang(false) })
	return stand, s.URL
}

// operations returns what arrived, such as "GetParameter /fence/orders".
func operations(s *awsstand.Stand) (ops []string) {
	for _, r := range s.Requests() {
		ops = append(ops, r.Operation+" "+r.Resource)
	}
	return ops
}
