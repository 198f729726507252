package integration

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// database returns the address of a server that start starts, once for all tests.
func database(t *testing.T, once func() (string, error), path, pkg string) string {
	t.Helper()
	if path == "" {
		missing(t, "Debian's %s", pkg)
	}
	address, err := once()
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// look returns the first of the places at which a program lies, or "".
func look(places ...string) string {
	for _, place := range places {
		if path, err := exec.LookPath(place); err == nil {
			return path
		}
	}
	return ""
}

// newest returns the last match of a pattern, in which a version stands, or "".
func newest(pattern string) string {
	found, _ := filepath.Glob(pattern)
	if len(found) == 0 {
		return ""
	}
	return slices.Max(found)
}

// serveFrom runs the commands that prepare a directory, then the server.
func serveFrom(address string, server *exec.Cmd, prepare ...*exec.Cmd) (_ string, err error) {
	dir := server.Dir
	defer func() {
		if err != nil {
			_ = os.RemoveAll(dir)
		}
	}()
	for _, cmd := range prepare {
		cmd.Dir = dir
		if err := unprivileged(cmd, dir); err != nil {
			return "", err
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("%s: %w\n%s", cmd.Path, err, out)
		}
	}
	if err := unprivileged(server, dir); err != nil {
		return "", err
	}
	_, err = launch(server, dir, address)
	return address, err
}

// freePort is freeAddress without a test.
func freePort() (address, port string, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", "", err
	}
	defer l.Close()
	address = l.Addr().String()
	_, port, err = net.SplitHostPort(address)
	return address, port, err
}

var startPostgres = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "fence-postgres-")
	if err != nil {
		return "", err
	}
	address, port, err := freePort()
	if err != nil {
		return "", err
	}
	data := filepath.Join(dir, "data")
	server := exec.Command(look(postgresPath()), "-D", data, "-p", port, "-c", "listen_addresses=127.0.0.1",
		"-c", "unix_socket_directories=", "-c", "fsync=off")
	server.Dir = dir
	initdb := exec.Command(filepath.Join(filepath.Dir(server.Path), "initdb"), "-D", data, "-U", "orders", "--auth=trust", "--no-sync", "--no-locale")
	if _, err := serveFrom(address, server, initdb); err != nil {
		return "", err
	}
	// It listens before it answers.
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		conn, err := pgx.Connect(context.Background(), "postgres://orders@"+address+"/postgres?sslmode=disable")
		if err == nil {
			return address, conn.Close(context.Background())
		}
		if time.Now().After(deadline) {
			return "", err
		}
	}
})

// postgresPath is where the server lies: Debian keeps it out of PATH, by version.
func postgresPath() string {
	if path := newest("/usr/lib/postgresql/*/bin/postgres"); path != "" {
		return path
	}
	return look("postgres")
}

func postgres(t *testing.T) string {
	return database(t, startPostgres, postgresPath(), "postgresql")
}

var startRedis = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "fence-redis-")
	if err != nil {
		return "", err
	}
	address, port, err := freePort()
	if err != nil {
		return "", err
	}
	server := exec.Command("redis-server", "--bind", "127.0.0.1", "--port", port, "--save", "", "--dir", dir)
	server.Dir = dir
	return serveFrom(address, server)
})

func redisServer(t *testing.T) string {
	return database(t, startRedis, look("redis-server"), "redis-server")
}

var startMariaDB = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "fence-mariadb-")
	if err != nil {
		return "", err
	}
	address, port, err := freePort()
	if err != nil {
		return "", err
	}
	data := "--datadir=" + filepath.Join(dir, "data")
	server := exec.Command(mariadbPath(), "--no-defaults", data, "--bind-address=127.0.0.1", "--port="+port,
		"--socket="+filepath.Join(dir, "socket"), "--skip-grant-tables", "--skip-networking=0", "--innodb-flush-method=nosync")
	server.Dir = dir
	install := exec.Command("mariadb-install-db", "--no-defaults", data, "--auth-root-authentication-method=normal", "--skip-test-db")
	return serveFrom(address, server, install)
})

// mariadbPath is where the server lies, "" without what prepares its directory.
func mariadbPath() string {
	if look("mariadb-install-db") == "" || look("my_print_defaults") == "" {
		return ""
	}
	return look("mariadbd", "/usr/sbin/mariadbd")
}

func mariadb(t *testing.T) string {
	return database(t, startMariaDB, mariadbPath(), "mariadb-server-core and mariadb-client-core")
}
