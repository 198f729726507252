//go:build unix

package lambdahost

import (
	"os"
	"os/exec"
	"syscall"
)

// setGroup gives the bootstrap a process group of its own, so that a signal reaches its children and a Ctrl-C of the
// terminal reaches only the host.
func setGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func freeze(p *process) error    { return signalGroup(p, syscall.SIGSTOP) }
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
