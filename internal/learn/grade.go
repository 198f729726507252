package learn

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
	level  Level
	window span // of all events
	name   bool // a label of a host, a queue, a table
}

// needs is how many values there must have been, by level.
type needs [3]int

func (n needs) at(l Level) int { return n[l] }

var (
	// Of a token, to be taken for one that varies.
	needsLong   = needs{Normal: 2, Strict: 3, Loose: 2} // long ids
	needsNumber = needs{Normal: 3, Strict: 10, Loose: 2}
	needsShort  = needs{Normal: 4, Strict: 10, Loose: 2}
	needsName   = needs{Normal: 4, Strict: 12, Loose: 3}

	// Of names, to be taken for those of a field: so many; or fewer, of which some were
	// new in the second half of the time.
	needsMany  = needs{Normal: 12, Strict: 64, Loose: 6}
	needsFresh = needs{Normal: 6, Strict: 24, Loose: 3}
	needsSome  = needs{Normal: 3, Strict: 12, Loose: 2} // of what is done beneath a field's names
)

// isField reports whether names are those of a field. others is how many places were
// left out of account.
func (g *grade) isField(c *count, others int) bool {
	many, fresh := needsMany.at(g.level)+4*others, needsFresh.at(g.level)+2*others
	if c.shapes < needsFresh.at(g.level) {
		return false // a shape of its own is better for numbered ones
	}
	return c.names >= many || c.shapes >= fresh && c.late >= max(2, c.shapes/6)
}

// varies reports whether a token is left open. alone: it is all of a name.
func (g *grade) varies(s *slot, alone bool) bool {
	n, longest := s.distinct(), s.longest()
	switch {
	case s.kind == wordToken || s.kind == sepToken:
		return false
	case s.kind == maskToken:
		return true
	case n == 1 && g.window.lasts(s.values.only()):
		return false // the same for days, whatever it looks like
	case g.level != Strict && s.counts(g.window):
		return true
	case g.name:
		return n >= needsName.at(g.level)
	case s.kind == uuidToken, longest >= 16 && s.kind == mixedToken, longest >= 6 && s.kind == digitsToken:
		return g.level != Strict || n >= 2
	case longest >= 8, longest >= 4 && s.kind == digitsToken:
		return n >= needsLong.at(g.level)
	case alone && s.kind == digitsToken && longest >= 2:
		return n >= needsNumber.at(g.level)
	}
	return n >= needsShort.at(g.level)
}
