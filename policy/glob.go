package policy

import (
	"errors"
	"fmt"
	"strings"

	"github.com/gobwas/glob"

	"github.com/lambdafence/lambdafence/internal/braces"
)

// A pattern is one alternative of what a policy writes: braces are expanded
// before it is compiled. It is cut at its separators; gobwas/glob matches the
// segments, and ** is walked here. Two things follow. Matching is linear in the
// text: with separators of its own, gobwas/glob tries every combination of stars
// (/*a*a*a*a*a*a[bc] takes a minute on 80 bytes), without them it does not. And
// nothing but ** matches a separator, not even [!a].
type pattern struct {
	head string // the segments before the first that is no plain text, joined
	rest []segment
	sep  byte // 0: none
	bare bool // there are no segments in head
}

// A segment is what stands between two separators.
type segment struct {
	deep    bool // **: any number of segments, or none
	star    bool // one * and nothing else that is special: literal*tail
	literal string
	tail    string
	glob    *glob.Pattern // any other pattern
}

func (g *segment) match(s string) bool {
	switch {
	case g.glob != nil:
		return g.glob.Match(s)
	case g.star:
		return len(s) >= len(g.literal)+len(g.tail) && strings.HasPrefix(s, g.literal) && strings.HasSuffix(s, g.tail)
	}
	return g.literal == s
}

// setStar reads a segment with one star, as most patterns have. It is matched
// without gobwas/glob, which is slow to compile what is read at each cold start.
func (g *segment) setStar(part string) bool {
	before, after, ok := strings.Cut(part, "*")
	if !ok || hasMeta(before) || hasMeta(after) || !isASCII(part) {
		return false
	}
	g.star, g.literal, g.tail = true, before, after
	return true
}

func (p *pattern) match(s string) bool {
	more := true // segments are left in s; after the last one s is empty, but so is a segment
	if !p.bare {
		if !strings.HasPrefix(s, p.head) {
			return false
		}
		s, more = s[len(p.head):], len(s) > len(p.head)
		if more {
			if p.sep == 0 || s[0] != p.sep {
				return false
			}
			s = s[1:]
		}
	}
	switch {
	case len(p.rest) == 1 && p.rest[0].deep: // as in /v1/**
		return true
	case len(p.rest) == 0:
		return !more
	case p.sep == 0:
		return p.rest[0].match(s)
	}
	return p.walk(s, more)
}

// walk matches the segments of s. On a mismatch the last ** takes one segment
// more: an earlier one could reach nothing that the last one cannot.
func (p *pattern) walk(s string, more bool) bool {
	segs := p.rest
	var again []segment // what follows the last **
	var from string     // what it has not taken yet
	var left bool       // whether that holds a segment
	for {
		for len(segs) > 0 && segs[0].deep {
			segs = segs[1:]
			again, from, left = segs, s, more
			if len(segs) == 0 {
				return true
			}
		}
		if len(segs) == 0 && !more {
			return true
		}
		if len(segs) > 0 && more {
			first, rest, m := p.cut(s)
			if segs[0].match(first) {
				segs, s, more = segs[1:], rest, m
				continue
			}
		}
		if again == nil || !left {
			return false
		}
		_, from, left = p.cut(from)
		segs, s, more = again, from, left
	}
}

func (p *pattern) cut(s string) (first, rest string, more bool) {
	if p.sep == 0 {
		return s, "", false
	}
	if i := strings.IndexByte(s, p.sep); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}

// size is how much memory p takes, in rough terms.
func (p pattern) size() int { return 1 + len(p.rest) }

// matchAny reports whether one of ps matches s.
func matchAny(ps []pattern, s string) bool {
	for i := range ps {
		if ps[i].match(s) {
			return true
		}
	}
	return false
}

// compilePatterns compiles a text into one pattern for each of its
// alternatives. The separator is one byte, or empty where there is none.
func compilePatterns(text, sep string) ([]pattern, error) {
	alternatives, err := braces.Expand(text, sep)
	if err != nil {
		return nil, err
	}
	ps := make([]pattern, 0, len(alternatives))
	for _, alt := range alternatives {
		p, err := compilePattern(alt, sep)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", text, err)
		}
		ps = append(ps, p)
	}
	return ps, nil
}

func compilePattern(text, sep string) (pattern, error) {
	p := pattern{bare: true}
	if sep != "" {
		p.sep = sep[0]
	}
	for left, more := text, true; more; {
		var part string
		part, left, more = p.cut(left)
		s := segment{literal: part}
		switch {
		case part == "**":
			s.deep = true
		case s.setStar(part):
		case hasMeta(part):
			g, err := glob.Compile(part)
			if err != nil {
				return pattern{}, globError(part, err)
			}
			s.glob = g
		case len(p.rest) == 0:
			p.head, p.bare = text[:len(text)-len(left)], false
			if more {
				p.head = strings.TrimSuffix(p.head, sep)
			}
			continue
		}
		p.rest = append(p.rest, s)
	}
	return p, nil
}

func globError(part string, err error) error {
	reason := err.Error()
	if se := (*glob.SyntaxError)(nil); errors.As(err, &se) {
		reason = se.Reason
	}
	return fmt.Errorf("%s in %q", reason, part)
}

const metaBytes = `*?[]{}\`

func hasMeta(s string) bool { return strings.ContainsAny(s, metaBytes) }

// quoteMeta is a pattern that matches s and nothing else.
func quoteMeta(s string) string {
	if !hasMeta(s) {
		return s
	}
	return glob.QuoteMeta(s)
}
