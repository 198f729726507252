package wrapper

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"sync"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambda/handlertrace"
)

// Wrap returns handler behind the fence, for lambda.Start. handler is anything
// that lambda.Start takes; its content types, streaming bodies, errors and
// panics stay as they are. The policy is brought up to date before handler runs
// and events are flushed after it, for a streamed body at its end.
//
// A handler that lambda.NewHandler made already answers in one piece: it no
// longer tells of streams. Hand the function itself to Wrap.
func (f *Fence) Wrap(handler any, opts ...lambda.Option) lambda.Handler {
	doors.Lock()
	for _, d := range doors.of {
		if g := d.guard.Load(); g != nil && g.fence == f {
			armRuntime(d)
			break
		}
	}
	doors.Unlock()
	return lambda.NewHandlerWithOptions(f.wrap(handler), opts...)
}

// wrap returns a handler function of the same kind. What lambda.Start would
// refuse is returned as it is: its own error says why.
func (f *Fence) wrap(handler any) any {
	switch h := handler.(type) {
	case nil:
		return nil
	case lambda.Handler:
		if isNil(h) {
			return func() error { return errors.New("lambdafence: handler is nil") }
		}
		if reflect.TypeOf(h) == builtHandler {
			return f.wrapBuilt(h)
		}
		return &invoker{f, h}
	}
	fn := reflect.ValueOf(handler)
	if fn.Kind() != reflect.Func || !isHandler(fn.Type()) {
		return handler
	}
	if fn.IsNil() {
		return func() error { return errors.New("lambdafence: handler is nil") }
	}
	return f.wrapFunc(fn)
}

var (
	contextType  = reflect.TypeFor[context.Context]()
	errorType    = reflect.TypeFor[error]()
	anyType      = reflect.TypeFor[any]()
	builtHandler = reflect.TypeOf(lambda.NewHandler(func() {}))
)

func isNil(h any) bool {
	switch v := reflect.ValueOf(h); v.Kind() {
	case reflect.Pointer, reflect.Func, reflect.Map, reflect.Interface, reflect.Slice, reflect.Chan:
		return v.IsNil()
	}
	return false
}

// isHandler reports whether lambda.Start takes a function of type t.
func isHandler(t reflect.Type) bool {
	if t.NumIn() > 2 || t.NumOut() > 2 || t.IsVariadic() {
		return false
	}
	if t.NumIn() == 2 && !isContext(t.In(0)) {
		return false
	}
	if t.NumIn() == 1 && t.In(0).Kind() == reflect.Interface && t.In(0).NumMethod() > 0 && !isContext(t.In(0)) {
		return false
	}
	return t.NumOut() == 0 || t.Out(t.NumOut()-1).Implements(errorType)
}

func isContext(t reflect.Type) bool {
	return t.Kind() == reflect.Interface && contextType.Implements(t) && t.Implements(contextType)
}

// wrapFunc returns a function with the event and the results of fn, that always
// takes a context and may return any value: a reader is returned as one of ours.
func (f *Fence) wrapFunc(fn reflect.Value) any {
	t := fn.Type()
	takesContext := t.NumIn() > 0 && isContext(t.In(0))
	in := []reflect.Type{contextType}
	for i := range t.NumIn() {
		if i > 0 || !takesContext {
			in = append(in, t.In(i))
		}
	}
	var out []reflect.Type
	for i := range t.NumOut() {
		out = append(out, t.Out(i))
	}
	if len(out) == 2 {
		out[0] = anyType
	}
	wrapped := reflect.MakeFunc(reflect.FuncOf(in, out, false), func(args []reflect.Value) (results []reflect.Value) {
		ctx, inv := f.enter(args[0].Interface().(context.Context))
		left := false
		leave := func(err error) {
			if !left {
				left = true
				inv.leave(ctx, err)
			}
		}
		defer leave(errPanicked) // only a panic leaves it to us
		args[0] = reflect.ValueOf(ctx)
		if !takesContext {
			args = args[1:]
		}
		results = fn.Call(args)
		err := errorOf(results)
		if len(results) == 2 {
			val := results[0].Interface()
			boxed := reflect.New(anyType).Elem()
			if r, ok := val.(io.Reader); ok && err == nil && isStream(val) {
				left = true
				val = &stream{Reader: r, leave: sync.OnceFunc(func() { inv.leave(ctx, nil) })}
			}
			if val != nil {
				boxed.Set(reflect.ValueOf(val))
			}
			results[0] = boxed
		}
		leave(err)
		return results
	})
	return wrapped.Interface()
}

var errPanicked = errors.New("handler panicked")

func errorOf(results []reflect.Value) error {
	if len(results) == 0 {
		return nil
	}
	err, _ := results[len(results)-1].Interface().(error)
	return err
}

// isStream reports whether lambda.Start sends a reader as it is: where it has no
// JSON form, or an empty one. It asks the same question of the value itself.
func isStream(reader any) bool {
	doc, err := json.Marshal(reader)
	return err != nil || bytes.HasPrefix(doc, []byte("{}"))
}

// A stream is a handler's reader; at its end the invocation is over.
type stream struct {
	io.Reader
	leave func()
}

func (s *stream) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err != nil {
		s.leave()
	}
	return n, err
}

// Close closes the reader, if it can be closed.
func (s *stream) Close() error {
	defer s.leave()
	if c, ok := s.Reader.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

// ContentType returns the reader's own, or what lambda.Start sends without one.
func (s *stream) ContentType() string { return contentTypeOf(s.Reader) }

func contentTypeOf(val any) string {
	if c, ok := val.(interface{ ContentType() string }); ok {
		return c.ContentType()
	}
	return "application/octet-stream"
}

// MarshalJSON says what lambda.Start must find to send a reader as it is.
func (s *stream) MarshalJSON() ([]byte, error) { return []byte("{}"), nil }

// An invoker is a user's own lambda.Handler behind the fence.
type invoker struct {
	fence   *Fence
	handler lambda.Handler
}

func (i *invoker) Invoke(ctx context.Context, payload []byte) (response []byte, err error) {
	ctx, inv := i.fence.enter(ctx)
	err = errPanicked
	defer func() { inv.leave(ctx, err) }()
	return i.handler.Invoke(ctx, payload)
}

// wrapBuilt wraps what lambda.NewHandler made. Its Invoke gives the bytes of the
// response but not their content type; the trace of the handler tells of the
// value that they were made from.
func (f *Fence) wrapBuilt(h lambda.Handler) any {
	return func(ctx context.Context, payload json.RawMessage) (*built, error) {
		response := &built{contentType: "application/json"}
		ctx = handlertrace.NewContext(ctx, handlertrace.HandlerTrace{
			ResponseEvent: func(_ context.Context, val any) {
				if _, ok := val.(io.Reader); ok && isStream(val) {
					response.contentType = contentTypeOf(val)
				}
			},
		})
		body, err := (&invoker{f, h}).Invoke(ctx, payload)
		response.Reader = bytes.NewReader(body)
		return response, err
	}
}

// built is the response of a handler that was built already.
type built struct {
	*bytes.Reader
	contentType string
}

// ContentType returns that of the inner response.
func (b *built) ContentType() string { return b.contentType }

// MarshalJSON says what lambda.Start must find to send a reader as it is.
func (b *built) MarshalJSON() ([]byte, error) { return []byte("{}"), nil }
