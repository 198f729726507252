package cases

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdaurl"
)

type (
	invokes        func(context.Context, []byte) ([]byte, error)
	funcHandler    func(context.Context, []byte) ([]byte, error)
	pointerHandler struct{ word string }
	mapHandler     map[string]string
	embedsHandler  struct{ lambda.Handler }
	handlerAndMore struct{ mapHandler }
)

func (f invokes) Invoke(ctx context.Context, payload []byte) ([]byte, error) { return f(ctx, payload) }
func (f funcHandler) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	return f(ctx, payload)
}
func (h *pointerHandler) Invoke(_ context.Context, payload []byte) ([]byte, error) {
	return []byte(h.word + string(payload)), nil
}
func (h mapHandler) Invoke(_ context.Context, payload []byte) ([]byte, error) {
	return []byte("routed to " + h[string(payload)]), nil
}

// handlers are a user's own implementations of lambda.Handler. They see the
// bytes of the event, JSON or not.
func handlers() []Case {
	var noRoutes mapHandler
	return []Case{
		ok("Handler func", funcHandler(func(_ context.Context, b []byte) ([]byte, error) { return bytes.ToUpper(b), nil }), `{"a":`, ``),
		ok("Handler pointer", &pointerHandler{"got "}, `x`),
		ok("Handler map", mapHandler{"x": "y"}, `x`),
		ok("Handler nil map, which is fine", noRoutes, `x`),
		ok("Handler in a struct", handlerAndMore{mapHandler{"x": "y"}}, `x`),
		ok("Handler error", invokes(func(context.Context, []byte) ([]byte, error) { return []byte("lost"), &pointerError{3} })),
		ok("Handler nil result", invokes(func(context.Context, []byte) ([]byte, error) { return nil, nil })),
		ok("Handler context", invokes(func(ctx context.Context, _ []byte) ([]byte, error) {
			facts, err := look(ctx)
			return []byte(facts["id"].(string)), err
		})),
		ok("Handler around a built one", embedsHandler{lambda.NewHandler(func(e in) (out, error) { return greet(e), nil })}, named),
	}
}

// built are handlers that lambda.NewHandler made before anyone knew of a fence.
func built() []Case {
	base := context.WithValue(context.Background(), key("k"), "from the base")
	return []Case{
		ok("built", lambda.NewHandler(func(e in) (out, error) { return greet(e), greetOrFail(e) }), named, unnamed),
		ok("built of no event", lambda.NewHandler(func() (string, error) { return "ran", nil }), `not JSON`, ``),
		ok("built of a Handler", lambda.NewHandler(&pointerHandler{"got "}), `x`),
		ok("built reader", lambda.NewHandler(func() (io.Reader, error) { return strings.NewReader("text"), nil })),
		ok("built reader with a type", lambda.NewHandler(func() (io.Reader, error) { return &typed{strings.NewReader("<p>"), "text/html"}, nil })),
		ok("built reader that fails", lambda.NewHandler(func() (io.Reader, error) { return half(), nil })),
		ok("built reader that is closed", lambda.NewHandler(func() (io.Reader, error) { return &closes{strings.NewReader("text")}, nil })),
		ok("built stream", lambda.NewHandler(stream)),
		ok("built pause", lambda.NewHandler(pause)),
		ok("built with indent", lambda.NewHandlerWithOptions(func(e in) (out, error) { return greet(e), nil }, lambda.WithSetIndent(">", "  ")), named),
		ok("built with a context value", lambda.NewHandlerWithOptions(look, lambda.WithContextValue(key("k"), "from an option"))),
		ok("built with a base context", lambda.NewHandlerWithOptions(look, lambda.WithContext(base))),
		ok("built, and options that come too late", lambda.NewHandler(func(e in) (out, error) { return greet(e), nil }), named).
			with(lambda.WithSetIndent("", " "), lambda.WithDisallowUnknownFields(true), lambda.WithContextValue(key("k"), "late")),
		ok("built lambdaurl", lambda.NewHandlerWithOptions(lambdaurl.Wrap(page), lambdaurl.WithDetectContentType(true)), urlEvent),
		refused("built, bad event", lambda.NewHandler(func(in) {}), `{"name":`),
	}
}

// configured are handlers with options of lambda.Start.
func configured() []Case {
	anything := func(e any) (any, error) { return e, nil }
	page := func(in) (out, error) { return greet(in{Name: "<you>"}), nil }
	reader := func() (io.Reader, error) { return &typed{strings.NewReader("<p>"), "text/html"}, nil }
	base := context.WithValue(context.Background(), key("k"), "from the base")
	return []Case{
		ok("indent", anything, `{"a":{"b":[1]}}`, `"s"`, `{}`).with(lambda.WithSetIndent(">", "  ")),
		ok("escaped HTML", page, named).with(lambda.WithSetEscapeHTML(true)),
		ok("HTML as it is", page, named).with(lambda.WithSetEscapeHTML(false)),
		ok("use number", anything, `12345678901234567890`, `[1.10]`).with(lambda.WithUseNumber(true)),
		refused("unknown fields", page, named).with(lambda.WithDisallowUnknownFields(true)),
		ok("context value", look).with(lambda.WithContextValue(key("k"), "from an option")),
		ok("base context", look).with(lambda.WithContext(base)),
		ok("base context and value", look).with(lambda.WithContext(base), lambda.WithContextValue(key("k"), "from an option")),
		ok("reader with indent", reader).with(lambda.WithSetIndent("", "  ")),
		ok("JSON reader with indent", func() (io.Reader, error) { return &both{strings.NewReader("body"), "<a>"}, nil }).
			with(lambda.WithSetIndent("", "  "), lambda.WithSetEscapeHTML(true)),
		ok("SIGTERM", look).with(lambda.WithEnableSIGTERM(func() { Note("sigterm", "got it"); os.Exit(0) })),
	}
}

var errHalf = errors.New("half-way <&>")
