package wrapper_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lambdafence/lambdafence/internal/lambdahost"
	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// No policy opens the Runtime API: it would hand over other invocations.
const rtOpen = `
version: 1
mode: enforce
local: [$API, otlp, xray, parameters-extension, credentials]
allow:
  - {host: ["**", localhost, 127.0.0.1, "*"], schemes: [http, https], ports: [1-65535], networks: [tcp, udp]}
  - {cidr: [127.0.0.0/8, 0.0.0.0/0, "::/0", 0.0.0.0/8, "::1/128"], schemes: [http, https], ports: [1-65535], networks: [tcp, udp]}
`

// The runtime's client reaches the Runtime API, and nobody else: by no way to
// send a request, under no name of this machine, with no policy.
func TestRuntimeAPIIsForTheRuntimeAlone(t *testing.T) {
	tests := []struct {
		fence, policy string
		reach         string // the one way that gets there: a clone of the moment before Start
	}{
		{fence: "fence.Start", policy: rtDenyAll},
		{fence: "fence.Start", policy: `{version: 1, mode: enforce, allow: [{host: "**", schemes: [http, https], ports: [1-65535]}]}`},
		{fence: "fence.Start", policy: `{version: 1, mode: enforce, allow: [{cidr: 127.0.0.0/8, schemes: [http], ports: [1-65535]}]}`},
		{fence: "fence.Start", policy: `{version: 1, mode: enforce, local: [$API], allow: []}`},
		{fence: "fence.Start", policy: `{version: 1, mode: enforce, deny: []}`},
		{fence: "fence.Start", policy: rtOpen},
		{fence: "wrapper.Start", policy: rtOpen},
		{fence: "lambda.Start", policy: rtOpen},
		{fence: "guard late", policy: rtOpen, reach: "clone 0 from before, bare"},
		{fence: "warm", policy: rtOpen},
		{fence: "two fences", policy: rtOpen},
		// No invocation is known to this fence, but it sees the runtime ask.
		{fence: "guard alone", policy: rtOpen},
	}
	for _, tt := range tests {
		t.Run(tt.fence, func(t *testing.T) {
			t.Parallel()
			s := rtStart(t, rtConfig{Case: "do", Fence: tt.fence, Policy: tt.policy})
			s.do(`{"do":"nothing"}`, nil)
			conns := s.tap.count()
			res := s.do(`{"do":"attack"}`, nil)
			for _, tried := range append(s.lines("warm"), string(res.Payload)) {
				rtBlockedAll(t, tried, tt.reach)
			}
			s.do(`{"do":"nothing"}`, nil)
			if n := s.tap.count(); tt.reach == "" && (n != conns || s.tap.saw("attack HTTP")) {
				t.Errorf("%d connections to the Runtime API, want the runtime's %d", n, conns)
			}
			if tt.reach != "" { // and nothing else
				var got struct{ Blocked bool }
				s.do(fmt.Sprintf(`{"do":"get","way":%q,"url":"http://127.0.0.1:1/"}`, tt.reach), &got)
				if !got.Blocked {
					t.Errorf("%s is not judged", tt.reach)
				}
			}
		})
	}
}

// rtBlockedAll fails the test unless every way to the Runtime API was blocked,
// but for one.
func rtBlockedAll(t *testing.T, doc, but string) {
	t.Helper()
	var tried map[string]struct {
		Error   string
		Blocked bool
	}
	if err := json.Unmarshal([]byte(doc), &tried); err != nil {
		t.Fatal(err)
	}
	if len(tried) < 50 {
		t.Errorf("only %d ways were tried", len(tried))
	}
	for way, r := range tried {
		if r.Blocked == (way == but) {
			t.Errorf("%s: blocked %v: %s", way, r.Blocked, r.Error)
		}
	}
}

// The runtime's client connects anew where its connection was closed while the
// handler ran, and so do those of several invocations at once.
func TestRuntimeReconnects(t *testing.T) {
	for _, fence := range []string{"fence.Start", "lambda.Start", "guard late", "guard alone", "warm", "two fences", "restored"} {
		t.Run(fence, func(t *testing.T) {
			t.Parallel()
			s := rtStart(t, rtConfig{Case: "do", Fence: fence})
			s.do(`{"do":"nothing"}`, nil)
			for i := range 3 {
				conns := s.tap.count()
				answered := make(chan struct{})
				go func() {
					defer close(answered)
					s.do(fmt.Sprintf(`{"do":"wait","file":"go on %d"}`, i), nil)
				}()
				rtEventually(t, "the invocation", func() bool { return len(s.lines("waiting")) == i+1 })
				s.tap.cut()
				time.Sleep(20 * time.Millisecond) // net/http notices
				s.put(fmt.Sprintf("go on %d", i), "")
				<-answered
				if n := s.tap.count(); n <= conns {
					t.Errorf("%d connections, no new one", n)
				}
			}
			s.close()
			if n := len(s.events()); n > 0 && fence != "warm" { // which attacks on its own
				t.Errorf("the runtime made %d events", n)
			}
		})
	}
}

// Several invocations run in one process: each event is its own invocation's.
func TestRuntimeConcurrency(t *testing.T) {
	const many, rounds = 4, 5
	for _, fence := range []string{"fence.Start", "lambda.Start"} {
		t.Run(fence, func(t *testing.T) {
			t.Parallel()
			s := rtStart(t, rtConfig{Case: "do", Fence: fence, Concurrency: many, Env: []string{"LAMBDAFENCE_REFRESH=1ms"}})
			var mu sync.Mutex
			ids := map[string]bool{}
			for range rounds {
				var wg sync.WaitGroup
				for range many {
					wg.Go(func() {
						res := s.do(fmt.Sprintf(`{"do":"meet","many":%d,"url":"https://denied.example/"}`, many), nil)
						mu.Lock()
						defer mu.Unlock()
						ids[res.RequestID] = true
						if !bytes.Contains(res.Payload, []byte(`"Blocked":true`)) {
							t.Errorf("answer %s", res.Payload)
						}
					})
				}
				wg.Wait()
			}
			s.close()
			for _, ev := range s.events() {
				if ev.Call.Path != "/"+ev.Function.RequestID || !ids[ev.Function.RequestID] {
					t.Errorf("event of %s in invocation %s", ev.Call.Path, ev.Function.RequestID)
				}
				delete(ids, ev.Function.RequestID)
			}
			if len(ids) > 0 {
				t.Errorf("no event of %v", ids)
			}
		})
	}
}

// An extension of the runtime's own gets through, though it is made while the
// handler is wrapped; Lambda then sends SIGTERM.
func TestRuntimeSIGTERM(t *testing.T) {
	for _, fence := range []string{"", "fence.Start", "lambda.Start", "guard late", "guard alone"} {
		t.Run(fence, func(t *testing.T) {
			t.Parallel()
			s := rtStart(t, rtConfig{Case: "do, for SIGTERM", Fence: fence, Policy: rtOpen})
			s.do(`{"do":"nothing"}`, nil)
			if fence != "" {
				var got struct{ Blocked bool }
				s.do(`{"do":"get","way":"clone without a proxy","url":"http://$API/"}`, &got)
				if !got.Blocked {
					t.Error("a clone reaches the Runtime API")
				}
			}
			s.close()
			if got := s.lines("sigterm"); len(got) != 1 {
				t.Errorf("SIGTERM seen %d times", len(got))
			}
		})
	}
}

// rtPolicy is a server that a sandbox loads its policy from.
type rtPolicy struct {
	*httptest.Server
	mu      sync.Mutex
	version string
	hang    chan struct{} // nil: it answers
	asked   atomic.Int32
}

func rtServePolicy(t *testing.T) *rtPolicy {
	p := &rtPolicy{version: "v1"}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

func (p *rtPolicy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	version, hang := p.version, p.hang
	p.mu.Unlock()
	p.asked.Add(1)
	if hang != nil {
		select {
		case <-hang:
		case <-r.Context().Done():
		}
	}
	w.Header().Set("Version", version)
	_, _ = fmt.Fprintf(w, "{version: 1, name: p, mode: enforce, deny: [{host: %s.example}, {host: always.example}]}", version)
}

func (p *rtPolicy) set(version string, hang chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.version, p.hang = version, hang
}

// rtAlways is the version of the policy that decided in an invocation, by the
// event of a call that every policy denies.
func rtAlways(s *rtSandbox) string {
	s.t.Helper()
	res := s.do(`{"do":"get","way":"DefaultClient","url":"https://always.example/"}`, nil)
	// The answer and the log come by different ways; the log may be the later.
	for range 200 {
		for _, ev := range s.events() {
			if ev.Function.RequestID == res.RequestID {
				return ev.Policy.Version
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	s.t.Errorf("no event of invocation %s", res.RequestID)
	return ""
}

const rtInterval = 200 * time.Millisecond

// A change of the policy is in effect on the second invocation after the
// interval at the latest, however the sandbox was frozen meanwhile.
func TestRuntimeRefreshOverFreeze(t *testing.T) {
	tests := []struct {
		name string
		// while is what happens while the refresh that the first invocation began is
		// under way: the sandbox is frozen then.
		while func(p *rtPolicy, hang chan struct{})
	}{
		{"answered", nil},
		{"answered while frozen", func(_ *rtPolicy, hang chan struct{}) { close(hang) }},
		{"cut off while frozen", func(p *rtPolicy, _ chan struct{}) { p.set("v2", nil); p.CloseClientConnections() }},
		{"never answered", func(p *rtPolicy, _ chan struct{}) { p.set("v2", nil) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := rtServePolicy(t)
			s := rtStart(t, rtConfig{Case: "do", Fence: "fence.Start",
				Env: []string{"BOOTSTRAP_POLICY_URL=" + p.URL, "LAMBDAFENCE_REFRESH=" + rtInterval.String()}})
			if got := rtAlways(s); got != "v1" {
				t.Fatalf("version %q at first", got)
			}
			// The policy is older than the interval, and no refresh is under way.
			time.Sleep(rtInterval + 50*time.Millisecond)
			asked := p.asked.Load()
			hang := make(chan struct{})
			p.set("v2", hang)
			if tt.while == nil {
				close(hang)
				rtFreeze(s)
			}
			began := time.Now()
			rtAlways(s) // begins the refresh, and does not wait for it
			if took := time.Since(began); took > time.Second {
				t.Errorf("the invocation took %v", took)
			}
			rtEventually(t, "the refresh", func() bool { return p.asked.Load() > asked })
			if tt.while != nil {
				rtFreeze(s, func() { tt.while(p, hang) })
			}
			if got := rtAlways(s); got != "v2" {
				t.Errorf("version %q on the second invocation", got)
			}
		})
	}
}

// rtFreeze freezes a sandbox for longer than the interval.
func rtFreeze(s *rtSandbox, while ...func()) {
	s.t.Helper()
	if err := s.host.Freeze(); err != nil {
		s.t.Fatal(err)
	}
	time.Sleep(rtInterval / 2) // it takes a moment
	for _, do := range while {
		do()
	}
	time.Sleep(rtInterval)
	if err := s.host.Thaw(); err != nil {
		s.t.Fatal(err)
	}
}

// A file that is swapped in takes effect likewise, and what it denies is denied.
func TestRuntimeRefreshOfAFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "policy.yaml")
	swap := func(doc string) {
		t.Helper()
		if err := os.WriteFile(file+".new", []byte(doc), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(file+".new", file); err != nil {
			t.Fatal(err)
		}
	}
	swap(`{version: 1, mode: enforce, deny: [{host: always.example}]}`)
	s := rtStart(t, rtConfig{Case: "do", Fence: "fence.Start",
		Env: []string{"LAMBDAFENCE_POLICY=file:" + file, "LAMBDAFENCE_REFRESH=" + rtInterval.String()}})
	first := rtAlways(s)
	time.Sleep(rtInterval) // no refresh is under way
	swap(`{version: 1, mode: enforce, deny: [{host: always.example, reason: changed}]}`)
	rtFreeze(s)
	rtFreeze(s)
	rtAlways(s)
	if second := rtAlways(s); second == first {
		t.Errorf("version %s on the second invocation", second)
	}
	time.Sleep(rtInterval)
	swap(`{version: 1, mode: nonsense`)
	good := rtAlways(s)
	time.Sleep(rtInterval)
	rtAlways(s)
	if got := rtAlways(s); got != good {
		t.Errorf("a bad document replaced version %s by %s", good, got)
	}
	rtEventually(t, "a line about the bad document", func() bool { return strings.Contains(s.out.String(), "policy load failed") })
}

// rtBuild builds the bootstrap as one is built for Lambda, and beside the test
// binary, which go test removes. Under -race it is built with the detector.
var rtBuild = sync.OnceValues(func() (string, error) {
	exe, err := os.Executable()
	if err != nil {
		return "", err
	}
	path := filepath.Join(filepath.Dir(exe), "bootstrap")
	args := []string{"build", "-tags", "lambda.norpc", "-o", path}
	if rtRace() {
		args = append(args, "-race")
	}
	cmd := exec.Command("go", append(args, "./testdata/bootstrap")...)
	if !rtRace() {
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

// rtRace reports whether the test itself was built with the race detector.
func rtRace() bool {
	info, _ := debug.ReadBuildInfo()
	for _, s := range info.Settings {
		if s.Key == "-race" {
			return s.Value == "true"
		}
	}
	return false
}

type rtConfig struct {
	Case, Fence string
	Policy      string // the document; empty: nothing is allowed
	Concurrency int
	Env         []string
}

// rtSandbox is a bootstrap that runs, with a tap on its way to the Runtime API.
type rtSandbox struct {
	t    *testing.T
	host *lambdahost.Host
	tap  *rtTap
	dir  string
	out  *rtBuffer
}

func rtStart(t *testing.T, c rtConfig) *rtSandbox {
	t.Helper()
	path, err := rtBuild()
	if err != nil {
		t.Fatal(err)
	}
	s := &rtSandbox{t: t, tap: rtNewTap(t), dir: t.TempDir(), out: new(rtBuffer)}
	if c.Policy == "" {
		c.Policy = rtDenyAll
	}
	s.host, err = lambdahost.Start(t.Context(), lambdahost.Config{
		Path: path, Timeout: 20 * time.Second, MaxConcurrency: c.Concurrency, Stdout: s.out, Stderr: s.out,
		Env: append([]string{
			"AWS_LAMBDA_RUNTIME_API=" + s.tap.Addr().String(),
			"BOOTSTRAP_CASE=" + c.Case, "BOOTSTRAP_FENCE=" + c.Fence, "BOOTSTRAP_SCRATCH=" + s.dir,
			"LAMBDAFENCE_POLICY=env:POLICY", "POLICY=" + strings.ReplaceAll(c.Policy, "$API", s.tap.Addr().String()),
			"GORACE=exitcode=66",
		}, c.Env...),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.close()
		if out := s.out.String(); strings.Contains(out, "DATA RACE") || t.Failed() {
			t.Errorf("output of the sandbox ends with:\n%s", out[max(0, len(out)-2000):])
		}
	})
	s.tap.lead(s.host.Addr())
	return s
}

func (s *rtSandbox) close() { _ = s.host.Close() }

func (s *rtSandbox) tryInvoke(event string) (*lambdahost.Result, error) {
	ctx, cancel := context.WithTimeout(s.t.Context(), 30*time.Second)
	defer cancel()
	return s.host.Invoke(ctx, []byte(event))
}

// invoke is for any goroutine: it returns an empty result where there is none.
func (s *rtSandbox) invoke(event string) *lambdahost.Result {
	s.t.Helper()
	res, err := s.tryInvoke(event)
	if err != nil {
		s.t.Errorf("invoke: %v", err)
		return new(lambdahost.Result)
	}
	return res
}

// do has a function of the case "do" do something and reads what it says.
func (s *rtSandbox) do(event string, v any) *lambdahost.Result {
	s.t.Helper()
	res := s.invoke(event)
	if res.Failed {
		s.t.Errorf("%s failed: %s", event, res.Payload)
	} else if v != nil {
		if err := json.Unmarshal(res.Payload, v); err != nil {
			s.t.Error(err)
		}
	}
	return res
}

func (s *rtSandbox) put(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// lines are what the bootstrap wrote into a scratch file.
func (s *rtSandbox) lines(name string) []string {
	text, _ := os.ReadFile(filepath.Join(s.dir, name))
	return strings.FieldsFunc(string(text), func(r rune) bool { return r == '\n' })
}

// rtLine is what these tests read of an event's log line.
type rtLine struct {
	Msg, Outcome, Rule string
	Policy             struct{ Version string }
	Call               struct{ Kind, Host, Path string }
	Function           struct {
		RequestID string `json:"request_id"`
	}
}

func (s *rtSandbox) events() []rtLine {
	var lines []rtLine
	for text := range strings.Lines(s.out.String()) {
		var l rtLine
		if json.Unmarshal([]byte(text), &l) == nil && l.Msg == "lambdafence" {
			lines = append(lines, l)
		}
	}
	return lines
}

// rtTap passes connections on and keeps what the client says.
type rtTap struct {
	net.Listener
	target chan string

	mu    sync.Mutex
	conns []*rtConn
}

type rtConn struct {
	net.Conn
	tap  *rtTap
	said bytes.Buffer
}

func rtNewTap(t *testing.T) *rtTap {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	tap := &rtTap{Listener: l, target: make(chan string, 1)}
	go tap.run()
	t.Cleanup(func() { _ = l.Close(); tap.cut() })
	return tap
}

func (tap *rtTap) lead(addr string) { tap.target <- addr }

func (tap *rtTap) run() {
	target := ""
	for {
		client, err := tap.Accept()
		if err != nil {
			return
		}
		if target == "" {
			target = <-tap.target
		}
		c := &rtConn{Conn: client, tap: tap}
		tap.mu.Lock()
		tap.conns = append(tap.conns, c)
		tap.mu.Unlock()
		go c.pass(target)
	}
}

func (c *rtConn) pass(target string) {
	defer c.Close()
	server, err := net.Dial("tcp", target)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		_, _ = io.Copy(io.MultiWriter(c, server), c.Conn)
		_ = server.Close()
	}()
	_, _ = io.Copy(c.Conn, server)
}

// Write keeps what the client said.
func (c *rtConn) Write(p []byte) (int, error) {
	c.tap.mu.Lock()
	defer c.tap.mu.Unlock()
	return c.said.Write(p)
}

// cut closes every connection, as an idle one is closed that a sandbox slept
// through.
func (tap *rtTap) cut() {
	tap.mu.Lock()
	defer tap.mu.Unlock()
	for _, c := range tap.conns {
		_ = c.Close()
	}
}

func (tap *rtTap) saw(text string) bool { return tap.times(text) > 0 }

func (tap *rtTap) times(text string) (n int) {
	tap.mu.Lock()
	defer tap.mu.Unlock()
	for _, c := range tap.conns {
		n += bytes.Count(c.said.Bytes(), []byte(text))
	}
	return n
}

func (tap *rtTap) count() int {
	tap.mu.Lock()
	defer tap.mu.Unlock()
	return len(tap.conns)
}

// rtRequest is a request as it was sent.
type rtRequest struct {
	Method, Path, Body string
	Chunked            bool
	Header, Trailer    http.Header
}

// requests reads what was said on all connections, in the order of these.
func (tap *rtTap) requests() []rtRequest {
	tap.mu.Lock()
	defer tap.mu.Unlock()
	var all []rtRequest
	for _, c := range tap.conns {
		r := bufio.NewReader(bytes.NewReader(c.said.Bytes()))
		for {
			req, err := http.ReadRequest(r)
			if err != nil {
				break
			}
			body, _ := io.ReadAll(req.Body)
			all = append(all, rtRequest{req.Method, req.URL.Path, string(body), req.ContentLength < 0, req.Header, req.Trailer})
		}
	}
	return all
}

var rtUUID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`)

// comparable is r without what differs between two invocations: the request id
// and, after a panic, the frames of its stack.
func (r rtRequest) comparable(panicked bool) rtRequest {
	r.Path = rtUUID.ReplaceAllString(r.Path, "ID")
	if len(r.Body) < 1<<20 {
		r.Body = rtUUID.ReplaceAllString(r.Body, "ID")
	}
	cause := r.Header.Values("Lambda-Runtime-Function-Xray-Error-Cause")
	if panicked {
		r.Body = rtWithoutFrames(r.Body)
		for i := range cause {
			cause[i] = rtWithoutFrames(cause[i])
		}
	}
	return r
}

var rtFrames = regexp.MustCompile(`("stackTrace"|"stack"|"paths"):\[([^]]*)\]`)

func rtWithoutFrames(doc string) string {
	return rtFrames.ReplaceAllStringFunc(doc, func(s string) string {
		name, list, _ := strings.Cut(s, ":")
		return fmt.Sprintf("%s:%v", name, len(list) > len("[]"))
	})
}

// rtBuffer is a buffer for several writers and readers.
type rtBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *rtBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *rtBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

var rtNoLog = slog.New(slog.DiscardHandler)

// rtCounter is a span processor that counts flushes.
type rtCounter struct{ atomic.Int32 }

func (*rtCounter) OnStart(context.Context, sdk.ReadWriteSpan) {}
func (*rtCounter) OnEnd(sdk.ReadOnlySpan)                     {}
func (*rtCounter) Shutdown(context.Context) error             { return nil }
func (c *rtCounter) ForceFlush(context.Context) error         { c.Add(1); return nil }

func rtEventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 2000 {
		if ok() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Errorf("%s: never", what)
}
