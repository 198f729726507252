package policy

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxSuggested bounds the resources that a suggestion names.
const maxSuggested = 10

// suggestAWS writes the narrowest rule for an operation at the host that q
// judged last, t: its resources, who signs it if it is not the function's own
// account, and the endpoint if it is not AWS's. It is empty where no rule could
// allow the call, or none should.
func suggestAWS(q *query, c *Call, t target) string {
	if q.network != tcp || q.odd || q.verb == connect || q.elsewhere || q.claim.service.ID == "" {
		return ""
	}
	parts := []string{"aws: " + yamlWord(q.claim.service.ID)}
	if c.Operation != "" {
		name := quoteMeta(c.Operation)
		if _, err := compileOperation(name); err != nil || !utf8.ValidString(name) {
			return ""
		}
		parts = append(parts, "operations: ["+yamlWord(name)+"]")
	}
	if len(c.Resources) > 0 {
		resources, ok := suggestResources(q.claim)
		if !ok {
			return ""
		}
		parts = append(parts, "resources: ["+resources+"]")
	}
	switch _, err := compileAccount(c.Account); {
	case err != nil: // to allow everybody, for want of a name, is no advice
		return ""
	case c.Account != c.Self:
		parts = append(parts, fmt.Sprintf("accounts: [%q]", c.Account))
	}
	if !q.genuine {
		if len(q.aws().Services) > 0 {
			return "" // of another service, or of another region
		}
		at := t.name
		switch {
		case t.lit.IsValid():
			at = t.lit.String()
		case checkName(at) != nil:
			return ""
		}
		if q.port != 0 {
			at = net.JoinHostPort(at, strconv.Itoa(int(q.port)))
		}
		parts = append(parts, fmt.Sprintf("endpoint: %q", at))
	}
	return "allow: [{" + strings.Join(parts, ", ") + "}]"
}

// suggestResources writes the resources of a call: the tails of those in the
// signer's account, and the others whole.
func suggestResources(c *claim) (list string, ok bool) {
	if len(c.resources) > maxSuggested {
		return "", false
	}
	var texts []string
	for _, text := range c.resources {
		r, ok := parseARN(text)
		whole := quoteMeta(text)
		if tail := quoteMeta(r.resource); ok && r.owned(c) && !strings.HasPrefix(tail, arnPrefix) {
			whole = tail
		}
		if _, err := compileARN(whole); err != nil || !ok || !utf8.ValidString(whole) {
			return "", false
		}
		texts = append(texts, strconv.Quote(whole))
	}
	return strings.Join(texts, ", "), true
}

// yamlWord quotes a word that YAML could take for something else.
func yamlWord(s string) string {
	for i := range len(s) {
		if c := s[i] | 0x20; (c < 'a' || c > 'z') && (i == 0 || s[i] < '0' || s[i] > '9') {
			return strconv.Quote(s)
		}
	}
	switch strings.ToLower(s) {
	case "null", "true", "false", "yes", "no", "on", "off", "y", "n":
		return strconv.Quote(s)
	}
	return s
}
