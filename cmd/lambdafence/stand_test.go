package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/lambdafence/lambdafence/internal/awsstand"
)

// A scriptedStand is the Parameter Store of a script, in which somebody else may
// act, too.
type scriptedStand struct {
	*awsstand.Stand

	mu        sync.Mutex
	operation string
	left      int // requests of operation that pass before act; 0: none is waited for
	act       func()
}

type standKey struct{}

// withStand gives a script a Parameter Store of its own, and the environment that
// leads there.
func withStand(t *testing.T) func(*testscript.Env) error {
	return func(env *testscript.Env) error {
		s := &scriptedStand{Stand: awsstand.New(awsstand.Config{})}
		server := httptest.NewServer(s)
		t.Cleanup(server.Close)
		env.Defer(func() { s.Hang(false) })
		env.Values[standKey{}] = s
		env.Setenv("AWS_ENDPOINT_URL", server.URL)
		env.Setenv("AWS_REGION", s.Region())
		env.Setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
		env.Setenv("AWS_SECRET_ACCESS_KEY", "very-secret-key")
		env.Setenv("AWS_SESSION_TOKEN", "very-secret-token")
		env.Setenv("AWS_EC2_METADATA_DISABLED", "true")
		env.Setenv("HOME", env.WorkDir)
		return nil
	}
}

func (s *scriptedStand) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	act := func() {}
	if s.left > 0 && r.Header.Get("X-Amz-Target") == "AmazonSSM."+s.operation {
		if s.left--; s.left == 0 {
			act = s.act
		}
	}
	s.mu.Unlock()
	act()
	s.Stand.ServeHTTP(w, r)
}

// standCommand acts in the Parameter Store of a script:
//
//	stand put NAME FILE [LABEL...]
//	stand before OPERATION N put NAME FILE [LABEL...]
//	stand before OPERATION N label NAME LABEL
//	stand deny PREFIX
//	stand allow
//	stand hang
//	stand requests OPERATION N
//	stand policy FILE N
//
// The last writes a policy of N rules that hardly shrinks.
func standCommand(ts *testscript.TestScript, neg bool, args []string) {
	s, ok := ts.Value(standKey{}).(*scriptedStand)
	switch {
	case neg || !ok:
		ts.Fatalf("usage: stand ...")
	case len(args) >= 3 && args[0] == "put":
		s.put(ts, args[1:])()
	case len(args) >= 6 && args[0] == "before" && args[3] == "put":
		s.await(args[1], number(ts, args[2]), s.put(ts, args[4:]))
	case len(args) == 6 && args[0] == "before" && args[3] == "label":
		s.await(args[1], number(ts, args[2]), func() { s.label(args[4], args[5]) })
	case len(args) == 2 && args[0] == "deny":
		s.Deny(args[1])
	case len(args) == 1 && args[0] == "allow":
		s.Allow()
	case len(args) == 1 && args[0] == "hang":
		s.Hang(true)
	case len(args) == 3 && args[0] == "requests":
		n := 0
		for _, r := range s.Requests() {
			if r.Operation == args[1] {
				n++
			}
		}
		if n != number(ts, args[2]) {
			ts.Fatalf("%d requests of %s, want %s", n, args[1], args[2])
		}
	case len(args) == 3 && args[0] == "policy":
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(longPolicy(number(ts, args[2]))), 0o600))
	default:
		ts.Fatalf("stand: what is %q?", args)
	}
}

// await has somebody act before the nth request of an operation from now on.
func (s *scriptedStand) await(operation string, n int, act func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.operation, s.left, s.act = operation, n, act
}

// label moves a label to the latest version.
func (s *scriptedStand) label(name, label string) {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(fmt.Sprintf(`{"Name":%q,"Labels":[%q]}`, name, label)))
	r.Host = "ssm.eu-west-1.amazonaws.com"
	r.Header.Set("X-Amz-Target", "AmazonSSM.LabelParameterVersion")
	s.Stand.ServeHTTP(httptest.NewRecorder(), r)
}

// put returns what stores the file under the name. In the file, "\e" is the
// character that begins a terminal's control sequences.
func (s *scriptedStand) put(ts *testscript.TestScript, args []string) func() {
	text := strings.ReplaceAll(ts.ReadFile(args[1]), `\e`, "\x1b")
	var options []awsstand.PutOption
	for _, l := range args[2:] {
		options = append(options, awsstand.WithLabel(l))
	}
	return func() { s.PutParameter(args[0], text, options...) }
}

func longPolicy(n int) string {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	var b strings.Builder
	b.WriteString("name: long\nmode: enforce\nallow:\n")
	for range n {
		fmt.Fprintf(&b, "  - host: h%x.example.com\n", r.Uint64())
	}
	return b.String()
}

func number(ts *testscript.TestScript, text string) int {
	n, err := strconv.Atoi(text)
	ts.Check(err)
	return n
}
