// Command demo shows lambdafence at work with Go alone: no account, nothing installed, nothing leaves the machine.
// `make demo` runs it.
//
// It builds examples/orders as a Lambda bootstrap and runs it against a local Runtime API. Real TLS servers stand for the
// three hosts that orders calls, one of them unasked, and one more for AWS: SSM, DynamoDB, S3 and SQS are the project's
// own stand-in (internal/awsstand), not AWS's and nobody's emulator. Orders reaches them all by their real names, as a
// function in a VPC would, through an egress proxy. The demo lets the function be learned, writes its policy with the
// command-line tool as a developer would, and enforces it while a third party's module, in a newer release, does what it
// did not do before. It checks all that it tells: a status of 0 means that it was so.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"time"

	"github.com/lambdafence/lambdafence/internal/lambdahost"
	"github.com/lambdafence/lambdafence/internal/otlprecv"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, newTeller(os.Stdout)); err != nil {
		fmt.Fprintln(os.Stderr, "demo: error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, tell *teller) error {
	if runtime.GOOS == "darwin" || runtime.GOOS == "windows" {
		return errors.New("the demo's throw-away CA comes in by SSL_CERT_FILE, which Go reads on Linux only: " +
			"run it there, or in a container: docker run --rm -v \"$PWD:/src\" -w /src golang:1.26 make demo")
	}
	dir, err := os.MkdirTemp("", "lambdafence-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)

	tell.head("lambdafence: a Lambda function and its calls, on this machine alone")
	root, err := moduleRoot(ctx)
	if err != nil {
		return err
	}
	tool, err := buildTool(ctx, tell, root, dir)
	if err != nil {
		return err
	}
	before, err := buildOrders(ctx, tell, root, dir, "2.4.0")
	if err != nil {
		return err
	}
	after, err := buildOrders(ctx, tell, root, dir, "2.4.1")
	if err != nil {
		return err
	}
	world, err := newWorld(dir)
	if err != nil {
		return err
	}
	defer world.close()
	tool.env = append(world.environ(dir), "AWS_REGION="+region)
	traces, err := otlprecv.Start("127.0.0.1:0")
	if err != nil {
		return err
	}
	defer traces.Close()
	tell.line("hosts", "%s, %s,", paymentsHost, labelsHost)
	tell.line("", "%s: TLS servers with a throw-away CA", beaconHost)
	tell.line("AWS", "the project's own stand-in for SSM, DynamoDB, S3 and SQS, under AWS's host names")
	tell.line("network", "egress proxy %s, OTLP receiver %s", world.proxyAddr(), traces.Addr())

	s := &story{tell: tell, world: world, tool: tool, before: before, after: after, dir: dir, traces: traces}
	return s.run(ctx)
}

func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/lambdafence/lambdafence").Output()
	if err != nil {
		return "", fmt.Errorf("run it inside the repository: go list -m: %w", err)
	}
	return string(out[:len(out)-1]), nil
}

// buildOrders builds the example as its README says that Lambda gets it, with a release of shipkit.
func buildOrders(ctx context.Context, tell *teller, root, dir, shipkit string) (bootstrap string, err error) {
	bootstrap = filepath.Join(dir, "bootstrap-"+shipkit)
	began := time.Now()
	release := "-X github.com/lambdafence/lambdafence/examples/orders/shipkit.version=" + shipkit
	size, err := build(ctx, filepath.Join(root, "examples"), bootstrap, "-s -w "+release, "./orders")
	if err != nil {
		return "", err
	}
	tell.line("function", "orders with shipkit %s, %.1f MiB, built in %.1f s", shipkit, size, time.Since(began).Seconds())
	return bootstrap, nil
}

// build builds a command, and returns its size in MiB.
func build(ctx context.Context, dir, to, ldflags, what string) (size float64, err error) {
	cmd := exec.CommandContext(ctx, "go", "build", "-tags", "lambda.norpc", "-trimpath", "-ldflags", ldflags, "-o", to, what)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("go build: %w\n%s", err, out)
	}
	info, err := os.Stat(to)
	if err != nil {
		return 0, err
	}
	return float64(info.Size()) / (1 << 20), nil
}

// startOrders gives the function what its template would give, and what makes a machine look like a VPC with a proxy.
func (s *story) startOrders(ctx context.Context, bootstrap string, env ...string) error {
	if s.sandbox != nil {
		_ = s.sandbox.Close()
	}
	s.log = new(logbook)
	var err error
	s.sandbox, err = lambdahost.Start(ctx, lambdahost.Config{
		Path:     bootstrap,
		Function: "orders",
		Timeout:  15 * time.Second,
		Stdout:   s.log,
		Env: append(append(s.world.environ(s.dir),
			"ORDERS_TABLE="+ordersTable,
			"LABELS_BUCKET="+labelsBucket,
			"SHIPPED_QUEUE_URL=https://sqs"+awsDomain+"/"+account+"/"+shippedQueue,
			"PAYMENTS_API_KEY="+paymentsKey,
			"SHIPKIT_API_KEY="+shipkitKey,
			"OTEL_EXPORTER_OTLP_ENDPOINT=http://"+s.traces.Addr(),
		), env...),
	})
	return err
}
