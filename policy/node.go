package policy

import "go.yaml.in/yaml/v4"

// A node is one of the tree that a document is read into, with what the
// language asks of it.
type node struct {
	kind     kind
	flow     bool // written in brackets or braces
	tagged   bool // it has a tag of its own
	anchored bool
	tag      string // such as !!str; of a scalar that has none, what YAML takes it for
	value    string // of a scalar as it is written, of an alias its name
	content  []node // of a sequence its items, of a mapping keys and values in turn

	line, column int
}

type kind uint8

const (
	scalar kind = iota
	sequence
	mapping
	alias
)

// tree reads doc by the YAML library.
func tree(doc []byte) (node, *Error) {
	if err := checkBytes(doc); err != nil {
		return node{}, err
	}
	var n yaml.Node
	if err := yaml.Load(doc, &n); err != nil {
		return node{}, yamlError(doc, err)
	}
	return nodeOf(n.Content[0]), nil
}

// nodeOf takes over what the YAML library has read.
func nodeOf(n *yaml.Node) node {
	own := node{
		flow:     n.Style&yaml.FlowStyle != 0,
		tagged:   n.Style&yaml.TaggedStyle != 0,
		anchored: n.Anchor != "",
		tag:      n.Tag,
		value:    n.Value,
		line:     n.Line,
		column:   n.Column,
	}
	switch n.Kind {
	case yaml.SequenceNode:
		own.kind = sequence
	case yaml.MappingNode:
		own.kind = mapping
	case yaml.AliasNode:
		own.kind = alias
	}
	if len(n.Content) > 0 {
		own.content = make([]node, len(n.Content))
	}
	for i, c := range n.Content {
		own.content[i] = nodeOf(c)
	}
	return own
}
