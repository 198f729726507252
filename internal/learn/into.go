package learn

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lambdafence/lambdafence/policy"
)

// The lines between which rules are learned. All else in a policy is kept by hand.
const (
	begins = "# learned: what stands from here to the end mark is written anew by learn --into"
	ends   = "# learned: end"
)

const beginMark = "# learned: what"

// Kept returns a policy without what was learned into it: what was written by hand.
func Kept(doc []byte) ([]byte, error) {
	lines := bytes.SplitAfter(doc, []byte("\n"))
	from, to, err := learned(lines)
	if err != nil || to == 0 {
		return doc, err
	}
	return slices.Concat(bytes.Join(lines[:from], nil), bytes.Join(lines[to:], nil)), nil
}

// learned finds the lines that were learned; to is 0 where there are none.
func learned(lines [][]byte) (from, to int, err error) {
	open := false
	for i, line := range lines {
		switch text := string(bytes.TrimSpace(line)); {
		case strings.HasPrefix(text, beginMark) && (open || to > 0):
			return 0, 0, fmt.Errorf("line %d: the mark that begins what was learned stands twice", i+1)
		case strings.HasPrefix(text, beginMark):
			from, open = i, true
		case text == ends && !open:
			return 0, 0, fmt.Errorf("line %d: the mark that ends what was learned, without the one that begins it", i+1)
		case text == ends:
			to, open = i+1, false
		case open && text != "" && !bytes.ContainsAny(line[:1], " #-"):
			return 0, 0, fmt.Errorf("line %d: %q stands between the marks of what was learned, and would be lost", i+1, text)
		}
	}
	if open {
		return 0, 0, fmt.Errorf("line %d: the mark that begins what was learned, without %q after it", from+1, ends)
	}
	return from, to, nil
}

// Beside makes the learner leave out what a policy that was written by hand allows, and
// set apart what it denies by a rule.
func (l *Learner) Beside(kept *policy.Set) { l.kept = kept }

// Into writes what was learned into a policy, in the place of what was learned before,
// or at the end of the allow list. Nothing else of the document is changed.
func (l *Learner) Into(doc []byte) ([]byte, error) {
	lines := bytes.SplitAfter(doc, []byte("\n"))
	from, to, err := learned(lines)
	if err != nil {
		return nil, err
	}
	if to == 0 {
		if from, err = endOfAllow(lines); err != nil {
			return nil, err
		}
		to = from
	}
	var block bytes.Buffer
	indent := indentOf(lines[:from])
	for line := range strings.Lines(l.learned()) {
		block.WriteString(indent + line)
	}
	before := bytes.Join(lines[:from], nil)
	if n := len(before); n > 0 && before[n-1] != '\n' {
		before = append(before, '\n')
	}
	out := slices.Concat(before, block.Bytes(), bytes.Join(lines[to:], nil))
	if _, err := policy.Parse(out); err != nil {
		return nil, fmt.Errorf("what was learned does not fit in: put %q and %q on lines of their own in the allow list, as far in as its rules (%w)", begins, ends, err)
	}
	return out, nil
}

var errNoAllow = errors.New(`no allow list that rules can be added to: write "allow:" on a line of its own`)

// endOfAllow returns the line before which the allow list ends.
func endOfAllow(lines [][]byte) (int, error) {
	start := slices.IndexFunc(lines, func(line []byte) bool {
		text, _, _ := bytes.Cut(line, []byte(" #"))
		return string(bytes.TrimSpace(text)) == "allow:" && line[0] == 'a'
	})
	if start < 0 {
		return 0, errNoAllow
	}
	end := start + 1
	for i, line := range lines[end:] {
		if text := bytes.TrimSpace(line); len(text) == 0 || text[0] == '#' {
			continue
		}
		if !bytes.ContainsAny(line[:1], " \t-") {
			break
		}
		end = start + i + 2
	}
	return end, nil
}

// indentOf is how far in the rules of a block stand that begins before.
func indentOf(lines [][]byte) string {
	for i := len(lines) - 1; i >= 0; i-- {
		text := bytes.TrimLeft(lines[i], " ")
		indent := string(lines[i][:len(lines[i])-len(text)])
		switch {
		case bytes.HasPrefix(text, []byte("allow:")):
			return ""
		case bytes.HasPrefix(text, []byte("- ")) && isTop(lines[:i], len(indent)):
			return indent
		}
	}
	return ""
}

// isTop reports whether no list stands further out than that, back to the key.
func isTop(lines [][]byte, indent int) bool {
	for i := len(lines) - 1; i >= 0; i-- {
		text := bytes.TrimLeft(lines[i], " ")
		n := len(lines[i]) - len(text)
		switch {
		case bytes.HasPrefix(text, []byte("allow:")):
			return true
		case bytes.HasPrefix(text, []byte("- ")) && n < indent:
			return false
		}
	}
	return true
}
