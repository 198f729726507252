// Command demo shows lambdafence at work with Go alone: no account, nothing installed, nothing leaves the machine.
// `make demo` runs it.
//
// It builds examples/orders as a Lambda bootstrap and runs it against a local Runtime API. Real TLS servers stand for the
// three hosts that orders calls, one of them unasked, and one more for AWS: SSM, DynamoDB, S3 and SQS are the project's
// own stand-in (internal/awsstand), not AWS's and nobody's emulator. Orders reaches them all by their real names, as a
// function in a VPC would, through an egress proxy. The demo pushes the policy into SSM in mode report and sends orders
// through the sandbox, then pushes it in mode enforce while the sandbox runs. It checks all that it tells: a status of 0
// means that it was so.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
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
	bootstrap, err := buildOrders(ctx, tell, root, dir)
	if err != nil {
		return err
	}
	world, err := newWorld(dir)
	if err != nil {
		return err
	}
	defer world.close()
	traces, err := otlprecv.Start("127.0.0.1:0")
	if err != nil {
		return err
	}
	defer traces.Close()
	tell.line("hosts", "%s, %s,", paymentsHost, labelsHost)
	tell.line("", "%s: TLS servers with a throw-away CA", beaconHost)
	tell.line("AWS", "the project's own stand-in for SSM, DynamoDB, S3 and SQS, under AWS's host names")
	tell.line("network", "egress proxy %s, OTLP receiver %s", world.proxyAddr(), traces.Addr())

	policy, err := newLivePolicy(filepath.Join(root, "examples", "orders", "policy.yaml"), world.operator(), world.proxyAddr())
	if err != nil {
		return err
	}
	s := &story{tell: tell, world: world, policy: policy, log: new(logbook), traces: traces}
	if err := s.push(ctx, "report"); err != nil {
		return err
	}
	s.sandbox, err = startOrders(ctx, bootstrap, dir, world, traces, s.log)
	if err != nil {
		return err
	}
	defer s.sandbox.Close()
	return s.run(ctx)
}

func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/lambdafence/lambdafence").Output()
	if err != nil {
		return "", fmt.Errorf("run it inside the repository: go list -m: %w", err)
	}
	return string(out[:len(out)-1]), nil
}

// buildOrders builds the example as its README says that Lambda gets it.
func buildOrders(ctx context.Context, tell *teller, root, dir string) (string, error) {
	args := []string{"build", "-tags", "lambda.norpc", "-trimpath", "-ldflags", "-s -w", "-o", filepath.Join(dir, "bootstrap"), "./orders"}
	tell.line("build", `go build -tags lambda.norpc -trimpath -ldflags "-s -w" ./orders   (in examples/)`)
	began := time.Now()
	build := exec.CommandContext(ctx, "go", args...)
	build.Dir = filepath.Join(root, "examples")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	bootstrap := filepath.Join(dir, "bootstrap")
	info, err := os.Stat(bootstrap)
	if err != nil {
		return "", err
	}
	tell.line("", "%.1f MiB in %.1f s", float64(info.Size())/(1<<20), time.Since(began).Seconds())
	return bootstrap, nil
}

// startOrders gives the function what its template would give, and what makes a machine look like a VPC with a proxy.
func startOrders(ctx context.Context, bootstrap, home string, w *world, traces *otlprecv.Receiver, log io.Writer) (*lambdahost.Host, error) {
	return lambdahost.Start(ctx, lambdahost.Config{
		Path:     bootstrap,
		Function: "orders",
		Timeout:  15 * time.Second,
		Stdout:   log,
		Env: append(credentials(),
			"LAMBDAFENCE_POLICY=ssm:"+parameterName+":"+liveLabel,
			"LAMBDAFENCE_REFRESH="+refresh.String(),
			"ORDERS_TABLE="+ordersTable,
			"LABELS_BUCKET="+labelsBucket,
			"SHIPPED_QUEUE_URL=https://sqs"+awsDomain+"/"+account+"/"+shippedQueue,
			"PAYMENTS_API_KEY="+paymentsKey,
			"SHIPKIT_API_KEY="+shipkitKey,
			"OTEL_EXPORTER_OTLP_ENDPOINT=http://"+traces.Addr(),
			"HTTPS_PROXY=http://"+w.proxyAddr(),
			"SSL_CERT_FILE="+w.caFile,
			"HOME="+home, // without the developer's ~/.aws
		),
	})
}
