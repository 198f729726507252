package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/wrapper"
)

// TestTheSoakFindsWhatIsWrong runs it in a world that leaks, lies, loses and dawdles: each must be found.
func TestTheSoakFindsWhatIsWrong(t *testing.T) {
	if testing.Short() {
		t.Skip("25 seconds")
	}
	missed, told := soakInABadWorld(t, 25*time.Second)
	if missed != nil { // a machine that is busy with something else takes fewer samples
		missed, told = soakInABadWorld(t, 75*time.Second)
	}
	if missed != nil {
		t.Errorf("not found: %q\n%s", missed, told)
	}
}

// soakInABadWorld returns what was not found, and all that was told.
func soakInABadWorld(t *testing.T, long time.Duration) (missed []string, told string) {
	var leaked [][]byte
	release := make(chan struct{})
	bend := func(s *soak) {
		usual, telling := s.functions[1], s.functions[0]
		// A client that nobody has guarded.
		telling.client(&http.Transport{TLSClientConfig: s.world.tls()})
		// A function that leaks goroutines, files and memory, and whose last step takes its time.
		inner := usual.handler
		usual.handler = invoker(func(ctx context.Context, payload []byte) ([]byte, error) {
			out, err := inner.Invoke(ctx, payload)
			go func() { <-release }()
			if null, err := os.Open(os.DevNull); err == nil {
				t.Cleanup(func() { null.Close() })
			}
			s.tell.mu.Lock()
			leaked = append(leaked, make([]byte, 256<<10))
			s.tell.mu.Unlock()
			if chance(30) {
				time.Sleep(min(8*time.Second, 2*s.world.slack()))
			}
			return out, err
		})
		// A goroutine that is left in the fence's own code.
		stuck := s.functions[0].fence.Wrap(func() { <-release })
		go func() { _, _ = stuck.Invoke(context.Background(), []byte("null")) }()
		// Events that get lost, and one that tells of a call that nobody made.
		usual.ledger.told[wrapper.Blocked].Add(-1)
		telling.ledger.sink(context.Background(), wrapper.Event{Outcome: wrapper.Blocked, Count: 1, Policy: wrapper.PolicyRef{Version: "1"}, Call: policy.Call{Kind: policy.HTTP, Host: "nobody.example.com"}})
		fmt.Fprintln(os.Stdout, `{"odd": "line"}`)
	}
	var table bytes.Buffer
	wrong, err := (&soak{long: long, out: &table, bend: bend}).run(t.Context())
	close(release)
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(wrong, "\n")
	for _, want := range []string{
		`telling: call \d+ \((never|only-.)\) was let through`,
		`usual: the invocation ended .* after the handler`,
		`goroutines rise from`, `open files rise from`, `bytes of heap rise from`,
		`a goroutine of the fence is left:\n(.*\n)*.*wrapper`,
		`usual: \d+ calls were blocked, events tell of \d+`,
		`telling: \d+ calls were made, events tell of \d+`,
		`an event of a call that nobody made`,
		`on standard output: .*odd`,
	} {
		if !regexp.MustCompile(want).MatchString(all) {
			missed = append(missed, want)
		}
	}
	if strings.Contains(table.String(), "soak: ok") {
		missed = append(missed, "that not all is ok")
	}
	_ = leaked
	return missed, table.String() + all
}

type invoker func(context.Context, []byte) ([]byte, error)

func (i invoker) Invoke(ctx context.Context, payload []byte) ([]byte, error) { return i(ctx, payload) }

func TestRisen(t *testing.T) {
	series := func(n int, of func(i int) sample) (list []sample) {
		for i := range n {
			list = append(list, of(i))
		}
		return list
	}
	for _, tt := range []struct {
		name string
		in   []sample
		want string
	}{
		{"flat", series(30, func(int) sample { return sample{goroutines: 20, heap: 10 << 20, fds: 18} }), ""},
		{"noise", series(30, func(i int) sample { return sample{goroutines: 20 + i%7, heap: int64(10+i%3) << 20, fds: 18 + i%5} }), ""},
		{"one peak at the end", series(30, func(i int) sample { return sample{goroutines: 20 + i/29*500} }), ""},
		{"a warm-up", series(30, func(i int) sample { return sample{goroutines: 20, heap: int64(min(i, 6)) << 20} }), ""},
		{"a goroutine a sample", series(30, func(i int) sample { return sample{goroutines: 20 + i} }), "goroutines rise from 30 to 46"},
		{"files", series(30, func(i int) sample { return sample{fds: 18 + i} }), "open files rise from 28 to 44"},
		{"memory", series(30, func(i int) sample { return sample{heap: int64(i) << 20} }), "bytes of heap rise from 10485760 to 27262976"},
		{"too few", series(6, func(int) sample { return sample{} }), "only 5 samples: too few to tell whether anything grows"},
		{"none", nil, "only 0 samples: too few to tell whether anything grows"},
	} {
		if got := strings.Join(risen(tt.in), "; "); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestLate(t *testing.T) {
	const timeout, slack = 4 * time.Second, 700 * time.Millisecond
	began := time.Now()
	at := func(d time.Duration) time.Time { return began.Add(d) }
	for _, tt := range []struct {
		name                 string
		entered, left, ended time.Duration
		want                 int
	}{
		{"at once", 0, time.Second, time.Second, 0},
		{"waits a quarter", time.Second, 2 * time.Second, 2 * time.Second, 0},
		{"waits for longer", time.Second + slack + time.Millisecond, 3 * time.Second, 3 * time.Second, 1},
		{"flushes", 0, time.Second, time.Second + 300*time.Millisecond, 0},
		{"flushes for longer than a tenth of what is left", 0, time.Second, time.Second + 301*time.Millisecond + slack, 1},
		{"flushes at the deadline", 0, timeout, timeout + slack, 0},
		{"flushes after the deadline", 0, timeout, timeout + slack + time.Millisecond, 2},
	} {
		if got := late(began, &times{at(tt.entered), at(tt.left)}, at(tt.ended), timeout, slack); len(got) != tt.want {
			t.Errorf("%s: %q", tt.name, got)
		}
	}
}

func TestRemains(t *testing.T) {
	f := wrapper.Must(wrapper.New(t.Context(), wrapper.WithMode(policy.Off)))
	release := make(chan struct{})
	stuck, over := f.Wrap(func() { <-release }), make(chan struct{})
	go func() {
		defer close(over)
		_, _ = stuck.Invoke(context.Background(), []byte("null"))
	}()
	waits := func() bool {
		ours, _ := remains(0)
		return slices.ContainsFunc(ours, func(s string) bool { return strings.Contains(s, "wrapper.(*Fence).during") })
	}
	found := waits()
	for i := 0; i < 100 && !found; i++ {
		time.Sleep(10 * time.Millisecond)
		found = waits()
	}
	if !found {
		t.Error("a goroutine in the fence's code was not found")
	}
	close(release)
	<-over
	if ours, others := remains(5 * time.Second); len(ours) > 0 || len(kinds(others)) == 0 {
		t.Errorf("left: %q; of others %q", ours, kinds(others))
	}
}
