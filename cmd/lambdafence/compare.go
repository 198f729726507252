package main

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/lambdafence/lambdafence/internal/review"
)

// compare says what differs between two policies, for people to read, and whether
// the second lets through anything that the first does not. The error is that of
// what is no policy.
//
// It takes every difference for a widening that is more than comments and layout.
func compare(before, after []byte) (text string, widens bool, err error) {
	for _, doc := range [][]byte{before, after} {
		if _, err := review.Read("", doc); err != nil {
			return "", false, err
		}
	}
	var a, b yaml.Node
	if err := yaml.Load(before, &a); err != nil {
		return "", false, err
	}
	if err := yaml.Load(after, &b); err != nil {
		return "", false, err
	}
	if sameText(&a, &b) {
		return "", false, nil
	}
	return changedLines(string(before), string(after)), true, nil
}

// sameText reports whether two documents say the same in the same order, whatever
// their comments and layout. It compares what is written, not values: 010 is not 8.
func sameText(a, b *yaml.Node) bool {
	return a.Kind == b.Kind && a.Tag == b.Tag && a.Value == b.Value && a.Anchor == b.Anchor && slices.EqualFunc(a.Content, b.Content, sameText)
}

// changedLines are the lines of both from the first that differs to the last.
func changedLines(before, after string) string {
	a, b := strings.Split(strings.TrimRight(before, "\n"), "\n"), strings.Split(strings.TrimRight(after, "\n"), "\n")
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	var out strings.Builder
	for _, line := range a {
		out.WriteString("- " + line + "\n")
	}
	for _, line := range b {
		out.WriteString("+ " + line + "\n")
	}
	return out.String()
}
