package learn

import (
	"maps"
	"slices"
	"time"
)

// A span is when something was seen first and last. It is zero where events have no
// time.
type span struct{ first, last time.Time }

func (s *span) add(other span) {
	if s.first.IsZero() || !other.first.IsZero() && other.first.Before(s.first) {
		s.first = other.first
	}
	if other.last.After(s.last) {
		s.last = other.last
	}
}

func (s *span) length() time.Duration { return s.last.Sub(s.first) }

// known reports whether the time of all that was seen tells anything: in a day, what
// a function does is done at least once.
func (s *span) known() bool { return !s.first.IsZero() && s.length() >= 24*time.Hour }

// isLate reports whether a time is in the second half.
func (s *span) isLate(t time.Time) bool { return s.known() && t.After(s.first.Add(s.length()/2)) }

// lasts reports whether part is a good share of the whole: days, of which something
// that varies would have had another value on each.
func (s *span) lasts(part span) bool {
	return s.known() && part.length() >= 72*time.Hour && part.length() >= s.length()/3
}

// days are when events were, by the day.
type days map[int64]*day

type day struct {
	span
	events int
}

const (
	maxDays = 4096
	maxGap  = 31 // days without events
)

func (d days) add(when span) {
	if when.first.IsZero() {
		return
	}
	n := when.first.Unix() / (24 * 60 * 60)
	if d[n] == nil {
		if len(d) >= maxDays {
			return
		}
		d[n] = &day{}
	}
	d[n].add(when)
	d[n].events++
}

// window is the time of the events, but for a few that are far from the others: one
// with a wrong date would make all of them late, and nothing last.
func (d days) window() span {
	var all []day
	last := int64(0)
	for i, n := range slices.Sorted(maps.Keys(d)) {
		if i == 0 || n-last > maxGap {
			all = append(all, day{})
		}
		part := &all[len(all)-1]
		part.add(d[n].span)
		part.events += d[n].events
		last = n
	}
	var most day
	for _, part := range all {
		if part.events >= most.events {
			most = part
		}
	}
	return most.span
}
