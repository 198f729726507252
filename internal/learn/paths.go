package learn

import (
	"net/url"
	"path"
	"strings"
	"unicode/utf8"
)

// segments are those of a path, as patterns say them: an escape of what is no syntax of
// paths is undone. A slash that is escaped parts segments, too: a server may read it as
// one. What lies deeper than anybody builds is one segment.
func segments(path string) []string {
	var all []string
	for _, s := range strings.SplitN(strings.TrimPrefix(path, "/"), "/", maxDepth) {
		s = plain(s)
		for i, part := range strings.Split(s, escapedSlash) {
			switch {
			case i > 0 && len(all) >= maxDepth:
				all[len(all)-1] += escapedSlash + part
			case len(all) >= maxDepth:
				all[len(all)-1] += "/" + part
			case i > 0:
				all = append(all, afterEscape+part)
			default:
				all = append(all, part)
			}
		}
	}
	return all
}

// plainPath is a path in one piece, as patterns say it.
func plainPath(path string) string {
	names := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for i := range names {
		names[i] = plain(names[i])
	}
	return strings.Join(names, "/")
}

const (
	maxDepth     = 64
	escapedSlash = "%2F"
	afterEscape  = "\x05" // stands before a segment that follows one
)

// plain undoes the escapes of a segment but for those that must stay.
func plain(segment string) string {
	if !strings.Contains(segment, "%") {
		return segment
	}
	var b strings.Builder
	for i := 0; i < len(segment); {
		char, size := escaped(segment[i:])
		if size == 0 {
			b.WriteByte(segment[i])
			i++
			continue
		}
		if stays(char) {
			char = strings.ToUpper(segment[i : i+size])
		}
		b.WriteString(char)
		i += size
	}
	return b.String()
}

// escaped reads the character that s begins with, if it is escaped: one byte, or all of
// a letter.
func escaped(s string) (char string, size int) {
	for size+3 <= len(s) && s[size] == '%' && size < 3*utf8.UTFMax {
		one, err := url.PathUnescape(s[size : size+3])
		if err != nil {
			break
		}
		char += one
		size += 3
		if char[0] < utf8.RuneSelf || utf8.ValidString(char) {
			return char, size
		}
	}
	if size > 0 {
		return char[:1], 3 // no letter: byte by byte
	}
	return "", 0
}

// stays reports whether a character means something else in a path when it is not
// escaped.
func stays(char string) bool {
	return strings.Contains(`/.\%?#`, char) || char[0] < 0x20 || char[0] == 0x7f || !utf8.ValidString(char)
}

// bothForms adds to patterns with escapes that stay what a server reads in them: an
// allow rule wants both.
func bothForms(places []place) []place {
	for _, p := range places {
		if decoded := decodedPattern(p.pattern); decoded != p.pattern {
			places = append(places, place{decoded, p.here})
		}
	}
	return places
}

func decodedPattern(pattern string) string {
	var b strings.Builder
	for i := 0; i < len(pattern); {
		char, size := escaped(pattern[i:])
		switch {
		case strings.HasPrefix(pattern[i:], `\\`):
			char, size = "/", 2
		case size == 0:
			char, size = pattern[i:i+1], 1
		case char == `\`:
			char = "/" // as many servers read it
		case char != "/":
			char = quote(char)
		}
		b.WriteString(char)
		i += size
	}
	return resolved(b.String())
}

// resolved resolves what a server does not read as the name of a segment: none, dots,
// and dots with parameters.
func resolved(pattern string) string {
	segments := strings.Split(pattern, "/")
	for i, segment := range segments {
		if dots, _, found := strings.Cut(segment, ";"); found && (dots == "." || dots == "..") {
			segments[i] = dots
		}
	}
	last := segments[len(segments)-1]
	pattern = path.Clean(strings.Join(segments, "/"))
	if pattern != "/" && (last == "" || last == "." || last == "..") {
		pattern += "/"
	}
	return pattern
}
