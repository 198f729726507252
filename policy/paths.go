package policy

import (
	"fmt"
	"path"
	"strings"
	"unicode/utf8"
)

// compilePath compiles one entry of a paths field. X/** also matches X, and
// **/X also matches /X: ** stands for no segment, too.
func compilePath(text string) ([]pattern, error) {
	if _, query, ok := strings.Cut(strings.ReplaceAll(text, `\?`, ""), "?"); ok && strings.Contains(query, "=") {
		return nil, fmt.Errorf("%q: only what stands before the ? is matched", text)
	}
	ps, err := compilePatterns(plainEscapes(text, quoteMeta), "/")
	if err != nil {
		return nil, err
	}
	for _, p := range ps {
		if fixed := !p.bare && p.head != "" && p.head[0] != '/'; fixed || p.bare && !p.rest[0].startsWithStar() {
			return nil, fmt.Errorf("%q: a path starts with /", text)
		}
	}
	return ps, nil
}

func (g *segment) startsWithStar() bool {
	return g.deep || g.star && g.literal == "" || g.glob != nil && strings.HasPrefix(g.glob.String(), "*")
}

// A pathForm is a request target in the two forms that a rule looks at: as it
// stands on the request line, and as a server may read it.
type pathForm struct {
	sent  string // escapes that hide nothing are undone: %41 is A, but %2F and %2E stay
	clean string // decoded, backslashes and dot segments resolved
	odd   bool   // no reading of it is certain
}

// read does not allocate for a path in ASCII without escapes, backslashes, dots
// after slashes, and doubled slashes.
func (f *pathForm) read(target string) {
	if target == "" {
		target = "/"
	}
	f.sent, f.clean, f.odd = target, target, !isPath(target)
	if isTidy(target) {
		return
	}
	f.sent, f.clean = plainEscapes(target, nil), cleanPath(target)
	f.odd = f.odd || !utf8.ValidString(target)
	for i := range len(target) {
		c, escaped := target[i], target[i] == '%'
		if d, ok := unescape(target[i:]); escaped && (!ok || d == 0) || c <= 0x20 || c == 0x7f || c == '#' {
			f.odd = true // each server makes something else of it
		}
	}
}

// What a byte means to the reader of a path, beside ordinary.
const (
	afterSlash = iota + 1 // harmless, unless it follows a slash
	notInURL              // harmless, but net/url escapes it
	untidy
)

var pathBytes = func() (table [256]byte) {
	for c := range table {
		switch {
		case c <= 0x20 || c >= 0x7f || c == '%' || c == '\\' || c == '#':
			table[c] = untidy
		case strings.IndexByte("!\"'()*<>?[]^`{|}", byte(c)) >= 0:
			table[c] = notInURL
		}
	}
	table['.'], table['/'] = afterSlash, afterSlash
	return table
}()

// isTidy reports whether a path reads the same for everyone.
func isTidy(path string) bool {
	for i := range len(path) {
		b := pathBytes[path[i]]
		if b == untidy || b == afterSlash && i > 0 && path[i-1] == '/' {
			return false
		}
	}
	return true
}

// isUnescaped reports whether net/url sends a path as it is.
func isUnescaped(path string) bool {
	for i := range len(path) {
		if pathBytes[path[i]] >= notInURL {
			return false
		}
	}
	return true
}

// isPath reports whether a request target is a path, and not an absolute URI,
// an authority or a text without a leading slash.
func isPath(target string) bool { return target == "" || target[0] == '/' || target == "*" }

// unescape reads the %XX that s starts with.
func unescape(s string) (byte, bool) {
	if len(s) < 3 || s[0] != '%' {
		return 0, false
	}
	hi, lo := unhex(s[1]), unhex(s[2])
	return hi<<4 | lo, hi|lo < 16
}

func unhex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 0xff
}

// plainEscapes undoes the escapes of characters that are no path syntax, so
// that /a b and /a%20b are one path, in a call and in a pattern. An escaped
// /, ., \, %, ? or # and control characters stay as they are, in capitals.
// quote, if given, is applied to what was undone.
func plainEscapes(s string, quote func(string) string) string {
	return undoEscapes(s, func(c byte) bool { return strings.IndexByte(`/.\%?#`, c) >= 0 || c < 0x20 || c == 0x7f }, quote)
}

// undoEscapes undoes the escapes of all characters that keep does not name.
// What is no UTF-8 stays escaped, in capitals, as what is kept does.
func undoEscapes(s string, keep func(byte) bool, quote func(string) string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		c, ok := unescape(s[i:])
		if !ok {
			b.WriteByte(s[i])
			i++
			continue
		}
		char := []byte{c}
		for c >= utf8.RuneSelf && len(char) < utf8.UTFMax && !utf8.Valid(char) {
			next, ok := unescape(s[min(i+3*len(char), len(s)):])
			if !ok {
				break
			}
			char = append(char, next)
		}
		switch {
		case !utf8.Valid(char), keep(c):
			b.WriteString(strings.ToUpper(s[i : i+3]))
			i += 3
			continue
		case quote != nil:
			b.WriteString(quote(string(char)))
		default:
			b.Write(char)
		}
		i += 3 * len(char)
	}
	return b.String()
}

// cleanPath decodes a target once, as a server does, and resolves what is left.
// A final slash is kept: /v1/ and /v1 are two paths.
func cleanPath(s string) string {
	s = undoEscapes(s, func(byte) bool { return false }, nil)
	s = dropDotParameters(strings.ReplaceAll(s, `\`, "/"))
	slash := strings.HasSuffix(s, "/") || strings.HasSuffix(s, "/.") || strings.HasSuffix(s, "/..")
	s = path.Clean(s)
	if slash && s != "/" {
		s += "/"
	}
	return s
}

// dropDotParameters makes .. of "..;x": some servers take parameters off a
// segment before they resolve it, and then /public/..;/admin is /admin.
func dropDotParameters(s string) string {
	if !strings.Contains(s, "/.;") && !strings.Contains(s, "/..;") {
		return s
	}
	segments := strings.Split(s, "/")
	for i, segment := range segments {
		if dots, _, found := strings.Cut(segment, ";"); found && (dots == "." || dots == "..") {
			segments[i] = dots
		}
	}
	return strings.Join(segments, "/")
}
