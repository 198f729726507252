package integration

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/wrapper"
	"github.com/lambdafence/lambdafence/wrapper/wrappertest"
	"go.mongodb.org/mongo-driver/v2/bson"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
)

// A driver is what the tests need to know of one: query connects to host and
// port, asks something of the server, and returns what went wrong.
type driver struct {
	name    string
	server  func(*testing.T) string
	query   func(ctx context.Context, f *wrapper.Fence, host string, port int) error
	flatten bool // it keeps the text of the dial's error, not the error
}

var drivers = []driver{
	{name: "pgx", server: postgres, query: func(ctx context.Context, f *wrapper.Fence, host string, port int) error {
		conn, err := openPostgres(ctx, f, fmt.Sprintf("postgres://orders@%s:%d/postgres?sslmode=disable", host, port))
		if err != nil {
			return err
		}
		defer conn.Close(ctx)
		var one int
		return errors.Join(conn.QueryRow(ctx, "select 1").Scan(&one), want(one, 1))
	}},
	{name: "go-redis", server: redisServer, query: func(ctx context.Context, f *wrapper.Fence, host string, port int) error {
		client := openRedis(f, fmt.Sprintf("%s:%d", host, port))
		defer client.Close()
		if err := client.Set(ctx, "order", "1001", 0).Err(); err != nil {
			return err
		}
		got, err := client.Get(ctx, "order").Result()
		return errors.Join(err, want(got, "1001"))
	}},
	{name: "mysql", server: mariadb, query: func(ctx context.Context, f *wrapper.Fence, host string, port int) error {
		db, err := openMySQL(f, fmt.Sprintf("root@tcp(%s:%d)/mysql", host, port))
		if err != nil {
			return err
		}
		defer db.Close()
		var one int
		if err := db.QueryRowContext(ctx, "select 1").Scan(&one); err != nil {
			return err
		}
		return want(one, 1)
	}},
	{name: "grpc", server: healthServer, flatten: true, query: func(ctx context.Context, f *wrapper.Fence, host string, port int) error {
		conn, err := openGRPC(f, fmt.Sprintf("%s:%d", host, port), insecure.NewCredentials())
		if err != nil {
			return err
		}
		defer conn.Close()
		answer, err := grpc_health_v1.NewHealthClient(conn).Check(ctx, &grpc_health_v1.HealthCheckRequest{})
		if err != nil {
			return err
		}
		return want(answer.GetStatus(), grpc_health_v1.HealthCheckResponse_SERVING)
	}},
}

func want[T comparable](got, want T) error {
	if got != want {
		return fmt.Errorf("got %v, want %v", got, want)
	}
	return nil
}

// healthServer serves gRPC's own health service, in this process.
func healthServer(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	grpc_health_v1.RegisterHealthServer(server, health.NewServer())
	go func() { _ = server.Serve(l) }()
	t.Cleanup(server.Stop)
	return l.Addr().String()
}

// TestDrivers has each driver call a real server by a name, behind policies that
// allow and deny the name.
func TestDrivers(t *testing.T) {
	for _, d := range drivers {
		t.Run(d.name, func(t *testing.T) {
			port := portOf(t, d.server(t))
			host := d.name + "-db.example"
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()

			t.Run("allowed by a host rule", func(t *testing.T) {
				f := wrappertest.New(t, fmt.Sprintf("mode: enforce\nlocal: ['127.0.0.1:%d']\nallow: [{host: %s, ports: [%d]}]", port, host, port))
				if err := d.query(ctx, f.Fence, host, port); err != nil {
					t.Fatal(err)
				}
				events := f.Events()
				if len(events) == 0 {
					t.Fatal("the driver did not dial through the fence")
				}
				for _, ev := range events {
					if ev.Outcome != wrapper.Allowed || ev.Call.Host != host || ev.Decision.Rule != "allow[0]" {
						t.Errorf("%v %v by %q", ev.Outcome, ev.Call.String(), ev.Decision.Rule)
					}
				}
			})
			t.Run("localhost, allowed as such", func(t *testing.T) {
				f := wrappertest.New(t, fmt.Sprintf("mode: enforce\nallow: [{host: localhost, ports: [%d]}]", port))
				if err := d.query(ctx, f.Fence, "localhost", port); err != nil {
					t.Fatal(err)
				}
			})
			t.Run("the name leads to a local door", func(t *testing.T) {
				f := wrappertest.New(t, fmt.Sprintf("mode: enforce\nallow: [{host: %s, ports: [%d]}]", host, port))
				d.wantBlocked(t, d.query(ctx, f.Fence, host, port))
			})
			t.Run("another port", func(t *testing.T) {
				f := wrappertest.New(t, fmt.Sprintf("mode: enforce\nlocal: ['127.0.0.1:%d']\nallow: [{host: %s, ports: [1]}]", port, host))
				d.wantBlocked(t, d.query(ctx, f.Fence, host, port))
			})
			t.Run("denied, and not even looked up", func(t *testing.T) {
				rogue := "rogue-" + host
				f := wrappertest.New(t, fmt.Sprintf("mode: enforce\nlocal: ['127.0.0.1:%d']\ndeny: [{host: '*.example'}]", port))
				d.wantBlocked(t, d.query(ctx, f.Fence, rogue, port))
				if asked.lookedUp(rogue) {
					t.Error("a denied name was looked up")
				}
				for _, ev := range f.Events() {
					if ev.Outcome != wrapper.Blocked || ev.Call.Host != rogue {
						t.Errorf("%v %v", ev.Outcome, ev.Call.String())
					}
				}
			})
		})
	}
}

// wantBlocked wants the fence's error, through the driver's own.
func (d driver) wantBlocked(t *testing.T, err error) {
	t.Helper()
	if d.flatten {
		if status.Code(err) != codes.Unavailable || !strings.Contains(err.Error(), "lambdafence: blocked") {
			t.Errorf("error: %v", err)
		}
		return
	}
	var blocked *wrapper.BlockedError
	if !errors.Is(err, wrapper.ErrBlocked) || !errors.As(err, &blocked) || blocked.Call.Kind != policy.Net {
		t.Errorf("error: %v", err)
	}
}

// TestBlockedIsTriedOnce holds the last column of the table in docs/drivers.md.
func TestBlockedIsTriedOnce(t *testing.T) {
	for _, d := range drivers {
		if d.flatten {
			continue // gRPC connects again and again, by design
		}
		t.Run(d.name, func(t *testing.T) {
			f := wrappertest.New(t, "mode: enforce\nallow: []")
			d.wantBlocked(t, d.query(t.Context(), f.Fence, "elsewhere.example", 1234))
			if events := f.Events(); len(events) != 1 {
				t.Errorf("%d events", len(events))
			}
		})
	}
}

// TestPgxPreferringTLS: what pgx falls back to is a second connection, judged too.
func TestPgxPreferringTLS(t *testing.T) {
	f := wrappertest.New(t, "mode: enforce\nallow: []")
	_, err := openPostgres(t.Context(), f.Fence, "postgres://orders@elsewhere.example:1234/postgres?sslmode=prefer")
	if events := f.Events(); !errors.Is(err, wrapper.ErrBlocked) || len(events) != 2 {
		t.Errorf("%d events, %v", len(events), err)
	}
}

// TestPgxWithoutLookupFunc shows why docs/drivers.md sets one: pgx looks the name
// up, and what the fence is asked for is an address. A rule for the name does not
// see it: an allow rule does not allow it, and a deny rule does not deny it.
func TestPgxWithoutLookupFunc(t *testing.T) {
	address := postgres(t)
	port := portOf(t, address)
	f := wrappertest.New(t, fmt.Sprintf("mode: enforce\nlocal: ['127.0.0.1:%d']\ndeny: [{host: pg-by-itself.example}]", port))
	cfg, err := pgx.ParseConfig(fmt.Sprintf("postgres://orders@pg-by-itself.example:%d/postgres?sslmode=disable", port))
	if err != nil {
		t.Fatal(err)
	}
	cfg.DialFunc = f.DialContext
	conn, err := pgx.ConnectConfig(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	for _, ev := range f.Events() {
		if ev.Call.Host != "127.0.0.1" {
			t.Errorf("pgx dials %s by now: docs/drivers.md can do without LookupFunc", ev.Call.Host)
		}
	}
}

// TestMySQLByName is the other way to give go-sql-driver a dialer: by the name of
// a network in the DSN.
func TestMySQLByName(t *testing.T) {
	port := portOf(t, mariadb(t))
	f := wrappertest.New(t, fmt.Sprintf("mode: enforce\nlocal: ['127.0.0.1:%d']\nallow: [{host: named.example, ports: [%d]}]", port, port))
	registerMySQL(f.Fence)
	for host, allowed := range map[string]bool{"named.example": true, "other.example": false} {
		db, err := sql.Open("mysql", fmt.Sprintf("root@fence(%s:%d)/mysql", host, port))
		if err != nil {
			t.Fatal(err)
		}
		err = db.PingContext(t.Context())
		if allowed != (err == nil) || errors.Is(err, wrapper.ErrBlocked) == allowed {
			t.Errorf("%s: %v", host, err)
		}
		db.Close()
	}
}

// TestMongo has a listener for a server, since Debian has no MongoDB: it must be
// reached where the policy allows it, and not where it does not.
func TestMongo(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var reached atomic.Int32
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			reached.Add(1)
			conn.Close()
		}
	}()
	port := portOf(t, l.Addr().String())
	ping := func(t *testing.T, f *wrappertest.Fence, host string) error {
		client, err := openMongo(f.Fence, fmt.Sprintf("mongodb://%s:%d/?serverSelectionTimeoutMS=700", host, port))
		if err != nil {
			t.Fatal(err)
		}
		defer client.Disconnect(context.Background())
		err = client.Database("orders").RunCommand(t.Context(), bson.D{{Key: "ping", Value: 1}}).Err()
		if err == nil {
			t.Fatal("the listener answers like a server")
		}
		return err
	}
	t.Run("allowed", func(t *testing.T) {
		f := wrappertest.New(t, fmt.Sprintf("mode: enforce\nlocal: ['127.0.0.1:%d']\nallow: [{host: mongo-db.example, ports: [%d]}]", port, port))
		if err := ping(t, f, "mongo-db.example"); strings.Contains(err.Error(), "lambdafence") {
			t.Error(err)
		}
		if reached.Load() == 0 {
			t.Error("not reached")
		}
		f.WantBlocked()
	})
	t.Run("denied", func(t *testing.T) {
		before := reached.Load()
		f := wrappertest.New(t, fmt.Sprintf("mode: enforce\nlocal: ['127.0.0.1:%d']\nallow: [{host: mongo-db.example, ports: [%d]}]", port, port))
		if err := ping(t, f, "mongo-rogue.example"); !strings.Contains(err.Error(), "lambdafence: blocked") {
			t.Error(err)
		}
		if reached.Load() != before || asked.lookedUp("mongo-rogue.example") {
			t.Error("reached, or looked up")
		}
	})
}
