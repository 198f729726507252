package policy

import (
	"errors"
	"fmt"
	"strings"

	"github.com/lambdafence/lambdafence/internal/braces"
)

// An arnPattern is one alternative of what a policy writes for a resource: an
// ARN, or its tail. Its parts are matched one by one, so that no star reaches
// across them; within the resource it does, as in IAM.
type arnPattern struct {
	any      bool        // "*": whatever it is, also none, and also unknown
	tail     bool        // the resource alone
	parts    *[4]pattern // partition, service, region, account; nil: tail
	resource pattern
	head     string    // what every resource begins with that it matches
	below    []pattern // what lies beneath the resource: X/* and X:*
	secret   []pattern // in a deny rule, the same secret without the six characters of its ARN
}

func (p arnPattern) size() int { return 6 + len(p.below) + len(p.secret) }

func compileARN(text string) ([]arnPattern, error) {
	if scheme, _, ok := strings.Cut(text, "://"); ok && strings.Trim(scheme, "abcdefghijklmnopqrstuvwxyz0123456789") == "" {
		return nil, fmt.Errorf("%q: want an ARN or its tail, such as table/orders, and not a URL", text)
	}
	alternatives, err := braces.Expand(text, "")
	if err != nil {
		return nil, err
	}
	ps := make([]arnPattern, 0, len(alternatives))
	for _, alt := range alternatives {
		p, err := compileARNPattern(alt)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", text, err)
		}
		ps = append(ps, p)
	}
	return ps, nil
}

func compileARNPattern(text string) (p arnPattern, err error) {
	if text == "*" {
		return arnPattern{any: true, parts: new([4]pattern)}, nil
	}
	tail, whole := strings.CutPrefix(text, arnPrefix)
	if p.tail = !whole; whole {
		parts := strings.SplitN(tail, ":", 5)
		if len(parts) < 5 || parts[4] == "" {
			return p, errors.New("an ARN has six parts: arn:partition:service:region:account:resource")
		}
		p.parts = new([4]pattern)
		for i := range p.parts {
			if p.parts[i], err = compilePattern(parts[i], ""); err != nil {
				return p, err
			}
		}
		tail = parts[4]
	}
	if p.resource, err = compilePattern(tail, ""); err != nil {
		return p, err
	}
	p.head = literalHead(tail)
	if name, ok := nameOfSecret(tail, whole); ok {
		named, err := compilePattern(name, "")
		if err != nil {
			return p, err
		}
		p.secret, p.head = []pattern{named}, literalHead(name)
	}
	below := []string{tail + "/*", tail + ":*"}
	switch tail[len(tail)-1] {
	case '/', ':':
		below = []string{tail + "*"}
	case '*':
		if !strings.HasSuffix(tail, `\*`) {
			return p, nil // it covers what lies beneath as it is
		}
	}
	for _, text := range below {
		b, err := compilePattern(text, "")
		if err != nil {
			return p, err
		}
		p.below = append(p.below, b)
	}
	return p, nil
}

// literalHead returns what a pattern says before it says anything else.
func literalHead(text string) string {
	if hasMeta(text) {
		return text[:strings.IndexAny(text, metaBytes)]
	}
	return text
}

// An arn is an ARN in parts.
type arn struct {
	parts    [4]string // partition, service, region, account
	resource string
}

const arnPrefix = "arn:"

const (
	arnPartition = 0
	arnService   = 1
	arnRegion    = 2
	arnAccount   = 3
)

// parseARN takes an ARN apart.
func parseARN(s string) (a arn, ok bool) {
	ok = a.read(s)
	return a, ok
}

// read takes an ARN apart. It does not allocate.
func (a *arn) read(s string) bool {
	if !strings.HasPrefix(s, arnPrefix) {
		return false
	}
	part, start := 0, len(arnPrefix)
	for i := start; i < len(s); i++ {
		if s[i] != ':' {
			continue
		}
		a.parts[part] = s[start:i]
		start = i + 1
		if part++; part == len(a.parts) {
			a.resource = s[start:]
			return a.resource != ""
		}
	}
	return false
}

// inBucket reports whether a is a bucket of S3 or an access point of that name,
// or an object in it. An access point has an account.
func (a *arn) inBucket(name, account string) bool {
	if account != "" && a.parts[arnAccount] != account {
		return false
	}
	for rest, more := a.resource, true; more; {
		var part string
		part, rest, more = strings.Cut(rest, "/")
		if part == name {
			return true
		}
		if a.parts[arnAccount] == "" || part == "object" {
			return false // what follows is a key
		}
	}
	return false
}

// owned reports whether a is a resource of the service of the call and of the
// account that signs it, as far as it says. That of one that no account stands
// in is not known: the name of a bucket may be anybody's. In another partition
// than the function's it surely is.
func (a *arn) owned(c *claim) bool {
	return (a.parts[arnAccount] == "" || a.parts[arnAccount] == c.account) &&
		(c.partition == "" || a.parts[arnPartition] == c.partition) && sameService(a.parts[arnService], c.service.IAM)
}

// matches reports whether p is the resource, or what lies above it.
func (p *arnPattern) matches(resource string) bool {
	switch head := p.resource.head; {
	case !strings.HasPrefix(resource, head):
		return false // what lies beneath begins with it, too
	case len(resource) == len(head) && len(p.resource.rest) == 0:
		return true
	}
	return p.resource.match(resource) || matchAny(p.below, resource)
}

// allows reports whether p allows the resource a to a call. A tail means the
// signer's account, in the function's partition; an account that a service
// does not write into its ARNs, or that the input does not state, is that one.
func (p *arnPattern) allows(a *arn, c *claim) bool {
	if p.tail {
		return p.matches(a.resource) && a.owned(c)
	}
	for i := range p.parts {
		if !p.parts[i].match(a.parts[i]) {
			return false
		}
	}
	return p.matches(a.resource)
}

// denies reports whether p denies the resource a. A tail means any account, and
// a region or an account that the ARN leaves open could be the one that p names.
func (p *arnPattern) denies(a *arn) bool {
	for i := range p.parts {
		open := a.parts[i] == "" && (i == arnRegion || i == arnAccount)
		if !p.tail && !open && !p.parts[i].match(a.parts[i]) {
			return false
		}
	}
	return p.matches(a.resource) || matchAny(p.secret, a.resource) || a.isSecret() && p.matches(withoutSuffix(a.resource))
}
