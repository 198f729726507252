package source

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// Bound returns a source whose Load ends when its context does, or a moment
// later, whether s watches the context or not. Loads of s that hang are left
// behind, three of them at most: beyond that Load fails at once. A panic of s
// becomes an error.
//
// s gets all of the time that the context has. [First] divides it: of two
// alternatives the first gets half.
func Bound(s Source) Source {
	switch of := s.(type) {
	case *bound, *first: // of which each alternative is bound
		return s
	case *fetched:
		if of.inMemory { // to load it beside the caller would wake up a thread, for nothing
			return s
		}
	}
	return &bound{source: s}
}

const maxHanging = 3

// grace is what a source gets that is asked when there is no time left: enough
// for a local one, which a fallback is.
const grace = 50 * time.Millisecond

type bound struct {
	source  Source
	running atomic.Int32
}

func (b *bound) String() string { return Describe(b.source) }

func (b *bound) Load(ctx context.Context) (Document, error) {
	if b.source == nil {
		return Document{}, errors.New("nil source")
	}
	if b.running.Add(1) > maxHanging {
		b.running.Add(-1)
		return Document{}, fmt.Errorf("%d earlier loads still hang", maxHanging)
	}
	type result struct {
		doc Document
		err error
	}
	done := make(chan result, 1)
	go func() {
		defer b.running.Add(-1)
		var r result
		defer func() {
			if p := recover(); p != nil {
				r.err = fmt.Errorf("source panicked: %v", p)
			}
			done <- r
		}()
		r.doc, r.err = b.source.Load(ctx)
	}()
	var r result
	select {
	case r = <-done:
	case <-ctx.Done():
		select {
		case r = <-done:
		case <-time.After(grace):
			r.err = context.Cause(ctx)
		}
	}
	if r.err == nil && r.doc.Origin == "" {
		r.doc.Origin = Describe(b.source)
	}
	return r.doc, r.err
}
