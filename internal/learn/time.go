package learn

import "time"

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
