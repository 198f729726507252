package awsstand

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	maxRequests = 100_000  // that Requests remembers, where Config does not say
	maxState    = 64 << 20 // bytes that all services together keep
	maxBody     = 8 << 20  // of one request
)

// Config describes a Stand. The zero value is an empty account that answers at once.
type Config struct {
	Region  string // empty: eu-west-1
	Account string // empty: 123456789012

	RequestsPerSecond float64       // of SSM's reads, together; more are throttled. 0: no limit
	Burst             int           // reads that may come at once; 0: those of one second
	Latency           time.Duration // before each answer, of every service

	Buckets []string            // of S3 that exist from the start
	Queues  []string            // of SQS
	Tables  map[string][]string // of DynamoDB, with the names of their hash key and, if there is one, range key

	Remember   int // how many requests Requests returns; 0: the first 100,000; negative: none
	QueryLooks int // how often a query of CloudWatch Logs is seen running before it is complete
}

// A Request is one that arrived, whether it was granted or not.
type Request struct {
	Service     string // as in a credential scope: ssm, dynamodb, s3, sqs, secretsmanager, logs, sts; else what was asked for
	Operation   string // as the SDK names it; empty: unknown
	Resource    string // parameter, table, bucket or bucket/key, queue, secret, log group; of several the first. Empty: none
	AccessKeyID string // who says to have signed; empty: nobody
	Host        string // the Host header
	Code        string // the error that was answered; empty: none, or no answer yet
}

// A Stand is an http.Handler that answers as AWS does. Its methods may be called from several goroutines.
type Stand struct {
	cfg   Config
	reads *bucket
	room  room

	ssm      parameterStore
	dynamodb tables
	s3       objects
	sqs      queues
	secrets  secrets
	logs     logs

	mu       sync.Mutex
	requests []Request
	codes    map[string]int
	hang     chan struct{} // not nil: SSM does not answer until it is closed
	refusals map[string]*refused
}

// New returns a Stand as cfg describes it.
func New(cfg Config) *Stand {
	if cfg.Region == "" {
		cfg.Region = "eu-west-1"
	}
	if cfg.Account == "" {
		cfg.Account = "123456789012"
	}
	if cfg.Remember == 0 {
		cfg.Remember = maxRequests
	}
	s := &Stand{cfg: cfg, reads: newBucket(cfg.RequestsPerSecond, cfg.Burst), room: room{left: maxState}, codes: make(map[string]int), refusals: make(map[string]*refused)}
	s.ssm.init(cfg, &s.room)
	s.dynamodb.init(cfg, &s.room)
	s.s3.init(cfg, &s.room)
	s.sqs.init(cfg, &s.room)
	s.secrets.init(cfg, &s.room)
	s.logs.init(cfg, &s.room)
	return s
}

// Region is the one that it stands in.
func (s *Stand) Region() string { return s.cfg.Region }

// Account is the one that everything belongs to.
func (s *Stand) Account() string { return s.cfg.Account }

// Requests returns what arrived, in that order: the first 100,000, or as many as Config says.
func (s *Stand) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Count returns how many requests were answered with an error code, with "" how many were granted, of all that arrived.
func (s *Stand) Count(code string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.codes[code]
}

// Deny makes SSM answer AccessDeniedException for every parameter whose name begins with prefix, until Allow. As in AWS
// GetParametersByPath is judged by its path alone, and DescribeParameters by no name.
func (s *Stand) Deny(prefix string) { s.ssm.deny(prefix) }

// Allow takes every Deny back.
func (s *Stand) Allow() { s.ssm.allow() }

// Hang makes SSM take requests and not answer them. Hang(false) lets those that wait go on.
func (s *Stand) Hang(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case on && s.hang == nil:
		s.hang = make(chan struct{})
	case !on && s.hang != nil:
		close(s.hang)
		s.hang = nil
	}
}

// ServeHTTP answers one request.
func (s *Stand) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	call, err := s.read(w, r)
	seen := s.remember(call)
	if err == nil && s.wait(r, call.Service) {
		return // the client gave up
	}
	if err == nil {
		err = s.refused(call)
	}
	if err == nil {
		err = s.answer(w, call)
	}
	if err == nil {
		s.mark(seen, "")
		return
	}
	refusal := asRefusal(err)
	s.mark(seen, refusal.code)
	refusal.write(w, call)
}

// answer hands the call to its service, which writes the response unless it returns an error.
func (s *Stand) answer(w http.ResponseWriter, c *call) error {
	switch c.Service {
	case "ssm":
		if limited(c.Operation) && !s.reads.take(time.Now()) {
			return refuse("ThrottlingException", "Rate exceeded")
		}
		return writeJSON(w, "1.1", func() (any, error) { return s.ssm.do(c) })
	case "dynamodb":
		return writeJSON(w, "1.0", func() (any, error) { return s.dynamodb.do(c) })
	case "sqs":
		return writeJSON(w, "1.0", func() (any, error) { return s.sqs.do(c) })
	case "secretsmanager":
		return writeJSON(w, "1.1", func() (any, error) { return s.secrets.do(c) })
	case "logs":
		return writeJSON(w, "1.1", func() (any, error) { return s.logs.do(c) })
	case "s3":
		return s.s3.do(w, c)
	case "sts":
		return s.sts(w, c)
	}
	return refuse("UnknownOperationException", "this stand-in has no service %q", c.Service)
}

// wait holds the call for the latency, and for as long as SSM hangs; it reports whether the client gave up meanwhile.
func (s *Stand) wait(r *http.Request, service string) (gone bool) {
	s.mu.Lock()
	hang := s.hang
	s.mu.Unlock()
	if hang != nil && service == "ssm" {
		select {
		case <-hang:
		case <-r.Context().Done():
			return true
		}
	}
	if s.cfg.Latency > 0 {
		select {
		case <-time.After(s.cfg.Latency):
		case <-r.Context().Done():
			return true
		}
	}
	return false
}

// remember returns where it put the call, or -1 when there was no room.
func (s *Stand) remember(c *call) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.requests) >= s.cfg.Remember {
		return -1
	}
	kept := c.Request
	kept.Resource = strings.Clone(kept.Resource) // not the whole body with it
	s.requests = append(s.requests, kept)
	return len(s.requests) - 1
}

// mark notes how the request at i was answered.
func (s *Stand) mark(i int, code string) {
	code = code[strings.IndexByte(code, '#')+1:] // SQS has a namespace before it
	s.mu.Lock()
	defer s.mu.Unlock()
	s.codes[code]++
	if i >= 0 {
		s.requests[i].Code = code
	}
}
