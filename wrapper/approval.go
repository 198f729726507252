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
// row there. So a stream of ever new ones neither pushes out what is asked for
// often nor allocates.
type approvals struct {
	seed   maphash.Seed
	places [64]atomic.Pointer[approval]
	asked  [64]atomic.Uint64 // what came last, by its hash
}

// An approval is an operation that was allowed, with all that it was judged by.
type approval struct {
	named      *awscall.Named
	request    request
	target     string  // as its headers say it
	credential string  // the head of the signature, the same all day: whose key signs, for which region
	self       *string // the function's own account

	place hostPort // that it goes to
}

// recall returns the approval of what g is about to send, or nil.
func (a *approvals) recall(g *awsGuard, r *http.Request, signed string) *approval {
	h := a.hash(g, r, signed)
	k := a.places[h%uint64(len(a.places))].Load()
	if k == nil || !strings.HasPrefix(signed, k.credential) || k.self != g.fence.account.own.Load() || !k.request.is(r) || !k.named.Equal(&g.named) {
		return nil
	}
	if asked, ok := g.named.Target(r.Header); !ok || asked != k.target {
		return nil
	}
	return k
}

// keep notes that call was allowed, of a function of which self was known before
// it was judged: the account may have been learned meanwhile.
func (a *approvals) keep(g *awsGuard, r *http.Request, signed string, self *string, call *policy.Call) {
	h := a.hash(g, r, signed)
	at := h % uint64(len(a.places))
	if a.asked[at].Swap(h) != h {
		return
	}
	credential, _, ok := strings.Cut(signed, ",")
	if !ok || !strings.HasPrefix(credential, "AWS4-HMAC-SHA256 Credential=") || r.URL.User != nil {
		return
	}
	asked, ok := g.named.Target(r.Header)
	if !ok || asked != first(r.Header, target) || g.named.Size()+len(r.URL.String())+len(signed) > maxApproval {
		return
	}
	a.places[at].Store(&approval{
		named: g.named.Clone(), request: requestOf(r).clone(), self: self,
		target: strings.Clone(asked), credential: strings.Clone(signed[:len(credential)+1]), // they may be parts of something large
		place: hostPort{strings.Clone(call.Host), call.Port},
	})
}

// maxApproval is the most that an approval keeps of an operation, in bytes: longer
// ones are few.
const maxApproval = 1024

// hash tells operations apart, most times.
func (a *approvals) hash(g *awsGuard, r *http.Request, signed string) uint64 {
	h := g.named.Hash(a.seed)
	for _, s := range [...]string{r.URL.RawQuery, signed[:min(len(signed), 64)]} {
		h = h*31 + maphash.String(a.seed, s)
	}
	return h
}
