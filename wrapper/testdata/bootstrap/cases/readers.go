package cases

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"testing/iotest"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambdaurl"
)

type (
	// typed is a reader with a content type.
	typed struct {
		r    io.Reader
		kind string
	}
	// closes is a reader that tells when it is closed.
	closes struct{ r io.Reader }
	// embeds has a JSON form, though nobody meant it.
	embeds struct{ io.Reader }
	// eventStream is a reader of all trades.
	eventStream struct{ closes }
	// both has a JSON form and is a reader.
	both struct {
		r    io.Reader
		Name string
	}
	// drains has a JSON form that can be asked for once.
	drains struct{ r io.Reader }
	// empties has the JSON form of a reader.
	empties struct{ io.Reader }
	// readerFunc has no JSON form.
	readerFunc func([]byte) (int, error)
	// readerValue is a reader by value.
	readerValue struct{ R io.Reader }
)

func (t *typed) Read(p []byte) (int, error) { return t.r.Read(p) }
func (t *typed) ContentType() string        { return t.kind }

func (*eventStream) ContentType() string { return "text/event-stream" }

func (c *closes) Read(p []byte) (int, error) { return c.r.Read(p) }
func (c *closes) Close() error {
	Note("closed", "closed")
	return errors.New("nobody asks")
}

func (b *both) Read(p []byte) (int, error) { return b.r.Read(p) }

func (d *drains) Read(p []byte) (int, error) { return d.r.Read(p) }
func (d *drains) MarshalJSON() ([]byte, error) {
	text, _ := io.ReadAll(d.r)
	return json.Marshal(string(text))
}

func (empties) MarshalJSON() ([]byte, error) { return []byte(` {} `), nil }

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func (r readerValue) Read(p []byte) (int, error)   { return r.R.Read(p) }
func (r readerValue) MarshalJSON() ([]byte, error) { return nil, errors.New("not JSON") }

// half is a reader that fails after a while, and after its last byte.
func half() io.Reader { return io.MultiReader(strings.NewReader("half"), iotest.ErrReader(errHalf)) }

// stream writes, waits for the test to have seen it, and goes on.
func stream() (io.Reader, error) {
	r, w := io.Pipe()
	go func() {
		_, _ = io.WriteString(w, "first")
		err := await("go on")
		_, _ = io.WriteString(w, "second")
		_ = w.CloseWithError(err)
	}()
	return &eventStream{closes{r}}, nil
}

// pause streams slowly, by no word from the test.
func pause() (io.Reader, error) {
	return iotest.OneByteReader(strings.NewReader("drop by drop")), nil
}

// readers are responses that lambda.Start sends as they are.
func readers() []Case {
	give := func(r io.Reader) func() (io.Reader, error) { return func() (io.Reader, error) { return r, nil } }
	return []Case{
		ok("buffer", func() (*bytes.Buffer, error) { return bytes.NewBufferString("<buffer>"), nil }),
		ok("nil buffer", func() (*bytes.Buffer, error) { return nil, nil }),
		ok("strings.Reader", give(strings.NewReader("text"))),
		ok("nil reader", give(nil)),
		ok("empty reader", give(strings.NewReader(""))),
		ok("bytes.Reader with context", func(context.Context) (*bytes.Reader, error) { return bytes.NewReader([]byte{0, 255}), nil }),
		ok("large reader", give(io.LimitReader(repeat{}, 5<<20))),
		ok("drop by drop", pause),
		ok("data with the end", give(iotest.DataErrReader(strings.NewReader("text")))),
		ok("file", func() (*os.File, error) { return textFile("of a file") }),
		ok("pipe", func() (io.ReadCloser, error) {
			r, w := io.Pipe()
			go func() { _, _ = io.WriteString(w, "piped"); _ = w.Close() }()
			return r, nil
		}),
		ok("closed once", func() (io.ReadCloser, error) { return &closes{strings.NewReader("text")}, nil }, "1", "2"),
		ok("closed after an error", give(&closes{half()})),
		ok("error half-way", func() (io.Reader, error) { return half(), nil }, "1", "2"),
		ok("error of its own half-way", give(io.MultiReader(strings.NewReader("half"), iotest.ErrReader(&pointerError{4})))),
		ok("error at once", give(iotest.ErrReader(valueError{5}))),
		ok("error with data", give(iotest.DataErrReader(io.MultiReader(strings.NewReader("half"), iotest.ErrReader(errHalf))))),
		ok("a pipe that fails", func() (io.Reader, error) {
			r, w := io.Pipe()
			go func() { _, _ = io.WriteString(w, "piped"); _ = w.CloseWithError(valueError{6}) }()
			return r, nil
		}),
		ok("content type", give(&typed{strings.NewReader("<p>"), "text/html; charset=utf-8"})),
		ok("empty content type", give(&typed{strings.NewReader("<p>"), ""})),
		ok("reader and error", func() (io.Reader, error) { return &closes{strings.NewReader("lost")}, errHalf }),
		ok("JSON and reader", give(&both{strings.NewReader("body"), "<a>"})),
		ok("JSON and reader and content type", func() (any, error) {
			return &struct {
				typed
				Name string
			}{typed{strings.NewReader("body"), "text/html"}, "n"}, nil
		}),
		ok("embedded reader", give(embeds{strings.NewReader("body")})),
		ok("JSON but once", give(&drains{strings.NewReader("<drained>")})),
		ok("empty JSON", give(empties{strings.NewReader("text")})),
		ok("function", give(readerFunc(strings.NewReader("of a function").Read))),
		ok("value", func() (readerValue, error) { return readerValue{strings.NewReader("by value")}, nil }),
		ok("stream", stream),
		exits("a JSON form that panics", func() (any, error) {
			return struct {
				io.Reader
				panicMarshaler
			}{Reader: strings.NewReader("text")}, nil
		}),
	}
}

type repeat struct{}

func (repeat) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(i)
	}
	return len(p), nil
}

func textFile(text string) (*os.File, error) {
	name := Scratch("text")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		return nil, err
	}
	return os.Open(name)
}

const urlEvent = `{"version":"2.0","rawPath":"/p","rawQueryString":"q=1","headers":{"x":"y"},"body":"Ym9keQ==","isBase64Encoded":true,
	"requestContext":{"domainName":"d.example","http":{"method":"POST","path":"/p","sourceIp":"192.0.2.1"}}}`

// page is an http.Handler for lambdaurl.
var page = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	w.Header().Set("X-Saw", r.Method+" "+r.URL.String()+" "+r.Header.Get("X")+" "+r.RemoteAddr)
	http.SetCookie(w, &http.Cookie{Name: "c", Value: "1"})
	w.WriteHeader(http.StatusTeapot)
	_, _ = w.Write(append([]byte("<html>"), body...))
	_, _ = w.Write([]byte("</html>"))
})

// integrations are responses for API Gateway and function URLs.
func integrations() []Case {
	body := func(s string) io.Reader { return &closes{strings.NewReader(s)} }
	url := func(r *events.LambdaFunctionURLStreamingResponse) func() (*events.LambdaFunctionURLStreamingResponse, error) {
		return func() (*events.LambdaFunctionURLStreamingResponse, error) { return r, nil }
	}
	return []Case{
		ok("function URL stream", url(&events.LambdaFunctionURLStreamingResponse{
			StatusCode: 201, Headers: map[string]string{"Content-Type": "text/html"}, Cookies: []string{"a=1"}, Body: body("<html>")})),
		ok("function URL stream that fails", url(&events.LambdaFunctionURLStreamingResponse{Body: half()})),
		ok("function URL stream, empty", url(&events.LambdaFunctionURLStreamingResponse{})),
		ok("function URL stream, nil", url(nil)),
		ok("function URL, in one piece", func(events.LambdaFunctionURLRequest) (events.LambdaFunctionURLResponse, error) {
			return events.LambdaFunctionURLResponse{StatusCode: 200, Body: "<p>", IsBase64Encoded: false}, nil
		}, urlEvent),
		ok("API Gateway stream", func() (*events.APIGatewayProxyStreamingResponse, error) {
			return &events.APIGatewayProxyStreamingResponse{StatusCode: 200,
				MultiValueHeaders: map[string][]string{"A": {"1", "2"}}, Body: body("{}")}, nil
		}),
		ok("API Gateway, in one piece", func(e events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
			return events.APIGatewayProxyResponse{StatusCode: 200, Body: e.Path}, nil
		}, `{"path":"/p"}`),
		ok("lambdaurl", lambdaurl.Wrap(page), urlEvent),
		ok("lambdaurl that says nothing", lambdaurl.Wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})), urlEvent),
		ok("lambdaurl that finds the type", lambdaurl.Wrap(page), urlEvent).with(lambdaurl.WithDetectContentType(true)),
	}
}
