package wrapper

import (
	"hash/maphash"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/lambdafence/lambdafence/internal/awscall"
	"github.com/lambdafence/lambdafence/policy"
)

// approvals are the operations that one policy allowed before. Functions make few
// different ones over and over: what is the same in all that the verdict goes by
// is allowed again without being described and decided anew. A function that reads one
// object of S3 seldom reads it again: so an operation on an object is approved for all
// objects in the bucket, or for those with keys that begin alike, where the policy allows
// them all and denies none.
//
// An operation is approved when it comes for the second time in a row, or for the third
// where it is about one object only, and where there is no room any more, one in many. So
// a stream of ever new ones neither pushes out what is asked for often nor allocates.
type approvals struct {
	seed   maphash.Seed
	places [32]place // by the type of the input; several may share one
	asked  came      // what came last
	keys   came      // the same, by the bucket of the object alone
}

// came is what came last, by its hash.
type came [64]atomic.Uint64

// again reports whether what has a hash came before, and nothing else in its place since.
func (c *came) again(h uint64) bool { return c[h%uint64(len(c))].Swap(h) == h }

// A place holds approvals, the newest first.
type place = atomic.Pointer[[16]*approval]

// An approval is an operation that was allowed, with all that it was judged by. It is
// wide if it is about all keys of a bucket that begin alike.
type approval struct {
	under     *state
	named     awscall.Named
	request   request  // of a wide one the path is what stands before the key
	signature string   // up to the sum itself, the same all day: whose key signs, for which region, and which headers
	count     int      // of all headers
	unsigned  []string // the names of those that are not in the signature
}

// place is where the approvals of operations with inputs of a type are.
func (a *approvals) place(typ uintptr) *place { return &a.places[typ/64%uintptr(len(a.places))] }

// recall returns the approval of an operation whose input names the same, or nil, and
// of a wide one the key that the input names.
func (a *approvals) recall(in *awscall.Input) (*approval, string) {
	known := a.place(in.Type()).Load()
	if known == nil {
		return nil, ""
	}
	for _, k := range known {
		if k == nil {
			return nil, ""
		}
		if key, ok := k.named.Is(in); ok {
			return k, key
		}
	}
	return nil, ""
}

// cover returns the approval that covers r, which an operation became that names what k
// does, and the signature of r. There may be several: it may be signed for another region,
// or ask for a part of an object.
func (a *approvals) cover(k *approval, r *http.Request, key string) (*approval, string) {
	if signature, ok := k.covers(r, key); ok {
		return k, signature
	}
	for _, other := range a.place(k.named.Type()).Load() {
		if other == nil {
			break
		}
		if other != k && other.named.Equal(&k.named) {
			if signature, ok := other.covers(r, key); ok {
				return other, signature
			}
		}
	}
	return nil, ""
}

// covers reports whether r, which such an operation became, is in all that counts
// like the one that was allowed, and returns its signature. key is the one of recall.
//
// Services take headers in any spelling, and one that was not there may ask for more.
// So there must be the very same ones, as many as before: those that were not signed
// are looked for, and the signature names the others, in small letters. What is put in
// before the request is signed changes those names or the count (see unsigned); what
// is put in afterwards AWS refuses, which holds the signature against what it gets.
func (k *approval) covers(r *http.Request, key string) (signature string, ok bool) {
	signature = first(r.Header, authorization)
	if len(r.Header) != k.count || !strings.HasPrefix(signature, k.signature) || !k.request.is(r) || !k.coversPath(r.URL, key) {
		return "", false
	}
	for _, name := range k.unsigned {
		if len(r.Header[name]) != 1 {
			return "", false
		}
	}
	return signature, true
}

// coversPath reports whether the path of u is the one that was allowed or, where the
// operation may be about any key, leads to that one: however it is escaped, net/http
// sends nothing that does not stand for what Path is.
func (k *approval) coversPath(u *url.URL, key string) bool {
	allowed := &k.request.url
	if key == "" {
		return u.Path == allowed.Path && u.RawPath == allowed.RawPath
	}
	before, ok := strings.CutSuffix(u.Path, key)
	return ok && before == allowed.Path && (u.RawPath == "" || strings.HasPrefix(u.RawPath, before))
}

// keep notes that st allowed call, which names what named does, for a fence that knew the
// function's own account, which it learns once.
func (st *state) keep(named *awscall.Named, r *http.Request, said *awscall.Headers, call *policy.Call) {
	const sum = ", Signature="
	end := strings.Index(said.Signature, sum) + len(sum)
	if said.Odd || said.Source != "" || end < len(sum) || said.Target != first(r.Header, target) || r.URL.User != nil {
		return
	}
	signature := said.Signature[:end]
	credential, names, ok := strings.Cut(signature[:end-len(sum)], ", SignedHeaders=")
	if !ok || !strings.HasPrefix(credential, "AWS4-HMAC-SHA256 Credential=") {
		return
	}
	a, u := &st.approvals, r.URL
	h := a.hash(named.Hash(a.seed), u.Host, u.RawQuery, signature) + uint64(len(r.Header))
	before, prefix, wide := "", "", false
	if key, ok := named.Key(); ok { // which the hash leaves out
		if !a.keys.again(h) {
			return
		}
		before, prefix, wide = st.beneath(u, call, key)
	}
	if !wide && !a.asked.again(a.hash(h, u.Path)) {
		return
	}
	place := a.place(named.Type())
	if known := place.Load(); known != nil && known[len(known)-1] != nil && rand.IntN(len(known)) > 0 {
		return
	}
	k := &approval{under: st, request: *requestOf(r, call), signature: signature, count: len(r.Header)}
	if k.unsigned, ok = unsigned(r.Header, strings.Split(names, ";")); !ok {
		return
	}
	if named.CopyTo(&k.named); wide {
		k.named.Widen(prefix)
		k.request.url.Path, k.request.url.RawPath = before, ""
	}
	if k.pack() <= maxApproval {
		k.take(place)
	}
}

// beneath returns what the keys of other objects in the bucket must begin with, so that
// the call, which goes to u and is about the one with key, would be allowed for them, and
// what stands before the key in the path.
func (st *state) beneath(u *url.URL, call *policy.Call, key string) (before, prefix string, ok bool) {
	before, ok = strings.CutSuffix(u.Path, key)
	if !ok || u.Opaque != "" || u.RawPath != "" && !strings.HasPrefix(u.RawPath, before) {
		return "", "", false
	}
	if prefix = st.set.Beneath(call); prefix == "" {
		return "", "", false
	}
	bucket, ok := strings.CutSuffix(call.Resources[0], key)
	if len(prefix) <= len(bucket) {
		return before, "", ok
	}
	return before, prefix[len(bucket):], ok
}

// hash adds texts to a hash.
func (a *approvals) hash(h uint64, texts ...string) uint64 {
	for _, s := range texts {
		h = h*31 + maphash.String(a.seed, s)
	}
	return h
}

// unsigned returns the names of the headers that are not signed. Each signed one must
// be there under one name, and none for which the request has a field of its own and
// the signer does not look into the headers: there must be nothing that could give its
// place to another header without a change of the count and of the signature's names.
func unsigned(h http.Header, signed []string) (names []string, ok bool) {
	found := 0
	for name, values := range h {
		switch lower := strings.ToLower(name); {
		case len(values) != 1:
			return nil, false
		case name == authorization:
		case slices.Contains(signed, lower):
			found++
			if name != http.CanonicalHeaderKey(name) {
				return nil, false // there may be another spelling of it
			}
		default:
			names = append(names, name)
		}
	}
	for _, name := range signed {
		if name == "host" || name == "content-length" {
			found++
		}
	}
	return names, found == len(signed)
}

// take puts k in a place, before all others there and instead of one that is the same.
// If another comes in between, it is left for the next time.
func (k *approval) take(p *place) {
	known := p.Load()
	all := [len(known)]*approval{k}
	if known != nil {
		n := 1
		for _, o := range known {
			if o != nil && n < len(all) && !o.is(k) {
				all[n] = o
				n++
			}
		}
	}
	p.CompareAndSwap(known, &all)
}

// is reports whether k and o are approvals of the same. The headers that are not signed
// may differ: the last ones count.
func (k *approval) is(o *approval) bool {
	return k.named.Equal(&o.named) && k.request == o.request && k.signature == o.signature && k.count == o.count
}

// maxApproval is the most text that an approval keeps, in bytes: longer ones are few.
const maxApproval = 1024

// pack puts all texts of k, which may be parts of something large, into a single one,
// and returns its length.
func (k *approval) pack() int {
	u := &k.request.url
	texts := []*string{
		&k.request.method, &k.request.host, &u.Scheme, &u.Host, &u.Path, &u.RawPath, &u.RawQuery, &u.Opaque, &u.Fragment, &u.RawFragment,
		&k.signature, &k.request.target, &k.request.place.host,
	}
	for _, list := range [...][]string{k.named.Texts(), k.unsigned} {
		for i := range list {
			texts = append(texts, &list[i])
		}
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
