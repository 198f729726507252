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
	credential string  // whose key signed it, for which region
	self       *string // the function's own account

	place hostPort // that it goes to
}

// recall returns the approval of what g is about to send, or nil.
func (a *approvals) recall(g *awsGuard, r *http.Request, signed string) *approval {
	credential := credentialOf(signed)
	h := a.hash(g, r, credential)
	if h == 0 {
		return nil
	}
	k := a.places[h%uint64(len(a.places))].Load()
	if k == nil || k.credential != credential || k.self != g.fence.account.own.Load() || !k.request.is(r) || !k.named.Equal(&g.named) {
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
	credential := credentialOf(signed)
	h := a.hash(g, r, credential)
	if h == 0 {
		return
	}
	at := h % uint64(len(a.places))
	if a.asked[at].Swap(h) != h {
		return
	}
	asked, ok := g.named.Target(r.Header)
	if !ok || asked != first(r.Header, target) {
		return
	}
	a.places[at].Store(&approval{
		named: g.named.Clone(), request: requestOf(r).clone(), self: self,
		target: strings.Clone(asked), credential: strings.Clone(credential), // they may be parts of something large
		place: hostPort{strings.Clone(call.Host), call.Port},
	})
}

// maxApproval is the most that an approval keeps, in bytes: longer ones are few.
const maxApproval = 1024

// hash tells operations apart, most times. It is 0 for one that is not kept: not
// all of it is known, or it is long or odd.
func (a *approvals) hash(g *awsGuard, r *http.Request, credential string) uint64 {
	values, u := g.named.Values(), r.URL
	if values == nil || credential == "" || u == nil || u.User != nil {
		return 0
	}
	h, size := uint64(1), len(r.Method)+len(r.Host)+len(u.Scheme)+len(u.Opaque)+len(u.Fragment)+len(u.RawFragment)
	for _, s := range [...]string{g.operation, credential, u.Host, u.Path, u.RawQuery} {
		h, size = h*31+maphash.String(a.seed, s), size+len(s)
	}
	for _, s := range values {
		if h, size = h*31+maphash.String(a.seed, s), size+len(s); size > maxApproval {
			return 0
		}
	}
	return h
}

// credentialOf returns the head of a signature, which is the same all day: whose
// key signs for which region. It is empty for one of another form.
func credentialOf(signed string) string {
	credential, _, ok := strings.Cut(signed, ",")
	if !ok || !strings.HasPrefix(credential, "AWS4-HMAC-SHA256 Credential=") {
		return ""
	}
	return credential
}
