package main

import "sync"

// met counts what the fence has met, by name.
type met struct {
	mu     sync.Mutex
	counts map[string]int64
}

func (m *met) note(what string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.counts == nil {
		m.counts = map[string]int64{}
	}
	m.counts[what]++
}

func (m *met) count(what string) int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.counts[what]
}
