package cloudwatch

import "time"

// A window is a span of time. Its end is not in it. Both are whole seconds, since
// Insights takes no less.
type window struct{ from, to time.Time }

// windows cuts the time from from to to into days, or into longer pieces where these
// would be many. A short query is far from Insights' limits, and its end is something to
// tell on the way.
func windows(from, to time.Time) []window {
	whole := window{from.Truncate(time.Second), to.Add(time.Second - 1).Truncate(time.Second)}
	days := int((whole.length() + 24*time.Hour - 1) / (24 * time.Hour))
	return whole.cut(min(days, 14))
}

func (w window) length() time.Duration { return w.to.Sub(w.from) }

// cut cuts the window into pieces of about the same length, a second at least.
func (w window) cut(pieces int) []window {
	seconds := int64(w.length() / time.Second)
	pieces = int(min(int64(pieces), seconds))
	var all []window
	at := w.from
	for i := range int64(pieces) {
		end := w.from.Add(time.Duration(seconds*(i+1)/int64(pieces)) * time.Second)
		all = append(all, window{at, end})
		at = end
	}
	return all
}

func (w window) String() string {
	return w.from.UTC().Format(time.RFC3339) + " to " + w.to.UTC().Format(time.RFC3339)
}
