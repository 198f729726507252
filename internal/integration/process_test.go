package integration

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"
)

// A process is a counterpart that runs until the tests are over.
type process struct {
	cmd  *exec.Cmd
	said output
	gone chan struct{}
	dir  string // removed with it
}

var running struct {
	sync.Mutex
	list []*process
}

// launch starts a counterpart and waits until it accepts connections at address.
func launch(cmd *exec.Cmd, dir, address string) (*process, error) {
	p := &process{cmd: cmd, dir: dir, gone: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &p.said, &p.said
	dieWithTests(cmd)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	running.Lock()
	running.list = append(running.list, p)
	running.Unlock()
	go func() {
		_ = cmd.Wait()
		close(p.gone)
	}()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		select {
		case <-p.gone:
			return nil, fmt.Errorf("%s ended: %s\n%s", cmd.Path, cmd.ProcessState, p.said.String())
		case <-time.After(50 * time.Millisecond):
		}
		if conn, err := net.DialTimeout("tcp", address, time.Second); err == nil {
			return p, conn.Close()
		}
	}
	p.stop()
	return nil, fmt.Errorf("%s does not listen at %s\n%s", cmd.Path, address, p.said.String())
}

func (p *process) stop() {
	killAll(p.cmd)
	<-p.gone
	if p.dir != "" {
		_ = os.RemoveAll(p.dir)
	}
}

func stopProcesses() {
	running.Lock()
	defer running.Unlock()
	for _, p := range running.list {
		p.stop()
	}
}

// freeAddress returns an address of 127.0.0.1 at which nothing listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// portOf returns the port of an address.
func portOf(t *testing.T, address string) int {
	t.Helper()
	_, text, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// output keeps what a process says, up to a megabyte.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.buf.Len() < 1<<20 {
		o.buf.Write(b)
	}
	return len(b), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}
