package wrapper

import (
	"context"
	"net"
	"net/netip"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/lambdafence/lambdafence/policy"
)

// DialContext dials like net.Dialer behind the fence, for drivers that take a
// dial function: pgx, go-redis, gRPC, mysql, mongo. A name is judged before it
// is looked up, and each address of it before it is connected to.
func (f *Fence) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if f.state.Load().off {
		return dialer().DialContext(ctx, network, address)
	}
	call, err := policy.NetCall(network, address)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: err} // what net itself would refuse
	}
	if v := f.verdictFrom(ctx); v.coversDial(&call) {
		return f.connect(ctx, nil, &call, v, network, address)
	}
	return f.dialJudged(ctx, nil, &call, network, address)
}

// dialJudged judges a connection as a call of its own, and makes it.
func (f *Fence) dialJudged(ctx context.Context, d *net.Dialer, call *policy.Call, network, address string) (net.Conn, error) {
	v, err := f.check(ctx, call)
	if err != nil {
		return nil, err
	}
	conn, err := f.connect(ctx, d, call, v, network, address)
	v.settle(ctx)
	return conn, err
}

// dialer has the settings of net/http's own.
func dialer() *net.Dialer {
	return &net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}
}

// connect connects to a call that was judged, and judges each address just
// before: a name may lead anywhere, and to another place each time it is asked.
// settings are those of a dialer; nil: net/http's own.
func (f *Fence) connect(ctx context.Context, settings *net.Dialer, call *policy.Call, v *verdict, network, address string) (net.Conn, error) {
	var said [Blocked + 1]atomic.Bool // however many addresses a name has, it is one call
	d := dialer()
	if settings != nil {
		*d = *settings
	}
	judge := func(ctx context.Context, _, address string, _ syscall.RawConn) error {
		c := *call
		var ok bool
		if c.Addr, ok = reachedAddr(address); !ok {
			return nil // a unix socket: it has no address, and its path was judged
		}
		literal, err := netip.ParseAddr(call.Host)
		if err == nil && literal == c.Addr {
			return nil // judged as the address that it is
		}
		if err == nil {
			// An odd spelling of an address, which Go looked up as a name: what is
			// reached is not what was judged.
			c.Host = c.Addr.String()
			again, err := f.check(ctx, &c)
			again.settle(ctx)
			return err
		}
		r := f.checkReached(ctx, &c, v)
		if r == nil {
			return nil
		}
		if !said[r.outcome].Swap(true) {
			r.record(ctx)
		}
		return r.err()
	}
	control, older := d.ControlContext, d.Control
	d.ControlContext = func(ctx context.Context, network, address string, conn syscall.RawConn) error {
		err := judge(ctx, network, address, conn)
		switch {
		case err != nil:
		case control != nil:
			err = control(ctx, network, address, conn)
		case older != nil:
			err = older(network, address, conn)
		}
		return err
	}
	return d.DialContext(ctx, network, address)
}

// reachedAddr reads the address that a dialer is about to connect to.
func reachedAddr(address string) (netip.Addr, bool) {
	if ap, err := netip.ParseAddrPort(address); err == nil {
		return ap.Addr().WithZone("").Unmap(), true
	}
	a, err := netip.ParseAddr(address) // a raw IP socket has no port
	return a.WithZone("").Unmap(), err == nil
}
