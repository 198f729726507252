package policy

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/lambdafence/lambdafence/internal/braces"
)

// A hostPattern is one alternative of a host subject. Exactly one of its fields
// is set, but for suffix and what stands after it.
type hostPattern struct {
	all    bool         // **
	lit    netip.Prefix // an address, written as a host
	exact  string       // a name
	suffix string       // *.x, or **.x where deep
	deep   bool
	glob   *pattern // any other pattern over the labels of a name
	head   string   // what a glob begins with; suffix is the last labels of it
}

func (h hostPattern) size() int {
	if h.glob == nil {
		return 1
	}
	return h.glob.size()
}

func compileHost(text string) ([]hostPattern, error) {
	if err := checkHostText(text); err != nil {
		return nil, err
	}
	alternatives, err := braces.Expand(text, "") // ** is checked below
	if err != nil {
		return nil, err
	}
	hosts := make([]hostPattern, 0, len(alternatives))
	for _, alt := range alternatives {
		h, err := compileHostPattern(alt)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", text, err)
		}
		hosts = append(hosts, h)
	}
	return hosts, nil
}

// checkHostText catches what people write into a host by mistake.
func checkHostText(text string) error {
	switch {
	case strings.Contains(text, "://"):
		return fmt.Errorf("%q: write the name alone; schemes, ports and paths have fields of their own", text)
	case strings.Contains(text, "/"):
		return fmt.Errorf("%q: a path goes into paths, an address range into cidr", text)
	}
	if _, isAddr := parseAddr(strings.Trim(text, "[]")); !isAddr && strings.Contains(text, ":") {
		return fmt.Errorf("%q: a port goes into ports", text)
	}
	return nil
}

func compileHostPattern(p string) (hostPattern, error) {
	if p == "**" {
		return hostPattern{all: true}, nil
	}
	// A character class is in brackets, and so is an IPv6 address.
	if t := targetOf(p); t.lit.IsValid() && (!hasMeta(p) || strings.Contains(p, ":")) {
		return hostPattern{lit: netip.PrefixFrom(t.lit, t.lit.BitLen())}, nil
	}
	if !hasMeta(p) {
		name := CanonicalHost(p)
		return hostPattern{exact: name}, checkName(name)
	}
	first, rest, _ := strings.Cut(p, ".")
	if strings.Contains(rest, "**") || strings.Contains(first, "**") && first != "**" {
		return hostPattern{}, errors.New("** stands only for whole labels, as the first of them: **.example.com")
	}
	if (first == "*" || first == "**") && rest != "" && !hasMeta(rest) {
		if endsInNumber(rest) {
			return hostPattern{}, errWildcardAddr
		}
		name := CanonicalHost(rest)
		return hostPattern{suffix: name, deep: first == "**"}, checkName(name)
	}
	return compileHostGlob(p)
}

var errWildcardAddr = errors.New("wildcards never match addresses; use cidr")

func compileHostGlob(p string) (hostPattern, error) {
	p = strings.TrimSuffix(lowerASCII(p), ".")
	switch {
	case !isASCII(p):
		return hostPattern{}, errors.New("beside wildcards write names in their xn-- form")
	case endsInNumber(p), strings.ContainsAny(p, "0123456789") && strings.Trim(p, "0123456789.*?") == "":
		return hostPattern{}, errWildcardAddr
	}
	if err := checkName(dropMeta(p)); err != nil {
		return hostPattern{}, err
	}
	if rest, ok := strings.CutPrefix(p, "**."); ok {
		p = "**.*." + rest // any depth below, but below
	}
	m, err := compilePattern(p, ".")
	return hostPattern{glob: &m, head: literalHead(p), suffix: literalLabels(p)}, err
}

// literalLabels returns the last labels of a pattern that are plain text.
func literalLabels(p string) string {
	_, last, _ := strings.Cut(p[strings.LastIndexAny(p, metaBytes):], ".")
	return last
}

// dropMeta leaves of a pattern what must hold of a name as well.
func dropMeta(p string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("*?[]!", r) {
			return 'x'
		}
		return r
	}, p)
}

// checkName refuses what no resolver looks up: a rule for such a name would
// never match, which is not what was meant.
func checkName(name string) error {
	if len(name) > 253 {
		return errors.New("longer than a name can be")
	}
	for label := range strings.SplitSeq(name, ".") {
		switch {
		case label == "":
			return errors.New("empty label")
		case len(label) > 63:
			return errors.New("a label longer than one can be")
		}
		for _, r := range label {
			if r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') {
				return fmt.Errorf("%q is not part of a name", r)
			}
		}
	}
	return nil
}

// compileCIDR reads a prefix, or a single address. Host bits are an error, and
// an IPv4-mapped prefix becomes the IPv4 one: calls are unmapped too.
func compileCIDR(text string) (netip.Prefix, error) {
	if text == "" {
		return netip.Prefix{}, braces.ErrEmpty
	}
	if a, err := netip.ParseAddr(text); err == nil && a.Zone() == "" {
		a = a.Unmap()
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	switch {
	case err != nil:
		return netip.Prefix{}, fmt.Errorf("%q: want an address range such as 10.0.0.0/16", text)
	case p.Masked() != p:
		return netip.Prefix{}, fmt.Errorf("%q has host bits; write %s", text, p.Masked())
	case p.Addr().Is4In6(): // which has at least 96 bits, or there are host bits
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p, nil
}
