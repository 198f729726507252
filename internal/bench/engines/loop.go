package engines

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/gobwas/glob"

	"github.com/lambdafence/lambdafence/policy"
)

// A loop asks one rule after the other, as a check of one's own does. What needs
// no pattern, such as a port, is compared.
type loop []looped

type looped struct {
	Rule
	kind            policy.Kind
	host, path, arn func(string) bool // nil: none
}

// newLoop compiles the patterns of the rules; in hosts a star ends at a dot, in
// paths two pass a slash.
func newLoop(rules []Rule, compile func(pattern string, separators ...rune) (func(string) bool, error)) (loop, error) {
	l := make(loop, len(rules))
	for i, r := range rules {
		l[i].Rule = r
		var err error
		switch {
		case r.Service != "":
			l[i].kind = policy.AWS
			l[i].arn, err = compile(r.arn())
		case r.Host != "":
			l[i].kind = policy.HTTP
			l[i].host, err = compile(r.Host, '.')
		default:
			l[i].kind = policy.Net
		}
		if err == nil && r.Path != "" {
			l[i].path, err = compile(r.Path, '/')
		}
		if err != nil {
			return nil, err
		}
	}
	return l, nil
}

func (l loop) decide(q *Question) bool {
	c := &q.Call
	var address netip.Addr
	if c.Kind == policy.Net {
		address, _ = netip.ParseAddr(c.Host)
	}
	for i := range l {
		if l[i].matches(c, address) {
			return true
		}
	}
	return false
}

func (r *looped) matches(c *policy.Call, address netip.Addr) bool {
	switch {
	case r.kind != c.Kind:
		return false
	case r.kind == policy.AWS:
		return strings.EqualFold(r.Service, c.Service) && r.Operation == c.Operation && r.arn(c.Resources[0])
	case r.kind == policy.Net:
		return r.Port == c.Port && r.Prefix.Contains(address)
	}
	return r.port() == c.Port && r.host(c.Host) &&
		(r.Methods == nil || slices.Contains(r.Methods, c.Method)) && (r.path == nil || r.path(c.Path))
}

func compileGlob(pattern string, separators ...rune) (func(string) bool, error) {
	g, err := glob.Compile(pattern, separators...)
	if err != nil {
		return nil, err
	}
	return g.Match, nil
}

func compileRegexp(pattern string, separators ...rune) (func(string) bool, error) {
	star := ".*"
	if len(separators) > 0 {
		star = "[^" + string(separators) + "]*"
	}
	text := strings.NewReplacer(`\*\*`, ".*", `\*`, star).Replace(regexp.QuoteMeta(pattern))
	re, err := regexp.Compile("^" + text + "$")
	if err != nil {
		return nil, err
	}
	return re.MatchString, nil
}
