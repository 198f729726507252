package lambdahost

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// Config describes the function to host. The zero value serves the API alone, on a free port of 127.0.0.1.
type Config struct {
	Path string   // the bootstrap; empty: no process, the caller reaches the API at Addr
	Args []string // its arguments, without the program's name
	Dir  string   // its working directory; empty: the bootstrap's own, as /var/task is in Lambda
	Env  []string // added to the environment that Lambda gives, as in os.Environ; a later entry wins

	Function       string        // the function's name; empty: "function"
	Timeout        time.Duration // of one invocation, from the moment that the runtime takes it; 0: 30s
	MaxConcurrency int           // AWS_LAMBDA_MAX_CONCURRENCY; 0: not set, which means one

	Stdout, Stderr io.Writer // nil: discarded. Written one at a time, so both may be the same writer
}

// A Host serves the Runtime API to one bootstrap. Its methods may be called from several goroutines.
type Host struct {
	cfg      Config
	listener net.Listener
	server   *http.Server
	proc     *process // nil when only the API is served

	queue  chan *invocation // unbuffered: an invocation is taken when a runtime asks for one
	closed chan struct{}
	once   sync.Once
	cancel context.CancelFunc

	mu       sync.Mutex
	inFlight map[string]*invocation
	asked    time.Time // of the first /next: the init phase ended
	initErr  error     // what the runtime posted to /init/error
	sigterm  bool      // an extension is registered: Lambda then sends SIGTERM before SIGKILL
}

// Start listens and, if cfg has a Path, starts the bootstrap. It does not wait for the bootstrap's init: Invoke does.
// The process is ended by Close, and when ctx is done.
func Start(ctx context.Context, cfg Config) (*Host, error) {
	if cfg.Function == "" {
		cfg.Function = "function"
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = 30 * time.Second
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("lambdahost: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	h := &Host{
		cfg:      cfg,
		cancel:   cancel,
		listener: listener,
		queue:    make(chan *invocation),
		closed:   make(chan struct{}),
		inFlight: make(map[string]*invocation),
	}
	h.server = &http.Server{Handler: h.routes(), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = h.server.Serve(listener) }()

	if cfg.Path != "" {
		if h.proc, err = startProcess(cfg, h.Addr()); err != nil {
			cancel()
			_ = h.server.Close()
			return nil, fmt.Errorf("lambdahost: %w", err)
		}
	}
	context.AfterFunc(ctx, func() { _ = h.Close() })
	return h, nil
}

// Addr is the value of AWS_LAMBDA_RUNTIME_API: host and port, no scheme.
func (h *Host) Addr() string { return h.listener.Addr().String() }

// InitDuration is the time from the start of the process to its first /next; 0 before that, or without a process.
func (h *Host) InitDuration() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.proc == nil || h.asked.IsZero() {
		return 0
	}
	return h.asked.Sub(h.proc.started)
}

// Freeze stops every thread of the process, as Lambda does with a sandbox between two invocations.
func (h *Host) Freeze() error { return h.signal(freeze) }

// Thaw lets a frozen process go on.
func (h *Host) Thaw() error { return h.signal(thaw) }

func (h *Host) signal(send func(*process) error) error {
	if h.proc == nil {
		return errors.New("lambdahost: no process")
	}
	if err := send(h.proc); err != nil {
		return fmt.Errorf("lambdahost: %w", err)
	}
	return nil
}

// Close ends the process and the API, and fails what still waits in Invoke. The process is killed at once, as Lambda
// does, unless it registered an extension: then it gets SIGTERM first, and 500 ms.
func (h *Host) Close() error {
	h.once.Do(func() {
		h.cancel()
		if h.proc != nil {
			h.mu.Lock()
			gently := h.sigterm
			h.mu.Unlock()
			h.proc.end(gently)
		}
		close(h.closed) // after the process: a runtime whose /next fails ends before it sees SIGTERM
		_ = h.server.Close()
	})
	return nil
}

// exited is closed when the process is gone; without a process it never is.
func (h *Host) exited() <-chan struct{} {
	if h.proc == nil {
		return nil
	}
	return h.proc.exited
}

// gone says why no answer can come any more.
func (h *Host) gone() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.initErr != nil {
		return fmt.Errorf("lambdahost: %w; %w", h.initErr, h.proc.exitError())
	}
	return fmt.Errorf("lambdahost: %w", h.proc.exitError())
}
