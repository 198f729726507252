package policy

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestPattern(t *testing.T) {
	tests := []struct {
		pattern, sep string
		yes, no      string // texts, separated by spaces; "-" is the empty text
	}{
		{"/v1/x", "/", "/v1/x", "/v1 /v1/x/ /v1/xx /V1/x -"},
		{"/v1/*", "/", "/v1/ /v1/x", "/v1 /v1/x/y /v1/x/"},
		{"/v1/**", "/", "/v1 /v1/ /v1/x /v1/x/y", "/v1x /v /v10/x"},
		{"/**", "/", "/ /x /x/y -", "x"},
		{"**", "/", "- / x /x/y", ""},
		{"**/x", "/", "x /x /a/b/x", "/x/ /ax"},
		{"/**/x", "/", "/x /a/x /a/b/x", "/ax x/y /x/y"},
		{"/a/**/**", "/", "/a /a/ /a/b/c", "/ab"},
		{"/a/**/**/b", "/", "/a/b /a/x/b /a/x/y/b", "/a"},
		{"/a/**/b", "/", "/a/b /a/x/b /a/x/y/b /a//b", "/ab /a/xb /a/b/c"},
		{"/a/**/b/**/c", "/", "/a/b/c /a/b/x/b/c /a/x/b/y/c", "/a/c /a/b /a/b/c/d"},
		{"/a**b", "/", "/ab /axb /a/b /ax/y/zb", "/a/bc /xab"},
		{"/a**", "/", "/a /ab /a/b /ab/c/d", "/ba"},
		{"/**b", "/", "/b /ab /x/y/ab", "/b/c"},
		{"/a**b**c", "/", "/abc /a/b/c /axbxc /ax/xb/y/bc", "/acb /a/c"},
		{"/?/x", "/", "/a/x /é/x", "//x /ab/x"},
		{"/[a-c]x", "/", "/ax /cx", "/dx //x"},
		{"/[!a]x", "/", "/bx /éx", "/ax //x"},
		{"/x[!a]y", "/", "/xby", "/x/y /xay"},
		{"/{a,b/**}/z", "/", "/a/z /b/z /b/c/z", "/c/z /a/b/z"},
		{"/{a,{b,c}d}", "/", "/a /bd /cd", "/ad /b"},
		{`/\*`, "/", "/*", "/a /"},
		{`/[*]`, "/", "/*", "/a"},
		{`/a\{b`, "/", "/a{b", "/ab"},
		{"/[{]", "/", "/{", "/a"},
		{"/a*b*c", "/", "/abc /axbxc /abbcc", "/ab /acb /a/b/c"},
		{"*.x", ".", "a.x .x", "x a.b.x a.y"},
		{"a-*.x", ".", "a-.x a-b.x", "a-b.c.x"},
		{"**.*.x", ".", "a.x a.b.x", "x"},
		{"bill*", "", "bill billing bill/ing bill.a", "abill"},
		{"b**g", "", "bg billing b/g", "bill"},
		{"{a,b}-?", "", "a-1 b-2", "c-1 a-12"},
	}
	for _, tt := range tests {
		ps, err := compilePatterns(tt.pattern, tt.sep)
		if err != nil {
			t.Errorf("%s: %v", tt.pattern, err)
			continue
		}
		for want, texts := range map[bool]string{true: tt.yes, false: tt.no} {
			for _, text := range strings.Fields(texts) {
				if text == "-" {
					text = ""
				}
				if got := matchAny(ps, text); got != want {
					t.Errorf("%q matches %q: %v", tt.pattern, text, got)
				}
			}
		}
	}
}

// TestPatternIsLinear matches the slowest patterns that the caps let through
// against texts far longer than a URL. gobwas/glob alone would need years.
func TestPatternIsLinear(t *testing.T) {
	patterns := []string{
		"/" + strings.Repeat("*a", 250) + "[bc]",
		"/" + strings.Repeat("**a", 6) + "[bc]",
		strings.Repeat("/**/*a*", 70) + "[bc]",
		strings.Repeat("/**/a", 100) + "/[bc]",
		"/" + strings.Repeat("a**", 6) + "b",
		"/" + strings.Repeat("{a*b,b*a}", 6) + "[bc]",
		"/" + strings.Repeat("?*", 250) + "[bc]",
		"**/" + strings.Repeat("[ab]*", 100) + "c",
	}
	texts := []string{
		"/" + strings.Repeat("a", 1<<16),
		strings.Repeat("/a", 1<<15),
		strings.Repeat("/aaaaaaa", 1<<13),
		strings.Repeat("/ab", 1<<14),
	}
	for _, pattern := range patterns {
		ps, err := compilePatterns(pattern, "/")
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range texts {
			start := time.Now()
			matchAny(ps, text)
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("%.40s against %.20s: %v", pattern, text, took)
			}
		}
	}
}

// FuzzPattern: patterns without braces match what regular expressions that say
// the same match.
func FuzzPattern(f *testing.F) {
	addChoices(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		c := choices{data}
		var p, text string
		for range c.one(10) + 1 {
			p += c.of("a", "b", "/", "/", "*", "**", "?", "[ab]", "[!a]", "/**", "**/")
		}
		for range c.one(10) {
			text += c.of("a", "b", "/", "/", "é", "ab")
		}
		ps, err := compilePatterns(p, "/")
		if err != nil {
			return
		}
		if want := regexp.MustCompile(patternRegexp(p)).MatchString(text); matchAny(ps, text) != want {
			t.Errorf("%q matches %q: %v, want %v by %s", p, text, !want, want, patternRegexp(p))
		}
	})
}

// patternRegexp writes a pattern over paths as a regular expression.
func patternRegexp(p string) string {
	inSegment := strings.NewReplacer("**", ".*", "*", "[^/]*", "?", "[^/]", "[!a]", "[^/a]").Replace
	segments := slices.CompactFunc(strings.Split(p, "/"), func(a, b string) bool { return a == "**" && b == "**" })
	re := ""
	for i, s := range segments {
		last := i == len(segments)-1
		switch {
		case s != "**" && last:
			re += inSegment(s)
		case s != "**":
			re += inSegment(s) + "/"
		case !last:
			re += "(?:[^/]*/)*"
		case i == 0:
			re += ".*"
		default:
			re = strings.TrimSuffix(re, "/") + "(?:/.*)?"
		}
	}
	return "^(?:" + re + ")$"
}
