package lambdahost

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var bootstrap string

func TestMain(m *testing.M) {
	if os.Getenv("LAMBDAHOST_FAIL_INIT") != "" {
		failInit()
	}
	dir, err := os.MkdirTemp("", "lambdahost")
	if err != nil {
		panic(err)
	}
	bootstrap = filepath.Join(dir, "bootstrap")
	build := exec.Command("go", "build", "-tags", "lambda.norpc", "-o", bootstrap, "./testdata/echo")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

func start(t *testing.T, cfg Config) *Host {
	t.Helper()
	if cfg.Path == "" {
		cfg.Path = bootstrap
	}
	h, err := Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	return h
}

func invoke(t *testing.T, h *Host, do, text string) *Result {
	t.Helper()
	res, err := tryInvoke(t, h, do, text)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func tryInvoke(t *testing.T, h *Host, do, text string) (*Result, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	payload, err := json.Marshal(map[string]string{"Do": do, "Text": text})
	if err != nil {
		t.Fatal(err)
	}
	return h.Invoke(ctx, payload)
}

func TestInvocationMetadata(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "http://of-the-developer.example")
	h := start(t, Config{Function: "orders", Timeout: 9 * time.Second, Args: []string{"-x"}, Env: []string{"GREETING=hi", "AWS_REGION=eu-north-1"}})
	res := invoke(t, h, "facts", "")
	var got struct {
		RequestID, ARN, Trace, Dir string
		Left                       time.Duration
		Env, Args                  []string
	}
	if err := json.Unmarshal(res.Payload, &got); err != nil {
		t.Fatal(err)
	}
	if got.RequestID != res.RequestID || !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(got.RequestID) {
		t.Errorf("request id %q, the result says %q", got.RequestID, res.RequestID)
	}
	if want := "arn:aws:lambda:eu-west-1:123456789012:function:orders"; got.ARN != want {
		t.Errorf("ARN %q, want %q", got.ARN, want)
	}
	if got.Trace != res.TraceHeader || !regexp.MustCompile(`^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=1$`).MatchString(got.Trace) {
		t.Errorf("trace header %q, the result says %q", got.Trace, res.TraceHeader)
	}
	if got.Left < 5*time.Second || got.Left > 9*time.Second {
		t.Errorf("time left %v of 9s", got.Left)
	}
	if got.Dir != filepath.Dir(bootstrap) || !slices.Equal(got.Args, []string{"-x"}) {
		t.Errorf("dir %q, args %q", got.Dir, got.Args)
	}
	for _, want := range []string{
		"AWS_LAMBDA_RUNTIME_API=" + h.Addr(), "AWS_LAMBDA_FUNCTION_NAME=orders", "AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
		"AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/orders", "GREETING=hi", "AWS_REGION=eu-north-1",
	} {
		if !slices.Contains(got.Env, want) {
			t.Errorf("environment lacks %s", want)
		}
	}
	for _, entry := range got.Env {
		if strings.HasPrefix(entry, "HTTPS_PROXY=") {
			t.Errorf("environment of the developer's shell: %s", entry)
		}
	}
}

func TestAnswers(t *testing.T) {
	h := start(t, Config{})
	tests := []struct {
		do, text    string
		payload     string // a regular expression
		contentType string
		failed      bool
		errorType   string
	}{
		{"echo", "hello", `^"hello"$`, "application/json", false, ""},
		{"fail", "no stock", `"errorMessage":"no stock"`, "application/json", true, "errorString"},
		{"stream", "", `^onetwothree$`, "text/event-stream", false, ""},
		{"stream-fail", "", `^one$`, "text/event-stream", true, "errorString"},
	}
	for _, tt := range tests {
		t.Run(tt.do, func(t *testing.T) {
			res := invoke(t, h, tt.do, tt.text)
			if !regexp.MustCompile(tt.payload).Match(res.Payload) {
				t.Errorf("payload %s, want %s", res.Payload, tt.payload)
			}
			if res.Failed != tt.failed || res.ErrorType != tt.errorType || res.ContentType != tt.contentType {
				t.Errorf("failed %v, error type %q, content type %q; want %v, %q, %q",
					res.Failed, res.ErrorType, res.ContentType, tt.failed, tt.errorType, tt.contentType)
			}
		})
	}
	res := invoke(t, h, "stream-fail", "")
	if res.Trailer.Get("Lambda-Runtime-Function-Error-Body") == "" {
		t.Errorf("no error body in the trailers: %v", res.Trailer)
	}
}

func TestTooLargeAnswer(t *testing.T) {
	_, err := tryInvoke(t, start(t, Config{}), "large", "")
	if err == nil || !strings.Contains(err.Error(), "too large") {
		t.Errorf("error %v", err)
	}
}

func TestOutputGoesToTheWriters(t *testing.T) {
	var out bytes.Buffer
	h := start(t, Config{Stdout: &out, Stderr: &out})
	invoke(t, h, "print", "to stdout")
	invoke(t, h, "fail", "to stderr") // aws-lambda-go logs the error
	_ = h.Close()                     // the pipes are drained by then
	if s := out.String(); !strings.Contains(s, "to stdout\n") || !strings.Contains(s, "to stderr") {
		t.Errorf("output %q", s)
	}
}

func TestProcessThatEnds(t *testing.T) {
	t.Run("in init", func(t *testing.T) {
		h := start(t, Config{Env: []string{"ECHO_CRASH=no such table"}})
		_, err := tryInvoke(t, h, "echo", "")
		wantInError(t, err, "exit status 2", "no such table")
	})
	t.Run("in an invocation", func(t *testing.T) {
		h := start(t, Config{})
		_, err := tryInvoke(t, h, "exit", "disk on fire")
		wantInError(t, err, "exit status 3", "disk on fire")
		if err := h.Freeze(); !errors.Is(err, os.ErrProcessDone) {
			t.Errorf("Freeze after the end: %v", err)
		}
	})
	t.Run("by a panic, whose error counts", func(t *testing.T) {
		h := start(t, Config{})
		res := invoke(t, h, "panic", "at the disco")
		if !res.Failed || !strings.Contains(string(res.Payload), "at the disco") {
			t.Errorf("failed %v, payload %s", res.Failed, res.Payload)
		}
		_, err := tryInvoke(t, h, "echo", "")
		wantInError(t, err, "exit status 1")
	})
	t.Run("never began", func(t *testing.T) {
		if _, err := Start(t.Context(), Config{Path: filepath.Join(t.TempDir(), "nothing")}); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("error %v", err)
		}
	})
}

func wantInError(t *testing.T, err error, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if err == nil || !strings.Contains(err.Error(), p) {
			t.Errorf("error %v, want %q in it", err, p)
		}
	}
}

func TestNothingHangs(t *testing.T) {
	t.Run("the context ends before a runtime asks", func(t *testing.T) {
		h, err := Start(t.Context(), Config{}) // no process
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if _, err := h.Invoke(ctx, nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("the function's timeout", func(t *testing.T) {
		h := start(t, Config{Timeout: 50 * time.Millisecond})
		if _, err := tryInvoke(t, h, "sleep", ""); !errors.Is(err, errTimeout) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("closed", func(t *testing.T) {
		h := start(t, Config{})
		go func() { time.Sleep(50 * time.Millisecond); _ = h.Close() }()
		if _, err := tryInvoke(t, h, "sleep", ""); err == nil {
			t.Error("no error")
		}
	})
	t.Run("the context of Start", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		h, err := Start(ctx, Config{Path: bootstrap})
		if err != nil {
			t.Fatal(err)
		}
		invoke(t, h, "echo", "")
		cancel()
		if _, err := tryInvoke(t, h, "sleep", ""); err == nil {
			t.Error("no error")
		}
		<-h.proc.exited
	})
}

func TestFreezeAndThaw(t *testing.T) {
	h := start(t, Config{})
	invoke(t, h, "echo", "")
	if err := h.Freeze(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := h.Invoke(ctx, []byte(`{"Do":"echo"}`)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a frozen sandbox answered: %v", err)
	}
	if err := h.Thaw(); err != nil {
		t.Fatal(err)
	}
	// The answer to the invocation that was given up comes late, and must not upset the runtime.
	if res := invoke(t, h, "echo", "awake"); string(res.Payload) != `"awake"` {
		t.Errorf("payload %s", res.Payload)
	}
}

func TestConcurrentInvocations(t *testing.T) {
	h := start(t, Config{MaxConcurrency: 4})
	invoke(t, h, "echo", "")
	began := time.Now()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, err := tryInvoke(t, h, "nap", ""); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if took := time.Since(began); took > time.Second {
		t.Errorf("4 naps of 300 ms took %v: one after the other", took)
	}
}

func TestInitDuration(t *testing.T) {
	h := start(t, Config{})
	invoke(t, h, "echo", "")
	first := h.InitDuration()
	invoke(t, h, "echo", "")
	if first <= 0 || h.InitDuration() != first {
		t.Errorf("init took %v, later %v", first, h.InitDuration())
	}
}

func TestSIGTERMForASandboxWithAnExtension(t *testing.T) {
	for _, extension := range []bool{true, false} {
		var out bytes.Buffer
		cfg := Config{Stdout: &out}
		if extension {
			cfg.Env = []string{"ECHO_SIGTERM=1"}
		}
		h := start(t, cfg)
		invoke(t, h, "echo", "")
		_ = h.Close()
		if got := strings.Contains(out.String(), "goodbye"); got != extension {
			t.Errorf("extension %v: SIGTERM seen: %v", extension, got)
		}
	}
}

func TestAPIRefuses(t *testing.T) {
	h, err := Start(t.Context(), Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	base := "http://" + h.Addr()
	tests := []struct {
		name, method, path, body string
		status                   int
	}{
		{"an answer to no invocation", "POST", "/2018-06-01/runtime/invocation/x/response", "{}", 400},
		{"an error of no invocation", "POST", "/2018-06-01/runtime/invocation/x/error", "{}", 400},
		{"another version", "GET", "/2015-03-31/runtime/invocation/next", "", 404},
		{"an external extension", "POST", "/2020-01-01/extension/register", `{"events":["INVOKE"]}`, 403},
		{"an extension's bad document", "POST", "/2020-01-01/extension/register", `{`, 400},
		{"an unregistered extension", "GET", "/2020-01-01/extension/event/next", "", 403},
	}
	for _, tt := range tests {
		req, err := http.NewRequestWithContext(t.Context(), tt.method, base+tt.path, strings.NewReader(tt.body))
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		if res.StatusCode != tt.status {
			t.Errorf("%s: %s, want %d", tt.name, res.Status, tt.status)
		}
	}
}

// An init that fails tells why before its process ends. The process is this test binary: see TestMain.
func TestInitError(t *testing.T) {
	h := start(t, Config{Path: os.Args[0], Env: []string{"LAMBDAHOST_FAIL_INIT=1"}})
	_, err := tryInvoke(t, h, "echo", "")
	wantInError(t, err, "init failed", "Config.Missing", "exit status 4")
}

func failInit() {
	url := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/init/error"
	res, err := http.Post(url, "application/json", strings.NewReader(`{"errorType":"Config.Missing"}`))
	if err != nil || res.StatusCode != http.StatusAccepted {
		panic(fmt.Sprint(res, err))
	}
	os.Exit(4)
}
