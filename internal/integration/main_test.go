package integration

import (
	"net"
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	names, err := startNames()
	if err != nil {
		panic(err)
	}
	net.DefaultResolver = names.resolver()
	asked = names
	code := m.Run()
	stopProcesses()
	names.close()
	os.Exit(code)
}

// missing skips the test for want of a counterpart. On CI nothing may be missing.
func missing(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("missing: "+format, args...)
	}
	t.Skipf("missing: "+format, args...)
}
