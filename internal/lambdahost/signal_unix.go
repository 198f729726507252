//go:build unix

package lambdahost

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// setGroup gives the bootstrap a process group of its own, so that a signal reaches its children and a Ctrl-C of the
// terminal reaches only the host.
func setGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// freeze returns when every thread has stopped: the signal alone is on its way for a moment.
func freeze(p *process) error {
	if err := signalGroup(p, syscall.SIGSTOP); err != nil {
		return err
	}
	for range 1000 {
		if stopped(p.cmd.Process.Pid) {
			break
		}
		time.Sleep(time.Millisecond)
	}
	return nil
}

// stopped reports whether every thread of a process is stopped, by the state that stands behind its name in /proc. Where
// there is no /proc it believes so.
func stopped(pid int) bool {
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
	for _, path := range threads {
		stat, err := os.ReadFile(path)
		if _, state, ok := bytes.Cut(stat, []byte(") ")); err == nil && ok && state[0] != 'T' {
			return false
		}
	}
	return true
}

func thaw(p *process) error      { return signalGroup(p, syscall.SIGCONT) }
func terminate(p *process) error { return signalGroup(p, syscall.SIGTERM) }
func kill(p *process) error      { return signalGroup(p, syscall.SIGKILL) }

func signalGroup(p *process, sig syscall.Signal) error {
	select {
	case <-p.exited: // its id may belong to another process by now
		return os.ErrProcessDone
	default:
	}
	return syscall.Kill(-p.cmd.Process.Pid, sig)
}
