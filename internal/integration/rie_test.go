package integration

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// emulator is where aws-sam-cli keeps AWS's Runtime Interface Emulator.
func emulator(t *testing.T) string {
	t.Helper()
	arch := map[string]string{"amd64": "x86_64", "arm64": "arm64"}[runtime.GOARCH]
	found, _ := filepath.Glob("../../.cache/venv/lib/python*/site-packages/samcli/local/rapid/aws-lambda-rie-" + arch)
	if runtime.GOOS != "linux" || len(found) == 0 {
		missing(t, "aws-lambda-rie of aws-sam-cli (make venv, on Linux)")
	}
	path, err := filepath.Abs(found[0])
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// buildBootstrap builds a package of the module in dir as for Lambda.
func buildBootstrap(t *testing.T, dir, pkg string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bootstrap")
	build := exec.Command("go", "build", "-tags", "lambda.norpc", "-trimpath", "-ldflags", "-s -w", "-o", path, pkg)
	build.Dir = dir
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return path
}

// A sandbox is a bootstrap under AWS's emulator.
type sandbox struct {
	t    *testing.T
	proc *process
	url  string
}

// host starts a bootstrap under the emulator, which starts it at the first
// invocation. It takes the function's name for "test_function" and its own
// account for 012345678912.
func host(t *testing.T, bootstrap string, env ...string) *sandbox {
	t.Helper()
	at := freeAddress(t)
	cmd := exec.Command(emulator(t), "--runtime-interface-emulator-address", at, "--runtime-api-address", freeAddress(t), bootstrap)
	cmd.Dir = filepath.Dir(bootstrap)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + cmd.Dir}, env...)
	p, err := launch(cmd, "", at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.stop)
	return &sandbox{t: t, proc: p, url: "http://" + at + "/2015-03-31/functions/function/invocations"}
}

// invoke has the function answer event, into answer.
func (s *sandbox) invoke(event string, answer any) {
	s.t.Helper()
	client := &http.Client{Timeout: 30 * time.Second}
	res, err := client.Post(s.url, "application/json", strings.NewReader(event))
	if err != nil {
		s.t.Fatalf("%v\n%s", err, s.proc.said.String())
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil {
		err = json.Unmarshal(body, answer)
	}
	if err != nil || res.StatusCode != http.StatusOK || bytes.Contains(body, []byte(`"errorMessage"`)) {
		s.t.Fatalf("%s %s %v\n%s", res.Status, body, err, s.proc.said.String())
	}
}

// A logged event is what the tests read of an event's log line.
type logged struct {
	Outcome, Mode, Rule string
	Count               int
	Policy              struct{ Name, Version, Source string }
	Call                struct {
		Kind, Host, Service, Operation, Account, Self string
		Resources                                     []string
	}
}

// events are those that the function has logged, once there are n of them: what it
// says comes by a pipe, and may come after its answer.
func (s *sandbox) events(n int) []logged {
	s.t.Helper()
	for range 500 {
		if all := s.logged(); len(all) >= n {
			return all
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.t.Fatalf("no %d events: %+v", n, s.logged())
	return nil
}

func (s *sandbox) logged() []logged {
	var all []logged
	for line := range strings.Lines(s.proc.said.String()) {
		if !strings.Contains(line, `"msg":"lambdafence"`) {
			continue
		}
		var l logged
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			s.t.Fatalf("%v in %s", err, line)
		}
		if l.Outcome != "" {
			all = append(all, l)
		}
	}
	return all
}
