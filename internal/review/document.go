package review

import (
	"fmt"

	"go.yaml.in/yaml/v4"

	"github.com/lambdafence/lambdafence/policy"
)

// A Document is a policy as it is written.
type Document struct {
	Name     string // of its file
	Text     []byte // as it is written
	Policy   *policy.Policy
	HasAllow bool
	HasDeny  bool
	Local    []Value
	Allow    []Rule
	Deny     []Rule
}

// A Rule is one entry of a list.
type Rule struct {
	Deny    bool
	ID      string // as decisions name it: its id, or "allow[0]"
	Line    int
	Column  int
	Subject string             // host, cidr or aws
	Fields  map[string][]Value // what is stated, the subject too: a scalar is a list of one
}

// A Value is one that stands in a document.
type Value struct {
	Text         string
	Line, Column int
}

// Read reads a document. The error of one that is no policy is a [policy.Errors].
func Read(name string, doc []byte) (*Document, error) {
	p, err := policy.Parse(doc)
	if err != nil {
		return nil, err
	}
	var n yaml.Node
	if err := yaml.Load(doc, &n); err != nil {
		return nil, err
	}
	d := &Document{Name: name, Text: doc, Policy: p}
	for key, v := range entries(n.Content[0]) {
		switch key {
		case "local":
			d.Local = values(v)
		case "allow":
			d.HasAllow = true
			d.Allow = rules("allow", v)
		case "deny":
			d.HasDeny = v.Kind == yaml.SequenceNode
			d.Deny = rules("deny", v)
		}
	}
	return d, nil
}

// Rules returns the rules of both lists, those of the allow list first.
func (d *Document) Rules() []Rule {
	return append(d.Allow[:len(d.Allow):len(d.Allow)], d.Deny...)
}

// Rule returns the rule of that id, or nil.
func (d *Document) Rule(id string) *Rule {
	for _, list := range [][]Rule{d.Allow, d.Deny} {
		for i := range list {
			if list[i].ID == id {
				return &list[i]
			}
		}
	}
	return nil
}

// Texts returns the values of a field.
func (r *Rule) Texts(field string) []string {
	var texts []string
	for _, v := range r.Fields[field] {
		texts = append(texts, v.Text)
	}
	return texts
}

// Text returns the value of a field that has one; "" if it is left out.
func (r *Rule) Text(field string) string {
	if vs := r.Fields[field]; len(vs) > 0 {
		return vs[0].Text
	}
	return ""
}

func rules(list string, n *yaml.Node) []Rule {
	var all []Rule
	for i, item := range n.Content {
		r := Rule{Deny: list == "deny", ID: fmt.Sprintf("%s[%d]", list, i), Line: item.Line, Column: item.Column, Fields: map[string][]Value{}}
		for key, v := range entries(item) {
			r.Fields[key] = values(v)
			switch key {
			case "id":
				r.ID = v.Value
			case "host", "cidr", "aws":
				r.Subject = key
			}
		}
		all = append(all, r)
	}
	return all
}

// entries are those of a mapping.
func entries(n *yaml.Node) func(yield func(string, *yaml.Node) bool) {
	return func(yield func(string, *yaml.Node) bool) {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i].Value, n.Content[i+1]) {
				return
			}
		}
	}
}

// values are those of a scalar or of a list. They are taken from the source: an account
// is no number.
func values(n *yaml.Node) []Value {
	items := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		items = n.Content
	}
	var vs []Value
	for _, item := range items {
		if item.Kind == yaml.ScalarNode && item.Tag != "!!null" {
			vs = append(vs, Value{item.Value, item.Line, item.Column})
		}
	}
	return vs
}
