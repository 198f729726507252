package learn

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// A slot is a token of a shape, with the values that it had.
type slot struct {
	kind   kind
	text   string // of a word or a separator
	values valueSet
	many   bool
	length int  // of the values; 0: it differs
	seen   bool // there is a length
}

// A valueSet is values, and when each was seen.
type valueSet map[string]span

// only is when the one value was seen that there is.
func (v valueSet) only() (when span) {
	for _, s := range v {
		when = s
	}
	return when
}

func (s *slot) varies() bool { return s.kind != wordToken && s.kind != sepToken }

// isNew reports whether a value would have to be kept.
func (s *slot) isNew(text string) bool {
	_, there := s.values[text]
	return s.varies() && !s.many && !there
}

func (s *slot) add(text string, when span) {
	s.measure(len(text))
	if !s.isNew(text) {
		if old, there := s.values[text]; there {
			old.add(when)
			s.values[text] = old
		}
		return
	}
	if len(s.values) >= maxValues {
		s.many, s.values = true, nil
		return
	}
	if s.values == nil {
		s.values = valueSet{}
	}
	s.values[strings.Clone(text)] = when
}

func (s *slot) measure(length int) {
	if !s.seen {
		s.length, s.seen = length, true
	} else if s.length != length {
		s.length = 0
	}
}

func (s *slot) merge(other *slot) {
	s.many = s.many || other.many
	if s.length != other.length {
		s.length = 0
	}
	for text, when := range other.values {
		s.add(text, when)
	}
	if s.many {
		s.values = nil
	}
}

// distinct is how many values were seen: maxValues + 1 stands for many.
func (s *slot) distinct() int {
	if s.many {
		return maxValues + 1
	}
	return len(s.values)
}

func (s *slot) longest() int {
	longest := s.length
	for text := range s.values {
		longest = max(longest, len(text))
	}
	return longest
}

// all reports whether every value that is remembered is such a one.
func (s *slot) all(is func(string) bool) bool {
	for text := range s.values {
		if !is(text) {
			return false
		}
	}
	return len(s.values) > 0
}

// counts reports whether the values are those of a counter: each new one was greater
// than those before.
func (s *slot) counts(window span) bool {
	if s.kind != digitsToken || len(s.values) < 3 || !window.known() {
		return false
	}
	texts := sorted(s.values)
	slices.SortStableFunc(texts, func(a, b string) int {
		x, _ := strconv.Atoi(a)
		y, _ := strconv.Atoi(b)
		return cmp.Compare(x, y)
	})
	for i := range texts[1:] {
		if !s.values[texts[i]].first.Before(s.values[texts[i+1]].first) {
			return false
		}
	}
	return true
}

// stem is the word that all values of a token begin with, where nothing but a number
// follows it: node in node1 and node17. "" if there is none.
func (s *slot) stem() string {
	if s.kind != mixedToken || len(s.values) == 0 {
		return ""
	}
	stem := ""
	for _, text := range sorted(s.values) {
		word := strings.TrimRight(text, "0123456789")
		if word == text || word == "" || stem != "" && word != stem || strings.ContainsAny(word, "0123456789") {
			return ""
		}
		stem = word
	}
	return stem
}

// list returns a pattern for the values of a slot.
func (s *slot) list() string {
	var texts []string
	for _, text := range sorted(s.values) {
		texts = append(texts, quote(text))
	}
	if len(texts) == 1 {
		return texts[0]
	}
	return "{" + strings.Join(texts, ",") + "}"
}

// closed returns the pattern for a slot of a name that is not left open: where it is of a
// date, for digits alone.
func (s *slot) closed(date string) string {
	switch {
	case !s.varies():
		return quote(s.text)
	case date == "" && !s.many:
		return s.list()
	}
	return strings.Repeat("[0-9]", s.length)
}

// open returns the pattern for a slot that varies. exact: with ? for each character,
// where there are always as many.
func (s *slot) open(exact bool) string {
	stem, length := s.stem(), s.length
	if stem != "" && length > 0 {
		length -= len(stem)
	}
	switch {
	case !exact || length <= 0 || length > maxExact:
		return quote(stem) + "*"
	case s.kind == uuidToken:
		return "????????-????-????-????-????????????"
	}
	return quote(stem) + strings.Repeat("?", length)
}

// maxExact is the longest id of which the length is told.
const maxExact = 40
