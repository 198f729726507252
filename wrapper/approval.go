package wrapper

import (
	"hash/maphash"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/lambdafence/lambdafence/internal/awscall"
	"github.com/lambdafence/lambdafence/policy"
)

// approvals are the operations that one policy allowed before. Functions make few
// different ones over and over: what is the same in all that the verdict goes by
// is allowed again without being described and decided anew. The zero value is
// empty.
//
// An approval takes its place when an operation comes for the second time in a
// row there. So a stream of ever new keys neither pushes out what is asked for
// often nor allocates.
type approvals struct {
	seed   maphash.Seed
	places [64]atomic.Pointer[approval]
	asked  [64]atomic.Uint64 // what came last, by its hash
}

// An approval is an operation that was allowed.
type approval struct {
	key  string  // all that it was judged by, but for what its headers ask for
	self *string // and the function's own account

	path  string   // as sent
	place hostPort // that it goes to
}

// recall returns the approval of what g is about to send, or nil.
func (a *approvals) recall(key []byte, g *awsGuard, r *http.Request) *approval {
	if len(key) == 0 {
		return nil
	}
	k := a.places[maphash.Bytes(a.seed, key)%uint64(len(a.places))].Load()
	if k == nil || k.key != string(key) || k.self != g.fence.account.own.Load() || g.named.ContradictedBy(r.Header, k.path) {
		return nil
	}
	return k
}

// keep notes that call was allowed, of a function of which self was known before
// it was judged: the account may have been learned meanwhile.
func (a *approvals) keep(key []byte, self *string, call *policy.Call) {
	if len(key) == 0 {
		return
	}
	h := maphash.Bytes(a.seed, key)
	at := h % uint64(len(a.places))
	if a.asked[at].Swap(h) != h {
		return
	}
	a.places[at].Store(&approval{
		key: string(key), self: self,
		path: strings.Clone(call.Path), place: hostPort{strings.Clone(call.Host), call.Port}, // they may be parts of something large
	})
}

// maxKey is the longest key of an approval, in bytes. Longer ones are not kept.
const maxKey = 512

// key writes down what an attempt is judged by: what its input names, its request,
// and whose key signs it for which region, which is the same all day. It is empty
// for an attempt of which not all is known or which is odd.
func (g *awsGuard) key(b []byte, r *http.Request, signed string) []byte {
	u := r.URL
	credential := strings.IndexByte(signed, ',')
	if credential < 0 || !strings.HasPrefix(signed, "AWS4-HMAC-SHA256 Credential=") || u.User != nil || u.Opaque != "" || u.ForceQuery || u.OmitHost || u.Fragment != "" || u.RawFragment != "" {
		return nil
	}
	b = g.named.AppendTo(b)
	for _, s := range [...]string{r.Method, r.Host, u.Scheme, u.Host, u.Path, u.RawPath, u.RawQuery, signed[:credential]} {
		b = awscall.AppendText(b, s)
	}
	return b
}
