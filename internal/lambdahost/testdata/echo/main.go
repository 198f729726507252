// Command echo is the bootstrap that the tests of lambdahost run: a real one, on aws-lambda-go, that does as its event says.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

type event struct {
	Do   string
	Text string
}

type facts struct {
	RequestID, ARN, Trace string
	Left                  time.Duration
	Env                   []string
	Dir                   string
	Args                  []string
}

func handle(ctx context.Context, e event) (any, error) {
	switch e.Do {
	case "facts":
		return look(ctx), nil
	case "print":
		fmt.Println(e.Text)
		return nil, nil
	case "fail":
		return nil, errors.New(e.Text)
	case "panic":
		panic(e.Text)
	case "exit":
		fmt.Fprintln(os.Stderr, e.Text)
		os.Exit(3)
	case "sleep":
		time.Sleep(time.Hour)
	case "nap":
		time.Sleep(300 * time.Millisecond)
	case "large":
		return bytesOf("text/plain", strings.Repeat("x", 21<<20)), nil
	case "stream":
		return bytesOf("text/event-stream", "one", "two", "three"), nil
	case "stream-fail":
		return &stream{kind: "text/event-stream", r: io.MultiReader(strings.NewReader("one"), broken{})}, nil
	}
	return e.Text, nil
}

func look(ctx context.Context) facts {
	lc, _ := lambdacontext.FromContext(ctx)
	deadline, _ := ctx.Deadline()
	trace, _ := ctx.Value("x-amzn-trace-id").(string)
	dir, _ := os.Getwd()
	return facts{lc.AwsRequestID, lc.InvokedFunctionArn, trace, time.Until(deadline), os.Environ(), dir, os.Args[1:]}
}

type stream struct {
	kind string
	r    io.Reader
}

func (s *stream) Read(b []byte) (int, error)   { return s.r.Read(b) }
func (s *stream) ContentType() string          { return s.kind }
func (s *stream) MarshalJSON() ([]byte, error) { return nil, errors.New("a stream") }

var _ json.Marshaler = (*stream)(nil)

func bytesOf(kind string, parts ...string) *stream {
	var readers []io.Reader
	for _, p := range parts {
		readers = append(readers, strings.NewReader(p))
	}
	return &stream{kind, io.MultiReader(readers...)}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("half-way") }

func main() {
	if text, ok := os.LookupEnv("ECHO_CRASH"); ok {
		fmt.Fprintln(os.Stderr, text)
		os.Exit(2)
	}
	var opts []lambda.Option
	if _, ok := os.LookupEnv("ECHO_SIGTERM"); ok {
		opts = append(opts, lambda.WithEnableSIGTERM(func() { fmt.Println("goodbye") }))
	}
	lambda.StartWithOptions(handle, opts...)
}
