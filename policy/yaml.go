package policy

import (
	"errors"
	"fmt"
	"slices"
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
	errs     Errors
	patterns int // how many there are so far

	allow, deny []rule
	expected    int // how many rules, in rough terms
	share       share
}

func (p *parser) errorf(n *node, format string, args ...any) {
	if len(p.errs) < maxErrors {
		p.errs = append(p.errs, &Error{n.line, n.column, fmt.Sprintf(format, args...)})
	}
}

// root parses doc into its top node, a mapping with a key of a policy. Anything
// else may be a secret, loaded by a wrong parameter name: the error says nothing
// of what it holds, nor where in it a reader would stumble.
func root(doc []byte) (*node, error) {
	top, err := tree(doc)
	if err != nil {
		return nil, Errors{err}
	}
	if top.kind == mapping {
		for i := 0; i < len(top.content); i += 2 {
			if slices.Contains(topKeys, top.content[i].value) {
				return &top, nil
			}
		}
	}
	return nil, Errors{noPolicy()}
}

var topKeys = []string{"version", "name", "mode", "local", "allow", "deny"}

func noPolicy() *Error {
	return &Error{1, 1, "want a policy: keys such as version, mode, allow and deny"}
}

// mentionsKey reports whether doc, which YAML could not read, seems to have a
// key of a policy at its top level: one that begins a line or, in JSON, one that
// stands directly within the outer braces. It would rather miss one, at the price
// of a less helpful error, than take for a key what is none.
func mentionsKey(doc []byte) bool {
	text := strings.TrimPrefix(string(doc), "\ufeff")
	for line := range strings.Lines(text) {
		if beginsWithKey(line) {
			return true
		}
	}
	depth, quoted := 0, false
	for i, c := range text {
		switch {
		case c == '"':
			quoted = !quoted || escaped(text[:i])
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth <= 0 {
				return false
			}
		case depth == 0 && !strings.ContainsRune(" \t\r\n", c):
			return false // no JSON
		}
		if !quoted && depth == 1 && (c == '{' || c == ',') && beginsWithKey(strings.TrimLeft(text[i+1:], " \t\r\n")) {
			return true
		}
	}
	return false
}

// escaped reports whether an odd number of backslashes ends s.
func escaped(s string) bool {
	return (len(s)-len(strings.TrimRight(s, `\`)))%2 == 1
}

// beginsWithKey looks only at what can be a key, however long s is.
func beginsWithKey(s string) bool {
	key, value, ok := strings.Cut(s[:min(len(s), 32)], ":")
	word := strings.TrimRight(key, " ")
	bare := strings.Trim(word, `"'`)
	return ok && slices.Contains(topKeys, bare) && (bare != word || value == "" || strings.ContainsAny(value[:1], " \t\r\n"))
}

// checkBytes refuses what is no text at all.
func checkBytes(doc []byte) *Error {
	if len(doc) > MaxSize {
		return &Error{1, 1, fmt.Sprintf("document of %d bytes: at most %d", len(doc), MaxSize)}
	}
	line, column := 1, 1
	for i := 0; i < len(doc); column++ {
		r, n := utf8.DecodeRune(doc[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			return &Error{line, column, "document is not UTF-8"}
		case r < ' ' && r != '\n' && r != '\r' && r != '\t':
			if !mentionsKey(doc) {
				return noPolicy() // it may be a character of a secret
			}
			return &Error{line, column, fmt.Sprintf("control character %U", r)}
		case r == '\n':
			line, column = line+1, 0
		}
		i += n
	}
	return nil
}

// yamlError turns an error of the YAML library into one of ours.
func yamlError(doc []byte, err error) *Error {
	e := &Error{1, 1, "not YAML: " + strings.TrimPrefix(err.Error(), "yaml: ")}
	if le := (*yaml.LoadError)(nil); errors.As(err, &le) {
		e.Line, e.Column, e.Message = max(le.Mark.Line, 1), max(le.Mark.Column, 1), "not YAML: "+le.Message
	}
	lines := strings.Split(string(doc), "\n")
	line := lines[min(e.Line, len(lines))-1]
	switch {
	case strings.Contains(e.Message, "no documents"):
		e.Message = "empty document"
	case !mentionsKey(doc):
		return noPolicy()
	case strings.Contains(e.Message, "found multiple"):
		e.Line, e.Message = secondDocument(lines), "more than one document; a policy is one"
	case strings.HasPrefix(strings.TrimLeft(line, " "), "\t"):
		e.Message = "a tab; YAML is indented with spaces"
	default:
		// The library takes an unquoted *.example.com for an alias.
		if text, ok := unquoted(line); ok {
			e.Message = fmt.Sprintf("%s means something else in YAML: quote it: %q", text, text)
		}
	}
	return e
}

// secondDocument returns the number of the line that ends the first of several
// documents.
func secondDocument(lines []string) int {
	content := false
	for i, line := range lines {
		ends := strings.HasPrefix(line, "---") || strings.HasPrefix(line, "...")
		if ends && content {
			return i + 1
		}
		content = content || !ends && strings.TrimSpace(line) != "" && !strings.HasPrefix(strings.TrimSpace(line), "#")
	}
	return len(lines)
}

// unquoted finds, on a line that YAML could not read, a value that starts as a
// pattern does and therefore as an alias, a list or a mapping does.
func unquoted(line string) (string, bool) {
	for word := range strings.FieldsSeq(line) {
		word = strings.TrimRight(strings.TrimPrefix(word, "["), ",]")
		if strings.HasPrefix(word, "*") || strings.HasPrefix(word, "{") && strings.Contains(word, "}.") {
			return word, true
		}
	}
	return "", false
}

// fields calls each for every entry of a mapping and reports anything else,
// duplicate keys, aliases, merge keys and tags of one's own.
func (p *parser) fields(n *node, each func(key string, k, v *node)) {
	for i := 0; i+1 < len(n.content) && len(p.errs) < maxErrors; i += 2 {
		k, v := &n.content[i], &n.content[i+1]
		switch {
		case p.foreign(k):
		case k.kind != scalar || k.tag == "!!merge":
			p.errorf(k, "a key is plain text")
		case hasKey(n.content[:i], k.value):
			p.errorf(k, "key %q stands twice", k.value)
		case p.foreign(v):
		default:
			each(k.value, k, v)
		}
	}
}

// hasKey looks through keys one by one: of those that a policy does not know,
// there are no more than errors are told of.
func hasKey(content []node, key string) bool {
	for i := 0; i < len(content); i += 2 {
		if k := &content[i]; k.kind == scalar && k.value == key {
			return true
		}
	}
	return false
}

// foreign reports, and complains of, YAML that a policy has no use for.
func (p *parser) foreign(n *node) bool {
	switch {
	case n.kind == alias && looksLikeHost(n.value):
		p.errorf(n, "*%s means something else in YAML: quote it: %q", n.value, "*"+n.value)
	case n.kind == alias || n.anchored:
		p.errorf(n, "YAML anchors and aliases are not part of the policy language")
	case n.tagged:
		p.errorf(n, "YAML tags are not part of the policy language")
	default:
		return false
	}
	return true
}

func looksLikeHost(alias string) bool { return strings.ContainsAny(alias, ".*/") }

func isNull(n *node) bool { return n.kind == scalar && n.tag == "!!null" }

// text reads a scalar that YAML takes for a string, or for one of the tags.
func (p *parser) text(key string, n *node, tags ...string) (string, bool) {
	if p.foreign(n) {
		return "", false
	}
	if n.kind == scalar {
		for _, tag := range append(tags, "!!str") {
			if n.tag == tag {
				return n.value, true
			}
		}
	}
	p.errorf(n, "%s: want text, got %s%s", key, what(n), quoteHint(n))
	return "", false
}

// texts reads a scalar or a list of them, calls each for each and reports an
// empty list: a field that matches nothing is a mistake. Only local may be empty.
func (p *parser) texts(key string, n *node, each func(string, *node) error, tags ...string) {
	read := func(item *node) {
		if s, ok := p.text(key, item, tags...); ok {
			if err := each(s, item); err != nil {
				p.errorf(item, "%s: %v", key, err)
			}
		}
	}
	if n.kind != sequence {
		read(n)
		return
	}
	if len(n.content) == 0 && key != "local" {
		p.errorf(n, "%s: empty list%s", key, emptyHint(key))
	}
	for i := range n.content {
		read(&n.content[i])
	}
}

func emptyHint(key string) string {
	if slices.Contains(subjects, key) {
		return ""
	}
	return "; leave the field out to match anything"
}

func what(n *node) string {
	switch n.kind {
	case mapping:
		return "a mapping"
	case sequence:
		return "a list"
	}
	switch n.tag {
	case "!!null":
		return "nothing"
	case "!!int", "!!float":
		return "the number " + n.value
	case "!!bool":
		return "the boolean " + n.value
	case "!!timestamp":
		return "the date " + n.value
	}
	return fmt.Sprintf("%q", n.value)
}

func quoteHint(n *node) string {
	if n.kind == scalar && n.tag != "!!null" || n.kind == mapping && n.flow {
		return "; quote it"
	}
	return ""
}
