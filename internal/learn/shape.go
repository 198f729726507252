package learn

import (
	"strings"
)

// A name (a segment of a path, a label of a host, the name of a table) is cut into
// tokens: words, which stay what they are, and what varies from thing to thing. Its
// shape is what is left when what varies is taken out.
//
//	invoice-2026-11-21.pdf    invoice-D-D-D.pdf
//	ch_3Kq9ZtB21x             ch_X
//	5f0c…-…                   U

// A kind is a kind of token.
type kind byte

const (
	wordToken   kind = 'w' // letters: itself
	digitsToken kind = 'D'
	mixedToken  kind = 'X' // letters and digits, or many hex digits
	uuidToken   kind = 'U'
	maskToken   kind = 'M' // what an event masks
	tailToken   kind = 'S' // what Secrets Manager puts behind the name of a secret
	sepToken    kind = '.' // what stands between: itself
)

type token struct {
	kind kind
	text string
}

// varies reports whether tokens of the kind differ from thing to thing.
func (t *token) varies() bool { return t.kind != wordToken && t.kind != sepToken }

// mask stands in events for what looks like a credential.
const mask = "***"

// What stands before a name says how far it may be opened.
const (
	atom   = "\x02" // it is not cut: a domain, the head of an ARN
	closed = "\x03" // nothing in it is left open but a date: a bucket, of which the next may be anybody's
)

// tailMark stands before the six characters at the end of a secret's ARN.
const (
	tailMark   = "\x04"
	tailLength = 6
)

// tokens cuts a name.
func tokens(name string) []token {
	if whole, ok := strings.CutPrefix(name, atom); ok {
		return []token{{wordToken, whole}}
	}
	name, isClosed := strings.CutPrefix(name, closed)
	name = strings.TrimPrefix(name, afterEscape)
	var ts []token
	for name != "" {
		var t token
		t, name = cutToken(name)
		ts = append(ts, t)
	}
	if isClosed {
		keepDates(ts)
	}
	return ts
}

// keepDates makes of tokens what never varies, but for those of a date: a year and a
// month at least.
func keepDates(ts []token) {
	dates := make([]bool, len(ts))
	for i := range ts {
		switch t := &ts[i]; {
		case t.kind != digitsToken || len(t.text) < 4 || !isYear(t.text[:4]):
		case (len(t.text) == 6 || len(t.text) == 8) && isCompact(t.text):
			dates[i] = true
		case len(t.text) == 4 && i+2 < len(ts) && ts[i+1].kind == sepToken && isPartOfDate(&ts[i+2]):
			dates[i], dates[i+2] = true, true
			if i+4 < len(ts) && ts[i+3].text == ts[i+1].text && isPartOfDate(&ts[i+4]) {
				dates[i+4] = true
			}
		}
	}
	for i := range ts {
		if !dates[i] && ts[i].varies() {
			ts[i].kind = wordToken
		}
	}
}

func isPartOfDate(t *token) bool {
	return t.kind == digitsToken && len(t.text) == 2 && t.text <= "31" && t.text != "00"
}

const uuidLength = 36

func cutToken(s string) (token, string) {
	if strings.HasPrefix(s, mask) {
		return token{maskToken, mask}, s[len(mask):]
	}
	if strings.HasPrefix(s, tailMark) && len(s) == len(tailMark)+tailLength {
		return token{tailToken, s[len(tailMark):]}, ""
	}
	if isUUID(s) {
		return token{uuidToken, s[:uuidLength]}, s[uuidLength:]
	}
	n, digits, letters, hex := 0, 0, 0, 0
	for n < len(s) {
		c := s[n]
		switch {
		case c >= '0' && c <= '9':
			digits++
			hex++
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			letters++
			if c|0x20 <= 'f' {
				hex++
			}
		case c >= 0x80:
			letters++
		default:
			goto end
		}
		n++
	}
end:
	switch {
	case n == 0 && isEscape(s):
		return token{sepToken, s[:3]}, s[3:]
	case n == 0:
		return token{sepToken, s[:1]}, s[1:]
	case letters == 0:
		return token{digitsToken, s[:n]}, s[n:]
	case isVersion(s[:n]), digits == 0 && (hex < n || n < 8):
		return token{wordToken, s[:n]}, s[n:]
	}
	return token{mixedToken, s[:n]}, s[n:]
}

// isEscape reports whether s begins with an escaped byte of a path.
func isEscape(s string) bool {
	return len(s) >= 3 && s[0] == '%' && isHex(s[1:3])
}

// isVersion reports whether a token is a version: v1, V2.
func isVersion(s string) bool {
	return len(s) >= 2 && len(s) <= 3 && s[0]|0x20 == 'v' && strings.Trim(s[1:], "0123456789") == ""
}

// isUUID reports whether s begins with a UUID.
func isUUID(s string) bool {
	if len(s) < uuidLength {
		return false
	}
	for i := range uuidLength {
		c := s[i]
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
				return false
			}
		}
	}
	return len(s) == uuidLength || !isAlphanumeric(s[uuidLength])
}

func isAlphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

// shape is the key that names of one shape have in common.
func shape(ts []token) string {
	var b strings.Builder
	for i := range ts {
		if ts[i].varies() {
			b.WriteByte(0)
			b.WriteByte(byte(ts[i].kind))
		} else {
			b.WriteString(ts[i].text)
		}
	}
	return b.String()
}
