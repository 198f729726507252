package iam

import (
	"compress/flate"
	_ "embed" // the reference
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

//go:embed reference.bin
var packed string

// A prefix is what stands before the colon of an action: s3, and all that the
// reference says of its actions.
type prefix struct {
	name    string
	types   map[string][]string // templates of ARNs, by the normal form of the type
	actions map[string]*action  // by the normal form of the name
}

// An action is one of IAM's.
type action struct {
	prefix, name string
	level        byte // l, r, w, t, p
	types        []string
	required     []string // of the types, those that must be named
}

func (a *action) String() string { return a.prefix + ":" + a.name }

// A reference is all of it.
type reference struct {
	prefixes map[string]*prefix // by the normal form of the name
	unsigned map[string]bool    // operations that no credentials sign: service.Operation
	methods  map[string]string  // the action of an operation of API Gateway
	passes   map[string]bool    // operations whose input may name a role
}

// known is the reference, unpacked when it is first wanted.
var known = sync.OnceValue(func() *reference {
	text, err := io.ReadAll(flate.NewReader(strings.NewReader(packed)))
	if err != nil {
		return &reference{} // cannot be: a test reads all of it
	}
	return readReference(string(text))
})

// readReference reads the text that internal/awsgen describes.
func readReference(text string) *reference {
	ref := &reference{prefixes: map[string]*prefix{}, unsigned: map[string]bool{}, methods: map[string]string{}, passes: map[string]bool{}}
	var p *prefix
	for line := range strings.Lines(text) {
		word, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch {
		case word == "#":
			p = &prefix{name: rest, types: map[string][]string{}, actions: map[string]*action{}}
			ref.prefixes[awshost.Normal(rest)] = p
		case word == "!":
			ref.mark(ref.unsigned, rest)
		case word == ">":
			ref.mark(ref.passes, rest)
		case word == "@":
			service, operations, _ := strings.Cut(rest, " ")
			for one := range strings.FieldsSeq(operations) {
				name, method, _ := strings.Cut(one, "=")
				ref.methods[service+"."+name] = method
			}
		case word[0] == '=':
			p.types[word[1:]] = strings.Split(rest, ",")
		default:
			p.actions[awshost.Normal(word)] = newAction(p.name, word, rest)
		}
	}
	return ref
}

func newAction(prefix, name, rest string) *action {
	a := &action{prefix: prefix, name: name, level: rest[0]}
	for _, typ := range strings.Fields(rest)[1:] {
		typ, required := strings.CutSuffix(typ, "!")
		a.types = append(a.types, typ)
		if required {
			a.required = append(a.required, typ)
		}
	}
	return a
}

func (ref *reference) mark(set map[string]bool, rest string) {
	service, operations, _ := strings.Cut(rest, " ")
	for name := range strings.FieldsSeq(operations) {
		set[service+"."+name] = true
	}
}

// find returns an action by its prefix and name, in any case. One that the
// reference does not have is made up, and not known.
func (ref *reference) find(prefix, name string) (a *action, known bool) {
	if p := ref.prefixes[awshost.Normal(prefix)]; p != nil {
		if a := p.actions[awshost.Normal(name)]; a != nil {
			return a, true
		}
		prefix = p.name
	}
	return &action{prefix: prefix, name: name}, false
}

// matching returns all actions that a pattern such as s3:Get* covers, in order.
func (ref *reference) matching(pattern string) []string {
	pattern = strings.ToLower(pattern)
	var all []string
	for _, p := range ref.prefixes {
		before, _, _ := strings.Cut(pattern, ":")
		if !covers(before, p.name) && pattern != "*" {
			continue
		}
		for _, a := range p.actions {
			if covers(pattern, strings.ToLower(a.String())) {
				all = append(all, a.String())
			}
		}
	}
	slices.Sort(all)
	return all
}
