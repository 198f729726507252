package integration

import (
	"context"
	"database/sql"
	"net"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"github.com/lambdafence/lambdafence/wrapper"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
)

// The functions of this file are the Go of docs/drivers.md; TestDriversPage
// holds the two together.

func openPostgres(ctx context.Context, fence *wrapper.Fence, url string) (*pgx.Conn, error) {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	cfg.DialFunc = fence.DialContext
	// Else pgx looks names up by itself, and the fence sees addresses.
	cfg.LookupFunc = func(_ context.Context, host string) ([]string, error) { return []string{host}, nil }
	return pgx.ConnectConfig(ctx, cfg)
}

func openRedis(fence *wrapper.Fence, addr string) *redis.Client {
	return redis.NewClient(&redis.Options{
		Addr:          addr,
		Dialer:        fence.DialContext,
		DialerRetries: 1, // go-redis does not know that a blocked call stays blocked
		// Else go-redis looks the name up by itself, before it asks to dial.
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	})
}

func openMySQL(fence *wrapper.Fence, dsn string) (*sql.DB, error) {
	cfg, err := mysql.ParseDSN(dsn)
	if err != nil {
		return nil, err
	}
	cfg.DialFunc = fence.DialContext
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}

func registerMySQL(fence *wrapper.Fence) {
	mysql.RegisterDialContext("fence", func(ctx context.Context, addr string) (net.Conn, error) {
		return fence.DialContext(ctx, "tcp", addr)
	})
}

func openGRPC(fence *wrapper.Fence, addr string, creds credentials.TransportCredentials) (*grpc.ClientConn, error) {
	// Not "dns:///", which looks names up by itself.
	return grpc.NewClient("passthrough:///"+addr,
		grpc.WithTransportCredentials(creds),
		grpc.WithContextDialer(func(ctx context.Context, addr string) (net.Conn, error) {
			return fence.DialContext(ctx, "tcp", addr)
		}))
}

func openMongo(fence *wrapper.Fence, uri string) (*mongo.Client, error) {
	return mongo.Connect(options.Client().ApplyURI(uri).SetDialer(fence))
}
