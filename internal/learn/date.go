package learn

import (
	"strconv"
	"strings"
	"time"
)

// A date in a path may be one name or several, and stands for any date: a year, and
// what follows it, such as 2026/11/03, year=2026/month=11, 2026-w45, 2026Q4.
type date struct {
	left int // tokens that may still be part of the date
}

// dateWords are what may stand within a date.
var dateWords = map[string]bool{"year": true, "month": true, "week": true, "day": true, "hour": true, "quarter": true, "w": true, "q": true, "t": true, "m": true, "d": true, "h": true}

// next returns the pattern for the next token, "" if it is no part of a date.
func (d *date) next(n *node, i int, window span) string {
	s := &n.slots[i]
	switch {
	case s.kind == sepToken:
		return ""
	case s.kind == wordToken:
		if !dateWords[strings.ToLower(s.text)] {
			d.left = 0
		}
		return ""
	case s.kind == digitsToken && s.all(isYear) && s.length == 4:
		d.left = 0
		if isDate(n, i, window) {
			d.left = 4
			return "????"
		}
		return ""
	case s.kind == digitsToken && (s.length == 8 || s.length == 6 || s.length == 10) && s.all(isCompact):
		d.left = 0
		return strings.Repeat("?", s.length)
	case s.kind == mixedToken && s.all(isYearAndPart):
		d.left = 3
		return pictured(sorted(s.values)[0])
	case d.left == 0:
		return ""
	case s.kind == digitsToken && s.longest() <= 2, s.kind == mixedToken && s.longest() <= 3 && dateWords[strings.ToLower(s.stem())]:
		d.left--
		return s.open(!n.unpadded(i))
	}
	d.left = 0
	return ""
}

// unpadded reports whether numbers near a slot are written without zeros before them.
func (n *node) unpadded(i int) bool {
	for j := max(0, i-2); j <= min(len(n.slots)-1, i+2); j++ {
		if s := &n.slots[j]; s.kind == digitsToken && (s.length == 0 || s.length == 1) {
			return true
		}
	}
	return false
}

// isDate reports whether the year at a slot is one of the time of the events, and not
// a version that looks like it: those stay as they are.
func isDate(n *node, i int, window span) bool {
	if !window.known() {
		return true
	}
	from, to := window.first.Year()-1, window.last.Year()+1
	if !n.slots[i].all(func(text string) bool { y, _ := strconv.Atoi(text); return y >= from && y <= to }) {
		return false
	}
	if i+2 >= len(n.slots) || n.slots[i+2].kind != digitsToken || n.slots[i].distinct() > 1 {
		return true
	}
	month, day := &n.slots[i+2], (*slot)(nil)
	if i+4 < len(n.slots) && n.slots[i+4].kind == digitsToken {
		day = &n.slots[i+4]
	}
	switch {
	case month.length != 2 || month.distinct() > 1:
		return true
	case day != nil && day.distinct() == 1 && window.lasts(day.values.only()):
		return false // the same day for days
	}
	first, last := window.first.AddDate(0, -1, 0), window.last.AddDate(0, 1, 0)
	year, _ := strconv.Atoi(sorted(n.slots[i].values)[0])
	m, _ := strconv.Atoi(sorted(month.values)[0])
	at := time.Date(year, time.Month(m), 15, 0, 0, 0, 0, time.UTC)
	return at.After(first.AddDate(0, 0, -16)) && at.Before(last.AddDate(0, 0, 16))
}

func isYear(text string) bool {
	return len(text) == 4 && (strings.HasPrefix(text, "19") || strings.HasPrefix(text, "20"))
}

// isCompact reports whether digits are a year, month, day and hour, or begin so.
func isCompact(text string) bool {
	if !isYear(text[:4]) || text[4:6] > "12" || text[4:6] == "00" {
		return false
	}
	return (len(text) < 8 || text[6:8] <= "31" && text[6:8] != "00") && (len(text) < 10 || text[8:] <= "23")
}

// isYearAndPart reports whether a token is such as 2026Q4 or 2026w45.
func isYearAndPart(text string) bool {
	if len(text) < 6 || len(text) > 7 || !isYear(text[:4]) {
		return false
	}
	return dateWords[strings.ToLower(text[4:5])] && strings.Trim(text[5:], "0123456789") == ""
}

// pictured puts ? for each digit.
func pictured(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return '?'
		}
		return r
	}, text)
}
