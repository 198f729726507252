//go:build !unix

package lambdahost

import (
	"errors"
	"os/exec"
)

var errSignal = errors.New("this system has no signal for it")

func setGroup(*exec.Cmd) {}

func freeze(*process) error    { return errSignal }
func thaw(*process) error      { return errSignal }
func terminate(*process) error { return errSignal }
func kill(p *process) error    { return p.cmd.Process.Kill() }
