package review

import (
	"cmp"
	"fmt"
	"slices"
)

// A Finding is something unwise in a document: it is valid, but may not be what was
// meant.
type Finding struct {
	Check   string `json:"check"` // which one found it, such as "shadowed"
	Rule    string `json:"rule,omitempty"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"` // what is wrong, and why it matters
	Fix     string `json:"fix"`     // what to write instead
	Info    bool   `json:"-"`       // worth knowing, and may well be meant
}

func (f *Finding) String() string {
	return fmt.Sprintf("%d:%d: %s (%s)", f.Line, f.Column, f.Message, f.Check)
}

// sortFindings sorts them by where they stand.
func sortFindings(fs []Finding) {
	slices.SortStableFunc(fs, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Check, b.Check))
	})
}
