package wrapper_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/lambdafence/lambdafence/internal/leak"
	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/policy/source"
	"github.com/lambdafence/lambdafence/wrapper"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// secretsDoc allows some of what package leak calls, and denies some by name.
const secretsDoc = `
version: 1
name: secrets
mode: %s
allow:
- {host: allowed.test, methods: [GET, POST, CONNECT]}
- {host: allowed.test, schemes: [http]}
- {aws: s3, access: [read], accounts: ["*"]}
deny:
- {host: denied.test, reason: known drop site}
- {aws: dynamodb}
`

// A recipient is a network in which every address is a server of the test's, that
// keeps what it is sent.
type recipient struct {
	plain, secure *httptest.Server
	mu            sync.Mutex
	got           strings.Builder
}

func newRecipient(t *testing.T) *recipient {
	r := &recipient{}
	answer := http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		dump, _ := httputil.DumpRequest(req, true)
		r.mu.Lock()
		r.got.Write(dump)
		fmt.Fprintln(&r.got, req.Trailer)
		r.mu.Unlock()
		if to := req.Header.Get(leak.Location); to != "" && req.URL.Path == "/redirect" {
			http.Redirect(w, req, to, http.StatusFound)
		}
	})
	r.plain, r.secure = httptest.NewServer(answer), httptest.NewTLSServer(answer)
	r.secure.Config.ErrorLog, r.plain.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0), slog.NewLogLogger(slog.DiscardHandler, 0)
	t.Cleanup(r.plain.Close)
	t.Cleanup(r.secure.Close)
	return r
}

func (r *recipient) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.got.String()
}

func (r *recipient) transport() *http.Transport {
	return &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", r.plain.Listener.Addr().String())
		},
		DialTLSContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			d := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}}
			return d.DialContext(ctx, "tcp", r.secure.Listener.Addr().String())
		},
	}
}

// told is an error as a fence makes it. Around it net/http puts the whole URL,
// which is not the fence's to keep back.
func told(err error) string {
	var outer *url.Error
	for errors.As(err, &outer) {
		err = outer.Err
		outer = nil
	}
	return fmt.Sprintf("%v %+v", err, err)
}

var seeds = flag.Uint64("seeds", 4, "how many seeds TestSecrets tries")

// TestSecrets: whatever the mode, a secret that a call carries is in no event, log
// line, span, error of the fence's or metric. Seeds differ in the secrets.
func TestSecrets(t *testing.T) {
	t.Setenv("AWS_LAMBDA_FUNCTION_NAME", "orders")
	for _, mode := range []string{"report", "enforce", "learn"} {
		t.Run(mode, func(t *testing.T) {
			to := newRecipient(t)
			for seed := range *seeds {
				l := leak.New(seed)
				checkSecrets(t, l, to, fmt.Sprintf(secretsDoc, mode), seed)
				if mode == "report" {
					if n := len(l.Found(to.text())); n < 40 {
						t.Errorf("only %d secrets were sent: the test shows nothing", n)
					}
				}
			}
		})
	}
}

func checkSecrets(t *testing.T, l *leak.Loader, to *recipient, doc string, seed uint64) {
	t.Helper()
	var book logBook
	var events []wrapper.Event
	spans := tracetest.NewInMemoryExporter()
	src := &changing{}
	src.set(doc)
	f := wrapper.Must(wrapper.New(t.Context(), book.option(), sinkTo(&events), wrapper.WithPolicy(src), wrapper.WithEvents(wrapper.All),
		wrapper.WithTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans)))))
	calls := l.Calls()
	ways := leak.Ways{
		Client: &http.Client{Transport: f.Transport(to.transport())},
		By: func(proxy *url.URL) http.RoundTripper {
			tr := to.transport()
			tr.Proxy = http.ProxyURL(proxy)
			return f.Transport(tr)
		},
		Check: f.Check,
	}
	var errs strings.Builder
	h := f.Wrap(func(ctx context.Context) error {
		for _, c := range calls {
			if err := c.Make(ctx, ways); err != nil {
				fmt.Fprintln(&errs, told(err))
			}
		}
		src.fail(&url.Error{Op: "Get", URL: "https://u:" + l.Word("source, user") + "@p.test/" + "?k=" + l.Word("source, query"), Err: errors.New("Authorization: Bearer " + l.Token("source, header"))})
		if f.Refresh(ctx) == nil {
			t.Error("the source did not fail")
		}
		return errors.New("cannot log in with " + l.Word("error of the handler"))
	})
	ctx := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{AwsRequestID: "req-1"})
	stdout := capture(t, func() { _, _ = h.Invoke(ctx, []byte("{}")) })

	all, err := json.Marshal(spans.GetSpans())
	if err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]string{
		"events": fmt.Sprintf("%+v", events), "log": book.String(), "spans": string(all) + fmt.Sprintf("%+v", spans.GetSpans()), "errors": errs.String(), "metric": stdout,
	} {
		for _, place := range l.Found(text) {
			t.Errorf("seed %d: %s are told %s", seed, what, place)
		}
	}
	if n := len(events); n < len(calls)*2/3 || !strings.Contains(book.String(), "/***") || len(spans.GetSpans()) < n || (stdout == "") != strings.Contains(doc, "mode: learn") {
		t.Errorf("%d events of %d calls, %d spans, metric %q: the test shows nothing", n, len(calls), len(spans.GetSpans()), stdout)
	}
}

// TestNoPolicyTellsNoSecret: nor does what is said of a policy that never loaded,
// which each event repeats.
func TestNoPolicyTellsNoSecret(t *testing.T) {
	l := leak.New(1)
	var book logBook
	src := &changing{err: fmt.Errorf("GET https://u:%s@p.test/?k=%s: 403: Bearer %s, %s", l.Word("user"), l.Word("query"), l.Token("header"), l.Token("token"))}
	f := wrapper.Must(wrapper.New(t.Context(), book.option(), wrapper.WithPolicy(src)))
	err := f.Check(t.Context(), evilCall)
	if places := l.Found(book.String() + fmt.Sprint(err)); len(places) > 0 {
		t.Errorf("told: %q\n%s", places, book.String())
	}
	if !strings.Contains(err.Error(), "p.test") || !strings.Contains(book.String(), "403") {
		t.Errorf("what went wrong is not told: %v\n%s", err, book.String())
	}
}

// TestLogInjection: whatever a call is made of, its events are lines of valid JSON,
// one each, that move no cursor and hide nothing.
func TestLogInjection(t *testing.T) {
	for name, payload := range map[string]string{
		"newline":         "a\n{\"level\":\"INFO\",\"msg\":\"lambdafence\",\"outcome\":\"allowed\"}",
		"carriage return": "a\r\rb",
		"ANSI":            "a\x1b[2J\x1b]0;owned\a",
		"C1":              "a\u009b31m",
		"line separator":  "a\u2028b\u2029c",
		"right to left":   "a\u202eb\u2066c",
		"invisible":       "a\u200bb\ufeffc\u00adb",
		"invalid UTF-8":   "a\xff\xc0\xafb\xed\xa0\x80",
		"NUL":             "a\x00b",
		"quotes":          `a","outcome":"allowed`,
		"long":            strings.Repeat("a\n", 100_000),
	} {
		t.Run(name, func(t *testing.T) {
			var book logBook
			f := wrapper.Must(wrapper.New(t.Context(), book.option(), wrapper.WithEvents(wrapper.All), wrapper.WithPolicy(source.Static("p", []byte(goodDoc)))))
			ctx := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{AwsRequestID: "1"})
			calls := 0
			for _, c := range []policy.Call{
				{Kind: policy.HTTP, Scheme: "https", Host: "evil.test", Method: payload},
				{Kind: policy.HTTP, Scheme: "https", Host: "evil.test", Path: "/" + payload},
				{Kind: policy.HTTP, Scheme: "https", Host: payload},
				{Kind: policy.HTTP, Scheme: "https", Host: "evil.test", HostHeader: payload},
				{Kind: policy.HTTP, Scheme: payload, Host: "evil.test"},
				{Network: "unix", Path: payload},
				{Network: payload, Host: "evil.test"},
				{Kind: policy.AWS, Service: payload, Operation: payload, Region: payload, Account: payload, Resources: []string{payload, "arn:aws:s3:::b/" + payload}},
				{Host: "evil.test", Port: 1, Caller: policy.Caller{Module: payload, Version: payload, Package: payload}},
			} {
				calls++
				if err := f.Check(ctx, c); !errors.Is(err, wrapper.ErrBlocked) || strings.ContainsAny(err.Error(), "\n\r\x1b\x00\u2028\u202e\u200b") {
					t.Errorf("error = %.300q", fmt.Sprint(err))
				}
			}
			rt := f.Transport(roundTripper(func(*http.Request) (*http.Response, error) { return nil, io.EOF }))
			for _, u := range []*url.URL{{Scheme: "https", Host: "evil.test", Path: "/" + payload}, {Scheme: "https", Host: "evil.test", Opaque: "/" + payload}, {Scheme: "https", Host: payload}} {
				_, _ = rt.RoundTrip(&http.Request{Method: "GET", URL: u, Host: payload, Header: http.Header{"X-" + payload: {payload}}})
			}
			log := book.String()
			if !utf8.ValidString(log) || strings.ContainsAny(log, "\r\x1b\x00\a\u009b\u2028\u2029\u202e\u2066\u200b\ufeff\u00ad") {
				t.Errorf("log: %.600q", log)
			}
			n := 0
			for line := range strings.Lines(log) {
				var ev struct{ Msg, Outcome string }
				if err := json.Unmarshal([]byte(line), &ev); err != nil || ev.Msg != "lambdafence" || ev.Outcome != "blocked" || len(line) > 16<<10 {
					t.Errorf("line of %d bytes, %v: %.300s", len(line), err, line)
				}
				n++
			}
			if n < calls {
				t.Errorf("%d lines of %d calls", n, calls)
			}
		})
	}
}
