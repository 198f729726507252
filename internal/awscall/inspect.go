package awscall

import (
	"reflect"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

// Operations returns the operations that the table of a service has, in the
// table's order; nil for a service without one. It is for tools and tests that
// hold the tables against the services' own models.
func Operations(service string) []string {
	s, _ := awshost.Find(service)
	var operations []string
	for line := range strings.SplitSeq(table(s.ID), "\n") {
		word, _, _ := strings.Cut(line, " ")
		if isWord(word) {
			operations = append(operations, word)
		}
	}
	return operations
}

// Members returns the members of the input that an operation's line in the table
// names, as paths: "Delete.Objects.Key". Of a+b, either may be there. It is for
// tools and tests, as [Operations] is.
func Members(service, operation string) (members []string, known bool) {
	p := planOf(service, operation, nil)
	if p == nil {
		return nil, false
	}
	for _, s := range p.steps {
		for _, src := range s.sources {
			for _, m := range src.members {
				members = append(members, m.name())
			}
		}
	}
	for _, m := range p.raise {
		members = append(members, m.name())
	}
	return members, true
}

// Resources returns what a resource, in the language of the tables and with a full
// ARN or a form, makes of an input: "@key{SSEKMSKeyId}". None, if the input does not
// name it, or not in a way that is understood. It is for tools, as [Operations] is.
func Resources(text string, input any, region, account string) []string {
	if !placeable(region, account) {
		return nil
	}
	v := reflect.ValueOf(input)
	s := reader{input: reflect.TypeOf(input)}.step(text, false)
	p := &plan{steps: []step{s}}
	p.gather()
	n := Named{plan: p}
	n.read(deref(v))
	d := description{signer: newSigner(region, account)}
	if !d.follow(&n) {
		return nil
	}
	return d.arns
}

// Opaque reports whether an operation never tells all of its resources, whatever
// its input is, as one does not that takes a token. It is for tools, as [Operations]
// is.
func Opaque(service, operation string) bool {
	p := planOf(service, operation, nil)
	return p != nil && p.unknown
}
