package main

import (
	"crypto/md5" // what SQS answers with
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
)

// stands are handlers for the hosts that an order reaches: just enough of each for the tests.
type stands struct {
	t *testing.T

	mu       sync.Mutex
	beacons  int
	items    map[string]json.RawMessage // by order_id
	objects  map[string]string          // by host and key
	messages []string
	labels   int
	fail     map[string]bool // hosts that answer 400
}

const (
	dynamodbHost = "dynamodb.eu-west-1.amazonaws.com"
	sqsHost      = "sqs.eu-west-1.amazonaws.com"
	labelsBucket = "orders-labels-123456789012"
	usageBucket  = "shipkit-usage-eu"
	bucketDomain = ".s3.eu-west-1.amazonaws.com"
)

func newStands(t *testing.T) *stands {
	return &stands{t: t, items: map[string]json.RawMessage{}, objects: map[string]string{}, fail: map[string]bool{}}
}

func (s *stands) hosts() map[string]http.Handler {
	hosts := make(map[string]http.Handler)
	for host, do := range map[string]http.HandlerFunc{
		"api.payments.example": created(`{"id":"ch_1"}`),
		"api.shipkit.example": func(w http.ResponseWriter, r *http.Request) {
			s.labels++
			created(`{"tracking":"SK-1","pdf":"JVBERi0xLjQK"}`)(w, r)
		},
		"collect.shipkit-metrics.example": func(http.ResponseWriter, *http.Request) { s.beacons++ },
		dynamodbHost:                      s.dynamodb,
		sqsHost:                           s.sqs,
		labelsBucket + bucketDomain:       s.s3,
		usageBucket + bucketDomain:        s.s3,
	} {
		hosts[host] = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.fail[host] {
				http.Error(w, "{}", http.StatusBadRequest)
				return
			}
			do(w, r)
		})
	}
	return hosts
}

func created(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, body)
	}
}

// dynamodb knows one condition, that there is no such order yet.
func (s *stands) dynamodb(w http.ResponseWriter, r *http.Request) {
	var in struct {
		ConditionExpression string
		Item, Key           map[string]json.RawMessage
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		s.t.Errorf("dynamodb: %v", err)
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	switch operation := r.Header.Get("X-Amz-Target"); operation {
	case "DynamoDB_20120810.PutItem":
		id := string(in.Item["order_id"])
		if _, ok := s.items[id]; ok && in.ConditionExpression == "attribute_not_exists(order_id)" {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"}`)
			return
		}
		s.items[id], _ = json.Marshal(in.Item)
		_, _ = io.WriteString(w, "{}")
	case "DynamoDB_20120810.GetItem":
		fmt.Fprintf(w, `{"Item":%s}`, s.items[string(in.Key["order_id"])])
	default:
		s.t.Errorf("dynamodb: %s", operation)
	}
}

func (s *stands) s3(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || r.Method != http.MethodPut {
		s.t.Errorf("s3: %s, error %v", r.Method, err)
	}
	host, _, _ := strings.Cut(r.Host, ":")
	s.objects[strings.TrimSuffix(host, bucketDomain)+r.URL.Path] = string(body)
	w.Header().Set("ETag", `"1"`)
}

func (s *stands) sqs(w http.ResponseWriter, r *http.Request) {
	var in struct{ QueueUrl, MessageBody string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.QueueUrl != queueURL {
		s.t.Errorf("sqs: queue %q, error %v", in.QueueUrl, err)
	}
	s.messages = append(s.messages, in.MessageBody)
	sum := md5.Sum([]byte(in.MessageBody))
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	fmt.Fprintf(w, `{"MessageId":"1","MD5OfMessageBody":%q}`, hex.EncodeToString(sum[:]))
}

// stored returns the names of what is in the buckets.
func (s *stands) stored() []string { return slices.Sorted(maps.Keys(s.objects)) }
