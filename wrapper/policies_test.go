package wrapper_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"
	"unsafe"

	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/policy/source"
	"github.com/lambdafence/lambdafence/wrapper"
)

var (
	goodCall = policy.Call{Host: "good.test", Port: 443}
	evilCall = policy.Call{Host: "evil.test", Port: 443}
)

const goodDoc = "name: p\nmode: enforce\nallow: [{host: good.test}]"

func blocked(t *testing.T, f *wrapper.Fence, c policy.Call) bool {
	t.Helper()
	err := f.Check(t.Context(), c)
	if err != nil && !errors.Is(err, wrapper.ErrBlocked) {
		t.Fatal(err)
	}
	return err != nil
}

// TestBadDocuments holds the promise that nothing unreadable ever turns into
// allow-all, and that a good policy is never lost to it.
func TestBadDocuments(t *testing.T) {
	for _, tt := range []struct{ name, doc, want string }{
		{"4 MB", "mode: enforce\nallow: [" + strings.Repeat("{host: a.example},\n", 4<<20/19) + "]", "at most 1048576"},
		{"malformed", "mode: [", "not YAML"},
		{"truncated", "version: 1\nmode: enforce\ndeny:\n", "allow list or a deny list"},
		{"truncated within", goodDoc[:len(goodDoc)-3], "not YAML"},
		{"empty", "", "empty document"},
		{"only a comment", "# soon\n", "document"},
		{"unknown key", goodDoc + "\nalow: []", "4:1"},
		{"bad glob", "deny: [{host: '[a'}]", "1:15: "},
		{"bad cidr", "deny: [{cidr: 10.0.0.1/8}]", "host bits"},
		{"needs a later version", "deny: [{aws: s3, moonphase: [full]}]", "unknown field"},
		{"NUL", "deny: []\x00", "control character"},
		{"deep nesting", "deny: " + strings.Repeat("[", 200_000), "exceeded max depth"},
		{"a key twice", "mode: enforce\nallow: []\nallow: [{host: '**'}]", "stands twice"},
		{"a later version", "version: 2\nmode: enforce\ndeny: []", "this is version 1"},
		{"no UTF-8", "deny: []\nname: a\xff", "not UTF-8"},
		{"UTF-16", "\xff\xfed\x00e\x00", "not UTF-8"},
		{"an anchor", "deny: &all []", "anchors and aliases"},
		{"two documents", "mode: enforce\nallow: []\n---\ndeny: []", "more than one document"},
		{"a pattern that would be slow", "deny: [{host: x, paths: ['/" + strings.Repeat("{a,b}", 20) + "']}]", "alternatives"},
		{"HTML of a proxy in between", "<html><body>502 Bad Gateway</body></html>", "want a policy"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var book logBook
			f := wrapper.Must(wrapper.New(t.Context(), wrapper.WithPolicy(source.Static("doc", []byte(tt.doc))), book.option()))
			if !blocked(t, f, goodCall) || !blocked(t, f, evilCall) {
				t.Error("calls pass without a policy")
			}
			if log := book.String(); !strings.Contains(log, tt.want) || !strings.Contains(log, "policy load failed") {
				t.Errorf("log does not say %q:\n%.600s", tt.want, log)
			}

			src := &changing{}
			src.set(goodDoc)
			f = wrapper.Must(wrapper.New(t.Context(), wrapper.WithPolicy(src), discard()))
			src.set(tt.doc)
			if err := f.Refresh(t.Context()); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Refresh = %v, want an error with %q", err, tt.want)
			}
			if blocked(t, f, goodCall) || !blocked(t, f, evilCall) {
				t.Error("the last good policy was lost")
			}
		})
	}
}

// A byte order mark, which editors put before a document, is none of its mistakes.
func TestByteOrderMark(t *testing.T) {
	f := wrapper.Must(wrapper.New(t.Context(), wrapper.WithPolicy(source.Static("doc", []byte("\ufeff"+goodDoc))), discard()))
	if blocked(t, f, goodCall) || !blocked(t, f, evilCall) {
		t.Error("the policy is not in effect")
	}
}

func TestLoadErrorRule(t *testing.T) {
	fails := &changing{err: errors.New("no such parameter")}
	for _, tt := range []struct {
		name    string
		env     map[string]string
		opts    []wrapper.Option
		blocked bool
	}{
		{"default", nil, nil, true},
		{"Block", nil, []wrapper.Option{wrapper.WithOnLoadError(wrapper.Block)}, true},
		{"Report", nil, []wrapper.Option{wrapper.WithOnLoadError(wrapper.Report)}, false},
		{"mode report", nil, []wrapper.Option{wrapper.WithMode(policy.Report)}, false},
		{"mode enforce", nil, []wrapper.Option{wrapper.WithMode(policy.Enforce)}, true},
		{"environment: report", map[string]string{"LAMBDAFENCE_ON_LOAD_ERROR": "report"}, nil, false},
		{"environment: mode", map[string]string{"LAMBDAFENCE_MODE": "LEARN"}, nil, false},
		{"environment: mode, and Block", map[string]string{"LAMBDAFENCE_MODE": "enforce"}, nil, true},
		{"environment: nonsense is no opening", map[string]string{"LAMBDAFENCE_MODE": "of", "LAMBDAFENCE_ON_LOAD_ERROR": "allow"}, nil, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for k, v := range tt.env {
				t.Setenv(k, v)
			}
			var events []wrapper.Event
			f, err := wrapper.New(t.Context(), append([]wrapper.Option{wrapper.WithPolicy(fails), discard(), sinkTo(&events)}, tt.opts...)...)
			if err != nil {
				t.Fatal(err)
			}
			if got := blocked(t, f, goodCall); got != tt.blocked {
				t.Errorf("blocked = %v, want %v", got, tt.blocked)
			}
			if len(events) > 0 && (events[0].Decision.Effect != policy.Deny || !strings.Contains(events[0].Decision.Reason, "no policy")) {
				t.Errorf("event = %+v", events[0])
			}
		})
	}
}

func sinkTo(events *[]wrapper.Event) wrapper.Option {
	var mu sync.Mutex
	return wrapper.WithSink(func(_ context.Context, ev wrapper.Event) {
		mu.Lock()
		defer mu.Unlock()
		*events = append(*events, ev)
	})
}

func TestEachLayerFollowsTheLoadErrorRuleByItself(t *testing.T) {
	good, fails := source.Static("good", []byte(goodDoc)), &changing{err: errors.New("throttled")}
	f := wrapper.Must(wrapper.New(t.Context(), wrapper.WithPolicy(good, fails), wrapper.WithOnLoadError(wrapper.Report), discard()))
	if blocked(t, f, goodCall) || !blocked(t, f, evilCall) {
		t.Error("the layer that did load must enforce, the other one report")
	}
}

func TestNoPolicyAtAll(t *testing.T) {
	var book logBook
	f := wrapper.Must(wrapper.New(t.Context(), book.option()))
	if !blocked(t, f, goodCall) {
		t.Error("calls pass without any policy")
	}
	if !strings.Contains(book.String(), "set LAMBDAFENCE_POLICY") {
		t.Errorf("log:\n%s", book.String())
	}
	t.Setenv("LAMBDAFENCE_MODE", "learn")
	var events []wrapper.Event
	f = wrapper.Must(wrapper.New(t.Context(), discard(), sinkTo(&events)))
	for range 2 {
		if blocked(t, f, goodCall) {
			t.Error("learn mode blocked a call")
		}
	}
	if len(events) != 1 || events[0].Outcome != wrapper.Allowed {
		t.Errorf("events = %+v, want the first sight", events)
	}
}

func TestPolicyFromTheEnvironment(t *testing.T) {
	file := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(file, []byte(goodDoc), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DOC", "mode: enforce\ndeny: [{host: evil.test}]")
	for _, tt := range []struct {
		spec       string
		good, evil bool // blocked
		log        string
	}{
		{"file:" + file, false, true, ""},
		{"env:DOC", false, true, ""},
		{"env:DOC, file:" + file, false, true, ""},
		{"env:MISSING|file:" + file, false, true, "policy fallback used"},
		{"env:MISSING|file:/nonexistent", true, true, "MISSING is not set"},
		{"ssm:/fence/orders", true, true, "policy/source/paramstore"},
		{"http://policy.example", true, true, "unknown scheme"},
		{"policy.yaml", true, true, "want scheme:name"},
		{",", true, true, "want scheme:name"},
	} {
		t.Run(tt.spec, func(t *testing.T) {
			t.Setenv("LAMBDAFENCE_POLICY", tt.spec)
			var book logBook
			f, err := wrapper.New(t.Context(), book.option())
			if err != nil {
				t.Fatal(err)
			}
			if good, evil := blocked(t, f, goodCall), blocked(t, f, evilCall); good != tt.good || evil != tt.evil {
				t.Errorf("blocked: good %v, evil %v; want %v, %v", good, evil, tt.good, tt.evil)
			}
			if !strings.Contains(book.String(), tt.log) {
				t.Errorf("log does not say %q:\n%s", tt.log, book.String())
			}
		})
	}
}

func TestFirstKeepsToTheBestThatEverLoaded(t *testing.T) {
	param := &changing{}
	param.set(goodDoc)
	embedded := source.FS(fstest.MapFS{"policy.yaml": {Data: []byte("mode: enforce\ndeny: []")}}, "policy.yaml")
	f := wrapper.Must(wrapper.New(t.Context(), wrapper.WithPolicy(source.First(param, embedded)), discard()))
	param.fail(errors.New("throttled"))
	if err := f.Refresh(t.Context()); err == nil {
		t.Error("a failing refresh must say so")
	}
	if !blocked(t, f, evilCall) {
		t.Error("a failing refresh put the fallback in the place of the last good policy")
	}

	param.fail(errors.New("throttled"))
	f = wrapper.Must(wrapper.New(t.Context(), wrapper.WithPolicy(source.First(param, embedded)), discard()))
	if blocked(t, f, evilCall) {
		t.Error("the fallback was not used at a cold start")
	}
	param.set(goodDoc)
	if err := f.Refresh(t.Context()); err != nil || !blocked(t, f, evilCall) {
		t.Errorf("the first alternative was not taken up again: %v", err)
	}
}

func TestProgrammersMistakes(t *testing.T) {
	for name, opt := range map[string]wrapper.Option{
		"nil option":     nil,
		"nil source":     wrapper.WithPolicy(nil),
		"no source":      wrapper.WithPolicy(),
		"no mode":        wrapper.WithMode(policy.Unset),
		"unknown mode":   wrapper.WithMode(9),
		"nil logger":     wrapper.WithLogger(nil),
		"nil tracers":    wrapper.WithTracerProvider(nil),
		"nil sink":       wrapper.WithSink(nil),
		"unknown events": wrapper.WithEvents(9),
		"negative age":   wrapper.WithRefresh(-1),
		"no time":        wrapper.WithFlushTimeout(0),
		"unknown rule":   wrapper.WithOnLoadError(9),
		"short account":  wrapper.WithAccount("12345678901"),
		"no account":     wrapper.WithAccount("12345678901x"),
	} {
		f, err := wrapper.New(t.Context(), opt)
		if f != nil || err == nil || !strings.HasPrefix(err.Error(), "lambdafence: ") {
			t.Errorf("%s: New = %v, %v; want an error", name, f, err)
		}
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: Must did not panic", name)
				}
			}()
			wrapper.Must(f, err)
		}()
	}
}

func TestModeSoftensAndNeverHardens(t *testing.T) {
	enforce, report := "mode: enforce\ndeny: [{host: evil.test}]", "mode: report\ndeny: [{host: evil.test}]"
	for _, tt := range []struct {
		doc      string
		option   policy.Mode
		env      string
		violated wrapper.Outcome
	}{
		{enforce, policy.Unset, "", wrapper.Blocked},
		{enforce, policy.Report, "", wrapper.Reported},
		{enforce, policy.Learn, "", wrapper.Allowed},
		{enforce, policy.Enforce, "report", wrapper.Reported},
		{enforce, policy.Report, "enforce", wrapper.Reported},
		{report, policy.Enforce, "", wrapper.Reported},
		{report, policy.Unset, "enforce", wrapper.Reported},
	} {
		t.Run(fmt.Sprint(tt), func(t *testing.T) {
			t.Setenv("LAMBDAFENCE_MODE", tt.env)
			var events []wrapper.Event
			opts := []wrapper.Option{wrapper.WithPolicy(source.Static("p", []byte(tt.doc))), discard(), sinkTo(&events), wrapper.WithEvents(wrapper.All)}
			if tt.option != policy.Unset {
				opts = append(opts, wrapper.WithMode(tt.option))
			}
			f := wrapper.Must(wrapper.New(t.Context(), opts...))
			_ = f.Check(t.Context(), evilCall)
			if len(events) != 1 || events[0].Outcome != tt.violated || events[0].Decision.Effect != policy.Deny {
				t.Errorf("events = %+v, want one, %s", events, tt.violated)
			}
		})
	}
}

// A hanging source must not hold up a start, nor pile up.
func TestSourceThatHangs(t *testing.T) {
	src := &changing{}
	src.set(goodDoc)
	release := make(chan struct{})
	src.hang(release)
	began := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	f := wrapper.Must(wrapper.New(ctx, wrapper.WithPolicy(src), discard()))
	for range 5 {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		if f.Refresh(ctx) == nil {
			t.Error("a hanging source loaded")
		}
		cancel()
	}
	if n := src.loads.Load(); n > 3 {
		t.Errorf("%d loads hang at once, want at most 3", n)
	}
	if !blocked(t, f, goodCall) {
		t.Error("calls pass while the policy hangs")
	}
	if spent := time.Since(began); spent > 5*time.Second {
		t.Errorf("took %v", spent)
	}
	close(release)
	src.hang(nil)
	for range 100 {
		if f.Refresh(t.Context()) == nil {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if blocked(t, f, goodCall) {
		t.Error("the source came back, the policy did not")
	}
}

func TestSourceThatPanics(t *testing.T) {
	f := wrapper.Must(wrapper.New(t.Context(), wrapper.WithPolicy(panicking{}), discard()))
	if !blocked(t, f, goodCall) {
		t.Error("calls pass")
	}
}

type panicking struct{}

func (panicking) Load(context.Context) (source.Document, error) { panic("source") }

// A clock that a test moves: the wall alone, or both.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

func invoke(t *testing.T, f *wrapper.Fence, calls ...policy.Call) (blockedCalls int) {
	t.Helper()
	h := f.Wrap(func(ctx context.Context) error {
		for _, c := range calls {
			if errors.Is(f.Check(ctx, c), wrapper.ErrBlocked) {
				blockedCalls++
			}
		}
		return nil
	})
	if _, err := h.Invoke(t.Context(), []byte("{}")); err != nil {
		t.Fatal(err)
	}
	return blockedCalls
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 400 {
		if ok() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("never: " + what)
}

func TestRefreshRidesOnInvocations(t *testing.T) {
	src, now := &changing{}, &clock{now: time.Now()}
	src.set(goodDoc)
	f := wrapper.Must(wrapper.New(t.Context(), wrapper.WithPolicy(src), wrapper.WithRefresh(time.Minute), discard()))
	wrapper.SetClock(f, now.Now)
	src.set("mode: enforce\ndeny: []")

	now.set(time.Now().Add(59 * time.Second))
	if invoke(t, f, evilCall); src.loads.Load() != 1 {
		t.Error("refreshed before the interval was over")
	}
	for name, later := range map[string]time.Time{
		"both clocks":        time.Now().Add(61 * time.Second),
		"the wall clock":     time.Now().Round(0).Add(61 * time.Second),
		"after a long sleep": time.Now().Add(100 * time.Hour),
	} {
		loads := src.loads.Load()
		now.set(later)
		invoke(t, f, evilCall)
		eventually(t, "refreshed by "+name, func() bool { return src.loads.Load() == loads+1 && invoke(t, f, evilCall) == 0 })
		now.set(time.Now())
		if err := f.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		f = wrapper.Must(wrapper.New(t.Context(), wrapper.WithPolicy(src), wrapper.WithRefresh(time.Minute), discard()))
		wrapper.SetClock(f, now.Now)
	}
}

// The wall clock of a sandbox may be set, in either direction, and as often as one
// likes: a policy is refreshed all the same, and no more often for it.
func TestClockSetBackAndForth(t *testing.T) {
	src, now, began := &changing{}, &clock{now: time.Now()}, time.Now()
	src.set(goodDoc)
	f := wrapper.Must(wrapper.New(t.Context(), wrapper.WithPolicy(src), wrapper.WithRefresh(time.Minute), discard()))
	wrapper.SetClock(f, now.Now)

	now.set(setBack(t, began.Add(2*time.Minute), time.Hour))
	invoke(t, f)
	eventually(t, "refreshed though the wall clock is an hour behind", func() bool { return src.loads.Load() == 2 })
	eventually(t, "the refresh is over", func() bool { invoke(t, f); return f.Refresh(t.Context()) == nil })
	loads := src.loads.Load()
	for i := range 50 {
		now.set(setBack(t, began.Add(2*time.Minute+time.Second), time.Duration(i%2)*time.Hour))
		invoke(t, f)
	}
	time.Sleep(20 * time.Millisecond)
	// Forth again is an hour by the wall clock, which may have passed in a freeze.
	if n := src.loads.Load() - loads; n > 1 {
		t.Errorf("%d more loads within a second", n)
	}
}

// setBack returns a moment as a wall clock tells it that was set back by d, while the
// monotonic clock went on. There is no other way to make one than by what time.Time
// is made of: seconds since 1885 above 30 bits of nanoseconds.
func setBack(t *testing.T, at time.Time, d time.Duration) time.Time {
	t.Helper()
	back := at
	*(*uint64)(unsafe.Pointer(&back)) -= uint64(d/time.Second) << 30
	if back.Sub(at) != 0 || back.Round(0).Sub(at.Round(0)) != -d {
		t.Fatal("this version of time.Time is made of something else")
	}
	return back
}

// A sandbox is frozen in the middle of a refresh: its source never answers. The
// next invocation must not wait for ever, and must run under the new policy.
func TestRefreshCutOffByAFreeze(t *testing.T) {
	src, now := &changing{}, &clock{now: time.Now()}
	src.set(goodDoc)
	var events []wrapper.Event
	f := wrapper.Must(wrapper.New(t.Context(), wrapper.WithPolicy(src), wrapper.WithRefresh(time.Minute), discard(), sinkTo(&events)))
	wrapper.SetClock(f, now.Now)

	release := make(chan struct{})
	defer close(release)
	src.hang(release)
	now.set(time.Now().Add(2 * time.Minute))
	if invoke(t, f, evilCall) != 1 {
		t.Error("first invocation after the interval: it runs under the old policy")
	}
	eventually(t, "the refresh began", func() bool { return src.loads.Load() == 2 })
	src.hang(nil)
	src.set("name: p\nmode: enforce\ndeny: [{host: good.test}]")
	if n := invoke(t, f, goodCall); n != 1 {
		t.Fatal("second invocation after the interval: it runs under the old policy")
	}
	if last := events[len(events)-1]; last.Policy != (wrapper.PolicyRef{Name: "p", Version: "v2", Source: "*wrapper_test.changing"}) {
		t.Errorf("policy of the event = %+v", last.Policy)
	}
}

func TestMissingLayerIsTriedAgainAtEachInvocation(t *testing.T) {
	src := &changing{err: errors.New("throttled")}
	f := wrapper.Must(wrapper.New(t.Context(), wrapper.WithPolicy(src), discard()))
	if invoke(t, f, goodCall) != 1 {
		t.Error("calls pass without a policy")
	}
	src.set(goodDoc)
	if invoke(t, f, goodCall) != 0 {
		t.Error("the policy could be loaded at the start of the invocation")
	}
}

func TestFailedRefreshBacksOff(t *testing.T) {
	src, now := &changing{}, &clock{now: time.Now()}
	src.set(goodDoc)
	f := wrapper.Must(wrapper.New(t.Context(), wrapper.WithPolicy(src), wrapper.WithRefresh(time.Minute), discard()))
	wrapper.SetClock(f, now.Now)
	src.fail(errors.New("throttled"))
	now.set(time.Now().Add(2 * time.Minute))
	for range 20 {
		invoke(t, f)
		for wrapper.Refreshing(f) { // else the next invocation takes it for one that was frozen
			time.Sleep(time.Millisecond)
		}
	}
	if n := src.loads.Load(); n != 2 {
		t.Errorf("%d loads within a moment, want the first and one refresh", n)
	}
	if blocked(t, f, goodCall) {
		t.Error("the good policy was lost")
	}
}

func TestSwapsUnderLoad(t *testing.T) {
	src := &changing{}
	src.set("name: a\nmode: enforce\nallow: [{host: good.test}]")
	f := wrapper.Must(wrapper.New(t.Context(), wrapper.WithPolicy(src), wrapper.WithLogger(slog.New(slog.DiscardHandler))))
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for ctx.Err() == nil {
				if f.Check(ctx, goodCall) != nil {
					t.Error("a call was blocked that every version allows")
				}
				if f.Check(ctx, evilCall) == nil {
					t.Error("a call passed that no version allows")
				}
			}
		})
	}
	for i := range 50 {
		src.set(fmt.Sprintf("name: v%d\nmode: enforce\nallow: [{host: good.test}, {host: x%d.test}]", i, i))
		if err := f.Refresh(ctx); err != nil {
			t.Error(err)
		}
	}
	cancel()
	wg.Wait()
}

// A sandbox that runs on a fallback asks again soon, and not at the same moment
// as the others.
func TestFallbackIsSoonReplaced(t *testing.T) {
	at := time.Now()
	param, now := &changing{}, &clock{now: at}
	later := func() { at = at.Add(8 * time.Second); now.set(at) }
	param.fail(errors.New("throttled"))
	src := source.First(param, source.Static("embedded", []byte("mode: enforce\ndeny: []")))
	f := wrapper.Must(wrapper.New(t.Context(), wrapper.WithPolicy(src), wrapper.WithRefresh(time.Hour), discard()))
	wrapper.SetClock(f, now.Now)
	for range 20 { // however often it fails, the pause does not grow to the interval
		loads := param.loads.Load()
		eventually(t, "another try", func() bool { later(); invoke(t, f); return param.loads.Load() > loads })
	}
	param.set(goodDoc)
	eventually(t, "the policy itself", func() bool { later(); invoke(t, f); return blocked(t, f, evilCall) })
	time.Sleep(20 * time.Millisecond) // for a load that is on its way
	loads := param.loads.Load()
	later()
	invoke(t, f)
	time.Sleep(20 * time.Millisecond)
	if param.loads.Load() != loads {
		t.Error("a policy that is the right one was loaded again before its time")
	}
}

// A source hangs. An invocation waits for it a part of its time, and its handler
// has the rest: a function with a short timeout must not be down for that long.
func TestAnInvocationIsNotSpentOnWaiting(t *testing.T) {
	const timeout = 800 * time.Millisecond
	for _, tt := range []struct {
		name   string
		loaded bool // there is a policy, whose refresh a freeze may have cut off
	}{{"no policy yet", false}, {"a refresh cut off by a freeze", true}} {
		t.Run(tt.name, func(t *testing.T) {
			src, now := &changing{}, &clock{now: time.Now()}
			src.set(goodDoc)
			src.fail(errors.New("throttled"))
			if tt.loaded {
				src.set(goodDoc)
			}
			f := wrapper.Must(wrapper.New(t.Context(), wrapper.WithPolicy(src), wrapper.WithRefresh(time.Minute), wrapper.WithOnLoadError(wrapper.Report), discard()))
			wrapper.SetClock(f, now.Now)
			release := make(chan struct{})
			defer close(release)
			src.hang(release)
			now.set(time.Now().Add(2 * time.Minute))
			invocation := func() (left time.Duration) {
				ctx, cancel := context.WithTimeout(t.Context(), timeout)
				defer cancel()
				h := f.Wrap(func(ctx context.Context) error {
					deadline, _ := ctx.Deadline()
					left = time.Until(deadline)
					return f.Check(ctx, goodCall)
				})
				if _, err := h.Invoke(ctx, []byte("{}")); err != nil {
					t.Error(err)
				}
				return left
			}
			for range 4 {
				if left := invocation(); left < timeout/2 {
					t.Errorf("of %v the handler has %v", timeout, left)
				}
			}
			if src.loads.Load() < 2 {
				t.Error("no load was tried")
			}
		})
	}
}
