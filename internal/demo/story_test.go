package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/lambdafence/lambdafence/internal/lambdahost"
	"github.com/lambdafence/lambdafence/internal/otlprecv"
)

// The whole demo: what it tells it has checked, so this holds that it gets to its end, and says what it is.
func TestRun(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a function and runs it for some seconds")
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "windows" {
		t.Skip("the demo runs on Linux")
	}
	var out bytes.Buffer
	if err := run(t.Context(), &teller{w: &out}); err != nil {
		t.Fatalf("%v, after\n%s", err, out.String())
	}
	for _, want := range []string{
		"the project's own stand-in for SSM",
		`host: "api.shipkit.example"`,
		"0 of 3",
		"beacon reported; foreign bucket reported",
		"beacon blocked; foreign bucket blocked",
		`"resources":["arn:aws:s3:::shipkit-usage-eu/2.4.1/1010.json"]`,
		"no allow rule matched",
		"10 orders in two sandboxes",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("not told: %s", want)
		}
	}
}

func TestRunThatIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := run(ctx, &teller{w: io.Discard}); err == nil {
		t.Error("no error")
	}
}

// logOf is the log of an order whose calls ended as outcome says.
func logOf(t *testing.T, order string, outcome func(wantedCall) string) *logbook {
	t.Helper()
	log := new(logbook)
	for _, c := range callsOf(order) {
		subject, object, _ := strings.Cut(c.call, " ")
		call := map[string]any{"kind": "http", "method": subject}
		if service, operation, aws := strings.Cut(subject, ":"); aws {
			call = map[string]any{"kind": "aws", "service": service, "operation": operation, "resources": []string{"arn:aws:x:y:z:" + object}}
		} else {
			call["host"], call["path"], _ = strings.Cut(object, "/")
			call["path"] = "/" + call["path"].(string)
		}
		line, err := json.Marshal(map[string]any{
			"msg": "lambdafence", "outcome": outcome(c), "call": call, "function": map[string]string{"request_id": "1"},
		})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = log.Write(append(line, '\n'))
	}
	return log
}

func TestCheckCalls(t *testing.T) {
	as := func(ordinary, violation string) func(wantedCall) string {
		return func(c wantedCall) string {
			if c.violation != "" {
				return violation
			}
			return ordinary
		}
	}
	tests := []struct {
		name    string
		order   string // whose calls are in the log of order 1001
		outcome func(wantedCall) string
		want    string // that may become of violations
		told    string
		err     string // in the error
	}{
		{"as it should be", "1001", as("allowed", "blocked"), "blocked", "6 calls allowed; beacon blocked; foreign bucket blocked", ""},
		{"either, while the policy changes", "1001", as("allowed", "reported"), "reported or blocked", "6 calls allowed; beacon reported; foreign bucket reported", ""},
		{"a violation is let through", "1001", as("allowed", "allowed"), "blocked", "", "call 3: want POST collect."},
		{"a violation is only reported", "1001", as("allowed", "reported"), "blocked", "", "call 3: want POST collect."},
		{"what belongs to the order is blocked", "1001", as("blocked", "blocked"), "blocked", "", "call 1: want DynamoDB:PutItem"},
		{"the copy has another key", "1002", as("allowed", "blocked"), "blocked", "", "call 5: want S3:PutObject"},
	}
	for _, tt := range tests {
		s := &story{log: logOf(t, tt.order, tt.outcome)}
		told, err := s.checkCalls(t.Context(), "1001", "1", tt.want)
		if told != tt.told || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%s: told %q, error %v", tt.name, told, err)
		}
	}

	t.Run("a call that is missing", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel() // nobody waits for it
		if _, err := (&story{log: logOf(t, "1001", as("allowed", "blocked"))}).checkCalls(ctx, "1001", "2", "blocked"); err == nil {
			t.Error("no error")
		}
	})
}

func TestLastVerdicts(t *testing.T) {
	of := func(host, outcome, version string) (e event) {
		e.Call.Kind, e.Call.Host, e.Outcome, e.Policy.Version = "http", host, outcome, version
		return e
	}
	got := ""
	for _, e := range lastVerdicts([]event{
		of("a", "allowed", "1"), of("b", "reported", "1"), of("b", "blocked", "2"), of("c", "allowed", "2"), of("c", "allowed", "2"), of("a", "allowed", "2"),
	}) {
		got += e.Call.Host + e.version() + " " + e.Outcome + "; "
	}
	if want := "a1 allowed; b2 blocked; c2 allowed; c2 allowed; a2 allowed; "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestCheckOrdersFindsWhatIsMissing(t *testing.T) {
	w, err := newWorld(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	s := &story{world: w}
	if err := s.checkOrders(t.Context()); err != nil {
		t.Errorf("no order yet: %v", err)
	}
	s.orders++
	if err := s.checkOrders(t.Context()); err == nil || !strings.Contains(err.Error(), "charges at the payment host: 0, want 1") {
		t.Errorf("an order that nobody saw: error %v", err)
	}
	s.log = new(logbook)
	if err := s.quoteBlocked(); err == nil {
		t.Error("quoted a blocked call where there is none")
	}
}

func TestToolThatFails(t *testing.T) {
	var out bytes.Buffer
	tool := &tool{path: "/bin/false", dir: t.TempDir(), tell: &teller{w: &out}}
	if _, err := tool.run(t.Context(), 0, "push", `{"a":1}`); err == nil || !strings.Contains(err.Error(), "lambdafence push: status 1, want 0") {
		t.Errorf("error %v", err)
	}
	if !strings.Contains(out.String(), `lambdafence push '{"a":1}'`) {
		t.Errorf("told %q", out.String())
	}
	tool.path = filepath.Join(tool.dir, "missing")
	if _, err := tool.run(t.Context(), 0, "push"); err == nil {
		t.Error("ran what is not there")
	}
}

func TestTellerOfAFileHasNoColour(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if newTeller(file).colour {
		t.Error("colours in a file")
	}
}

func TestCheckTracesFindsWhatIsMissing(t *testing.T) {
	traces, err := otlprecv.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer traces.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // nobody waits for it
	s := &story{traces: traces, log: logOf(t, "1001", func(wantedCall) string { return "blocked" }), done: []*lambdahost.Result{{RequestID: "1"}}}
	if err := s.checkTraces(ctx); err == nil {
		t.Error("no error for events without a span")
	}
}
