package iam

import (
	"cmp"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/lambdafence/lambdafence/internal/awshost"
	"github.com/lambdafence/lambdafence/internal/learn"
)

// A Document is a policy of IAM's, as this package writes it.
type Document struct {
	Version   string
	Statement []Statement
}

// A Statement allows actions on resources.
type Statement struct {
	Sid       string
	Effect    string
	Action    []string
	Resource  []string
	Condition map[string]map[string]string `json:",omitempty"`
}

// version is that of the language of policies: the one in which ${*} is a star.
const version = "2012-10-17"

// NewDocument makes a policy of what was needed. Unless exact, what varies among the
// names of resources is left open, as in a policy that is learnt.
func NewDocument(uses []Grant, exact bool) *Document {
	d := &Document{Version: version, Statement: []Statement{}}
	byPlace := map[string]int{}
	for i := range uses {
		resources := uses[i].Resources
		if !exact {
			resources = generalise(resources)
		}
		resources = least(resources)
		prefix, _, _ := strings.Cut(uses[i].Action, ":")
		key := strings.Join(append([]string{prefix, uses[i].Alias}, resources...), "\x00")
		at, ok := byPlace[key]
		if !ok {
			at = len(d.Statement)
			byPlace[key] = at
			d.Statement = append(d.Statement, Statement{Effect: "Allow", Resource: resources, Condition: condition(uses[i].Alias)})
		}
		d.Statement[at].Action = append(d.Statement[at].Action, uses[i].Action)
	}
	d.name()
	return d
}

// condition holds for the key behind an alias.
func condition(alias string) map[string]map[string]string {
	if alias == "" {
		return nil
	}
	return map[string]map[string]string{"ForAnyValue:StringEquals": {"kms:ResourceAliases": alias}}
}

// name orders the statements and gives each a Sid that says what it is for: S3ReadWrite.
func (d *Document) name() {
	slices.SortStableFunc(d.Statement, func(a, b Statement) int {
		return cmp.Or(cmp.Compare(a.prefix(), b.prefix()), slices.Compare(a.Action, b.Action))
	})
	taken := map[string]int{}
	for i := range d.Statement {
		s := &d.Statement[i]
		sid := s.sid()
		if taken[sid]++; taken[sid] > 1 {
			sid += strconv.Itoa(taken[sid])
		}
		s.Sid = sid
	}
}

func (s *Statement) prefix() string {
	prefix, _, _ := strings.Cut(s.Action[0], ":")
	return prefix
}

func (s *Statement) sid() string {
	prefix := awshost.Normal(s.prefix())
	levels := map[byte]bool{}
	for _, one := range s.Action {
		before, name, _ := strings.Cut(one, ":")
		a, _ := known().find(before, name)
		levels[a.level] = true
	}
	sid := strings.ToUpper(prefix[:1]) + prefix[1:]
	for _, l := range []struct {
		level byte
		word  string
	}{{'l', "List"}, {'r', "Read"}, {'w', "Write"}, {'t', "Tag"}, {'p', "Permissions"}} {
		if levels[l.level] {
			sid += l.word
		}
	}
	return sid
}

// generalise leaves open what varies among patterns.
func generalise(patterns []string) []string {
	var all []string
	for _, glob := range learn.Resources(learn.Normal, patterns) {
		some, ok := ofGlob(glob)
		if !ok {
			return patterns
		}
		// Of two lists in one name only the pairs that were seen.
		all = append(all, slices.DeleteFunc(some, func(p string) bool {
			return !slices.ContainsFunc(patterns, func(seen string) bool { return covers(p, seen) })
		})...)
	}
	return all
}

// maxAlternatives bounds the patterns that one glob becomes.
const maxAlternatives = 256

// ofGlob makes patterns of IAM's of a glob of ours, of which everything but * and ? and
// {a,b} is quoted: what was a pattern of IAM's before stands in it as it was. It reports
// false where they are too many.
func ofGlob(glob string) (all []string, ok bool) {
	all = []string{""}
	for i := 0; i < len(glob); i++ {
		var alternatives []string
		switch c := glob[i]; c {
		case '\\':
			i++
			alternatives = []string{glob[i : i+1]}
		case '{':
			alternatives, i = alternativesOf(glob, i+1)
		default:
			alternatives = []string{string([]byte{c})}
		}
		var next []string
		for _, before := range all {
			for _, a := range alternatives {
				next = append(next, before+a)
			}
		}
		if all = next; len(all) > maxAlternatives {
			return nil, false
		}
	}
	return all, true
}

// alternativesOf reads a,b} and returns where it ends.
func alternativesOf(glob string, i int) (all []string, end int) {
	var b strings.Builder
	for ; i < len(glob); i++ {
		switch glob[i] {
		case '\\':
			i++
			b.WriteByte(glob[i])
		case ',', '}':
			all = append(all, b.String())
			b.Reset()
			if glob[i] == '}' {
				return all, i
			}
		default:
			b.WriteByte(glob[i])
		}
	}
	return all, i
}

// least leaves out the patterns that others cover, and orders the rest.
func least(patterns []string) []string {
	patterns = slices.Compact(slices.Sorted(slices.Values(patterns)))
	var wide []string
	for _, p := range patterns {
		if strings.ContainsAny(p, "*?") {
			wide = append(wide, p)
		}
	}
	return slices.DeleteFunc(patterns, func(p string) bool {
		return slices.ContainsFunc(wide, func(w string) bool { return w != p && covers(w, p) })
	})
}

// Limits of IAM's on the characters of a policy, without white space.
const (
	MaxManaged = 6144  // of a managed policy
	MaxInline  = 10240 // of all policies within a role, together
)

// Size is how many characters IAM counts of a policy.
func (d *Document) Size() int {
	var b strings.Builder
	if err := d.write(&b, ""); err != nil {
		return 0 // cannot be: all of it is text
	}
	return utf8.RuneCountInString(strings.Join(strings.Fields(b.String()), ""))
}

// Write writes the policy, for people to read.
func (d *Document) Write(w io.Writer) error { return d.write(w, "  ") }

func (d *Document) write(w io.Writer, indent string) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	return enc.Encode(d)
}

// Split returns the policy as several that are small enough for managed ones.
func (d *Document) Split() []*Document {
	var all []*Document
	current := &Document{Version: version}
	for _, s := range d.Statement {
		for _, part := range s.split() {
			current.Statement = append(current.Statement, part)
			if current.Size() > MaxManaged && len(current.Statement) > 1 {
				current.Statement = current.Statement[:len(current.Statement)-1]
				all = append(all, current)
				current = &Document{Version: version, Statement: []Statement{part}}
			}
		}
	}
	all = append(all, current)
	for _, one := range all {
		one.name()
	}
	return all
}

// split cuts a statement that is too large for a policy of its own.
func (s *Statement) split() []Statement {
	if alone := (&Document{Version: version, Statement: []Statement{*s}}); alone.Size() <= MaxManaged || len(s.Resource) < 2 {
		return []Statement{*s}
	}
	half := len(s.Resource) / 2
	first, second := *s, *s
	first.Resource, second.Resource = s.Resource[:half], s.Resource[half:]
	return append(first.split(), second.split()...)
}
