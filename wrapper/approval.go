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
	target     string // as its headers say it
	credential string // the head of the signature, the same all day: whose key signs, for which region

	place hostPort // that it goes to
}

// recall returns the approval of what g is about to send, or nil. All that the
// input names must be known.
func (a *approvals) recall(g *awsGuard, r *http.Request, signed string) *approval {
	k := a.places[a.place(g)].Load()
	if k == nil || !strings.HasPrefix(signed, k.credential) || !k.request.is(r) || !k.named.Equal(&g.named) {
		return nil
	}
	if asked, ok := g.named.Target(r.Header); !ok || asked != k.target {
		return nil
	}
	return k
}

// place is where the approval of an operation is, if there is one.
func (a *approvals) place(g *awsGuard) int {
	return int(g.named.Hash(a.seed) % uint64(len(a.places)))
}

// keep notes that call was allowed, by a fence that knew the function's own account,
// which it learns once.
func (a *approvals) keep(g *awsGuard, r *http.Request, signed string, call *policy.Call) {
	credential, _, ok := strings.Cut(signed, ",")
	where := r.URL.String()
	if !ok || !strings.HasPrefix(credential, "AWS4-HMAC-SHA256 Credential=") || r.URL.User != nil || g.named.Size()+len(where)+len(credential) > maxApproval {
		return
	}
	asked, ok := g.named.Target(r.Header)
	at, h := a.place(g), g.named.Hash(a.seed)^maphash.String(a.seed, where+credential)
	if !ok || asked != first(r.Header, target) || a.asked[at].Swap(h) != h {
		return
	}
	a.places[at].Store(&approval{
		named: g.named.Clone(), request: requestOf(r).clone(),
		target: strings.Clone(asked), credential: strings.Clone(signed[:len(credential)+1]), // they may be parts of something large
		place: hostPort{strings.Clone(call.Host), call.Port},
	})
}

// maxApproval is the most that an approval keeps of an operation, in bytes: longer
// ones are few.
const maxApproval = 1024
