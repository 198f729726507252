package review

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gobwas/glob/syntax"

	"github.com/lambdafence/lambdafence/internal/braces"
)

// A glob is one alternative of a pattern, as an automaton: what package policy
// matches, for comparing it with others. Its tokens are also its states, and the
// state before the first one is the beginning.
//
// Where a separator cuts the text, the automaton reads the text with one more
// separator before it, so that every segment begins with one: then ** is nothing
// but a separator and what follows it, or nothing.
type glob struct {
	text   string
	sep    string
	tokens []token
	head   string // what every member begins with
	plain  bool   // and nothing follows
	piece  string // what every member has somewhere
	opaque bool   // its members are not known
	all    bool   // everything is a member
	alone  *machine
	likely string // sample(1), once it was asked for
}

type token struct {
	kind tokenKind
	set  runes
}

type tokenKind uint8

const (
	one  tokenKind = iota // a character of the set
	many                  // any number of them
	deep                  // like one, or skipped together with the token that follows
	end                   // of the pattern
)

// runes are a set of characters.
type runes struct {
	ranges []rune // pairs: from, through
	not    bool   // all but those
	but    rune   // never this one, which separates; -1: none separates
}

func (s *runes) has(r rune) bool {
	if r == s.but {
		return false
	}
	for i := 0; i < len(s.ranges); i += 2 {
		if s.ranges[i] <= r && r <= s.ranges[i+1] {
			return !s.not
		}
	}
	return s.not
}

var anyRune = runes{not: true, but: -1}

// maxTokens bounds the automaton of a pattern. Beyond it, it is opaque.
const maxTokens = 1000

// globs reads a pattern of a document, which is valid.
func globs(text, sep string) []*glob {
	alternatives, err := braces.Expand(text, sep)
	if err != nil {
		return []*glob{{text: text, sep: sep, opaque: true}}
	}
	all := make([]*glob, len(alternatives))
	for i, alt := range alternatives {
		all[i] = newGlob(alt, sep)
	}
	return all
}

// newGlob makes a glob of an alternative.
func newGlob(text, sep string) *glob {
	g := &glob{text: text, sep: sep, plain: true}
	segments := []string{text}
	if sep != "" {
		segments = strings.Split(text, sep)
	}
	for i, segment := range segments {
		switch {
		case segment == "**" && sep == "":
			g.add(many, anyRune)
			continue
		case segment == "**":
			g.add(deep, g.literal(rune(sep[0])))
			g.add(many, anyRune)
			continue
		case sep != "":
			g.add(one, g.literal(rune(sep[0])))
			if g.plain && i > 0 {
				g.head += sep
			}
		}
		g.segment(segment)
	}
	g.add(end, runes{but: -1})
	g.all = !g.opaque && (text == "**" || sep == "" && text != "" && strings.Trim(text, "*") == "")
	if len(g.tokens) > maxTokens {
		g.opaque = true
	}
	return g
}

func (g *glob) add(kind tokenKind, set runes) {
	g.tokens = append(g.tokens, token{kind, set})
	g.plain = g.plain && (kind == one || kind == end)
}

func (g *glob) literal(r rune) runes { return runes{ranges: []rune{r, r}, but: -1} }

// segment adds the tokens of what stands between two separators.
func (g *glob) segment(text string) {
	but := rune(-1)
	if g.sep != "" {
		but = rune(g.sep[0])
	}
	lex := syntax.NewLexer(text)
	for {
		switch t := lex.Next(); t.Type {
		case syntax.EOF:
			return
		case syntax.Text:
			for _, r := range t.Data {
				g.add(one, g.literal(r))
			}
			if g.plain {
				g.head += t.Data
			}
			if len(t.Data) > len(g.piece) {
				g.piece = t.Data
			}
		case syntax.Single:
			g.add(one, runes{not: true, but: but})
			g.plain = false
		case syntax.Any, syntax.Super:
			g.add(many, runes{not: true, but: but})
		case syntax.RangeOpen:
			g.add(one, class(lex, but))
			g.plain = false
		default: // the document would not have been read
			g.opaque = true
			return
		}
	}
}

// class reads what follows a bracket.
func class(lex *syntax.Lexer, but rune) runes {
	s := runes{but: but}
	for {
		switch t := lex.Next(); t.Type {
		case syntax.Not:
			s.not = true
		case syntax.RangeLo, syntax.RangeHi:
			r, _ := utf8.DecodeRuneInString(t.Data)
			s.ranges = append(s.ranges, r)
		case syntax.Text:
			for _, r := range t.Data {
				s.ranges = append(s.ranges, r, r)
			}
		case syntax.RangeBetween:
		default:
			return s
		}
	}
}

// equal reports whether two globs are written alike, and so have the same members
// even where those are not known.
func (g *glob) equal(h *glob) bool { return g.text == h.text && g.sep == h.sep }

// matches reports whether s is a member.
func (g *glob) matches(s string) bool {
	if g.opaque || !strings.HasPrefix(s, g.head) || !strings.Contains(s, g.piece) {
		return false
	}
	if g.plain {
		return s == g.head
	}
	m := g.machine()
	now, next := m.start(), make(stateSet, len(m.sets))
	step := func(r rune) {
		m.step(next, now, r)
		now, next = next, now
	}
	if g.sep != "" {
		step(rune(g.sep[0]))
	}
	for _, r := range s {
		step(r)
	}
	return m.accepts(now)
}

// machine runs g alone.
func (g *glob) machine() *machine {
	if g.alone == nil {
		g.alone = machineOf([]*glob{g})
	}
	return g.alone
}

// sample returns a member that reads well: what a person would write for it, with
// so many segments for **. It is empty where that is no member.
func (g *glob) sample(segments int) string {
	if segments != 1 {
		return g.makeSample(segments)
	}
	if g.likely == "" {
		g.likely = g.makeSample(1)
	}
	return g.likely
}

func (g *glob) makeSample(segments int) string {
	var b strings.Builder
	for i := range g.tokens {
		switch t := &g.tokens[i]; {
		case t.kind == deep:
			b.WriteString(strings.Repeat(g.sep+"x", segments))
		case t.kind != end && (i == 0 || g.tokens[i-1].kind != deep):
			b.WriteRune(t.set.readable())
		}
	}
	s := b.String()
	if g.sep != "" {
		s = strings.TrimPrefix(s, g.sep)
	}
	if !g.matches(s) {
		return ""
	}
	return s
}

// legible are characters that read well, the best first.
const legible = "xyzabcdefghijklmnopqrstuvw0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_.~/:"

// readable returns a member of the set.
func (s *runes) readable() rune {
	for _, r := range legible {
		if s.has(r) {
			return r
		}
	}
	for _, r := range s.ranges {
		if s.has(r) {
			return r
		}
	}
	return 'x'
}

// anyMatches reports whether s is a member of one of gs.
func anyMatches(gs []*glob, s string) bool {
	return slices.ContainsFunc(gs, func(g *glob) bool { return g.matches(s) })
}
