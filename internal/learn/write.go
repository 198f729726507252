package learn

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/lambdafence/lambdafence/policy"
)

// Policy writes the policy: a rule for each thing that is done, with what speaks for
// it as a comment.
func (l *Learner) Policy(name string) string {
	var b strings.Builder
	if name != "" {
		fmt.Fprintf(&b, "name: %s\n", strconv.Quote(name))
	}
	b.WriteString("mode: report\nallow:")
	rules := l.rules()
	if len(rules) == 0 {
		b.WriteString(" []")
	}
	b.WriteByte('\n')
	for i := range rules {
		rules[i].write(&b)
	}
	l.writeApart(&b)
	return b.String()
}

// writeApart lists what was seen and is not proposed.
func (l *Learner) writeApart(b *strings.Builder) {
	lost := l.lost
	for _, t := range l.trees {
		lost += t.lost
	}
	if len(l.apart) > 0 {
		b.WriteString("\n# Not proposed:\n")
	}
	for _, what := range sorted(l.apart) {
		fmt.Fprintf(b, "#   %s\n", what)
		var said strings.Builder
		l.apart[what].write(&said)
		b.WriteString("#   " + strings.TrimPrefix(said.String(), "# "))
	}
	if lost > 0 {
		fmt.Fprintf(b, "\n# %d calls more are not told: there were too many of too many kinds.\n", lost)
	}
}

func (r *rule) write(b *strings.Builder) {
	r.seen.write(b)
	s := r.subject
	field := func(name, value string) {
		if value != "" {
			fmt.Fprintf(b, "  %s: %s\n", name, value)
		}
	}
	if s.kind == policy.AWS {
		fmt.Fprintf(b, "- aws: %s\n", s.service)
		field("operations", list(r.uses, plainWord))
		field("resources", list(r.places, strconv.Quote))
		if s.account != "self" {
			field("accounts", list([]string{s.account}, strconv.Quote))
		}
		if s.endpoint != "" {
			field("endpoint", strconv.Quote(s.endpoint+":"+strconv.Itoa(int(s.port))))
		}
		return
	}
	fmt.Fprintf(b, "- host: %s\n", strconv.Quote(r.host))
	if s.scheme == "http" {
		field("schemes", "[http]")
	}
	if s.network != "tcp" {
		field("networks", "["+s.network+"]")
	}
	if standard := map[string]uint16{"": 443, "https": 443, "http": 80}[s.scheme]; s.port != standard {
		field("ports", fmt.Sprintf("[%d]", s.port))
	}
	if s.kind == policy.HTTP {
		field("methods", list(r.uses, plainWord))
		field("paths", list(r.places, strconv.Quote))
	}
}

func (e *evidence) write(b *strings.Builder) {
	calls := "calls"
	if e.calls == 1 {
		calls = "call"
	}
	first, last := e.first.UTC().Format(time.DateOnly), e.last.UTC().Format(time.DateOnly)
	fmt.Fprintf(b, "# %d %s, %s", e.calls, calls, first)
	if last != first {
		b.WriteString(" to " + last)
	}
	if len(e.callers.items) > 0 {
		fmt.Fprintf(b, ", by %s", strings.Join(e.callers.items, ", "))
	}
	b.WriteByte('\n')
}

func list(items []string, write func(string) string) string {
	if len(items) == 0 {
		return ""
	}
	var texts []string
	for _, item := range items {
		texts = append(texts, write(item))
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

func plainWord(s string) string {
	if strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") == "" && s != "" && s[0] > '9' {
		return s
	}
	return strconv.Quote(s)
}
