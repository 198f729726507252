package awshost

import (
	"strings"
	"sync/atomic"
)

// A Memo remembers what was read in a name, for the few names that a program
// uses over and over. Each of its places keeps the first name that comes to it
// and no other after that: so it is bounded, needs no lock, and a stream of ever
// new names neither empties it nor makes it allocate. The zero value is empty.
type Memo[T any] struct {
	places [places]atomic.Pointer[memory[T]]
}

// places are more than the hosts that a function talks to: the buckets of S3 have a
// host each.
const (
	placeBits = 10
	places    = 1 << placeBits
)

// A memory does not change once it has its place.
type memory[T any] struct {
	name string
	what T
}

// maxMemory is the longest name that is remembered.
const maxMemory = 128

// Recall returns what is remembered of name, or nil.
func (m *Memo[T]) Recall(name string) *T {
	h := hash(name)
	for _, at := range [...]uint16{h, h ^ (places - 1)} {
		if e := m.places[at].Load(); e != nil && e.name == name {
			return &e.what
		}
	}
	return nil
}

// Keep remembers what read reads in name, if there is a place for it. It reads a
// copy: a host may be a part of a URL, which must not be kept for it.
func (m *Memo[T]) Keep(name string, read func(name string) T) {
	if len(name) > maxMemory {
		return
	}
	h := hash(name)
	for _, at := range [...]uint16{h, h ^ (places - 1)} {
		if m.places[at].Load() == nil {
			name = strings.Clone(name)
			m.places[at].CompareAndSwap(nil, &memory[T]{name, read(name)})
			return
		}
	}
}

// hash spreads names over the places of a Memo.
func hash(name string) uint16 {
	const odd = 0x9e3779b97f4a7c15
	h := uint64(len(name))
	for ; len(name) >= 8; name = name[8:] {
		h = (h ^ word(name)) * odd
	}
	for i := range len(name) {
		h = (h ^ uint64(name[i])) * odd
	}
	return uint16(h >> (64 - placeBits))
}

// word returns the first eight bytes of s; the compiler makes it one load.
func word(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}
