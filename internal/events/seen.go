package events

// seen remembers the last hashes that it was given, a million at least.
type seen struct{ now, before hashes }

const generation = 1 << 20

// add adds a hash, and reports whether it was there.
func (s *seen) add(hash uint64) bool {
	if s.before.has(hash) {
		return true
	}
	if s.now.n >= generation {
		s.now, s.before = s.before, s.now
		clear(s.now.slots)
		s.now.n = 0
	}
	return s.now.add(hash)
}

// hashes are a set, of a third of the memory of a map: 16 MB when full. A hash lies in the
// first slot that was free from its own on.
type hashes struct {
	slots []uint64 // 0: free
	n     int
}

// slot returns that of a hash, or the one where it would be. At least half are free.
func (h *hashes) slot(hash uint64) *uint64 {
	mask := uint64(len(h.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		if s := &h.slots[i]; *s == 0 || *s == hash {
			return s
		}
	}
}

func (h *hashes) has(hash uint64) bool {
	return h.n > 0 && *h.slot(max(hash, 1)) != 0
}

// add adds a hash, and reports whether it was there.
func (h *hashes) add(hash uint64) bool {
	hash = max(hash, 1) // 0 and 1 are one: that is as likely as any two that are alike
	if 2*h.n >= len(h.slots) {
		h.grow()
	}
	s := h.slot(hash)
	if *s == hash {
		return true
	}
	*s = hash
	h.n++
	return false
}

func (h *hashes) grow() {
	old := h.slots
	h.slots = make([]uint64, max(1024, 2*len(old)))
	for _, hash := range old {
		if hash != 0 {
			*h.slot(hash) = hash
		}
	}
}
