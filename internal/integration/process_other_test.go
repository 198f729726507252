//go:build !linux

package integration

import "os/exec"

func dieWithTests(*exec.Cmd) {}

func killAll(cmd *exec.Cmd) { _ = cmd.Process.Kill() }

func unprivileged(*exec.Cmd, string) error { return nil }
