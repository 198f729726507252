package policy

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// MaxSize is the size above which a document is refused, in bytes.
const MaxSize = 1 << 20

// A parser walks the nodes of a document and collects what is wrong with it.
// YAML 1.2 holds JSON, so one parser reads both. Values are taken from the
// source text: YAML would make a number of the account id 012345670123.
type parser struct {
	errs Errors
}

func (p *parser) errorf(n *yaml.Node, format string, args ...any) {
	if len(p.errs) < maxErrors {
		p.errs = append(p.errs, &Error{n.Line, n.Column, fmt.Sprintf(format, args...)})
	}
}

func (p *parser) err() error {
	if len(p.errs) == 0 {
		return nil
	}
	return p.errs
}

// root parses doc into its top node, a mapping.
func root(doc []byte) (*yaml.Node, error) {
	fail := func(format string, args ...any) (*yaml.Node, error) {
		return nil, Errors{{Message: fmt.Sprintf(format, args...)}}
	}
	switch {
	case len(doc) > MaxSize:
		return fail("document of %d bytes: at most %d", len(doc), MaxSize)
	case len(bytes.TrimSpace(bytes.TrimPrefix(doc, []byte("\ufeff")))) == 0:
		return fail("empty document")
	case !utf8.Valid(doc):
		return fail("document is not UTF-8")
	}
	var n yaml.Node
	if err := yaml.Load(doc, &n); err != nil {
		return nil, Errors{yamlError(doc, err)}
	}
	if n.Kind != yaml.DocumentNode || len(n.Content) != 1 {
		return fail("empty document")
	}
	top := n.Content[0]
	if top.Kind != yaml.MappingNode {
		return nil, Errors{{top.Line, top.Column, "want a policy: keys such as version, mode, allow and deny"}}
	}
	return top, nil
}

// yamlError turns an error of the YAML library into one of ours. The library
// takes an unquoted *.example.com for an alias; that gets its own hint.
func yamlError(doc []byte, err error) *Error {
	var le *yaml.LoadError
	if !errors.As(err, &le) {
		switch msg := err.Error(); {
		case strings.Contains(msg, "multiple"):
			return &Error{Message: "more than one document; a policy is one"}
		case strings.Contains(msg, "no documents"):
			return &Error{Message: "empty document"}
		default:
			return &Error{Message: "not YAML: " + strings.Join(strings.Fields(msg), " ")}
		}
	}
	e := &Error{le.Mark.Line, max(le.Mark.Column, 1), "not YAML: " + le.Message}
	if text, ok := unquoted(doc, e.Line); ok {
		e.Message = fmt.Sprintf("%s means something else in YAML: quote it: %q", text, text)
	}
	return e
}

// unquoted finds, on a line that YAML could not read, a value that starts as a
// pattern does and therefore as an alias, a list or a mapping does.
func unquoted(doc []byte, line int) (string, bool) {
	lines := strings.Split(string(doc), "\n")
	if line < 1 || line > len(lines) {
		return "", false
	}
	for _, word := range strings.FieldsFunc(lines[line-1], func(r rune) bool { return r == ' ' || r == '\t' || r == '\r' }) {
		word = strings.TrimRight(strings.TrimPrefix(word, "["), ",]")
		if strings.HasPrefix(word, "*") || strings.HasPrefix(word, "{") && strings.Contains(word, "}.") {
			return word, true
		}
	}
	return "", false
}

// fields calls each for every entry of a mapping and reports anything else,
// duplicate keys, aliases, merge keys and tags of one's own.
func (p *parser) fields(n *yaml.Node, each func(key string, k, v *yaml.Node)) {
	seen := make(map[string]bool, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		switch {
		case k.Kind != yaml.ScalarNode || k.Tag == "!!merge":
			p.errorf(k, "a key is plain text")
		case seen[k.Value]:
			p.errorf(k, "key %q stands twice", k.Value)
		case p.foreign(v):
		default:
			each(k.Value, k, v)
		}
		if k.Kind == yaml.ScalarNode {
			seen[k.Value] = true
		}
	}
}

// foreign reports, and complains of, YAML that a policy has no use for.
func (p *parser) foreign(n *yaml.Node) bool {
	switch {
	case n.Kind == yaml.AliasNode && looksLikeHost(n.Value):
		p.errorf(n, "*%s means something else in YAML: quote it: %q", n.Value, "*"+n.Value)
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		p.errorf(n, "YAML anchors and aliases are not part of the policy language")
	case n.Tag != "" && !strings.HasPrefix(n.Tag, "!!"):
		p.errorf(n, "YAML tags are not part of the policy language")
	default:
		return false
	}
	return true
}

func looksLikeHost(alias string) bool { return strings.ContainsAny(alias, ".*/") }

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// text reads a scalar that YAML takes for a string, or for one of the tags.
func (p *parser) text(key string, n *yaml.Node, tags ...string) (string, bool) {
	if p.foreign(n) {
		return "", false
	}
	if n.Kind == yaml.ScalarNode {
		for _, tag := range append(tags, "!!str") {
			if n.Tag == tag {
				return n.Value, true
			}
		}
	}
	p.errorf(n, "%s: want text, got %s%s", key, what(n), quoteHint(n))
	return "", false
}

// texts reads a scalar or a list of them, calls each for each and reports an
// empty list: a field that matches nothing is a mistake.
func (p *parser) texts(key string, n *yaml.Node, each func(string, *yaml.Node) error, tags ...string) {
	items := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		if items = n.Content; len(items) == 0 {
			p.errorf(n, "%s: empty list; leave the field out to match anything", key)
		}
	}
	for _, item := range items {
		if s, ok := p.text(key, item, tags...); ok {
			if err := each(s, item); err != nil {
				p.errorf(item, "%s: %v", key, err)
			}
		}
	}
}

func what(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.Tag {
	case "!!null":
		return "nothing"
	case "!!int", "!!float":
		return "the number " + n.Value
	case "!!bool":
		return "the boolean " + n.Value
	case "!!timestamp":
		return "the date " + n.Value
	}
	return fmt.Sprintf("%q", n.Value)
}

func quoteHint(n *yaml.Node) string {
	if n.Kind == yaml.ScalarNode && n.Tag != "!!null" || n.Kind == yaml.MappingNode && n.Style&yaml.FlowStyle != 0 {
		return "; quote it"
	}
	return ""
}
