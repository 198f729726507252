package learn

import (
	"cmp"
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/lambdafence/lambdafence/policy"
)

// Policy writes the policy: a rule for each thing that is done, with what speaks for
// it as a comment.
func (l *Learner) Policy(name string) string {
	var b strings.Builder
	if name != "" {
		fmt.Fprintf(&b, "name: %s\n", strconv.Quote(name))
	}
	b.WriteString(head + l.learned())
	return b.String()
}

// learned writes the rules, between their marks. Whoever can write to a log can forge
// an event, so each rule is held against the language before it stands in the policy:
// what was seen that no rule can say is told apart.
func (l *Learner) learned() string {
	apart := maps.Clone(l.apart)
	var texts []string
	for _, r := range l.rules() {
		name := noRule + cmp.Or(strings.Join(r.hosts, ", "), r.subject.service)
		for what := range r.restrict() {
			tellApart(apart, name+" "+what, &r.seen)
		}
		if !r.isSayable() {
			tellApart(apart, name, &r.seen)
			continue
		}
		var b, text strings.Builder
		l.writeEvidence(&b, &r)
		r.write(&text)
		b.WriteString(text.String())
		texts = append(texts, b.String())
		r.told(text.String(), apart)
	}
	var b strings.Builder
	b.WriteString(begins + "\n")
	lost := fitting(texts)
	for _, text := range texts {
		b.WriteString(text)
	}
	if lost > 0 {
		fmt.Fprintf(&b, "# %d rules more are left out: a policy has no room for them.\n", lost)
	}
	l.writeApart(&b, apart)
	b.WriteString(ends + "\n")
	return b.String()
}

const noRule = "no rule can say this: "

func tellApart(apart map[string]*evidence, what string, seen *evidence) {
	if apart[what] == nil {
		apart[what] = &evidence{}
	}
	apart[what].merge(seen)
}

// fitting takes away the longest rules, as far as a policy has no room for all.
func fitting(rules []string) (lost int) {
	parses := func() bool {
		doc := head + strings.Join(rules, "")
		_, err := policy.Parse([]byte(doc))
		return err == nil && len(doc) < policy.MaxSize*3/4
	}
	for !parses() {
		var lengths []int
		for _, r := range rules {
			if r != "" {
				lengths = append(lengths, len(r))
			}
		}
		slices.Sort(lengths)
		longest := lengths[len(lengths)*3/4]
		for i := range rules {
			if rules[i] != "" && len(rules[i]) >= longest {
				rules[i] = ""
				lost++
			}
		}
	}
	return lost
}

const head = "mode: report\nallow:\n"

// isSayable reports whether the language has words for a rule.
func (r *rule) isSayable() bool {
	var text strings.Builder
	r.write(&text)
	_, err := policy.Parse([]byte(head + text.String()))
	return err == nil
}

// restrict takes out of a rule what the language has no words for, lest what it has
// words for is lost, too, and returns it.
func (r *rule) restrict() map[string]bool {
	out := map[string]bool{}
	if r.isSayable() {
		return out
	}
	host := []string{"a.example"}
	if r.subject.kind == policy.AWS {
		host = nil
	}
	sift := func(all []string, as func(string) rule) (good []string) {
		for _, one := range all {
			for _, s := range unlisted(one, func(s string) bool { r := as(s); return r.isSayable() }) {
				if r := as(s); r.isSayable() {
					good = append(good, s)
				} else {
					out[s] = true
				}
			}
		}
		return good
	}
	good := *r
	good.hosts = sift(r.hosts, func(s string) rule { return rule{subject: r.subject, hosts: []string{s}} })
	good.uses = sift(r.uses, func(s string) rule { return rule{subject: r.subject, hosts: host, uses: []string{s}} })
	good.places = sift(r.places, func(s string) rule { return rule{subject: r.subject, hosts: host, places: []string{s}} })
	if len(good.hosts) == 0 && len(r.hosts) > 0 || len(good.uses) == 0 && len(r.uses) > 0 || len(good.places) == 0 && len(r.places) > 0 {
		return nil // nothing is left of it
	}
	*r = good
	return out
}

// unlisted makes several patterns of one that the language refuses, since its lists
// together are too long.
func unlisted(pattern string, isSayable func(string) bool) []string {
	todo, done := []string{pattern}, []string(nil)
	for len(todo) > 0 {
		p := todo[0]
		todo = todo[1:]
		begin, end := firstList(p)
		if end < 0 || isSayable(p) {
			done = append(done, p)
			continue
		}
		for _, one := range strings.Split(p[begin+1:end], ",") {
			todo = append(todo, p[:begin]+one+p[end+1:])
		}
		if len(todo)+len(done) > maxUnlisted {
			return []string{pattern}
		}
	}
	return done
}

const maxUnlisted = 64

// firstList returns where the first list in a pattern begins and ends, -1 if there is
// none. What is in it are ids, and nothing that is quoted.
func firstList(p string) (begin, end int) {
	for i := 0; i < len(p); i++ {
		switch p[i] {
		case '\\':
			i++
		case '{':
			return i, i + strings.IndexByte(p[i:], '}')
		}
	}
	return -1, -1
}

// writeEvidence writes what speaks for a rule, and for a rule that leaves something open
// what was seen there.
func (l *Learner) writeEvidence(b *strings.Builder, r *rule) {
	r.seen.write(b, l.functions.several())
	if !slices.ContainsFunc(r.hosts, hasWildcard) && !slices.ContainsFunc(r.places, hasWildcard) {
		return
	}
	examples := r.seen.examples.items
	if len(examples) > maxShown {
		examples = examples[:maxShown]
	}
	for i := range examples {
		examples[i] = comment(examples[i])
	}
	fmt.Fprintf(b, "# such as %s\n", strings.Join(examples, ", "))
}

// told sets apart the calls that a rule was made of and does not allow: what a pattern
// cannot say. Nothing of what is known to be done must be blocked without a word.
func (r *rule) told(text string, apart map[string]*evidence) {
	if r.subject.kind != policy.HTTP {
		return
	}
	p, err := policy.Parse([]byte(head + text))
	if err != nil {
		return // it was parsed before
	}
	set, err := policy.Compile(p)
	if err != nil {
		return
	}
	for _, example := range r.seen.examples.items {
		host, path, _ := strings.Cut(example, "/")
		c := policy.Call{
			Kind: policy.HTTP, Scheme: r.subject.scheme, Network: r.subject.network, Host: host, Port: r.subject.port,
			Method: r.uses[0], Path: "/" + path,
		}
		if set.Decide(&c).Effect == policy.Deny && len(example) < maxKeptText {
			apart["no rule can say this: "+comment(c.String())] = &evidence{span: r.seen.span, calls: 1}
		}
	}
}

// maxShown bounds the examples in a comment.
const maxShown = 3

func hasWildcard(pattern string) bool { return strings.ContainsAny(pattern, "*?[") }

// writeApart lists what was seen and is not proposed.
func (l *Learner) writeApart(b *strings.Builder, apart map[string]*evidence) {
	lost := l.lost
	for _, t := range l.trees {
		lost += t.lost
	}
	if len(apart) > 0 {
		b.WriteString("# Not proposed:\n")
	}
	for _, what := range sorted(apart) {
		fmt.Fprintf(b, "#   %s\n", comment(what))
		var said strings.Builder
		apart[what].write(&said, l.functions.several())
		b.WriteString("#   " + strings.TrimPrefix(said.String(), "# "))
	}
	if slices.ContainsFunc(sorted(apart), func(what string) bool { return strings.HasPrefix(what, closedDoor) }) {
		b.WriteString("# A door on this machine is opened by hand: list its address and port in local, beside allow.\n")
	}
	if lost > 0 {
		fmt.Fprintf(b, "# %d calls more are not told: there were too many of too many kinds.\n", lost)
	}
}

// comment makes a text fit for one line of a comment: nothing in it ends the line.
func comment(s string) string {
	s = s[:min(len(s), 4*maxComment+4)] // of which more than that many runes are left
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '\ufffd'
		}
		return r
	}, s)
	if runes := []rune(s); len(runes) > maxComment {
		s = string(runes[:maxComment]) + "…"
	}
	return s
}

const maxComment = 512

// write writes the rule, without its evidence.
func (r *rule) write(b *strings.Builder) {
	s := r.subject
	field := func(name, value string) {
		if value != "" {
			fmt.Fprintf(b, "  %s: %s\n", name, value)
		}
	}
	if s.kind == policy.AWS {
		fmt.Fprintf(b, "- aws: %s\n", plainWord(s.service))
		field("operations", list(r.uses, plainWord))
		field("resources", list(r.places, strconv.Quote))
		if s.account != "self" {
			field("accounts", list([]string{s.account}, strconv.Quote))
		}
		if s.endpoint != "" {
			field("endpoint", strconv.Quote(net.JoinHostPort(quote(s.endpoint), strconv.Itoa(int(s.port)))))
		}
		return
	}
	hosts := list(r.hosts, strconv.Quote)
	if len(r.hosts) == 1 {
		hosts = strconv.Quote(r.hosts[0])
	}
	fmt.Fprintf(b, "- host: %s\n", hosts)
	if s.scheme == "http" {
		field("schemes", "[http]")
	}
	if s.network != "tcp" {
		field("networks", list([]string{s.network}, plainWord))
	}
	if standard := map[string]uint16{"": 443, "https": 443, "http": 80}[s.scheme]; s.port != standard {
		field("ports", fmt.Sprintf("[%d]", s.port))
	}
	if s.kind == policy.HTTP {
		field("methods", list(r.uses, plainWord))
		field("paths", list(r.places, strconv.Quote))
	}
}

// write writes one line: how often, when, by which modules and, if that is asked for, in
// which functions.
func (e *evidence) write(b *strings.Builder, inFunctions bool) {
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
		fmt.Fprintf(b, ", by %s", comment(e.callers.String()))
	}
	if inFunctions && len(e.functions.items) > 0 {
		fmt.Fprintf(b, ", in %s", comment(e.functions.String()))
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
