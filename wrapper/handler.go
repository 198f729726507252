package wrapper

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"sync"

	"github.com/aws/aws-lambda-go/lambda"
)

// Wrap returns handler behind the fence, for lambda.Start. handler is anything
// that lambda.Start takes; its content types, streaming bodies, errors and
// panics stay as they are. The policy is brought up to date before handler runs
// and events are flushed after it, for a streamed body at its end.
//
// A handler that lambda.NewHandler made already keeps the options that it was
// made with, and takes no others, as with lambda.Start.
func (f *Fence) Wrap(handler any, opts ...lambda.Option) lambda.Handler {
	defaults.runtime.expect() // opts may have lambda make a client, and lambda.Start will
	return lambda.NewHandlerWithOptions(f.wrap(handler), opts...)
}

// wrap returns a handler of the same kind. What lambda.Start would refuse is
// returned as it is: its own error says why.
func (f *Fence) wrap(handler any) any {
	if handler == nil {
		return nil
	}
	v := reflect.ValueOf(handler)
	h, isHandler := handler.(lambda.Handler)
	switch {
	case (v.Kind() == reflect.Func || v.Kind() == reflect.Pointer && isHandler) && v.IsNil():
		return func() error { return fmt.Errorf("lambdafence: handler is a nil %T", handler) }
	case v.Type() == builtHandler:
		return f.wrapBuilt(h)
	case isHandler:
		return &invoker{f, h}
	case v.Kind() == reflect.Func && isSignature(v.Type()):
		return f.wrapFunc(v)
	}
	return handler
}

var (
	contextType  = reflect.TypeFor[context.Context]()
	errorType    = reflect.TypeFor[error]()
	anyType      = reflect.TypeFor[any]()
	builtHandler = reflect.TypeOf(lambda.NewHandler(func() {}))
)

// isSignature reports whether lambda.Start takes a function of type t.
func isSignature(t reflect.Type) bool {
	if t.NumIn() > 2 || t.NumOut() > 2 {
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
	in, out := []reflect.Type{contextType}, []reflect.Type{}
	for i := range t.NumIn() {
		if i > 0 || !takesContext {
			in = append(in, t.In(i))
		}
	}
	for i := range t.NumOut() {
		out = append(out, t.Out(i))
	}
	if len(out) == 2 {
		out[0] = anyType
	}
	call := fn.Call
	if t.IsVariadic() {
		call = fn.CallSlice
	}
	return reflect.MakeFunc(reflect.FuncOf(in, out, t.IsVariadic()), func(args []reflect.Value) (results []reflect.Value) {
		body := f.during(args[0].Interface().(context.Context), func(ctx context.Context) (io.Reader, error) {
			args[0] = reflect.ValueOf(ctx)
			if !takesContext {
				args = args[1:]
			}
			results = call(args)
			return outcome(results)
		})
		if body != nil {
			results[0] = box(body)
		}
		return results
	}).Interface()
}

// outcome returns the error of a handler function, or what lambda.Start sends as
// it is read: a reader with no JSON form, or an empty one. A reader with a JSON
// form has that in its place; it is asked for it once, as by lambda.Start.
func outcome(results []reflect.Value) (body io.Reader, err error) {
	n := len(results)
	if n == 0 {
		return nil, nil
	}
	err, _ = results[n-1].Interface().(error)
	if n == 1 {
		return nil, err
	}
	val := results[0].Interface()
	results[0] = box(val)
	r, ok := val.(io.Reader)
	if !ok || err != nil {
		return nil, err
	}
	var doc bytes.Buffer
	enc := json.NewEncoder(&doc)
	enc.SetEscapeHTML(false) // lambda.Start escapes, where it is told to
	if enc.Encode(val) != nil || bytes.HasPrefix(doc.Bytes(), []byte("{}")) {
		return r, nil
	}
	results[0] = box(json.RawMessage(doc.Bytes()))
	return nil, nil
}

// box is val as a value of type any.
func box(val any) reflect.Value {
	v := reflect.New(anyType).Elem()
	if val != nil {
		v.Set(reflect.ValueOf(val))
	}
	return v
}

// during runs a handler as an invocation. If run returns a body, the invocation
// ends when that is read, and during returns what is to be sent instead of it.
func (f *Fence) during(ctx context.Context, run func(context.Context) (io.Reader, error)) (sent *stream) {
	ctx, inv := f.enter(ctx)
	err := errPanicked // until run returns
	defer func() {
		if sent == nil {
			inv.leave(ctx, err)
		}
	}()
	body, err2 := run(ctx)
	if body != nil && err2 == nil {
		var once sync.Once
		sent = &stream{body, func(err error) { once.Do(func() { inv.leave(ctx, err) }) }}
	}
	err = err2
	return sent
}

var errPanicked = errors.New("handler panicked")

// A stream is a handler's reader; at its end the invocation is over.
type stream struct {
	io.Reader
	leave func(error)
}

func (s *stream) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err == io.EOF {
		s.leave(nil)
	} else if err != nil {
		s.leave(err)
	}
	return n, err
}

// Close closes the reader, if it can be closed.
func (s *stream) Close() error {
	defer s.leave(nil)
	if c, ok := s.Reader.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

// ContentType returns the reader's own, or what lambda.Start sends without one.
func (s *stream) ContentType() string {
	if c, ok := s.Reader.(interface{ ContentType() string }); ok {
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
	i.fence.during(ctx, func(ctx context.Context) (io.Reader, error) {
		response, err = i.handler.Invoke(ctx, payload)
		return nil, err
	})
	return response, err
}

// wrapBuilt returns a copy of what lambda.NewHandler made, whose function runs
// behind the fence. Its Invoke would not do: the content type, the stream and
// the context that it was made with are known to lambda.Start alone, by this
// field. Where another version of aws-lambda-go has it no more, Invoke must do.
func (f *Fence) wrapBuilt(h lambda.Handler) any {
	field, ok := builtHandler.Elem().FieldByName("handlerFunc")
	if !ok || !field.Type.ConvertibleTo(reflect.TypeFor[builtFunc]()) {
		return &invoker{f, h}
	}
	built := reflect.New(builtHandler.Elem())
	built.Elem().Set(reflect.ValueOf(h).Elem())
	at := (*builtFunc)(built.Elem().FieldByIndex(field.Index).Addr().UnsafePointer())
	fn := *at
	*at = func(ctx context.Context, payload []byte) (response io.Reader, err error) {
		body := f.during(ctx, func(ctx context.Context) (io.Reader, error) {
			response, err = fn(ctx, payload)
			return response, err
		})
		if body != nil {
			response = body
		}
		return response, err
	}
	return built.Interface()
}

type builtFunc = func(context.Context, []byte) (io.Reader, error)
