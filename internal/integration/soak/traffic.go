package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/lambdafence/lambdafence/policy"
)

// floodCalls is how many calls that were never made before an invocation has judged, beside those that it makes.
const floodCalls = 120

// An event is what an invocation is given.
type event struct {
	Steps    int
	Outlive  bool // leave a goroutine behind
	Flush    bool
	Refresh  bool
	Panicked bool
}

// handle is the user's code.
func (f *function) handle(ctx context.Context, ev event) error {
	defer timesFrom(ctx).leave()
	timesFrom(ctx).enter()
	for range ev.Steps {
		f.step(ctx)
	}
	f.flood(ctx)
	if ev.Outlive {
		f.world.met.note("goroutines that outlive their invocation")
		f.stragglers.Go(func() {
			for range 3 {
				sleep(context.Background(), 30*time.Millisecond)
				f.step(ctx)
			}
		})
	}
	if ev.Flush {
		f.world.met.note("flushes by the handler")
		_ = f.fence.Flush(ctx)
	}
	if ev.Refresh {
		f.refresh(ctx)
	}
	if ev.Panicked {
		f.world.met.note("handlers that panic")
		panic("the handler of a user")
	}
	return nil
}

// step makes one of the calls that a function makes.
func (f *function) step(ctx context.Context) {
	steps := []func(context.Context, class){f.get, f.get, f.get, f.post, f.redirected, f.table, f.object, f.queue, f.dial, f.dial}
	steps[rand.IntN(len(steps))](ctx, anyClass())
}

func anyClass() class { return classes[rand.IntN(len(classes))] }

// flood has calls judged that are different each time.
func (f *function) flood(ctx context.Context) {
	for i := 0; i < floodCalls && ctx.Err() == nil; i++ {
		c, n := anyClass(), rand.Uint64()
		call := policy.Call{Kind: policy.HTTP, Scheme: "https", Host: fmt.Sprintf("x%d.%s.example.com", n, c), Port: f.world.securePort(), Method: "GET", Path: "/"}
		if n%2 == 0 {
			call.Host, call.Path = string(c)+".example.com", fmt.Sprintf("/users/%d/%x", n, n)
		}
		f.ledger.judge(c, false, func(string) error { return f.fence.Check(ctx, call) })
	}
}

// url is one of a class: by host or by path, with or without TLS.
func (f *function) url(c class, what string) string {
	switch rand.IntN(3) {
	case 0:
		return fmt.Sprintf("http://paths.example.com:%s/%s/%s", port(f.world.plain.URL), c, what)
	case 1:
		return fmt.Sprintf("http://%s.example.com:%s/%d/%s", c, port(f.world.plain.URL), rand.IntN(1000), what)
	}
	return fmt.Sprintf("https://%s.example.com:%s/%d/%s", c, port(f.world.secure.URL), rand.IntN(1000), what)
}

func (f *function) get(ctx context.Context, c class) {
	what := [...]string{"x", "x", "x", "x", "x", "big", "big", "slow", "late", "none"}[rand.IntN(10)]
	f.fetch(ctx, http.MethodGet, f.url(c, what), nil)
}

func (f *function) post(ctx context.Context, c class) {
	f.fetch(ctx, http.MethodPost, f.url(c, "x"), strings.NewReader(strings.Repeat("body", 1000)))
}

// redirected is sent on by a host that is always allowed.
func (f *function) redirected(ctx context.Context, c class) {
	f.fetch(ctx, http.MethodGet, f.url(always, "redirect")+"?to="+url.QueryEscape(f.url(c, "x")), nil)
}

func (f *function) fetch(ctx context.Context, method, url string, body io.Reader) {
	req, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		f.world.faults.add("%v", err)
		return
	}
	resp, err := f.clients[rand.IntN(len(f.clients))].Do(req)
	if err != nil {
		return // what of it is the fence's doing the witness knows
	}
	defer resp.Body.Close()
	if rand.IntN(4) > 0 {
		_, _ = io.Copy(io.Discard, resp.Body)
	}
}

// A witness stands before a guard and books each hop.
type witness struct {
	guard  http.RoundTripper
	ledger *ledger
}

func (w witness) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	w.ledger.judge(classOfURL(r.URL), true, func(id string) error {
		named := r.Clone(r.Context())
		named.Header.Set(idHeader, id)
		resp, err = w.guard.RoundTrip(named)
		return err
	})
	return resp, err
}

// awsWitness books each attempt of an operation of the SDK: it is the last step before the guard's.
func (f *function) awsWitness(c class) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		return stack.Finalize.Add(middleware.FinalizeMiddlewareFunc("soak", func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (out middleware.FinalizeOutput, md middleware.Metadata, err error) {
			f.ledger.judge(c, true, func(id string) error {
				in.Request.(*smithyhttp.Request).Header.Set(idHeader, id)
				out, md, err = next.HandleFinalize(ctx, in)
				return err
			})
			return out, md, err
		}), middleware.After)
	}
}

func (f *function) table(ctx context.Context, c class) {
	opt := func(o *dynamodb.Options) { o.APIOptions = append(o.APIOptions, f.awsWitness(c)) }
	key := map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: fmt.Sprint(rand.IntN(100))}}
	if rand.IntN(2) == 0 {
		_, _ = f.dynamo.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(string(c)), Item: key}, opt)
		return
	}
	_, _ = f.dynamo.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(string(c)), Key: key}, opt)
}

func (f *function) object(ctx context.Context, c class) {
	opt := func(o *s3.Options) { o.APIOptions = append(o.APIOptions, f.awsWitness(c)) }
	key := aws.String(fmt.Sprint("k", rand.IntN(100)))
	if rand.IntN(2) == 0 {
		_, _ = f.s3.PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String(string(c)), Key: key, Body: strings.NewReader("body")}, opt)
		return
	}
	if out, err := f.s3.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(string(c)), Key: key}, opt); err == nil {
		out.Body.Close()
	}
}

func (f *function) queue(ctx context.Context, c class) {
	opt := func(o *sqs.Options) { o.APIOptions = append(o.APIOptions, f.awsWitness(c)) }
	queue := aws.String(fmt.Sprintf("http://aws.example.com:%s/%s/%s", port(f.world.aws.URL), account, c))
	_, _ = f.sqs.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: queue, MessageBody: aws.String("body")}, opt)
	out, err := f.sqs.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: queue, MaxNumberOfMessages: 10}, opt)
	if err != nil {
		return
	}
	for _, m := range out.Messages {
		_, _ = f.sqs.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: queue, ReceiptHandle: m.ReceiptHandle}, opt)
	}
}

func (f *function) dial(ctx context.Context, c class) {
	f.ledger.judge(c, true, func(id string) error {
		conn, err := f.fence.DialContext(ctx, "tcp", net.JoinHostPort(string(c)+".example.com", f.world.rawPort()))
		if err != nil {
			return err
		}
		defer conn.Close()
		if deadline, ok := ctx.Deadline(); ok {
			_ = conn.SetDeadline(deadline)
		}
		if _, err := fmt.Fprintln(conn, id); err != nil {
			return err
		}
		_, err = io.ReadFull(conn, make([]byte, 3)) // "ok", when it has arrived
		return err
	})
}

// dial is a dialer of the user's own.
func dial(ctx context.Context, network, address string) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, network, address)
}
