package review

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/lambdafence/lambdafence/policy"
)

// shadowed finds the rules that change nothing: those of which other rules of their
// list match every call already, and allow rules that a deny rule overrides whatever
// they match.
func (d *Document) shadowed() []Finding {
	e := newEffort()
	mode := cmp.Or(d.Policy.Mode, policy.Report)
	allow, deny := newRuleList(allTerms(d.Allow, mode)), newRuleList(allTerms(d.Deny, mode))
	fs := append(e.superfluous(allow), e.superfluous(deny)...)
	for _, a := range allow.all {
		if i := deny.covering(e, a, atLeast(mode)); i >= 0 {
			fs = append(fs, unreachable(a.rule, deny.all[i].rule))
		}
	}
	sortFindings(fs)
	return fs
}

// superfluous finds the rules that others of their list cover. It begins at the end,
// and what it has found covers nothing any more: of two rules that are alike the first
// one stays, and all that are found may be deleted together.
func (e *effort) superfluous(l *ruleList) (fs []Finding) {
	gone := make(map[*terms]bool)
	for i := len(l.all) - 1; i >= 0; i-- {
		t := l.all[i]
		by := l.together(e, t, func(other *terms) bool { return other != t && !gone[other] && (!t.deny || other.mode >= t.mode) })
		if by != nil {
			gone[t] = true
			fs = append(fs, superfluous(t.rule, by))
		}
	}
	return fs
}

// together returns rules that cover t: one or, if there is none, several; nil if they
// do not.
func (l *ruleList) together(e *effort, t *terms, counts func(*terms) bool) (by []*Rule) {
	if i := l.covering(e, t, counts); i >= 0 {
		return []*Rule{l.all[i].rule}
	}
	parts, ok := t.split()
	if !ok || len(parts) < 2 {
		return nil
	}
	seen := map[*Rule]bool{}
	for _, part := range parts {
		i := l.covering(e, part, counts)
		if i < 0 {
			return nil
		}
		if r := l.all[i].rule; !seen[r] {
			seen[r] = true
			by = append(by, r)
		}
	}
	return by
}

// maxNamed bounds the rules that a finding names.
const maxNamed = 4

func superfluous(r *Rule, by []*Rule) Finding {
	var names []string
	for _, b := range by[:min(len(by), maxNamed)] {
		names = append(names, fmt.Sprintf("%s (line %d)", b.ID, b.Line))
	}
	if more := len(by) - maxNamed; more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	verb := "matches"
	if len(by) > 1 {
		verb = "together match"
	}
	return Finding{
		Check: "shadowed", Rule: r.ID, Line: r.Line, Column: r.Column,
		Message: fmt.Sprintf("%s changes nothing: %s %s every call that it matches", r.ID, strings.Join(names, " and "), verb),
		Fix:     "delete it, or narrow what covers it if that was not meant",
	}
}

func unreachable(r, by *Rule) Finding {
	return Finding{
		Check: "unreachable", Rule: r.ID, Line: r.Line, Column: r.Column,
		Message: fmt.Sprintf("%s can never allow anything: %s (line %d) denies every call that it matches, and deny wins", r.ID, by.ID, by.Line),
		Fix:     "delete it, or narrow the deny rule",
	}
}
