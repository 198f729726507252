package policy

import (
	"fmt"
	"strings"
)

// An Error is one thing wrong with a document. Line and Column count from 1; an
// error about the document as a whole is at its start.
type Error struct {
	Line, Column int
	Message      string
}

// Error returns "12:5: message".
func (e *Error) Error() string {
	return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Message)
}

// Errors are all the things wrong with a document, in its order.
type Errors []*Error

// Error returns one line for each.
func (es Errors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap makes errors.As find each [*Error].
func (es Errors) Unwrap() []error {
	errs := make([]error, len(es))
	for i, e := range es {
		errs[i] = e
	}
	return errs
}

// maxErrors bounds what one bad document can make a log line of.
const maxErrors = 10
