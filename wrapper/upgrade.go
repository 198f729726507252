package wrapper

import (
	"net/http"
	"net/url"
	"slices"
	"sync"

	"github.com/lambdafence/lambdafence/policy"
)

// proxyOf is the proxy of a guarded default transport. A request that gets here
// has gone round the door: net/http sends an upgrade over TLS by no registered
// protocol, and a clone has none. It is judged here if its connection would not
// tell where it goes: an upgrade, for its path, and a request by a proxy. Other
// requests of clones are judged when these dial.
func (d *door) proxyOf(r *http.Request) (proxy *url.URL, err error) {
	if d.before.proxy != nil {
		if proxy, err = d.before.proxy(r); err != nil {
			return nil, err
		}
	}
	fences := d.look().fences
	if len(fences) == 0 {
		return proxy, nil
	}
	call, err := policy.HTTPCall(r.Method, r.URL, r.Host)
	if err != nil {
		return nil, err // what net/http itself would refuse
	}
	upgrade := r.URL.Scheme == "https" && r.Header.Get("Upgrade") != ""
	if proxy == nil && !upgrade && !isRuntimeAPI(&call) || d.wasThrough(r.Context()) {
		return proxy, nil
	}
	for _, f := range slices.Backward(fences) {
		if call := call; !f.judged(r, &call) {
			if err := f.checkSettled(r.Context(), call); err != nil {
				return nil, err
			}
		}
	}
	if proxy == nil {
		d.upgrades.add(&call, fences[0])
	}
	return proxy, nil
}

// upgrades are those that were judged and are about to be dialled: a dialer
// does not learn which request it dials for.
type upgrades struct {
	mu      sync.Mutex
	pending map[hostPort]pendingDial
}

type pendingDial struct {
	fence *Fence
	state *state
}

func (u *upgrades) add(c *policy.Call, f *Fence) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.pending == nil || len(u.pending) > maxProxies {
		u.pending = map[hostPort]pendingDial{} // what is lost is judged once more
	}
	u.pending[hostPort{c.Host, c.Port}] = pendingDial{f, f.state.Load()}
}

// take reports whether c was judged under the policy that still holds, for one
// connection.
func (u *upgrades) take(c *policy.Call) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	place := hostPort{c.Host, c.Port}
	p, ok := u.pending[place]
	delete(u.pending, place)
	return ok && p.fence.state.Load() == p.state
}
