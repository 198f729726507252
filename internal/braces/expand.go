package braces

import (
	"errors"
	"fmt"
	"strings"
)

// Caps that keep every pattern fast.
const (
	MaxLength       = 512
	maxAlternatives = 64
)

// ErrEmpty is the error of a pattern without text.
var ErrEmpty = errors.New("empty pattern")

// Expand checks a pattern and returns its alternatives: "a{b,c}" is ab and ac,
// and where / separates, "a**b" is a*b and a*/**/*b, so that ** is always a
// segment of its own. The separator is one byte, or empty where there is none.
func Expand(text, sep string) ([]string, error) {
	if len(text) > MaxLength {
		return nil, fmt.Errorf("pattern of %d bytes: at most %d", len(text), MaxLength)
	}
	done, todo := []string(nil), []string{text}
	for len(todo) > 0 {
		p := todo[0]
		todo = todo[1:]
		if err := checkPattern(p); err != nil {
			return nil, err
		}
		more, err := unfold(p, sep)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", text, err)
		}
		if more == nil {
			done = append(done, p)
		}
		if todo = append(todo, more...); len(todo)+len(done) > maxAlternatives {
			return nil, fmt.Errorf("%q: more than %d alternatives", text, maxAlternatives)
		}
	}
	return done, nil
}

// checkPattern refuses what gobwas/glob would read otherwise than it looks.
func checkPattern(p string) error {
	switch {
	case p == "":
		return ErrEmpty
	case strings.Contains(p, "***"):
		return fmt.Errorf("%q: *** means nothing; write ** to match across separators", p)
	case strings.Contains(p, "[^"):
		return fmt.Errorf("%q: a negated class is written [!...]", p)
	}
	return nil
}

// unfold returns what p stands for by its first braces or, where it has none,
// by its first ** within a segment. It returns nil if p is plain.
func unfold(p, sep string) ([]string, error) {
	open, end, commas, err := firstBraces(p)
	if err != nil {
		return nil, err
	}
	if open >= 0 {
		var ps []string
		from := open + 1
		for _, to := range append(commas, end) {
			ps = append(ps, p[:open]+p[from:to]+p[end+1:])
			from = to + 1
		}
		return ps, nil
	}
	at, before, after := innerDeep(p, sep)
	if at < 0 {
		return nil, nil
	}
	head, tail := p[:at], p[at+2:]
	across := sep + "**" + sep
	switch {
	case !before:
		return []string{head + "**" + sep + "*" + tail}, nil
	case !after:
		return []string{head + "*" + sep + "**" + tail}, nil
	}
	return []string{head + "*" + tail, head + "*" + across + "*" + tail}, nil
}

// innerDeep finds the first ** that shares its segment with other text, before
// it, after it, or both. It returns -1 if there is none.
func innerDeep(p, sep string) (at int, before, after bool) {
	if sep == "" {
		return -1, false, false // ** and * are one
	}
	class := false
	for i := 0; i < len(p); i++ {
		switch c := p[i]; {
		case c == '\\':
			i++
		case class:
			class = c != ']'
		case c == '[':
			class = true
		case strings.HasPrefix(p[i:], "**"):
			before = i > 0 && !strings.HasSuffix(p[:i], sep)
			after = i+2 < len(p) && !strings.HasPrefix(p[i+2:], sep)
			if before || after {
				return i, before, after
			}
			i++
		}
	}
	return -1, false, false
}

// firstBraces finds the first {...} of p and its commas, past escapes and
// character classes. open is -1 where there is none.
func firstBraces(p string) (open, end int, commas []int, err error) {
	open = -1
	depth, class := 0, false
	for i := 0; i < len(p); i++ {
		switch c := p[i]; {
		case c == '\\':
			i++
		case class:
			class = c != ']'
		case c == '[':
			class = true
		case c == '{':
			if depth == 0 {
				open = i
			}
			depth++
		case c == '}':
			if depth--; depth == 0 {
				return open, i, commas, nil
			}
			if depth < 0 {
				return -1, 0, nil, errors.New("} without {")
			}
		case c == ',' && depth == 1:
			commas = append(commas, i)
		}
	}
	if depth > 0 {
		return -1, 0, nil, errors.New("{ without }")
	}
	return -1, 0, nil, nil
}
