package review

import (
	"strings"

	"github.com/lambdafence/lambdafence/internal/braces"
)

// A resource is one alternative of what a rule writes for a resource: an ARN, or
// its tail.
type resource struct {
	text  string
	any   bool // "*"
	tail  bool
	parts [4]*glob // partition, service, region, account
	whole []*glob  // the resource, and what lies beneath it
	named []*glob  // in a deny rule also: a secret without the six characters of its ARN
}

// resources reads a resource of a document, which is valid.
func resources(text string) (all []*resource) {
	alternatives, err := braces.Expand(text, "")
	if err != nil {
		alternatives = nil
	}
	for _, alt := range alternatives {
		all = append(all, newResource(alt))
	}
	return all
}

func newResource(text string) *resource {
	if text == "*" {
		return &resource{text: text, any: true}
	}
	r := &resource{text: text}
	tail, whole := strings.CutPrefix(text, "arn:")
	r.tail = !whole
	for i := range r.parts {
		part := "*"
		if whole {
			part, tail, _ = strings.Cut(tail, ":")
		}
		r.parts[i] = newGlob(part, "")
	}
	r.whole = []*glob{newGlob(tail, "")}
	switch {
	case strings.HasSuffix(tail, "/"), strings.HasSuffix(tail, ":"):
		r.whole = append(r.whole, newGlob(tail+"*", ""))
	case !strings.HasSuffix(tail, "*") || strings.HasSuffix(tail, `\*`):
		r.whole = append(r.whole, newGlob(tail+"/*", ""), newGlob(tail+":*", ""))
	}
	if name, ok := nameOfSecret(tail, whole); ok {
		r.named = []*glob{newGlob(name, "")}
	}
	return r
}

const secretKind = "secret:"

// nameOfSecret is that of package policy: what a deny rule for the ARN of a secret
// denies beside it.
func nameOfSecret(tail string, whole bool) (string, bool) {
	if !strings.HasPrefix(tail, secretKind) {
		return "", false
	}
	for _, end := range []string{"-??????", "-*"} {
		if name, ok := strings.CutSuffix(tail, end); ok {
			return name, name != secretKind
		}
	}
	name := tail[:max(0, len(tail)-len("-AbCdEf"))]
	return name, whole && !hasMeta(tail) && len(name) > len(secretKind) && tail[len(name)] == '-'
}

// coversResource reports whether r, of a deny rule if so said, is all that other is.
func (e *effort) coversResource(r *resource, deny bool, other *resource, otherDeny bool) bool {
	if r.text == other.text {
		return true
	}
	if !deny && r.tail && !other.tail {
		return false // a tail is the signer's, in the function's partition
	}
	if !r.whole[0].near(other.whole[0]) {
		return false
	}
	for _, g := range other.whole {
		if !e.within(g, r.whole) {
			return false
		}
	}
	if otherDeny {
		for _, g := range other.named {
			if !e.within(g, append(r.whole[:len(r.whole):len(r.whole)], r.named...)) {
				return false
			}
		}
	}
	if r.tail {
		return true
	}
	for i := range r.parts {
		if !e.within(other.parts[i], r.parts[i:i+1]) {
			return false
		}
	}
	return true
}
