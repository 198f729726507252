package main

import (
	"strings"

	"github.com/lambdafence/lambdafence/internal/review"
)

// A text is a policy as it is written, and what people call it.
type text struct {
	name string
	doc  []byte
}

// compare says what differs between two policies, for people to read, and whether
// the second lets through anything that the first does not. The error is that of
// what is no policy.
func compare(before, after text) (told string, widens bool, err error) {
	from, err := review.Read(before.name, before.doc)
	if err != nil {
		return "", false, err
	}
	to, err := review.Read(after.name, after.doc)
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
