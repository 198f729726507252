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
	named     awscall.Named
	request   request
	target    string // as its headers say it
	signature string // what it begins with, which is the same all day: whose key signs, for which region

	place hostPort // that it goes to
}

// recall returns the approval of what g is about to send, or nil. All that the input
// names must be known.
func (a *approvals) recall(g *awsGuard, r *http.Request, said *awscall.Headers) *approval {
	k := a.places[a.place(g)].Load()
	if k == nil || said.Odd || said.Target != k.target || !strings.HasPrefix(said.Signature, k.signature) || !k.request.is(r) || !k.named.Equal(&g.named) {
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
func (a *approvals) keep(g *awsGuard, r *http.Request, said *awscall.Headers, call *policy.Call) {
	credential, _, ok := strings.Cut(said.Signature, ",")
	if said.Odd || !ok || !strings.HasPrefix(credential, "AWS4-HMAC-SHA256 Credential=") || said.Target != first(r.Header, target) || r.URL.User != nil {
		return
	}
	at, h := a.place(g), g.named.Hash(a.seed)
	for _, s := range [...]string{r.URL.Host, r.URL.Path, r.URL.RawQuery, credential} {
		h = h*31 + maphash.String(a.seed, s)
	}
	if a.asked[at].Swap(h) != h {
		return
	}
	k := &approval{request: requestOf(r), target: said.Target, signature: said.Signature[:len(credential)+1], place: hostPort{call.Host, call.Port}}
	g.named.CopyTo(&k.named)
	if k.pack() <= maxApproval {
		a.places[at].Store(k)
	}
}

// maxApproval is the most text that an approval keeps, in bytes: longer ones are few.
const maxApproval = 1024

// pack puts all texts of k, which may be parts of something large, into a single one,
// and returns its length.
func (k *approval) pack() int {
	u := &k.request.url
	named := k.named.Texts()
	texts := append(make([]*string, 0, 16+len(named)),
		&k.request.method, &k.request.host, &u.Scheme, &u.Host, &u.Path, &u.RawPath, &u.RawQuery, &u.Opaque, &u.Fragment, &u.RawFragment,
		&k.signature, &k.target, &k.place.host)
	for i := range named {
		texts = append(texts, &named[i])
	}
	size := 0
	for _, s := range texts {
		size += len(*s)
	}
	var all strings.Builder
	all.Grow(size)
	for _, s := range texts {
		all.WriteString(*s)
	}
	packed := all.String()
	for _, s := range texts {
		*s, packed = packed[:len(*s)], packed[len(*s):]
	}
	return all.Len()
}
