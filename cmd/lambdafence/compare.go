package main

import (
	"strings"

	"github.com/lambdafence/lambdafence/internal/review"
)

// compare says what differs between two policies, for people to read, and whether
// the second lets through anything that the first does not. The error is that of
// what is no policy.
func compare(before, after []byte) (text string, widens bool, err error) {
	from, err := review.Read("before", before)
	if err != nil {
		return "", false, err
	}
	to, err := review.Read("after", after)
	if err != nil {
		return "", false, err
	}
	changes := review.Diff(from, to)
	var b strings.Builder
	for i := range changes {
		b.WriteString(changes[i].String() + "\n")
	}
	return b.String(), changes.Widens(), nil
}
