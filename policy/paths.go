package policy

import (
	"fmt"
	"net/url"
	"path"
	"strings"
)

// A pathPattern is one alternative of a paths field.
type pathPattern struct {
	m    matcher
	self string // of X/**: X, which the pattern also matches
}

func (p *pathPattern) match(s string) bool {
	return p.m.match(s) || p.self != "" && p.self == s
}

func compilePath(text string) ([]pathPattern, error) {
	if text != "" && text[0] != '/' && text[0] != '*' && text[0] != '{' {
		return nil, fmt.Errorf("path %q: a path starts with /", text)
	}
	if strings.ContainsAny(text, "?#") && strings.Contains(text, "=") {
		return nil, fmt.Errorf("path %q: queries are not matched, only what stands before the ?", text)
	}
	alternatives, err := expand(text)
	if err != nil {
		return nil, err
	}
	ps := make([]pathPattern, 0, len(alternatives))
	for _, alt := range alternatives {
		m, err := compileGlob(alt, '/')
		if err != nil {
			return nil, err
		}
		p := pathPattern{m: m}
		if x, ok := strings.CutSuffix(alt, "/**"); ok && x != "" {
			if hasMeta(x) { // X is a pattern itself: an alternative of its own
				xm, err := compileGlob(x, '/')
				if err != nil {
					return nil, err
				}
				ps = append(ps, pathPattern{m: xm})
			} else {
				p.self = x
			}
		}
		ps = append(ps, p)
	}
	return ps, nil
}

// A pathForm is a request target in the two forms that a rule looks at: as it
// stands on the request line, and as a server may read it.
type pathForm struct {
	sent  string // harmless escapes undone: %41 is A, but %2F and %2E stay
	clean string // decoded, backslashes and dot segments resolved
	odd   bool   // no path at all, or with control characters: no allow rule matches
}

// formsOf does not allocate for a path without escapes, backslashes, dots
// beside slashes, or doubled slashes.
func formsOf(target string) pathForm {
	f := pathForm{sent: target, clean: target}
	if target == "" {
		f.sent, f.clean = "/", "/"
		return f
	}
	f.odd = target[0] != '/' && target != "*"
	escaped, untidy := false, false
	for i := 0; i < len(target); i++ {
		switch c := target[i]; {
		case c < 0x20 || c == 0x7f:
			f.odd = true
		case c == '%':
			escaped = true
		case c == '\\':
			untidy = true
		case c == '/' && i+1 < len(target) && (target[i+1] == '/' || target[i+1] == '.'):
			untidy = true
		}
	}
	if escaped {
		f.sent = unescapeHarmless(target)
	}
	if escaped || untidy {
		f.clean = cleanPath(target)
	}
	return f
}

// unescapeHarmless undoes the escapes of characters that are no path syntax, so
// that a pattern may be written in plain text: /a b and /a%20b are one path.
// An escaped slash, dot, backslash or percent sign stays as it was sent.
func unescapeHarmless(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if c, err := url.PathUnescape(s[i : i+3]); err == nil && !strings.ContainsAny(c, "/.\\%") && c[0] >= 0x20 && c[0] != 0x7f {
				b.WriteString(c)
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// cleanPath decodes a target once, as a server does, and resolves what is left.
// A final slash is kept: /v1/ and /v1 are two paths.
func cleanPath(s string) string {
	if decoded, err := url.PathUnescape(s); err == nil {
		s = decoded
	}
	s = strings.ReplaceAll(s, `\`, "/")
	slash := strings.HasSuffix(s, "/") || strings.HasSuffix(s, "/.") || strings.HasSuffix(s, "/..")
	s = path.Clean(s)
	if slash && s != "/" {
		s += "/"
	}
	return s
}
