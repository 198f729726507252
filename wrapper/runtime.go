package wrapper

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"os"
	"sync/atomic"

	"github.com/lambdafence/lambdafence/policy"
)

// A runtimeClient is what is known of the client that lambda.Start makes, which
// alone may reach the Runtime API. It is a clone of http.DefaultTransport, and
// nothing tells it from other clones. So until it asks for its first invocation,
// the guarded transport has a pass for a dialer, which clones keep; requests
// through that transport itself are judged as ever. No handler sees the pass,
// and Wrap voids one that was out before; a clone of the moment between Wrap and
// the runtime's first question shares it, for that one address.
type runtimeClient struct {
	serves  atomic.Bool // it asked: Lambda's invocations come, and no other client will
	running int         // invocations that Lambda knows nothing of, as those that warm up
	pass    *pass       // in the dialer of http.DefaultTransport now, or nil
}

// A pass is a dialer that reaches the Runtime API.
type pass struct {
	door *door
	api  string
	dial dialFunc
	used bool // it led to the API, and stays good
	void bool
}

// expect makes ready for a lambda.Start that may come next.
func (c *runtimeClient) expect() {
	if c.serves.Load() {
		return
	}
	defaults.Lock()
	defer defaults.Unlock()
	c.issue()
}

// suspend is told of an invocation that begins: what the handler does is not
// lambda.Start's.
func (c *runtimeClient) suspend() {
	if c.serves.Load() {
		return
	}
	defaults.Lock()
	defer defaults.Unlock()
	c.running++
	c.withdraw()
}

// resume is told of an invocation that is over.
func (c *runtimeClient) resume() {
	if c.serves.Load() {
		return
	}
	defaults.Lock()
	defer defaults.Unlock()
	c.running--
	c.issue()
}

// asked is told that the runtime asks for an invocation.
func (c *runtimeClient) asked() {
	defaults.Lock()
	defer defaults.Unlock()
	c.withdraw()
	c.serves.Store(true) // last: who sees it sees the rest
}

// issue gives the guarded default transport a new pass. defaults is locked here
// and below.
func (c *runtimeClient) issue() {
	api := os.Getenv("AWS_LAMBDA_RUNTIME_API")
	t, _ := http.DefaultTransport.(*http.Transport)
	d := defaults.doors[t]
	if api == "" || d == nil || len(d.fences) == 0 || c.running > 0 || c.serves.Load() {
		return
	}
	c.withdraw()
	p := &pass{door: d, api: api}
	p.dial = p.dialContext
	if same(d.transport.DialContext, d.installed.dial) {
		d.transport.DialContext = p.dial
		c.pass = p
	}
}

// withdraw takes the pass out of the default transport. Who used it keeps it;
// if nobody did, whoever has a clone with it is not lambda.Start.
func (c *runtimeClient) withdraw() {
	p := c.pass
	if p == nil {
		return
	}
	p.void = !p.used
	if t := p.door.transport; same(t.DialContext, p.dial) {
		t.DialContext = p.door.installed.dial
	}
	c.pass = nil
}

// issued reports whether dial is the pass.
func (c *runtimeClient) issued(dial dialFunc) bool { return c.pass != nil && same(dial, c.pass.dial) }

func (p *pass) dialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if address != p.api || !p.use() {
		return p.door.dialContext(ctx, network, address)
	}
	conn, err := p.door.dial(ctx, network, address)
	if err != nil || defaults.runtime.serves.Load() {
		return conn, err
	}
	return &firstConn{Conn: conn}, nil
}

func (p *pass) use() bool {
	defaults.Lock()
	defer defaults.Unlock()
	p.used = !p.void
	return p.used
}

// A firstConn is a connection to the Runtime API of a time when it was not clear
// whose it is: the runtime's, or that of its client for extensions, which comes
// before.
type firstConn struct {
	net.Conn
	spoke bool
}

// Write looks at what the client says first; net/http writes a request without
// a body in one piece.
func (c *firstConn) Write(b []byte) (int, error) {
	if !c.spoke {
		c.spoke = true
		if line, _, _ := bytes.Cut(b, []byte("\r\n")); bytes.Contains(line, []byte("/runtime/invocation/next")) {
			defaults.runtime.asked()
		}
	}
	return c.Conn.Write(b)
}

// isRuntimeAPI reports whether c leads to the Runtime API.
func isRuntimeAPI(c *policy.Call) bool {
	api, err := policy.NetCall("tcp", os.Getenv("AWS_LAMBDA_RUNTIME_API"))
	return err == nil && api.Host == c.Host && api.Port == c.Port
}
