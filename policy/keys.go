package policy

import "encoding/binary"

// Keys stand for the entries of a sorted list, in its order, as the first word of
// each: a search among thousands touches few cache lines of them, and none of the
// list itself but for entries that begin alike.
type keys []uint64

// keyOf is the first eight bytes of s as a number. Where two differ, the strings
// are in the same order; where they do not, the strings may be in any.
func keyOf(s string) uint64 {
	var b [8]byte
	copy(b[:], s)
	return binary.BigEndian.Uint64(b[:])
}

// last returns the index of the last entry that is not above what has this key,
// or -1. reaches tells this of an entry that has the same key.
func (k keys) last(key uint64, reaches func(i int) bool) int {
	from, to := 0, len(k)
	for from < to {
		if i := (from + to) / 2; k[i] < key || k[i] == key && reaches(i) {
			from = i + 1
		} else {
			to = i
		}
	}
	return from - 1
}
