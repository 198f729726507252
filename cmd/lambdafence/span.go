package main

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// span is the time that --since and --until say.
func (in *input) span(now time.Time) (from, to time.Time, err error) {
	to = now
	if in.until != "" {
		if to, err = moment(in.until, now); err != nil {
			return from, to, fmt.Errorf("--until: %w", err)
		}
	}
	if from, err = moment(cmp.Or(in.since, defaultSince), to); err != nil {
		return from, to, fmt.Errorf("--since: %w", err)
	}
	if !from.Before(to) {
		return from, to, errors.New("--since is not before --until")
	}
	return from, to, nil
}

// units are those of a length of time. time.ParseDuration has no days.
var units = map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}

// moment reads a point in time: a date, which begins in UTC, an RFC 3339 time, or
// a length of time before another.
func moment(text string, before time.Time) (time.Time, error) {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	wrong := fmt.Errorf("%q is no time such as 36h, 7d, 2w, 2026-11-01 or 2026-11-01T10:00:00Z", text)
	if len(text) < 2 {
		return time.Time{}, wrong
	}
	unit, known := units[text[len(text)-1]]
	n, err := strconv.ParseUint(text[:len(text)-1], 10, 32)
	const longest = 10 * 366 * 24 * time.Hour // logs are kept for ten years at most
	if err != nil || !known || n == 0 || n > uint64(longest/unit) {
		return time.Time{}, wrong
	}
	return before.Add(-time.Duration(n) * unit), nil
}
