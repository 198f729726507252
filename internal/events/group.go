package events

import (
	"time"
)

// A Group stands for events that differ in nothing but when they were, as a query
// of CloudWatch Logs counts them.
type Group struct {
	Line        []byte // the log line of one of them
	First, Last time.Time
	Lines       int64 // how many events, at least 1
	Calls       int64 // that they stand for
}

// Group reads a group. Two events are told of it, the first and the last, which have
// the count of all; one, if there is only one. They are not held against what
// was read before: nobody knows the lines that were counted.
func (r *Reader) Group(name string, g Group) error {
	r.at = name
	r.Counts.Bytes += int64(len(g.Line))
	g.Lines = max(g.Lines, 1)
	ev, _, err := parse(g.Line)
	if err != nil {
		return r.refuse(err, 0, g.Lines)
	}
	calls := max(g.Calls, g.Lines, int64(ev.Count))
	r.Counts.Events += g.Lines
	r.Counts.Calls += calls
	if g.Lines > 1 {
		first := ev
		first.Time, first.Count = g.First.UTC(), int(calls-1)
		if err := r.Each(&first); err != nil {
			return &stopError{err}
		}
		ev.Time, calls = g.Last.UTC(), 1
	}
	ev.Count = int(calls)
	if err := r.Each(&ev); err != nil {
		return &stopError{err}
	}
	return nil
}
