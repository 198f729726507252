//go:build unix

package main

import (
	"os"
	"runtime"
	"syscall"
)

// peakMemory is the most that a process had, in bytes. Linux says it in KiB, Darwin in bytes.
func peakMemory(p *os.ProcessState) int64 {
	u, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return wide(u.Maxrss)
	}
	return wide(u.Maxrss) << 10
}

// wide takes a number of whatever width the system's has.
func wide[N int32 | int64](n N) int64 { return int64(n) }
