package review

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/lambdafence/lambdafence/policy"
)

func (c *comparison) kind() string {
	if c.wider {
		return "allowed"
	}
	return "denied"
}

// tellRule tells of a rule of one side, or of what is left of it.
func (c *comparison) tellRule(of *side, left []*terms, whole bool, mode policy.Mode) {
	r := left[0].rule
	d := Change{Kind: c.kind(), Rule: r.ID, Line: r.Line, Text: describe(r, left, whole)}
	c.tellCalls(d, mode > policy.Learn, of, func(yield func(*policy.Call) bool) {
		more := true
		c.examples(c.both(left, mode))(func(call *policy.Call) bool {
			more = yield(call)
			return more
		})
		for i := 0; more && r.Deny && i < len(c.to.Local); i++ {
			for _, call := range doorCalls(c.to.Local[i].Text) {
				if more = yield(call); !more {
					break
				}
			}
		}
	})
}

// maxBoth bounds the pairs of rules for whose common calls an example is looked for.
const maxBoth = 12

// both pairs each part of a deny rule with the allow rules that would let its calls
// through, where there is an allow list.
func (c *comparison) both(left []*terms, mode policy.Mode) (all [][]*terms) {
	for _, t := range left[:min(len(left), maxBoth)] {
		if !t.deny || !c.to.HasAllow || c.to.mode < mode {
			all = append(all, []*terms{t})
			continue
		}
		for _, a := range c.to.allow.all {
			if len(all) < maxBoth && c.lets(a, t, mode) {
				all = append(all, []*terms{t, a})
			}
		}
	}
	return all
}

// now is the new one of the policies.
func (c *comparison) now() *side {
	if c.wider {
		return c.to
	}
	return c.from
}

func (c *comparison) tellCalls(d Change, matters bool, of *side, calls func(yield func(*policy.Call) bool)) {
	d.File = of.Name
	d.Widens, d.Narrows = c.wider && matters, !c.wider && matters
	d.Gone = c.wider == (of == c.from)
	c.exemplify(&d, calls)
	c.found = append(c.found, d)
}

// exemplify gives d the first of calls that is really decided otherwise.
func (c *comparison) exemplify(d *Change, calls func(yield func(*policy.Call) bool)) {
	if c.from.set == nil || c.to.set == nil {
		return
	}
	for call := range calls {
		if c.tries--; c.tries < 0 {
			return
		}
		from, to := c.from.set.Decide(call), c.to.set.Decide(call)
		if strictness(&to) >= strictness(&from) {
			continue
		}
		d.Call, d.Example = call, exampleText(call)
		d.Old, d.New = verdict(&from), verdict(&to)
		if !c.wider {
			d.Old, d.New = d.New, d.Old
		}
		return
	}
}

func strictness(d *policy.Decision) policy.Mode {
	if d.Effect == policy.Allow {
		return policy.Unset
	}
	return d.Mode
}

func verdict(d *policy.Decision) *Verdict {
	return &Verdict{d.Effect.String(), d.Rule, d.Mode.String(), printable(d.Reason)}
}

// exampleText is a call on one line, with what a rule asks of it that its own text
// does not tell.
func exampleText(c *policy.Call) string {
	s := c.String()
	if c.Account != "" && c.Account != c.Self {
		s += " signed by " + c.Account
	}
	if c.Access != policy.UnknownAccess {
		s += " (" + c.Access.String()
		for _, a := range c.Also {
			s += " and " + a.String()
		}
		s += ")"
	}
	if c.Addr.IsValid() {
		s += " at " + c.Addr.String()
	}
	if c.Function != "" {
		s += " by the function " + c.Function
	}
	if c.Caller.Module != "" {
		s += " from " + c.Caller.Module
	}
	if !c.Time.IsZero() {
		s += " on " + c.Time.Format("2006-01-02")
	}
	return printable(s)
}

// String tells of a difference in two lines.
func (d *Change) String() string {
	var b strings.Builder
	b.WriteString(d.sign())
	at := printable(d.File)
	if d.Line > 0 {
		at = fmt.Sprintf("%s (%s:%d)", printable(d.Rule), at, d.Line)
	}
	b.WriteString(" " + at)
	if d.Gone && !d.softer && d.Line > 0 {
		b.WriteString(" no longer")
	}
	fmt.Fprintf(&b, ": %s\n", d.Text)
	if d.Example == "" {
		b.WriteString("    no example was found, nor could it be shown that there is none")
	} else {
		fmt.Fprintf(&b, "    for example %s is %s, %s", d.Example, d.Old.by("the old"), d.New.by("the new"))
	}
	return b.String()
}

// sign is a plus where more is let through, a minus where less is.
func (d *Change) sign() string {
	switch {
	case d.Widens:
		return "+"
	case d.Narrows:
		return "-"
	}
	return "~"
}

func (v *Verdict) by(policy string) string {
	by := cmp.Or(v.Rule, v.Reason)
	if v.Decision == allowed {
		return fmt.Sprintf("allowed by %s (%s)", policy, printable(by))
	}
	if v.Rule != "" && v.Reason != "denied by rule" {
		by += ": " + v.Reason
	}
	return fmt.Sprintf("denied by %s (%s; mode %s)", policy, printable(by), v.Mode)
}

var allowed = policy.Allow.String()

// printable escapes what would break a line of a terminal or hide in it.
func printable(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strconv.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		quoted := strconv.QuoteRune(r)
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	return b.String()
}
