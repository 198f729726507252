package policy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The fields of a rule: its one subject, and what may stand beside it.
var (
	subjects   = []string{"host", "cidr", "aws"}
	hostFields = []string{"schemes", "ports", "methods", "paths", "networks"}
	awsFields  = []string{"operations", "access", "resources", "accounts", "regions", "endpoint"}
	anyFields  = []string{"from", "functions", "until", "id", "reason", "mode"}
	ruleFields = slices.Concat(subjects, hostFields, awsFields, anyFields)
)

// list reads the rules of a list.
func (p *parser) list(key string, n *node) {
	if isNull(n) {
		return
	}
	if n.kind != sequence {
		p.errorf(n, "%s: want a list of rules, got %s", key, what(n))
		return
	}
	p.expected = max(p.expected, len(n.content))
	for i := range n.content {
		p.item(key, i, &n.content[i])
	}
}

// item reads a rule of a list.
func (p *parser) item(key string, i int, n *node) {
	at := key + "[" + strconv.Itoa(i) + "]"
	if p.foreign(n) {
		return
	}
	if n.kind != mapping {
		p.errorf(n, "%s: want a rule with a subject: host, cidr or aws; got %s", at, what(n))
		return
	}
	rules := &p.allow
	if key == "deny" {
		rules = &p.deny
	}
	if *rules == nil {
		*rules = make([]rule, 0, p.expected)
	}
	*rules = append(*rules, p.rule(at, key == "deny", n))
}

func (p *parser) rule(at string, deny bool, n *node) rule {
	r := rule{id: at, deny: deny, line: n.line, column: n.column}
	subject := p.subject(at, n)
	if subject == "aws" {
		r.aws = new(awsRule)
	}
	p.fields(n, func(key string, k, v *node) {
		switch {
		case !slices.Contains(ruleFields, key):
			p.errorf(k, "%s: unknown field %q%s", at, key, didYouMean(key, ruleFields...))
		case subject == "aws" && slices.Contains(hostFields, key), subject != "aws" && subject != "" && slices.Contains(awsFields, key):
			p.errorf(k, "%s: %s does not go with the subject %s", at, key, subject)
		case key == "mode" && !deny:
			p.errorf(k, "%s: mode is for deny rules; an allow list has the mode of its policy", at)
		case r.aws != nil && (key == "aws" || slices.Contains(awsFields, key)):
			p.awsField(r.aws, key, v)
		default:
			p.field(&r, key, v)
		}
	})
	r.setDefaults()
	return r
}

// subject finds the one subject that a rule must have.
func (p *parser) subject(at string, n *node) (subject string) {
	for i := 0; i+1 < len(n.content); i += 2 {
		k := &n.content[i]
		switch {
		case !slices.Contains(subjects, k.value) || k.value == subject:
		case subject == "":
			subject = k.value
		default:
			p.errorf(k, "%s: a rule has one subject; %s stands beside %s: make two rules", at, k.value, subject)
		}
	}
	if subject == "" {
		p.errorf(n, "%s: no subject: a rule needs host, cidr or aws", at)
	}
	return subject
}

// field reads a field of a rule into it.
func (p *parser) field(r *rule, key string, v *node) {
	switch key {
	case "host":
		patterns(p, key, v, &r.hosts, compileHost)
	case "paths":
		patterns(p, key, v, &r.paths, compilePath)
	case "functions":
		patterns(p, key, v, &r.originOf().functions, func(s string) ([]pattern, error) { return compilePatterns(s, "") })
	case "cidr":
		values(p, key, v, &r.cidrs, compileCIDR)
	case "methods":
		values(p, key, v, &r.methods, checkMethod)
	case "ports":
		p.ports(r, v)
		r.ports = shareOne(&p.share.ports, r.ports)
	case "schemes":
		p.words(key, v, &r.schemes, "http", "https")
	case "networks":
		p.words(key, v, &r.networks, "tcp", "udp", "ip", "unix")
		if !r.deny && r.networks.has(unix) {
			p.errorf(v, `networks: an allow rule never matches a unix socket; open it with local: ["unix:/path"]`)
		}
	case "from":
		patterns(p, key, v, &r.originOf().from, func(s string) ([]pattern, error) { return compilePatterns(s, "/") })
	case "until":
		p.until(r, v)
	case "id":
		p.id(r, v)
	case "reason":
		r.reason, _ = p.text(key, v)
	case "mode":
		r.mode = p.mode(v)
	}
}

func (p *parser) ports(r *rule, v *node) {
	p.texts("ports", v, func(s string, n *node) error {
		port, err := strconv.ParseUint(s, 10, 16)
		if err != nil || s[0] == '0' || n.tag != "!!int" {
			return fmt.Errorf("want a number from 1 to 65535, got %s", what(n))
		}
		r.ports = append(r.ports, uint16(port))
		return nil
	}, "!!int", "!!float")
}

// words reads words of a fixed list into a set, the first word as its bit 0.
func (p *parser) words(key string, v *node, to *wordSet, known ...string) {
	p.texts(key, v, func(s string, _ *node) error {
		i := slices.Index(known, s)
		if i < 0 {
			return fmt.Errorf("%q: want one of %s", s, strings.Join(known, ", "))
		}
		*to |= 1 << i
		return nil
	})
}

func (p *parser) until(r *rule, v *node) {
	s, ok := p.text("until", v, "!!timestamp")
	if !ok {
		return
	}
	day, err := time.Parse(time.DateOnly, s)
	if err != nil || day.Year() < 2000 {
		p.errorf(v, "until: %q is no date such as 2027-01-31", s)
	}
	r.originOf().until = day.AddDate(0, 0, 1) // through that day
}

func (p *parser) id(r *rule, v *node) {
	s, ok := p.text("id", v)
	if !ok {
		return
	}
	if s == "" || s == localRule || s == ownRule || strings.ContainsFunc(s, func(c rune) bool { return c <= ' ' || c == '[' || c == ']' }) {
		p.errorf(v, "id: %q: want a word such as known-drop-site", s)
	}
	r.id = s
}

// awsField reads a field of a rule with the subject aws into it.
func (p *parser) awsField(a *awsRule, key string, v *node) {
	switch key {
	case "aws":
		values(p, key, v, &a.services, compileService)
		a.services = shareOne(&p.share.services, a.services)
	case "operations":
		patterns(p, key, v, &a.operations, compileOperation)
	case "access":
		var words wordSet
		p.words(key, v, &words, accessWords...)
		a.access = accessSet(words) << List
	case "resources":
		patterns(p, key, v, &a.resources, compileARN)
	case "accounts":
		values(p, key, v, &a.accounts, compileAccount, "!!int", "!!float")
	case "regions":
		patterns(p, key, v, &a.regions, compileRegion)
	case "endpoint":
		patterns(p, key, v, &a.endpoints, compileEndpoint)
	}
}

func checkMethod(s string) (string, error) {
	if s == "" || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`*?[]{}"(),/:;<=>@\`, r) }) {
		return "", fmt.Errorf("%q is no HTTP method; they are matched exactly, such as POST", s)
	}
	return s, nil
}

// uniqueIDs refuses two rules of one id: an event names its rule by it.
func (p *parser) uniqueIDs(rules []rule) {
	seen := make(map[string]bool, len(rules))
	for i := range rules {
		if seen[rules[i].id] {
			p.errorf(&node{line: rules[i].line, column: rules[i].column}, "id: %q stands twice", rules[i].id)
		}
		seen[rules[i].id] = true
	}
}

// values reads a field whose entries are one value each.
func values[T any](p *parser, key string, n *node, to *[]T, read func(string) (T, error), tags ...string) {
	p.texts(key, n, func(s string, _ *node) error {
		v, err := read(s)
		*to = append(*to, v)
		return err
	}, tags...)
}

// maxPatterns bounds what the braces of a document expand to, in patterns and
// their segments: a document of 1 MiB could ask for gigabytes.
const maxPatterns = 100_000

// patterns reads a field of patterns, each of which compiles into alternatives.
func patterns[T interface{ size() int }](p *parser, key string, n *node, to *[]T, compile func(string) ([]T, error)) {
	p.texts(key, n, func(s string, _ *node) error {
		if p.patterns > maxPatterns {
			return fmt.Errorf("the document has, or its braces expand to, more than %d patterns", maxPatterns)
		}
		ts, err := compileShared(&p.share, key, s, compile)
		for _, t := range ts {
			p.patterns += t.size()
		}
		if *to == nil {
			*to = ts
		} else {
			*to = append(*to, ts...)
		}
		return err
	})
}
