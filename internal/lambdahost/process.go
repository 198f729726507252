package lambdahost

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	region          = "eu-west-1"
	functionVersion = "$LATEST"

	termGrace = 500 * time.Millisecond // Lambda's, for a sandbox with internal extensions only
	tailSize  = 4 << 10
)

// A process is the bootstrap and its children.
type process struct {
	cmd     *exec.Cmd
	started time.Time
	tail    *tail
	exited  chan struct{} // closed after err is set
	err     error
}

func startProcess(cfg Config, api string) (*process, error) {
	path, err := filepath.Abs(cfg.Path)
	if err != nil {
		return nil, err
	}
	dir := cfg.Dir
	if dir == "" {
		dir = filepath.Dir(path)
	}
	p := &process{cmd: exec.Command(path, cfg.Args...), tail: new(tail), exited: make(chan struct{})}
	p.cmd.Dir = dir
	p.cmd.Env = environment(cfg, api, dir)
	var one sync.Mutex
	p.cmd.Stdout = &locked{&one, cfg.Stdout}
	p.cmd.Stderr = io.MultiWriter(p.tail, &locked{&one, cfg.Stderr})
	p.cmd.WaitDelay = time.Second // a grandchild may hold the pipes open
	setGroup(p.cmd)

	p.started = time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.exited)
	}()
	return p, nil
}

// environment is what Lambda gives to a function on an OS-only runtime, and what the caller adds. Nothing else of this
// process goes in: a proxy or a key of the developer's shell would make the function behave as it never does in Lambda.
func environment(cfg Config, api, dir string) []string {
	env := []string{
		"AWS_LAMBDA_RUNTIME_API=" + api,
		"AWS_LAMBDA_FUNCTION_NAME=" + cfg.Function,
		"AWS_LAMBDA_FUNCTION_VERSION=" + functionVersion,
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE=128",
		"AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/" + cfg.Function,
		"AWS_LAMBDA_LOG_STREAM_NAME=" + time.Now().UTC().Format("2006/01/02") + "/[" + functionVersion + "]" + strings.ReplaceAll(newUUID(), "-", ""),
		"AWS_REGION=" + region,
		"AWS_DEFAULT_REGION=" + region,
		"LAMBDA_TASK_ROOT=" + dir,
		"_HANDLER=bootstrap",
		"LANG=en_US.UTF-8",
		"TZ=:UTC",
	}
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "SYSTEMROOT"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	if cfg.MaxConcurrency > 0 {
		env = append(env, "AWS_LAMBDA_MAX_CONCURRENCY="+strconv.Itoa(cfg.MaxConcurrency))
	}
	return append(env, cfg.Env...)
}

// exitError is valid once exited is closed.
func (p *process) exitError() error {
	how := "exit status 0"
	if p.err != nil {
		how = p.err.Error()
	}
	if text := p.tail.String(); text != "" {
		return fmt.Errorf("the process is gone: %s; stderr ends with:\n%s", how, text)
	}
	return fmt.Errorf("the process is gone: %s", how)
}

// end returns when the process is gone.
func (p *process) end(gently bool) {
	if gently {
		_ = thaw(p) // a stopped process takes no SIGTERM
		_ = terminate(p)
		select {
		case <-p.exited:
		case <-time.After(termGrace):
		}
	}
	_ = kill(p)
	<-p.exited
}

// A locked writer lets the two pipes of a process share what lies behind them.
type locked struct {
	mu *sync.Mutex
	w  io.Writer
}

func (l *locked) Write(b []byte) (int, error) {
	if l.w == nil {
		return len(b), nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}

// A tail keeps the last bytes written to it.
type tail struct {
	mu   sync.Mutex
	last []byte
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = append(t.last, b...)
	if over := len(t.last) - tailSize; over > 0 {
		t.last = append(t.last[:0], t.last[over:]...)
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.last))
}
