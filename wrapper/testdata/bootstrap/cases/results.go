package cases

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambda/messages"
)

// results are values of all kinds.
func results() []Case {
	return []Case{
		ok("nil pointer", func() (*out, error) { return nil, nil }),
		ok("nil any", func() (any, error) { return nil, nil }),
		ok("nil map", func() (map[string]int, error) { return nil, nil }),
		ok("nil slice", func() ([]int, error) { return nil, nil }),
		ok("string", func() (string, error) { return "a \"b\" <c> \u2028 \xff", nil }),
		ok("bytes", func() ([]byte, error) { return []byte("raw"), nil }),
		ok("raw JSON", func() (json.RawMessage, error) { return json.RawMessage(` {"a" : "<" } `), nil }),
		ok("bad raw JSON", func() (json.RawMessage, error) { return json.RawMessage(`{"a`), nil }),
		ok("number", func() (float64, error) { return 1e21, nil }),
		ok("large", func() (string, error) { return strings.Repeat("0123456789", 600_000), nil }),
		ok("channel", func() (chan int, error) { return make(chan int), nil }),
		ok("not a number", func() (float64, error) { return math.NaN(), nil }),
		ok("a value and an error", func() (string, error) { return "value", errors.New("failed") }),
		ok("a marshaler that fails", func() (badMarshaler, error) { return badMarshaler{}, nil }),
		exits("a marshaler that panics", func() (panicMarshaler, error) { return panicMarshaler{}, nil }),
	}
}

type (
	badMarshaler   struct{}
	panicMarshaler struct{}
)

func (badMarshaler) MarshalJSON() ([]byte, error)   { return nil, errors.New("no JSON") }
func (panicMarshaler) MarshalJSON() ([]byte, error) { panic("no JSON") }

type (
	valueError   struct{ Code int }
	pointerError struct{ code int }
	badError     struct{}
)

func (e valueError) Error() string { return fmt.Sprintf("code %d <&>", e.Code) }
func (e *pointerError) Error() string {
	if e == nil {
		return "nil pointerError"
	}
	return fmt.Sprint("code ", e.code)
}
func (badError) Error() string { panic("error without words") }

// failures are errors of all kinds.
func failures() []Case {
	fail := func(err error) func() (string, error) { return func() (string, error) { return "", err } }
	return []Case{
		ok("errors.New", fail(errors.New("failed <&> \u2028 \xff"))),
		ok("value error", fail(valueError{7})),
		ok("pointer error", fail(&pointerError{7})),
		ok("wrapped error", fail(fmt.Errorf("while: %w", valueError{7}))),
		ok("joined errors", fail(errors.Join(valueError{7}, &pointerError{8}))),
		ok("deadline exceeded", fail(context.DeadlineExceeded)),
		ok("error of its own type", fail(messages.InvokeResponse_Error{Message: "m", Type: "T", StackTrace: []*messages.InvokeResponse_Error_StackFrame{{Path: "p", Line: 1, Label: "l"}}})),
		ok("pointer to an error of its own type", fail(&messages.InvokeResponse_Error{Message: "m", Type: "T"})),
		ok("nil pointer in an error", func() error { var e *pointerError; return e }),
		ok("concrete error type, nil", func() (string, *pointerError) { return "value", nil }),
		ok("concrete error type", func() *pointerError { return &pointerError{9} }),
		ok("concrete error value", func(in) valueError { return valueError{1} }),
		{Name: "error that ends the process", Handler: fail(messages.InvokeResponse_Error{Message: "m", Type: "T", ShouldExit: true}),
			Events: []string{"null"}, Runs: -1, Exits: true},
		exits("error that panics", fail(badError{})),
	}
}

// panics are panics of all kinds.
func panics() []Case {
	return []Case{
		exits("panic with an error", func() { panic(valueError{7}) }),
		exits("panic with a wrapped error", func(context.Context) error { panic(fmt.Errorf("while: %w", &pointerError{7})) }),
		exits("panic with a string", func() error { panic("at the disco") }),
		exits("panic with a value", func(in) (out, error) { panic(in{Name: "ada"}) }),
		exits("panic with a pointer", func() { panic(&in{Name: "ada"}) }),
		exits("panic with an error of its own type", func() { panic(messages.InvokeResponse_Error{Message: "m", Type: "T", ShouldExit: true}) }),
		exits("panic with nil", func() { panic(nil) }),
		exits("runtime error", func() (int, error) { var s []int; return s[len(s)], nil }),
		exits("nil dereference", func() (int, error) { var e *in; return e.N, nil }),
		{Name: "variadic of strings", Handler: func(...string) error { return nil }, Events: []string{`["a"]`}, Exits: true}, // it never runs
		exits("panic in a Handler", invokes(func(context.Context, []byte) ([]byte, error) { panic("in a Handler") })),
		exits("panic in a built handler", lambda.NewHandler(func() { panic("built") })),
		{Name: "panic after a good event", Handler: func(e in) (string, error) {
			if e.N > 0 {
				panic("later")
			}
			return "fine", nil
		}, Events: []string{named, `{"n":1}`}, Runs: -1, Exits: true},
	}
}
