package wrapper

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/lambdafence/lambdafence/policy"
)

// mask stands in an event for a path segment that looks like a credential.
const mask = "***"

const (
	maxText     = 256 // runes of one value in an event
	maxPath     = 512
	maxResource = 64
)

// redact returns a call as an event may show it: credentials in its path
// masked, control characters escaped, long values cut.
func redact(c *policy.Call) policy.Call {
	r := *c
	r.Scheme, r.Method = clean(c.Scheme, 16), clean(c.Method, 32)
	r.Host, r.HostHeader = clean(c.Host, maxText), clean(c.HostHeader, maxText)
	r.Path = clean(maskPath(c.Path), maxPath)
	r.Service, r.Operation = clean(c.Service, maxText), clean(c.Operation, maxText)
	r.Network, r.Self = clean(c.Network, 16), clean(c.Self, maxText)
	r.Caller = policy.Caller{Module: clean(c.Caller.Module, maxText), Version: clean(c.Caller.Version, maxText), Package: clean(c.Caller.Package, maxText)}
	r.Callers = nil
	r.Region, r.Account = clean(c.Region, maxText), clean(c.Account, maxText)
	if len(c.Resources) > 0 {
		r.Resources = make([]string, 0, min(len(c.Resources), maxResource))
		for _, arn := range c.Resources[:min(len(c.Resources), maxResource)] {
			r.Resources = append(r.Resources, clean(arn, 4*maxText))
		}
		if more := len(c.Resources) - maxResource; more > 0 {
			r.Resources = append(r.Resources, fmt.Sprintf("… and %d more", more))
		}
	}
	return r
}

// maskPath masks the segments of a request target that look like credentials:
// webhook URLs and bot APIs carry them there.
func maskPath(p string) string {
	if len(p) > 4*maxPath { // what lies far behind what is shown is not worth reading
		p = p[:strings.LastIndexByte(p[:4*maxPath], '/')+1] + "…"
	}
	p = withoutUser(p)
	segments := strings.Split(p, "/")
	for i, s := range segments {
		if isCredential(s) {
			segments[i] = mask
		}
	}
	return strings.Join(segments, "/")
}

// withoutUser takes the user out of a request target that is a URI or, for CONNECT, an
// authority. That of a socket may begin with an @.
func withoutUser(p string) string {
	if _, rest, absolute := strings.Cut(p, "://"); absolute {
		if at := strings.LastIndexByte(rest, '@'); at >= 0 {
			return rest[at+1:]
		}
		return p
	}
	authority, _, _ := strings.Cut(p, "/")
	if at := strings.LastIndexByte(authority, '@'); at > 0 {
		return p[at+1:]
	}
	return p
}

// maskText masks in an error what looks like a credential: queries and users of URLs,
// what an Authorization header holds, and words that look random.
func maskText(s string) string {
	for _, secret := range secretsInText() {
		s = secret.ReplaceAllString(s, "${1}"+mask)
	}
	var b strings.Builder
	for s != "" {
		n := strings.IndexFunc(s, endsWord)
		if n < 0 {
			n = len(s)
		}
		if word := s[:n]; isCredential(word) {
			b.WriteString(mask)
		} else {
			b.WriteString(word)
		}
		_, size := utf8.DecodeRuneInString(s[n:])
		b.WriteString(s[n : n+size])
		s = s[n+size:]
	}
	return b.String()
}

func endsWord(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune("\"'`,;()[]{}<>=?&/|", r)
}

var secretsInText = sync.OnceValue(func() []*regexp.Regexp {
	return []*regexp.Regexp{
		regexp.MustCompile(`(://[^\s"?#]*[?#])[^\s"]*`),
		regexp.MustCompile(`(://)[^\s"/]*@`),
		regexp.MustCompile(`((?i:\b(?:bearer|basic) +))[^\s",;]+`),
	}
})

// isCredential reports whether a path segment looks random enough to be one: a
// JWT, or a long run of letters and digits that is neither a word, a number,
// nor a UUID.
func isCredential(segment string) bool {
	if decoded, err := url.PathUnescape(segment); err == nil {
		segment = decoded
	}
	switch {
	case isUUID(segment):
		return false
	case len(segment) > 16 && hasTokenPrefix(segment), strings.ContainsAny(segment, "?&="), isPhoneNumber(segment), hasPassword(segment):
		return true
	}
	if wide := dashes.Replace(segment); isMixed(wide) {
		return true
	}
	run := 0
	var digits, upper, lower int
	for i := 0; i <= len(segment); i++ {
		c := byte('/')
		if i < len(segment) {
			c = segment[i]
		}
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c >= 'a' && c <= 'z':
			lower++
		case c >= 'A' && c <= 'Z':
			upper++
		case (c == '+' || c == '=') && run > 0: // base64
		default:
			if looksRandom(run, digits, upper, lower) {
				return true
			}
			run, digits, upper, lower = -1, 0, 0, 0
		}
		run++
	}
	return false
}

var dashes = strings.NewReplacer("-", "", "_", "")

// hasTokenPrefix reports the marks that issuers put on their tokens: JWTs, AWS
// access keys, Stripe, GitHub, GitLab, Slack.
func hasTokenPrefix(s string) bool {
	for _, prefix := range []string{"eyJ", "AKIA", "ASIA", "sk_", "pk_", "rk_", "gh", "github_pat_", "glpat-", "xox"} {
		if strings.HasPrefix(s, prefix) && (prefix != "gh" || len(s) > 4 && s[3] == '_') {
			return true
		}
	}
	return false
}

// hasPassword reports a user and a password before a host, as in a URL.
func hasPassword(s string) bool {
	user, _, found := strings.Cut(s, "@")
	return found && strings.Contains(user, ":")
}

// isPhoneNumber reports a number in the form of E.164.
func isPhoneNumber(s string) bool {
	return len(s) >= 9 && len(s) <= 16 && s[0] == '+' && strings.Trim(s[1:], "0123456789") == ""
}

// isMixed reports 16 or more letters of both cases and digits, as base64 is, or 20
// letters of which a quarter is of either case, as no name is made of words. A colon
// may stand before them, after a bot's number.
func isMixed(s string) bool {
	s = s[strings.LastIndexByte(s, ':')+1:]
	var digits, upper, lower int
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c >= 'a' && c <= 'z':
			lower++
		case c >= 'A' && c <= 'Z':
			upper++
		default:
			return false
		}
	}
	if len(s) >= 20 && min(upper, lower) >= len(s)/4 {
		return true
	}
	return len(s) >= 16 && digits >= 1 && upper >= 2 && lower >= 2
}

// looksRandom judges a run of letters and digits by its length and its mix.
func looksRandom(run, digits, upper, lower int) bool {
	letters := upper + lower
	switch {
	case run >= 16 && digits >= 2 && letters >= 2 && digits < run-1:
		return true
	case run >= 32 && upper >= 4 && lower >= 4:
		return true
	}
	return run >= 48 && letters > 0
}

func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i] | 0x20
		switch {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if s[i] != '-' {
				return false
			}
		case (c < 'a' || c > 'f') && (s[i] < '0' || s[i] > '9'):
			return false
		}
	}
	return true
}

// clean escapes what could forge a log line or drive a terminal, and cuts what
// is longer than limit runes.
func clean(s string, limit int) string {
	if isClean(s, limit) {
		return s
	}
	var b strings.Builder
	for n := 0; s != ""; n++ {
		if n == limit {
			b.WriteString("…")
			break
		}
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
		s = s[size:]
	}
	return b.String()
}

func isClean(s string, limit int) bool {
	if len(s) > limit {
		return false
	}
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] >= 0x7f {
			return false
		}
	}
	return true
}
