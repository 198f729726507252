package policy

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// A Policy is a document that was read: a mode, an allow list, a deny list.
// It comes from [Parse], and [Compile] makes layers of one or more of them.
type Policy struct {
	Name string
	Mode Mode // Report where the document states none

	local       []door
	rules       []rule // allow rules first, each list in its order
	hasAllow    bool
	unavailable string // set by Unavailable: why there is no document
}

// Parse reads a policy in YAML or JSON. It is strict: what it does not know,
// it refuses. The error is an [Errors] with the line and the column of each
// mistake; a document that has any is no policy.
func Parse(doc []byte) (*Policy, error) {
	top, err := root(doc)
	if err != nil {
		return nil, err
	}
	p, pol := &parser{}, &Policy{Mode: Report}
	lists := p.document(top, pol)
	if !lists && pol.Mode > Learn && len(p.errs) == 0 {
		p.errorf(top, "a policy that reports or enforces needs an allow list or a deny list")
	}
	p.uniqueIDs(pol.rules, top)
	if err := p.err(); err != nil {
		return nil, err
	}
	return pol, nil
}

// Unavailable returns the policy of a layer that could not be loaded: it denies
// every call, in the given mode, for the given reason.
func Unavailable(mode Mode, reason string) *Policy {
	return &Policy{Mode: mode, hasAllow: true, unavailable: reason}
}

// document reads the top level and reports whether there was a list in it.
func (p *parser) document(top *yaml.Node, pol *Policy) (lists bool) {
	var deny []rule
	p.fields(top, func(key string, k, v *yaml.Node) {
		switch key {
		case "version":
			if v.Kind != yaml.ScalarNode || v.Value != "1" || v.Tag != "!!int" {
				p.errorf(v, "version: this is version 1 of the language, got %s", what(v))
			}
		case "name":
			pol.Name, _ = p.text(key, v)
		case "mode":
			pol.Mode = p.mode(v)
		case "local":
			p.texts(key, v, func(s string, _ *yaml.Node) error {
				d, err := parseDoor(s)
				pol.local = append(pol.local, d)
				return err
			})
		case "allow":
			// Present is enough: an empty allow list allows nothing.
			pol.hasAllow, lists = true, true
			pol.rules = p.list(key, v)
		case "deny":
			// A deny list that says nothing is a truncated document, not a policy.
			lists = lists || !isNull(v)
			deny = p.list(key, v)
		default:
			p.errorf(k, "unknown key %q%s", key, didYouMean(key, "version", "name", "mode", "local", "allow", "deny"))
		}
	})
	pol.rules = append(pol.rules, deny...)
	return lists
}

func (p *parser) mode(n *yaml.Node) Mode {
	s, ok := p.text("mode", n)
	if !ok {
		return Unset
	}
	m, err := ParseMode(s)
	if err != nil {
		p.errorf(n, "%v", err)
	}
	return m
}

func (p *parser) list(key string, n *yaml.Node) []rule {
	if isNull(n) {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		p.errorf(n, "%s: want a list of rules, got %s", key, what(n))
		return nil
	}
	rules := make([]rule, 0, len(n.Content))
	for i, item := range n.Content {
		if p.foreign(item) {
			continue
		}
		at := fmt.Sprintf("%s[%d]", key, i)
		if item.Kind != yaml.MappingNode {
			p.errorf(item, "%s: want a rule with a subject: host, cidr or aws; got %s", at, what(item))
			continue
		}
		rules = append(rules, p.rule(at, key == "deny", item))
	}
	return rules
}

// subjects and what may stand beside each of them.
var (
	subjects   = []string{"host", "cidr", "aws"}
	hostFields = []string{"schemes", "ports", "methods", "paths", "networks"}
	awsFields  = []string{"operations", "access", "resources", "accounts", "regions", "endpoint"}
	anyFields  = []string{"from", "functions", "until", "id", "reason", "mode"}
)

func (p *parser) rule(at string, deny bool, n *yaml.Node) rule {
	r := rule{id: at, deny: deny, line: n.Line, column: n.Column}
	var subject string
	p.fields(n, func(key string, k, _ *yaml.Node) {
		switch {
		case !slices.Contains(subjects, key):
		case subject == "":
			subject = key
		default:
			p.errorf(k, "%s: a rule has one subject; %s stands beside %s: make two rules", at, key, subject)
		}
	})
	if subject == "" {
		p.errorf(n, "%s: no subject: a rule needs host, cidr or aws", at)
	}
	(&parser{}).fields(n, func(key string, k, v *yaml.Node) { // duplicates are reported above
		p.ruleField(&r, at, subject, key, k, v)
	})
	return r
}

func (p *parser) ruleField(r *rule, at, subject, key string, k, v *yaml.Node) {
	known := slices.Concat(subjects, hostFields, awsFields, anyFields)
	switch {
	case !slices.Contains(known, key):
		p.errorf(k, "%s: unknown field %q%s", at, key, didYouMean(key, known...))
	case slices.Contains(hostFields, key) && subject == "aws", slices.Contains(awsFields, key) && subject != "aws" && subject != "":
		p.errorf(k, "%s: %s does not go with the subject %s", at, key, subject)
	case key == "mode" && !r.deny:
		p.errorf(k, "%s: mode is for deny rules; an allow list has the mode of its policy", at)
	case slices.Contains(awsFields, key) || key == "aws" || key == "from":
		p.unsupportedField(r, key, k, v)
	default:
		p.supportedField(r, key, v)
	}
}

func (p *parser) supportedField(r *rule, key string, v *yaml.Node) {
	switch key {
	case "host":
		p.texts(key, v, func(s string, _ *yaml.Node) error { return collect(&r.hosts, compileHost, s) })
	case "cidr":
		p.texts(key, v, func(s string, _ *yaml.Node) error { return collect(&r.cidrs, one(compileCIDR), s) })
	case "schemes":
		p.texts(key, v, func(s string, _ *yaml.Node) error { return oneOf(&r.schemes, s, "http", "https") })
	case "networks":
		p.texts(key, v, func(s string, _ *yaml.Node) error { return oneOf(&r.networks, s, "tcp", "udp", "ip", "unix") })
	case "methods":
		p.texts(key, v, func(s string, _ *yaml.Node) error { return collect(&r.methods, one(checkMethod), s) })
	case "paths":
		p.texts(key, v, func(s string, _ *yaml.Node) error { return collect(&r.paths, compilePath, s) })
	case "ports":
		p.ports(r, v)
	case "functions":
		p.texts(key, v, func(s string, _ *yaml.Node) error {
			return collect(&r.functions, func(s string) ([]matcher, error) { return compileGlobs(s) }, s)
		})
	case "until":
		if s, ok := p.text(key, v, "!!timestamp"); ok {
			day, err := time.Parse(time.DateOnly, s)
			if err != nil {
				p.errorf(v, "until: %q is no date such as 2027-01-31", s)
			}
			r.until = day.AddDate(0, 0, 1) // through that day
		}
	case "id":
		if s, ok := p.text(key, v); ok {
			if s == "" || s == "local" || strings.ContainsAny(s, " []\n\t") {
				p.errorf(v, "id: %q: want a word such as known-drop-site", s)
			}
			r.id = s
		}
	case "reason":
		r.reason, _ = p.text(key, v)
	case "mode":
		r.mode = p.mode(v)
	}
}

// unsupportedField checks the form of a field and leaves it to Compile to
// refuse the rule: a later version of the language gives it its meaning.
func (p *parser) unsupportedField(r *rule, key string, k, v *yaml.Node) {
	if r.unsupported == "" {
		r.unsupported, r.line, r.column = key, k.Line, k.Column
	}
	p.texts(key, v, func(s string, _ *yaml.Node) error {
		switch key {
		case "access":
			return oneOf(new([]string), s, "list", "read", "write", "tagging", "permissions")
		case "accounts":
			return checkAccount(s)
		case "from", "operations":
			_, err := compileGlobs(s)
			return err
		}
		return checkPattern(s)
	}, map[string][]string{"accounts": {"!!int", "!!float"}}[key]...)
}

func checkAccount(s string) error {
	if s == "self" || s == "*" || len(s) == 12 && strings.Trim(s, "0123456789") == "" {
		return nil
	}
	return fmt.Errorf("%q: want self, \"*\" or the 12 digits of an account id", s)
}

func (p *parser) ports(r *rule, v *yaml.Node) {
	p.texts("ports", v, func(s string, n *yaml.Node) error {
		port, err := strconv.ParseUint(s, 10, 16)
		if err != nil || port == 0 || n.Tag != "!!int" {
			return fmt.Errorf("%s: want a number from 1 to 65535", s)
		}
		r.ports = append(r.ports, uint16(port))
		return nil
	}, "!!int")
}

func checkMethod(s string) (string, error) {
	if s == "" || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`*?[]{}"(),/:;<=>@\`, r) }) {
		return "", fmt.Errorf("%q is no HTTP method; they are matched exactly, such as POST", s)
	}
	return s, nil
}

// uniqueIDs refuses two rules of one id: an event names its rule by it.
func (p *parser) uniqueIDs(rules []rule, top *yaml.Node) {
	seen := map[string]bool{}
	for i := range rules {
		if seen[rules[i].id] {
			p.errorf(&yaml.Node{Line: rules[i].line, Column: rules[i].column}, "id: %q stands twice", rules[i].id)
		}
		seen[rules[i].id] = true
	}
}

func collect[T any](to *[]T, compile func(string) ([]T, error), s string) error {
	ts, err := compile(s)
	*to = append(*to, ts...)
	return err
}

func one[T any](compile func(string) (T, error)) func(string) ([]T, error) {
	return func(s string) ([]T, error) {
		t, err := compile(s)
		return []T{t}, err
	}
}

func oneOf(to *[]string, s string, words ...string) error {
	if !slices.Contains(words, s) {
		return errors.New(strconv.Quote(s) + ": want one of " + strings.Join(words, ", "))
	}
	*to = append(*to, s)
	return nil
}

// didYouMean suggests the known word that differs from key by its case, its
// plural or one letter.
func didYouMean(key string, known ...string) string {
	fold := func(s string) string { return strings.TrimSuffix(strings.ToLower(s), "s") }
	for _, k := range known {
		if fold(k) == fold(key) {
			return fmt.Sprintf("; did you mean %q?", k)
		}
	}
	return ""
}
