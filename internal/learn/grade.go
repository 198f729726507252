package learn

import "strings"

// A Level says how far a policy goes beyond what was seen.
type Level uint8

// The levels.
const (
	Normal Level = iota
	Strict       // only what surely varies is left open
	Loose        // a few of a kind are taken for any
)

// A grade says what is taken to vary, at one place of a call: ids in paths do
// sooner than names of things.
type grade struct {
	level Level
	name  bool // a label of a host, a bucket, a table
	date  bool // beneath a year
}

// needs is how many values a token must have had to be taken for one that varies,
// by level.
type needs [3]int

func (n needs) at(l Level) int { return n[l] }

var (
	needsLong  = needs{Normal: 2, Strict: 3, Loose: 2} // long ids
	needsShort = needs{Normal: 4, Strict: 10, Loose: 2}
	needsName  = needs{Normal: 4, Strict: 12, Loose: 3}
	needsWords = needs{Normal: 16, Strict: 64, Loose: 6} // any name at all
)

// varies reports whether a token is left open.
func (g *grade) varies(s *slot) bool {
	n := s.distinct()
	switch {
	case s.kind == wordToken || s.kind == sepToken:
		return false
	case s.kind == maskToken:
		return true
	case g.date && s.kind == digitsToken:
		return true
	case g.name:
		return n >= needsName.at(g.level)
	case s.kind == uuidToken, s.longest() >= 16 && s.kind == mixedToken, s.longest() >= 6 && s.kind == digitsToken:
		return g.level != Strict || n >= 2
	case s.longest() >= 8:
		return n >= needsLong.at(g.level)
	}
	return n >= needsShort.at(g.level)
}

func (s *slot) longest() int {
	longest := s.length
	for text := range s.values {
		longest = max(longest, len(text))
	}
	return longest
}

// dates marks the tokens of a name that are a date: a year of four digits, and
// those of two that follow it; or eight in one.
func dates(slots []slot) []bool {
	marks := make([]bool, len(slots))
	for i := range slots {
		if !slots[i].isYear() {
			continue
		}
		found := i
		for j := i + 1; j+1 < len(slots) && j <= i+3 && slots[j].kind == sepToken && slots[j+1].kind == digitsToken && slots[j+1].length == 2; j += 2 {
			found = j + 1
		}
		for j := i; found > i && j <= found; j++ {
			marks[j] = slots[j].kind == digitsToken
		}
	}
	for i := range slots {
		s := &slots[i]
		marks[i] = marks[i] || s.kind == digitsToken && s.length == 8 && s.all(func(text string) bool { return isYear(text[:4]) && text[4:6] <= "12" && text[6:] <= "31" })
	}
	return marks
}

func (s *slot) isYear() bool {
	return s.kind == digitsToken && s.length == 4 && s.all(isYear)
}

func isYear(text string) bool { return strings.HasPrefix(text, "19") || strings.HasPrefix(text, "20") }

// all reports whether every value that is remembered is such a one.
func (s *slot) all(is func(string) bool) bool {
	for text := range s.values {
		if !is(text) {
			return false
		}
	}
	return len(s.values) > 0
}
