package cases

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/lambdafence/lambdafence/wrapper"
)

// Fence is the one that the handler runs behind, where the bootstrap made it.
var Fence *wrapper.Fence

// Taken before main, as many libraries do.
var (
	captured       = http.DefaultTransport
	capturedClient = &http.Client{Transport: http.DefaultTransport}
)

// clones were made of http.DefaultTransport on the way to lambda.Start.
var clones []*http.Transport

// TakeClone keeps a clone of http.DefaultTransport for later.
func TakeClone() { clones = append(clones, clone(http.DefaultTransport)) }

// A doing is what the test wants done in an invocation.
type doing struct {
	Do, URL, Way, File string
	Many               int
}

// A result is what became of a request.
type result struct {
	Status  int
	Proto   string
	Error   string
	Blocked bool
}

func doings() []Case {
	return []Case{
		ok("do", do, `{"do":"nothing"}`),
		ok("do, for SIGTERM", do, `{"do":"nothing"}`).with(lambda.WithEnableSIGTERM(func() { Note("sigterm", "got it") })),
	}
}

func do(ctx context.Context, d doing) (any, error) {
	switch d.Do {
	case "nothing":
		return nil, nil
	case "get":
		return ways()[d.Way](ctx, strings.ReplaceAll(d.URL, "$API", os.Getenv("AWS_LAMBDA_RUNTIME_API"))), nil
	case "attack":
		TakeClone()
		return attack(ctx), nil
	case "wait":
		Note("waiting", d.File)
		return nil, await(d.File)
	case "meet":
		return meet(ctx, d)
	}
	return nil, errors.New("do what?")
}

var met atomic.Int32

// meet waits for as many invocations as are to run at the same time, then each
// makes a call that tells its request id.
func meet(ctx context.Context, d doing) (any, error) {
	id := ""
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		id = lc.AwsRequestID
	}
	met.Add(1)
	for int(met.Load())%d.Many != 0 {
		select {
		case <-ctx.Done():
			return nil, errors.New("nobody else came")
		case <-time.After(time.Millisecond):
		}
	}
	return get(ctx, http.DefaultClient, d.URL+id), nil
}

// ways are all the ways to send a request that a handler may think of.
func ways() map[string]func(ctx context.Context, url string) result {
	by := func(rt http.RoundTripper) func(context.Context, string) result {
		return func(ctx context.Context, url string) result { return get(ctx, &http.Client{Transport: rt}, url) }
	}
	all := map[string]func(context.Context, string) result{
		"http.Get": func(_ context.Context, url string) result {
			res, err := http.Get(url)
			return resultOf(res, err)
		},
		"DefaultClient": func(ctx context.Context, url string) result { return get(ctx, http.DefaultClient, url) },
		"client":        by(nil),
		"captured":      by(captured),
		"captured before main": func(ctx context.Context, url string) result {
			return get(ctx, capturedClient, url)
		},
		"clone":                   by(clone(http.DefaultTransport)),
		"clone without a proxy":   by(without(clone(http.DefaultTransport))),
		"clone of captured":       by(clone(captured)),
		"clone of captured, bare": by(without(clone(captured))),
		"clone of a clone":        by(clone(clone(http.DefaultTransport))),
		"upgrade": func(ctx context.Context, url string) result {
			return upgrade(ctx, http.DefaultTransport, url)
		},
		"upgrade, captured": func(ctx context.Context, url string) result { return upgrade(ctx, captured, url) },
		"dialer of DefaultTransport": func(ctx context.Context, url string) result {
			return connect(ctx, http.DefaultTransport.(*http.Transport).DialContext, "tcp", url)
		},
		"client connection": func(ctx context.Context, url string) result {
			c, err := http.DefaultTransport.(*http.Transport).NewClientConn(ctx, "http", hostOf(url))
			if err != nil {
				return resultOf(nil, err)
			}
			return by(c)(ctx, url)
		},
	}
	for i, c := range clones {
		all[fmt.Sprintf("clone %d from before", i)] = by(c)
		all[fmt.Sprintf("clone %d from before, bare", i)] = by(without(c.Clone()))
	}
	if f := Fence; f != nil {
		all["Fence.Client"] = func(ctx context.Context, url string) result { return get(ctx, f.Client(), url) }
		all["Transport of nil"] = by(f.Transport(nil))
		all["Transport of a fresh one"] = by(f.Transport(&http.Transport{}))
		all["Transport of one that dials"] = by(f.Transport(&http.Transport{DialContext: new(net.Dialer).DialContext}))
		all["Transport of a clone"] = by(f.Transport(clone(http.DefaultTransport)))
		all["Transport of a round tripper"] = by(f.Transport(struct{ http.RoundTripper }{&http.Transport{}}))
		for _, network := range []string{"tcp", "tcp4"} {
			all["DialContext "+network] = func(ctx context.Context, url string) result {
				return connect(ctx, f.DialContext, network, url)
			}
		}
	}
	return all
}

func clone(rt http.RoundTripper) *http.Transport { return rt.(*http.Transport).Clone() }

func without(t *http.Transport) *http.Transport {
	t.Proxy = nil
	return t
}

func get(ctx context.Context, c *http.Client, url string) result {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return resultOf(nil, err)
	}
	return resultOf(c.Do(req))
}

// upgrade asks for a web socket, which net/http sends by other ways than the rest.
func upgrade(ctx context.Context, rt http.RoundTripper, url string) result {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return resultOf(nil, err)
	}
	req.Header.Set("Connection", "Upgrade")
	req.Header.Set("Upgrade", "websocket")
	res, err := rt.RoundTrip(req)
	if err == nil {
		_ = res.Body.Close() // the connection
		return result{Status: res.StatusCode, Proto: res.Proto}
	}
	return resultOf(nil, err)
}

func connect(ctx context.Context, dial func(context.Context, string, string) (net.Conn, error), network, url string) result {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	conn, err := dial(ctx, network, hostOf(url))
	if err != nil {
		return resultOf(nil, err)
	}
	defer conn.Close()
	return result{Status: 1}
}

func hostOf(url string) string {
	_, host, _ := strings.Cut(url, "://")
	host, _, _ = strings.Cut(host, "/")
	return host
}

func resultOf(res *http.Response, err error) result {
	if err != nil {
		return result{Error: err.Error(), Blocked: errors.Is(err, wrapper.ErrBlocked)}
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body)
	return result{Status: res.StatusCode, Proto: res.Proto}
}

// attack tries to reach the Runtime API, by every way and under every name.
func attack(ctx context.Context) map[string]result {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	api := os.Getenv("AWS_LAMBDA_RUNTIME_API")
	_, text, _ := net.SplitHostPort(api)
	port, _ := strconv.Atoi(text)
	tried := map[string]result{}
	for name, send := range ways() {
		tried[name] = send(ctx, "http://"+api+"/attack")
	}
	for _, host := range []string{
		"localhost", "LOCALHOST.", "127.0.0.1", "127.0.0.1.", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0.0.0.0", "0",
		"127.9.9.9", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:0.0.0.0]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[::1%25lo]", "１２７.0.0.1", "",
	} {
		for _, way := range []string{"DefaultClient", "clone without a proxy", "Fence.Client", "DialContext tcp"} {
			if send := ways()[way]; send != nil {
				address := host
				if strings.HasPrefix(way, "Dial") {
					address = strings.ReplaceAll(host, "%25", "%")
				}
				tried[way+" to "+host] = send(ctx, fmt.Sprintf("http://%s:%d/attack", address, port))
			}
		}
	}
	// Ports wrap modulo 2^32 in what a dialer parses.
	tried["a port that wraps"] = ways()["DefaultClient"](ctx, fmt.Sprintf("http://127.0.0.1:%d/attack", 1<<32+port))
	return tried
}
