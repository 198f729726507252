package wrapper

import (
	"net/http"
	"net/url"
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
	places [64]atomic.Pointer[approval]
	asked  [64]atomic.Uint64 // what came last, by its hash
}

// An approval is an operation that was allowed, with all that it was judged by:
// what the input names, the request, and whose key signs it for which region.
// What its headers ask for is compared at each call.
type approval struct {
	named  awscall.Named
	method string
	host   string
	url    url.URL
	signed string  // the Authorization header, as far as it is the same all day
	self   *string // the function's own account

	place hostPort // that it goes to
	path  string
}

// recall returns the approval of what g is about to send, or nil.
func (a *approvals) recall(g *awsGuard, r *http.Request) *approval {
	known := a.places[g.named.Hash()%uint64(len(a.places))].Load()
	if known == nil || !known.covers(g, r) {
		return nil
	}
	return known
}

func (k *approval) covers(g *awsGuard, r *http.Request) bool {
	return k.named.Same(&g.named) && k.url == *r.URL && k.host == r.Host && k.method == r.Method &&
		k.self == g.fence.account.own.Load() && strings.HasPrefix(first(r.Header, authorization), k.signed) &&
		!g.named.ContradictedBy(r.Header, k.path)
}

// keep notes that what g sends was allowed, which is call.
func (a *approvals) keep(g *awsGuard, r *http.Request, call *policy.Call) {
	h := g.named.Hash()
	at := h % uint64(len(a.places))
	if a.asked[at].Swap(h) != h {
		return
	}
	signed, _, ok := strings.Cut(first(r.Header, authorization), ",")
	if !ok || !strings.HasPrefix(signed, "AWS4-") || len(r.URL.Path) > maxApproved || len(r.URL.RawQuery) > maxApproved {
		return
	}
	named, ok := g.named.Kept(maxApproved)
	if !ok {
		return
	}
	k := &approval{
		named: named, method: strings.Clone(r.Method), host: strings.Clone(r.Host), url: *r.URL,
		signed: strings.Clone(signed + ","), self: g.fence.account.own.Load(),
		place: hostPort{strings.Clone(call.Host), call.Port}, path: strings.Clone(call.Path),
	}
	for _, s := range []*string{&k.url.Scheme, &k.url.Opaque, &k.url.Host, &k.url.Path, &k.url.RawPath, &k.url.RawQuery, &k.url.Fragment, &k.url.RawFragment} {
		*s = strings.Clone(*s) // it may be a part of something large
	}
	a.places[at].Store(k)
}

// maxApproved is how long a path, a query or what an input names may be to be kept.
const maxApproved = 512
