package policy

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/gobwas/glob"
)

// Caps that keep every pattern fast: gobwas/glob is linear in its input but for
// alternation, so braces are expanded here, once, and never reach it.
const (
	maxPattern      = 512
	maxAlternatives = 64
)

var errEmptyPattern = errors.New("empty pattern")

// A matcher matches one text against one pattern without braces.
type matcher struct {
	literal string        // where glob is nil: the text itself
	glob    *glob.Pattern //
}

func (m matcher) match(s string) bool {
	if m.glob == nil {
		return m.literal == s
	}
	return m.glob.Match(s)
}

// compileGlobs compiles a pattern into one matcher per alternative.
func compileGlobs(pattern string, separators ...rune) ([]matcher, error) {
	alternatives, err := expand(pattern)
	if err != nil {
		return nil, err
	}
	ms := make([]matcher, 0, len(alternatives))
	for _, alt := range alternatives {
		m, err := compileGlob(alt, separators...)
		if err != nil {
			return nil, err
		}
		ms = append(ms, m)
	}
	return ms, nil
}

func compileGlob(pattern string, separators ...rune) (matcher, error) {
	if !hasMeta(pattern) {
		return matcher{literal: pattern}, nil
	}
	// Globstar: a deny of /**/admin must not let /admin through.
	c := glob.Compiler{Separators: separators, Globstar: true}
	p, err := c.Compile(pattern)
	if err != nil {
		return matcher{}, fmt.Errorf("pattern %q: %s", pattern, strings.TrimPrefix(err.Error(), "glob: "))
	}
	return matcher{glob: p}, nil
}

func hasMeta(pattern string) bool { return strings.ContainsAny(pattern, `*?[]{}\`) }

// checkPattern refuses what gobwas/glob would read otherwise than it looks.
func checkPattern(p string) error {
	switch {
	case p == "":
		return errEmptyPattern
	case len(p) > maxPattern:
		return fmt.Errorf("pattern of %d bytes: at most %d", len(p), maxPattern)
	case strings.Contains(p, "***"):
		return fmt.Errorf("pattern %q: *** means nothing; write ** to match across separators", p)
	case strings.Contains(p, "[^"):
		return fmt.Errorf("pattern %q: a negated class is written [!...]", p)
	}
	return nil
}

// expand checks a pattern and returns its alternatives: "a{b,c}" is ab and ac.
func expand(pattern string) ([]string, error) {
	if err := checkPattern(pattern); err != nil {
		return nil, err
	}
	done, todo := []string(nil), []string{pattern}
	for len(todo) > 0 {
		p := todo[0]
		todo = todo[1:]
		open, end, commas, err := firstBraces(p)
		if err != nil {
			return nil, fmt.Errorf("pattern %q: %w", pattern, err)
		}
		if open < 0 {
			done = append(done, p)
			continue
		}
		from := open + 1
		for _, to := range append(commas, end) {
			todo = append(todo, p[:open]+p[from:to]+p[end+1:])
			from = to + 1
		}
		if len(todo)+len(done) > maxAlternatives {
			return nil, fmt.Errorf("pattern %q: braces expand to more than %d alternatives", pattern, maxAlternatives)
		}
	}
	for _, p := range done {
		if err := checkPattern(p); err != nil {
			return nil, err
		}
	}
	return done, nil
}

// firstBraces finds the first {...} of p and its commas, past escapes and
// character classes. open is -1 where there is none.
func firstBraces(p string) (open, end int, commas []int, err error) {
	open = -1
	depth, class := 0, false
	for i := 0; i < len(p); i++ {
		switch c := p[i]; {
		case c == '\\':
			i++
		case class:
			class = c != ']'
		case c == '[':
			class = true
		case c == '{':
			if depth == 0 {
				open = i
			}
			depth++
		case c == '}':
			if depth--; depth == 0 {
				return open, i, commas, nil
			}
			if depth < 0 {
				return 0, 0, nil, errors.New("} without {")
			}
		case c == ',' && depth == 1:
			commas = append(commas, i)
		}
	}
	if depth > 0 {
		return 0, 0, nil, errors.New("{ without }")
	}
	return -1, 0, nil, nil
}

// A hostPattern is one alternative of a host subject. Exactly one of its fields
// is set, but for suffix and deep, which go together.
type hostPattern struct {
	all    bool         // **
	lit    netip.Prefix // an address, written as a host
	exact  string       // a name
	suffix string       // *.x, or **.x where deep
	deep   bool
	glob   matcher // any other pattern over the labels of a name
}

func compileHost(text string) ([]hostPattern, error) {
	if err := checkHostText(text); err != nil {
		return nil, err
	}
	alternatives, err := expand(text)
	if err != nil {
		return nil, err
	}
	hosts := make([]hostPattern, 0, len(alternatives))
	for _, alt := range alternatives {
		h, err := compileHostPattern(alt)
		if err != nil {
			return nil, err
		}
		hosts = append(hosts, h)
	}
	return hosts, nil
}

// checkHostText catches what people write into a host by mistake.
func checkHostText(text string) error {
	switch {
	case strings.Contains(text, "://"):
		return fmt.Errorf("host %q: write the name alone; schemes, ports and paths have fields of their own", text)
	case strings.Contains(text, "/"):
		return fmt.Errorf("host %q: paths go into paths:, address ranges into cidr:", text)
	case strings.ContainsAny(text, " \t\r\n@\\%"):
		return fmt.Errorf("host %q: a name holds no such character", text)
	}
	if _, isAddr := parseAddr(strings.Trim(text, "[]")); !isAddr && strings.Contains(text, ":") {
		return fmt.Errorf("host %q: ports go into ports:", text)
	}
	return nil
}

func compileHostPattern(p string) (hostPattern, error) {
	if p == "**" {
		return hostPattern{all: true}, nil
	}
	t := targetOf(p)
	if t.lit.IsValid() {
		return hostPattern{lit: netip.PrefixFrom(t.lit, t.lit.BitLen())}, nil
	}
	if !hasMeta(p) {
		return hostPattern{exact: t.name}, nil
	}
	first, rest, _ := strings.Cut(p, ".")
	if strings.Contains(rest, "**") || strings.Contains(first, "**") && first != "**" {
		return hostPattern{}, fmt.Errorf("host %q: ** stands only for whole labels, as the first of them: **.example.com", p)
	}
	if (first == "*" || first == "**") && rest != "" && !hasMeta(rest) {
		return hostPattern{suffix: CanonicalHost(rest), deep: first == "**"}, nil
	}
	return compileHostGlob(p)
}

func compileHostGlob(p string) (hostPattern, error) {
	if !isASCII(p) {
		return hostPattern{}, fmt.Errorf("host %q: beside wildcards write names in their xn-- form", p)
	}
	p = strings.TrimSuffix(lowerASCII(p), ".")
	if endsInNumber(p) {
		return hostPattern{}, fmt.Errorf("host %q: wildcards never match addresses; use cidr:", p)
	}
	if strings.Contains(p, "..") || strings.HasPrefix(p, ".") {
		return hostPattern{}, fmt.Errorf("host %q: empty label", p)
	}
	m, err := compileGlob(p, '.')
	return hostPattern{glob: m}, err
}

// compileCIDR reads a prefix, or a single address. Host bits are an error, and
// an IPv4-mapped prefix becomes the IPv4 one: calls are unmapped too.
func compileCIDR(text string) (netip.Prefix, error) {
	if text == "" {
		return netip.Prefix{}, errEmptyPattern
	}
	if !strings.Contains(text, "/") {
		a, err := netip.ParseAddr(text)
		if err != nil || a.Zone() != "" {
			return netip.Prefix{}, fmt.Errorf("cidr %q: want an address range such as 10.0.0.0/16", text)
		}
		a = a.Unmap()
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("cidr %q: want an address range such as 10.0.0.0/16", text)
	}
	if p.Masked() != p {
		return netip.Prefix{}, fmt.Errorf("cidr %q has host bits; write %s", text, p.Masked())
	}
	if p.Addr().Is4In6() {
		if p.Bits() < 96 {
			return netip.Prefix{}, fmt.Errorf("cidr %q: an IPv4-mapped range has at least 96 bits", text)
		}
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p, nil
}
