package thundra

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lambdafence/lambdafence/policy"
)

// A Policy is what became of a configuration.
type Policy struct {
	Text []byte // YAML, with notes as comments
	// Notes say what is not as it was, each in one line.
	Notes []string
}

// Convert makes a policy of a configuration, in any form that Thundra took.
func Convert(data []byte) (*Policy, error) {
	c, err := read(data)
	if err != nil {
		return nil, err
	}
	w := &writer{}
	w.policy(c)
	p := &Policy{Text: []byte(w.head() + w.b.String()), Notes: w.notes}
	if _, err := policy.Parse(p.Text); err != nil {
		return nil, fmt.Errorf("no policy can say this: %w", err)
	}
	return p, nil
}

// A writer writes a policy.
type writer struct {
	b     strings.Builder
	notes []string
	list  string // allow or deny
	index int    // of the entry, in Thundra's list
}

// head says what is true of every policy that was converted.
func (w *writer) head() string {
	return `# Converted from a configuration of Thundra's. Thundra judged the calls that one of its
# integrations knew, and let the rest through; this policy judges every call. Try it on
# recorded traffic (lambdafence replay) before it blocks.
`
}

// note says something of the entry at hand, there and at the end.
func (w *writer) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	fmt.Fprintf(&w.b, "# %s\n", plain(text))
	w.notes = append(w.notes, fmt.Sprintf("%s[%d]: %s", w.name(), w.index, text))
}

// name is Thundra's of the list.
func (w *writer) name() string {
	return map[string]string{"allow": "whitelist", "deny": "blacklist"}[w.list]
}

func (w *writer) policy(c *config) {
	mode := "report"
	if c.Block {
		mode = "enforce"
	}
	fmt.Fprintf(&w.b, "version: 1\nmode: %s\n", mode)
	allowed := c.Whitelist
	if allowed != nil {
		w.list = "allow"
		if w.index = slices.IndexFunc(*allowed, func(op operation) bool { return op.everything() }); w.index >= 0 {
			w.note("anything was allowed: there is no allow list")
			allowed = nil
		}
	}
	if allowed != nil {
		w.entries("allow", *allowed)
	}
	switch {
	case c.Blacklist != nil:
		w.entries("deny", *c.Blacklist)
	case allowed == nil:
		w.b.WriteString("deny: [] # there was no list: nothing was a violation\n")
	}
}

func (w *writer) entries(list string, all []operation) {
	w.list = list
	before := w.b.String()
	w.b.Reset()
	for i := range all {
		w.index = i
		w.entry(&all[i])
	}
	text := w.b.String()
	w.b.Reset()
	w.b.WriteString(before + list + ":")
	if !strings.Contains("\n"+text, "\n- ") {
		w.b.WriteString(" []")
	}
	w.b.WriteString("\n" + text)
}

// entry writes the rules of an entry: more than one where it is of any class.
func (w *writer) entry(op *operation) {
	if len(op.OperationName) > 0 {
		w.note("operationName is left out: Thundra's agents for Node.js and Go did not look at it")
	}
	for _, tag := range slices.Sorted(maps.Keys(op.Tags)) {
		if len(op.Tags[tag]) == 0 {
			w.note("left out: %s has no value, so that the entry never matched", tag)
			return
		}
	}
	switch {
	case op.everything():
		w.rule(`- host: "**"`) // alone in a deny rule it is every call of any kind
	case op.ClassName == "*":
		w.anyClass(op.Tags)
	default:
		w.class(op.ClassName, op.Tags)
	}
}

// everything reports whether an entry is of every span.
func (op *operation) everything() bool {
	for _, v := range op.Tags {
		if !v.wild() {
			return false
		}
	}
	return op.ClassName == "*"
}

// anyClass writes the rules of every class that has the tags, and its operation types.
func (w *writer) anyClass(tags map[string]values) {
	found := false
	for _, name := range slices.Sorted(maps.Keys(classes)) {
		c := classes[name]
		if c.service == "" && name != "HTTP" {
			continue // a database's operations a policy does not see
		}
		own := maps.Clone(tags)
		if narrows(tags, operationType) {
			own[operationType] = slices.DeleteFunc(slices.Clone(tags[operationType]), func(v string) bool { return !c.does(v) })
		}
		if c.hasAll(own) {
			found = true
			w.class(name, own)
		}
	}
	if !found {
		w.note("left out: no class has all of the tags %s", strings.Join(slices.Sorted(maps.Keys(tags)), ", "))
	}
}

// hasAll reports whether spans of a class have all of some tags, each with a value.
func (c *class) hasAll(tags map[string]values) bool {
	for tag, v := range tags {
		if !c.has(tag) || len(v) == 0 {
			return false
		}
	}
	return true
}

// does reports whether a class has an operation type.
func (c *class) does(v string) bool {
	if c.service != "" {
		return kinds[v] != ""
	}
	return slices.Contains([]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}, v)
}

// class writes the rules of an entry of one class.
func (w *writer) class(name string, tags map[string]values) {
	c, ok := classes[name]
	if !ok {
		w.note("left out: a policy has no word for the class %q", name)
		return
	}
	for _, tag := range slices.Sorted(maps.Keys(tags)) {
		if !c.has(tag) {
			w.note("left out: spans of the class %s have no tag %q", name, tag)
			return
		}
	}
	switch {
	case c.service != "" || name == "AWSService":
		w.aws(name, &c, tags)
	case c.ports != "":
		w.database(name, &c, tags)
	default:
		w.http(name, &c, tags)
	}
}

// rule writes a rule with its fields; empty ones are left out. What is no rule of ours,
// such as one for a host that has a space, is left out and told.
func (w *writer) rule(subject string, fields ...string) {
	var b strings.Builder
	b.WriteString(subject + "\n")
	for _, f := range fields {
		if f != "" {
			b.WriteString("  " + f + "\n")
		}
	}
	if _, err := policy.Parse([]byte("mode: report\n" + w.list + ":\n" + b.String())); err != nil {
		w.note("left out: %v", err)
		return
	}
	w.b.WriteString(b.String())
}

// wild reports whether a tag may have any value: one of those it may have is a star,
// and whole.
func (v values) wild() bool { return slices.Contains(v, "*") }

// narrows reports whether an entry asks for a value of a tag.
func narrows(tags map[string]values, tag string) bool {
	v, ok := tags[tag]
	return ok && !v.wild()
}
