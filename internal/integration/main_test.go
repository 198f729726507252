package integration

import (
	"context"
	"net"
	"os"
	"testing"

	"github.com/redis/go-redis/v9"
)

func TestMain(m *testing.M) {
	names, err := startNames()
	if err != nil {
		panic(err)
	}
	net.DefaultResolver = names.resolver()
	asked = names
	redis.SetLogger(quiet{}) // it tells of each dial that fails, which these tests want
	code := m.Run()
	stopProcesses()
	names.close()
	os.Exit(code)
}

type quiet struct{}

func (quiet) Printf(context.Context, string, ...any) {}

// missing skips the test for want of a counterpart. On CI nothing may be missing.
func missing(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("missing: "+format, args...)
	}
	t.Skipf("missing: "+format, args...)
}
