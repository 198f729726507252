package awscall

import (
	"hash/maphash"
	"reflect"
	"slices"
	"strings"
	"unsafe"
)

// An Input is the input of an operation, at the moment at which it is written into a
// request: it may change afterwards. Operation and Value are as in [Call].
type Input struct {
	Operation string
	Value     any

	named *Named // once it was read
}

// Type tells the type of the input from others.
func (in *Input) Type() uintptr { return uintptr(in.words().typ) }

// words is the input as Go keeps it: a pointer is its own data. Reflection would tell
// the same, by ways that nothing else goes: see [values.readTexts].
func (in *Input) words() *iface { return (*iface)(unsafe.Pointer(&in.Value)) }

type iface struct{ typ, data unsafe.Pointer }

// Read returns what the input names, for a service as in [Call].
func (in *Input) Read(service string) *Named {
	if in.named == nil || in.named.service != service {
		in.named = &Named{service: service}
		in.named.readAll(in)
	}
	return in.named
}

// Is reports whether n is what the input names, and all of it is known: wherever it
// goes and whoever signs it. The service is not asked for: see Typed. An input of
// which only texts count is not read. key is empty unless n is wide: then it is the
// one in the input.
func (n *Named) Is(in *Input) (key string, ok bool) {
	p := n.plan
	if p == nil || p.typ != in.words().typ || p.key.operation != in.Operation || !n.Known() {
		return "", false
	}
	switch input := in.words().data; {
	case p.texts && n.raised != p.raises(input):
		return "", false
	case n.wide:
		return n.keyIn(input)
	case p.texts:
		return "", n.given.areTexts(input, p.members)
	default:
		return "", n.Equal(in.Read(n.service))
	}
}

// Key returns the key of the object of S3 that n names, if it is in a bucket, n names
// nothing else, and all is known of it. It ends the object's ARN.
func (n *Named) Key() (key string, ok bool) {
	all := n.given.all
	if !n.Known() || !n.plan.object || len(all) != 2 || !isBucket(all[0]) || isDirectory(all[0]) || !isKey(all[1]) {
		return "", false
	}
	return all[1], true
}

// Widen makes n, which has a key, stand for all objects of the bucket with keys that
// begin with prefix: see Is.
func (n *Named) Widen(prefix string) { n.wide, n.given.all[1] = true, prefix }

// WithKey is n, which is wide, for the object with a key.
func (n *Named) WithKey(key string) *Named {
	c := *n
	c.wide, c.given.all = false, []string{n.given.all[0], key}
	return &c
}

// keyIn returns the key in an input, if n, which is wide, stands for the object.
func (n *Named) keyIn(input unsafe.Pointer) (key string, ok bool) {
	bucket, k := n.plan.members[0].textOf(input), n.plan.members[1].textOf(input)
	if bucket == nil || k == nil || *bucket != n.given.all[0] || !strings.HasPrefix(*k, n.given.all[1]) || !isKey(*k) {
		return "", false
	}
	return *k, true
}

// Service is the SDK's name of the service, or empty where nothing was read.
func (n *Named) Service() string { return n.service }

// Type tells the type of the input from others, where that is known.
func (n *Named) Type() uintptr { return uintptr(n.plan.typ) }

// Known reports whether all that the input names was read.
func (n *Named) Known() bool { return n.plan != nil && !n.unread && !n.unsaid }

// Typed reports whether all that the input names was read, and its type tells the
// service and the operation: it is the SDK's own.
func (n *Named) Typed() bool {
	if !n.Known() || n.plan.key.input == nil || n.plan.key.input.Kind() != reflect.Pointer {
		return false
	}
	t := n.plan.key.input.Elem()
	return strings.HasSuffix(t.PkgPath(), "/service/"+n.plan.service) && t.Name() == n.operation+"Input"
}

// Equal reports whether n and o name the same, and all is known of it: wherever
// they go and whoever signs them.
func (n *Named) Equal(o *Named) bool {
	return n.plan == o.plan && n.Known() && o.Known() && n.raised == o.raised && n.wide == o.wide &&
		slices.Equal(n.given.ends, o.given.ends) && slices.Equal(n.given.all, o.given.all)
}

// CopyTo makes c a copy of n, which is another.
func (n *Named) CopyTo(c *Named) {
	*c = *n
	clear(c.texts[:]) // which may be parts of something large
	c.given.all, c.given.ends = append(c.texts[:0], n.given.all...), append(c.ends[:0], n.given.ends...)
}

// Texts are the values that the input gives.
func (n *Named) Texts() []string { return n.given.all }

// Hash tells n, which is known, apart from most of those that it does not equal. It
// leaves out the key of an object, if n has one.
func (n *Named) Hash(seed maphash.Seed) uint64 {
	h, all := n.plan.salt, n.given.all
	if _, ok := n.Key(); ok {
		all = all[:1]
	}
	for _, s := range all {
		h = h*31 + maphash.String(seed, s)
	}
	return h
}
