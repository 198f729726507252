package cases

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

type in struct {
	Name string `json:"name"`
	N    int    `json:"n,omitempty"`
}

type out struct {
	Greeting string `json:"greeting"`
	HTML     string `json:"html"`
}

func greet(e in) out { return out{"hello " + e.Name, "<b>&amp;</b>"} }

func greetOrFail(e in) error {
	if e.Name == "" {
		return errors.New("no name")
	}
	return nil
}

const (
	named   = `{"name":"ada","extra":1}`
	unnamed = `{}`
)

// signatures are those that the documentation of lambda.Start lists, and others
// that it takes.
func signatures() []Case {
	return []Case{
		ok("func()", func() {}),
		ok("func(TIn)", func(in) {}, named),
		ok("func() error", func() error { return errors.New("failed") }),
		ok("func(TIn) error", greetOrFail, named, unnamed),
		ok("func() (TOut, error)", func() (out, error) { return greet(in{Name: "you"}), nil }),
		ok("func(TIn) (TOut, error)", func(e in) (out, error) { return greet(e), greetOrFail(e) }, named, unnamed),
		ok("func(context)", func(context.Context) {}),
		ok("func(context) error", func(ctx context.Context) error { return ctx.Err() }),
		ok("func(context) (TOut, error)", look),
		ok("func(context, TIn)", func(context.Context, in) {}, named),
		ok("func(context, TIn) error", func(_ context.Context, e in) error { return greetOrFail(e) }, named, unnamed),
		ok("func(context, TIn) (TOut, error)", func(_ context.Context, e in) (out, error) { return greet(e), greetOrFail(e) }, named, unnamed),

		ok("event any", func(e any) (any, error) { return fmt.Sprintf("%T %v", e, e), nil }, `{"a":[1,2.5]}`, `"s"`, `7`, `null`),
		ok("context and event any", func(_ context.Context, e any) (any, error) { return e, nil }, `{"a":[1,2.5]}`, `[]`),
		ok("event pointer", func(e *in) (*in, error) { return e, nil }, named, `null`),
		ok("event map", func(e map[string]int) (int, error) { return len(e), nil }, `{"a":1}`, `null`),
		ok("event slice", func(e []string) ([]string, error) { return e, nil }, `["a"]`, `[]`, `null`),
		ok("event bytes", func(e []byte) (string, error) { return string(e), nil }, `"aGk="`),
		ok("event raw", func(e json.RawMessage) (string, error) { return string(e), nil }, ` {"a" : 1} `),
		ok("event time", func(e time.Time) (time.Time, error) { return e.AddDate(0, 0, 1), nil }, `"2026-02-28T00:00:00Z"`),
		ok("event with an unmarshaler", func(e shout) (string, error) { return string(e), nil }, `"hi"`),
		ok("context by another interface", func(ctx likeContext) (bool, error) { _, has := ctx.Deadline(); return has, nil }),
		ok("context in an interface, and an event", func(ctx holdsContext, e in) (string, error) { return e.Name, ctx.Err() }, named),
		ok("named function type", namedFunc(func(_ context.Context, e in) (out, error) { return greet(e), nil }), named),
		ok("method value", (&service{"hello"}).handle, named),
		ok("variadic of any", func(events ...any) (string, error) { return fmt.Sprint(len(events), events), nil }, `[1,"a"]`),
		ok("context and variadic of any", func(_ context.Context, events ...any) (string, error) { return fmt.Sprint(len(events), events), nil }, `[1,"a"]`),
		ok("nothing of a bad event", func() (string, error) { return "ran", nil }, `{"na`, ``),
		ok("what follows the event", func(e in) (string, error) { return e.Name, nil }, `{"name":"a"} trailing`),
		refused("bad event", func(in) {}, `{"name":`, ``, `[]`, `{"n":"x"}`),
	}
}

type (
	shout       string
	namedFunc   func(context.Context, in) (out, error)
	service     struct{ word string }
	likeContext interface {
		Deadline() (time.Time, bool)
		Done() <-chan struct{}
		Err() error
		Value(any) any
	}
	holdsContext interface{ context.Context }
	halfContext  interface{ Value(any) any }
	moreContext  interface {
		context.Context
		More()
	}
)

func (s *shout) UnmarshalJSON(b []byte) error {
	*s = shout(string(b) + "!")
	return nil
}

func (s *service) handle(_ context.Context, e in) (string, error) { return s.word + " " + e.Name, nil }

// look tells what the context says.
func look(ctx context.Context) (map[string]any, error) {
	lc, has := lambdacontext.FromContext(ctx)
	if !has {
		return nil, errors.New("no lambda context")
	}
	deadline, _ := ctx.Deadline()
	trace, _ := ctx.Value("x-amzn-trace-id").(string)
	return map[string]any{
		"id":       lc.AwsRequestID,
		"arn":      lc.InvokedFunctionArn,
		"time":     time.Until(deadline).Round(10 * time.Second).String(),
		"trace":    trace != "" && trace == os.Getenv("_X_AMZN_TRACE_ID"),
		"value":    ctx.Value(key("k")),
		"error":    ctx.Err(),
		"function": lambdacontext.FunctionName,
	}, nil
}

type key string

// invalid are handlers that lambda.Start does not take: it says why at each
// invocation, and so does the fence.
func invalid() []Case {
	var (
		nilFunc    func(context.Context) error
		nilHandler *pointerHandler
		nilFuncH   funcHandler
	)
	return []Case{
		refused("nil", nil, "null", "1"),
		refused("no function: string", "handler"),
		refused("no function: struct", in{}),
		refused("no function: pointer", &in{}),
		refused("no function: pointer to a function", &nilFunc),
		refused("three arguments", func(context.Context, in, in) {}),
		refused("three results", func() (int, int, error) { return 0, 0, nil }),
		refused("two results, the second no error", func() (int, int) { return 0, 0 }),
		refused("error first", func() (error, int) { return nil, 0 }), //nolint:staticcheck // that is the case
		refused("one result, no error", func() int { return 0 }),
		refused("two arguments, the first no context", func(in, context.Context) {}),
		refused("two arguments, the first any", func(any, in) {}),
		refused("half a context", func(halfContext) {}),
		refused("more than a context", func(moreContext) {}),
		refused("half a context and an event", func(halfContext, in) {}),
		refused("built of nil", lambda.NewHandler(nil)),
		refused("built of no function", lambda.NewHandler(1)),

		// lambda.Start panics at the first invocation with these, the fence gives an
		// error: the test knows.
		refused("nil function", nilFunc),
		refused("nil Handler", nilHandler),
		refused("nil Handler function", nilFuncH),
	}
}
