package awsstand_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/google/go-cmp/cmp"

	"github.com/lambdafence/lambdafence/internal/awsstand"
)

func TestServiceIsFoundByHostOrScope(t *testing.T) {
	const scope = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0"
	for _, test := range []struct {
		name, method, url, authorization string
		want                             awsstand.Request
	}{
		{"regional host", "POST", "http://ssm.eu-west-1.amazonaws.com/", "", awsstand.Request{Service: "ssm"}},
		{"with a port, in capitals", "POST", "http://SSM.EU-WEST-1.AmazonAWS.com:443/", "", awsstand.Request{Service: "ssm"}},
		{"global host", "POST", "http://sts.amazonaws.com/", "", awsstand.Request{Service: "sts"}},
		{"host of an account", "POST", "http://123456789012.ddb.eu-west-1.amazonaws.com/", "", awsstand.Request{Service: "dynamodb"}},
		{"host before scope", "POST", "http://sqs.eu-west-1.amazonaws.com/", scope, awsstand.Request{Service: "sqs", AccessKeyID: "AKIDEXAMPLE"}},
		{"scope", "POST", "http://127.0.0.1/", scope, awsstand.Request{Service: "dynamodb", AccessKeyID: "AKIDEXAMPLE"}},
		{"presigned", "GET", "http://127.0.0.1/b/k?X-Amz-Credential=AKIDEXAMPLE%2F20260101%2Feu-west-1%2Fs3%2Faws4_request", "",
			awsstand.Request{Service: "s3", Operation: "GetObject", Resource: "b/k", AccessKeyID: "AKIDEXAMPLE"}},
		{"neither", "POST", "http://127.0.0.1/", "", awsstand.Request{}},
		{"a scope that is none", "POST", "http://127.0.0.1/", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/x", awsstand.Request{AccessKeyID: "AKIDEXAMPLE"}},
		{"bucket in the host", "GET", "http://b.s3.eu-west-1.amazonaws.com/k/l", "", awsstand.Request{Service: "s3", Operation: "GetObject", Resource: "b/k/l"}},
		{"bucket with dots", "GET", "http://a.b.s3.eu-west-1.amazonaws.com/k", "", awsstand.Request{Service: "s3", Operation: "GetObject", Resource: "a.b/k"}},
		{"bucket named s3", "GET", "http://s3.s3.eu-west-1.amazonaws.com/k", "", awsstand.Request{Service: "s3", Operation: "GetObject", Resource: "s3/k"}},
		{"bucket in the path", "GET", "http://s3.dualstack.eu-west-1.amazonaws.com/b/k", "", awsstand.Request{Service: "s3", Operation: "GetObject", Resource: "b/k"}},
		{"a service it has not", "POST", "http://kms.eu-west-1.amazonaws.com/", "", awsstand.Request{Service: "kms"}},
		{"a host that only looks like AWS's", "POST", "http://ssm.eu-west-1.amazonaws.com.evil.example/", "", awsstand.Request{}},
		{"a longer host of AWS's", "POST", "http://api.ecr.eu-west-1.amazonaws.com/", "", awsstand.Request{Service: "api.ecr.eu-west-1"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			stand := awsstand.New(awsstand.Config{})
			r := httptest.NewRequestWithContext(t.Context(), test.method, test.url, nil)
			r.Header.Set("Authorization", test.authorization)
			stand.ServeHTTP(httptest.NewRecorder(), r)
			got := stand.Requests()[0]
			if got.Code == "" {
				t.Error("it was granted")
			}
			got.Code, got.Host = "", ""
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRequestsTellWhatArrived(t *testing.T) {
	stand, client := start(t, awsstand.Config{})
	stand.PutParameter("/p", "x")
	_, err1 := client.GetParameter(t.Context(), &ssm.GetParameterInput{Name: aws.String("/p")})
	_, err2 := client.GetParameters(t.Context(), &ssm.GetParametersInput{Names: []string{"/p", "/q"}})
	_, err3 := client.GetParameter(t.Context(), &ssm.GetParameterInput{Name: aws.String("/q")})
	if err := errors.Join(err1, err2); err != nil || err3 == nil {
		t.Fatal(err, err3)
	}
	got := stand.Requests()
	host := got[0].Host
	if !strings.HasPrefix(host, "127.0.0.1:") {
		t.Errorf("host %q", host)
	}
	want := []awsstand.Request{
		{Service: "ssm", Operation: "GetParameter", Resource: "/p", AccessKeyID: "AKIDEXAMPLE", Host: host},
		{Service: "ssm", Operation: "GetParameters", Resource: "/p", AccessKeyID: "AKIDEXAMPLE", Host: host},
		{Service: "ssm", Operation: "GetParameter", Resource: "/q", AccessKeyID: "AKIDEXAMPLE", Host: host, Code: "ParameterNotFound"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestThrottling(t *testing.T) {
	stand, client := start(t, awsstand.Config{RequestsPerSecond: 20, Burst: 3})
	stand.PutParameter("/p", "x")
	ask := func() string {
		_, err := client.GetParameter(t.Context(), &ssm.GetParameterInput{Name: aws.String("/p")})
		return code(err)
	}
	begun := time.Now()
	granted := 0
	for range 30 {
		if ask() == "" {
			granted++
		}
	}
	// How many the machine lets through depends on its speed, never on more than the bucket's rule.
	if most := 3 + int(20*time.Since(begun).Seconds()) + 1; granted < 3 || granted > most {
		t.Errorf("%d granted, want 3 to %d", granted, most)
	}
	put := &ssm.PutParameterInput{Name: aws.String("/p"), Value: aws.String("y"), Overwrite: aws.Bool(true)}
	for range 5 {
		if _, err := client.PutParameter(t.Context(), put); err != nil {
			t.Errorf("a write: %v", err)
		}
	}
	time.Sleep(110 * time.Millisecond) // two more come in 100 ms
	if got := ask(); got != "" {
		t.Errorf("after a pause: %q", got)
	}
	throttled := 0
	for _, r := range stand.Requests() {
		if r.Code == "ThrottlingException" {
			throttled++
		}
	}
	if counted := stand.Count("ThrottlingException"); throttled != 30-granted || counted != throttled {
		t.Errorf("%d throttled, %d counted, of %d", throttled, counted, 30-granted)
	}
	if got := stand.Count(""); got != granted+5+1 {
		t.Errorf("%d granted", got)
	}
}

func TestThrottlingTextAndDefaultBurst(t *testing.T) {
	stand, client := start(t, awsstand.Config{RequestsPerSecond: 1.5})
	stand.PutParameter("/p", "x")
	var err error
	granted := -1
	for ; err == nil; granted++ {
		_, err = client.GetParameter(t.Context(), &ssm.GetParameterInput{Name: aws.String("/p")})
	}
	if code(err) != "ThrottlingException" || !strings.Contains(err.Error(), "Rate exceeded") {
		t.Error(err)
	}
	if granted < 2 {
		t.Errorf("%d at once", granted)
	}
}

func TestHang(t *testing.T) {
	stand, client := start(t, awsstand.Config{})
	stand.PutParameter("/p", "x")
	stand.Hang(true)
	stand.Hang(true)
	in := &ssm.GetParameterInput{Name: aws.String("/p")}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := client.GetParameter(ctx, in); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("while it hangs: %v", err)
	}
	answered := make(chan error, 1)
	go func() {
		_, err := client.GetParameter(t.Context(), in)
		answered <- err
	}()
	for len(stand.Requests()) < 2 {
		time.Sleep(time.Millisecond)
	}
	stand.Hang(false)
	stand.Hang(false)
	if err := <-answered; err != nil {
		t.Errorf("one that waited: %v", err)
	}
}

func TestLatency(t *testing.T) {
	stand, client := start(t, awsstand.Config{Latency: 50 * time.Millisecond})
	stand.PutParameter("/p", "x")
	in := &ssm.GetParameterInput{Name: aws.String("/p")}
	begun := time.Now()
	if _, err := client.GetParameter(t.Context(), in); err != nil || time.Since(begun) < 50*time.Millisecond {
		t.Errorf("after %v: %v", time.Since(begun), err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
	defer cancel()
	if _, err := client.GetParameter(ctx, in); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a client that gives up: %v", err)
	}
}

func TestConcurrentUse(t *testing.T) {
	stand, client := start(t, awsstand.Config{})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				if _, err := client.PutParameter(t.Context(), &ssm.PutParameterInput{
					Name: aws.String("/p"), Value: aws.String("x"), Type: "String", Overwrite: aws.Bool(true)}); err != nil {
					t.Error(err)
				}
				_, _ = client.GetParameterHistory(t.Context(), &ssm.GetParameterHistoryInput{Name: aws.String("/p")})
				stand.Requests()
			}
		})
	}
	wg.Wait()
	out, err := client.GetParameter(t.Context(), &ssm.GetParameterInput{Name: aws.String("/p")})
	if err != nil || out.Parameter.Version != 160 {
		t.Errorf("%+v, %v", out, err)
	}
}

func TestRefusesWhatItDoesNotKnow(t *testing.T) {
	stand := awsstand.New(awsstand.Config{})
	for _, test := range []struct{ name, host, operation, body, code string }{
		{"operation", "ssm", "GetDocument", `{}`, "UnknownOperationException"},
		{"operation of DynamoDB", "dynamodb", "Scan", `{}`, "UnknownOperationException"},
		{"operation of SQS", "sqs", "PurgeQueue", `{}`, "UnknownOperationException"},
		{"operation of Secrets Manager", "secretsmanager", "DeleteSecret", `{}`, "UnknownOperationException"},
		{"service", "kms", "Decrypt", `{}`, "UnknownOperationException"},
		{"member", "ssm", "GetParameter", `{"Name":"/p","Whatever":1}`, "SerializationException"},
		{"no JSON", "ssm", "GetParameter", `<x/>`, "SerializationException"},
		{"nothing", "ssm", "GetParameter", ``, "SerializationException"},
		{"too much", "ssm", "GetParameter", strings.Repeat(" ", 9<<20), "RequestEntityTooLarge"},
		{"bad form", "sts", "", "%zz", "MalformedQueryString"},
	} {
		if _, got := ask(t, stand, test.host, test.operation, test.body); got != test.code {
			t.Errorf("%s: %q, want %q", test.name, got, test.code)
		}
	}
}

// ask sends a request as it is on the wire, and returns the answer and the error code that the stand noted.
func ask(t *testing.T, stand *awsstand.Stand, service, operation, body string) (answer, code string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+service+".eu-west-1.amazonaws.com/", strings.NewReader(body))
	r.Header.Set("X-Amz-Target", "Prefix."+operation)
	w := httptest.NewRecorder()
	stand.ServeHTTP(w, r)
	all := stand.Requests()
	code = all[len(all)-1].Code
	if (w.Code == http.StatusOK) != (code == "") {
		t.Errorf("status %d, code %q", w.Code, code)
	}
	return w.Body.String(), code
}
