package main

import (
	"strconv"
	"sync"
	"sync/atomic"
)

// idHeader tells a server which call it is that arrives.
const idHeader = "X-Soak-Call"

// calls are those that are on their way, and the last ones that were blocked: memory is bounded, whatever is called.
type calls struct {
	faults *faults
	last   atomic.Uint64

	mu      sync.Mutex
	open    map[uint64]*call
	blocked map[uint64]class
	ring    [8192]uint64 // the ids in blocked, in their order
	next    int
}

// A call is one that was begun.
type call struct {
	id      uint64
	class   class
	arrived int
}

func newCalls(f *faults) *calls {
	return &calls{faults: f, open: map[uint64]*call{}, blocked: map[uint64]class{}}
}

func (c *calls) begin(of class) *call {
	made := &call{id: c.last.Add(1), class: of}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open[made.id] = made
	return made
}

// end returns how often the call arrived. One that was blocked must not arrive later either.
func (c *calls) end(made *call, blocked bool) (arrived int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.open, made.id)
	if blocked {
		delete(c.blocked, c.ring[c.next])
		c.blocked[made.id], c.ring[c.next] = made.class, made.id
		c.next = (c.next + 1) % len(c.ring)
	}
	return made.arrived
}

// arrive notes what came to a server.
func (c *calls) arrive(header string) {
	id, err := strconv.ParseUint(header, 10, 64)
	if err != nil {
		c.faults.add("a request arrived that no call was made for: %q", header)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if made := c.open[id]; made != nil {
		made.arrived++
	} else if of, ok := c.blocked[id]; ok {
		c.faults.add("call %d (%s) was blocked, and arrived all the same", id, of)
	}
}
