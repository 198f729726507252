package integration

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A tool is the command lambdafence, built, in a directory of its own and led to
// moto.
type tool struct {
	t    *testing.T
	path string
	dir  string
	env  []string
}

// TestTool runs the built tool against moto, with Debian's aws command as the
// witness.
func TestTool(t *testing.T) {
	python(t, "bin/moto_server")
	path := buildBootstrap(t, "../..", "./cmd/lambdafence")
	for name, test := range map[string]func(*tool, *tap, *awsCLI){
		"life":        testLife,
		"parts":       testParts,
		"at once":     testPushesAtOnce,
		"interrupted": testInterrupt,
	} {
		t.Run(name, func(t *testing.T) {
			p, dir := tapMoto(t), t.TempDir()
			test(&tool{t, path, dir, append([]string{"HOME=" + dir}, p.environment()...)}, p, awsCommand(t, p))
		})
	}
}

func (l *tool) command(args ...string) (cmd *exec.Cmd, stdout, stderr *bytes.Buffer) {
	cmd = exec.Command(l.path, args...)
	cmd.Dir, cmd.Env = l.dir, l.env
	stdout, stderr = new(bytes.Buffer), new(bytes.Buffer)
	cmd.Stdout, cmd.Stderr = stdout, stderr
	return cmd, stdout, stderr
}

// run holds the exit status, and returns what was said on both outputs.
func (l *tool) run(status int, args ...string) (stdout, stderr string) {
	l.t.Helper()
	cmd, out, diagnostics := l.command(args...)
	_ = cmd.Run()
	if got := cmd.ProcessState.ExitCode(); got != status {
		l.t.Fatalf("lambdafence %q ends with %d, want %d\n%s%s", args, got, status, out, diagnostics)
	}
	return out.String(), diagnostics.String()
}

// file writes a file where the tool runs.
func (l *tool) file(name, text string) {
	l.t.Helper()
	if err := os.WriteFile(filepath.Join(l.dir, name), []byte(text), 0o600); err != nil {
		l.t.Fatal(err)
	}
}

func hosts(names ...string) string {
	return "name: orders\nmode: enforce\nallow:\n- host: [" + strings.Join(names, ", ") + "]\n"
}

// hold expects that aws reads this document and version under the name.
func (c *awsCLI) hold(name, doc string, version int) {
	c.t.Helper()
	if value, v := c.get(name); value != doc || v != version {
		c.t.Errorf("aws reads of %s version %d, want %d:\n%s", name, v, version, value)
	}
}

// testLife is the life of a policy by the tool alone.
func testLife(l *tool, _ *tap, cli *awsCLI) {
	t := l.t
	one, two := hosts("a.example"), hosts("a.example", "b.example")
	l.file("one.yaml", one)
	l.file("two.yaml", two)

	l.run(0, "push", "one.yaml", "/fence/orders", "--label", "candidate", "--label", "live")
	cli.hold("/fence/orders:live", one, 1)

	// Tried by those that load candidate; live stays.
	l.run(1, "push", "two.yaml", "/fence/orders", "--label", "candidate")
	if v := cli.version("/fence/orders"); v != 1 {
		t.Errorf("a push that was refused wrote version %d", v)
	}
	l.run(0, "push", "two.yaml", "/fence/orders", "--label", "candidate", "--yes")
	cli.hold("/fence/orders:candidate", two, 2)
	cli.hold("/fence/orders:live", one, 1)

	// Live: the same file again writes nothing.
	out, _ := l.run(0, "push", "two.yaml", "/fence/orders", "--label", "live", "--yes", "--json")
	var pushed struct {
		Version        int
		Labels         []string
		Written, Moved bool
	}
	if err := json.Unmarshal([]byte(out), &pushed); err != nil || pushed.Version != 2 || pushed.Written || !pushed.Moved || len(pushed.Labels) != 2 {
		t.Errorf("%v: %s", err, out)
	}
	cli.hold("/fence/orders:live", two, 2)

	for name, want := range map[string]string{":live": two, ":1": one, "": two} {
		if got, _ := l.run(0, "pull", "/fence/orders"+name); got != want {
			t.Errorf("pull %s: %q", name, got)
		}
	}
	out, _ = l.run(0, "history", "/fence/orders", "--diff")
	rows := strings.Split(out, "\n")
	if len(rows) < 4 || !strings.HasPrefix(rows[1], "2 ") || !strings.Contains(rows[1], "candidate, live") || !strings.Contains(out, "b.example") || !strings.Contains(out, "\n1 ") {
		t.Errorf("history:\n%s", out)
	}

	// Back, by the label and then by a version for who loads the latest.
	l.run(0, "rollback", "/fence/orders", "--label", "live", "--yes")
	cli.hold("/fence/orders:live", one, 1)
	l.run(0, "rollback", "/fence/orders", "--to", "1", "--yes")
	cli.hold("/fence/orders", one, 3)
	cli.hold("/fence/orders:candidate", two, 2)
}

// testParts: a policy that needs several parameters comes back as it was,
// encrypted or not.
func testParts(l *tool, _ *tap, cli *awsCLI) {
	t := l.t
	r := rand.New(rand.NewPCG(1, 1))
	var names []string
	for range 900 {
		names = append(names, fmt.Sprintf("h%x.example", r.Uint64()))
	}
	long := hosts(names...)
	l.file("long.yaml", long)
	for name, flags := range map[string][]string{"/fence/plain": nil, "/fence/secure": {"--secure", ""}} {
		l.run(0, append([]string{"push", "long.yaml", name, "--label", "live"}, flags...)...)
		if value := cli.parameter(name + ":live"); !strings.HasPrefix(value, "lambdafence:split:1 ") {
			t.Errorf("aws reads of %s %.60q", name, value)
		}
		if got, _ := l.run(0, "pull", name+":live"); got != long {
			t.Errorf("pull %s: %d bytes of %d", name, len(got), len(long))
		}
		if out, _ := l.run(0, "history", name, "--json"); !strings.Contains(out, `"form":"split"`) || !strings.Contains(out, `"parts":`) {
			t.Errorf("history: %s", out)
		}
	}
}

// A gate leads to moto, and holds one request until it is opened.
type gate struct {
	*httptest.Server
	reached, opened chan struct{}
	once            sync.Once
}

func gateBefore(t *testing.T, p *tap, operation string, n int32) *gate {
	t.Helper()
	target, err := url.Parse(p.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Transport: new(http.Transport),
		ErrorLog:  log.New(io.Discard, "", 0), // of who was interrupted
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host // it is signed
		},
	}
	g := &gate{reached: make(chan struct{}), opened: make(chan struct{})}
	var seen atomic.Int32
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Amz-Target") == "AmazonSSM."+operation && seen.Add(1) == n {
			close(g.reached)
			if <-g.opened; t.Context().Err() != nil {
				return // the test is over, and nobody waits for it
			}
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(g.Close)
	t.Cleanup(g.open)
	return g
}

func (g *gate) open() { g.once.Do(func() { close(g.opened) }) }

// through starts the tool with the gate before it, and returns when it stands there.
func (l *tool) through(g *gate, args ...string) (cmd *exec.Cmd, stderr *bytes.Buffer) {
	l.t.Helper()
	cmd, _, stderr = l.command(args...)
	cmd.Env = append(cmd.Env[:len(cmd.Env):len(cmd.Env)], "AWS_ENDPOINT_URL="+g.URL)
	if err := cmd.Start(); err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { _ = cmd.Process.Kill() })
	select {
	case <-g.reached:
	case <-time.After(30 * time.Second):
		l.t.Fatalf("the gate is not reached: %s", stderr)
	}
	return cmd, stderr
}

// testPushesAtOnce: of two the second is refused. It sees the first before it
// writes, or at last by the number of its own version.
func testPushesAtOnce(l *tool, p *tap, cli *awsCLI) {
	t := l.t
	one, two, three := hosts("a.example"), hosts("b.example"), hosts("c.example")
	l.file("one.yaml", one)
	l.file("two.yaml", two)
	l.file("three.yaml", three)
	l.run(0, "push", "one.yaml", "/fence/orders:live")

	g := gateBefore(t, p, "GetParameterHistory", 3) // it has read, planned and compared
	second, said := l.through(g, "push", "three.yaml", "/fence/orders:live", "--yes")
	l.run(0, "push", "two.yaml", "/fence/orders:live", "--yes")
	g.open()
	_ = second.Wait()
	if second.ProcessState.ExitCode() != 1 || !strings.Contains(said.String(), "is at version 2, not 1") || !strings.Contains(said.String(), "hint: run it again") {
		t.Errorf("the second ends with %d: %s", second.ProcessState.ExitCode(), said)
	}
	cli.hold("/fence/orders", two, 2)
	cli.hold("/fence/orders:live", two, 2)

	g = gateBefore(t, p, "PutParameter", 1)
	second, said = l.through(g, "push", "three.yaml", "/fence/orders:live", "--yes")
	l.run(0, "push", "one.yaml", "/fence/orders:live", "--yes")
	g.open()
	_ = second.Wait()
	if second.ProcessState.ExitCode() != 1 || !strings.Contains(said.String(), "yours is version 4") {
		t.Errorf("the second ends with %d: %s", second.ProcessState.ExitCode(), said)
	}
	cli.hold("/fence/orders:live", one, 3)
	cli.hold("/fence/orders", three, 4)
}

// testInterrupt: it ends the tool while AWS does not answer.
func testInterrupt(l *tool, p *tap, _ *awsCLI) {
	t := l.t
	l.file("one.yaml", hosts("a.example"))
	g := gateBefore(t, p, "PutParameter", 1)
	cmd, said := l.through(g, "push", "one.yaml", "/fence/orders")
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	_ = cmd.Wait()
	if took := time.Since(start); took > 5*time.Second || cmd.ProcessState.ExitCode() != 3 || !strings.Contains(said.String(), "look at its history") {
		t.Errorf("ends with %d after %v: %s", cmd.ProcessState.ExitCode(), took, said)
	}
	if strings.Contains(said.String(), "token") {
		t.Errorf("a secret: %s", said)
	}
}
