package policy

import (
	"strconv"
	"strings"
	"time"
)

// scalar reads a scalar that ends on its line. Within a flow collection a plain
// one ends at more characters.
func (r *plainReader) scalar(flow bool) (node, bool) {
	n := node{line: r.line, column: r.column()}
	switch c := r.at(0); {
	case c == '"' || c == '\'':
		n.tag = "!!str"
		return n, r.quoted(c, &n.value)
	case !beginsPlain(c):
		return node{}, false
	}
	end, ok := r.plainEnd(flow)
	if !ok {
		return node{}, false
	}
	n.value = strings.TrimRight(r.doc[r.pos:end], " ")
	n.tag = plainTag(n.value)
	r.pos += len(n.value)
	return n, true
}

// quoted reads a text in quotes that is all that it says: nothing is escaped.
func (r *plainReader) quoted(quote byte, to *string) bool {
	text := r.doc[r.pos+1:]
	n := strings.IndexByte(text, quote)
	if n < 0 || strings.IndexByte(text[:n], '\n') >= 0 || strings.IndexByte(text[:n], '\\') >= 0 {
		return false
	}
	*to = text[:n]
	r.pos += n + 2
	return r.at(0) != quote
}

// beginsPlain reports whether c begins a plain scalar, whatever follows. More
// bytes do in YAML, some of them only before some others.
func beginsPlain(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '/' || c == '_' || c == '~' || c == '$'
}

// plainEnd finds where a plain scalar ends, with the spaces after it.
func (r *plainReader) plainEnd(flow bool) (end int, ok bool) {
	for i := r.pos; i < len(r.doc); i++ {
		switch r.doc[i] {
		case '\n':
			return i, true
		case '#':
			if r.doc[i-1] == ' ' {
				return i, true
			}
		case ':':
			if i+1 == len(r.doc) || isBlank(r.doc[i+1]) {
				return i, true
			}
			if flow && strings.IndexByte(",[]{}", r.doc[i+1]) >= 0 {
				return 0, false
			}
		case ',', '[', ']', '{', '}':
			if flow {
				return i, true
			}
		}
	}
	return len(r.doc), true
}

// plainTag is what YAML takes a plain scalar for. Those that begin with a sign
// or a dot are none of ours.
func plainTag(s string) string {
	switch s {
	case "true", "True", "TRUE", "false", "False", "FALSE":
		return "!!bool"
	case "~", "null", "Null", "NULL":
		return "!!null"
	}
	if s[0] < '0' || s[0] > '9' {
		return "!!str"
	}
	if len(s) > 4 && s[4] == '-' && isDate(s) {
		return "!!timestamp"
	}
	if strings.IndexByte(s, '/') >= 0 || strings.Count(s, ".") > 1 {
		return "!!str" // an address or a range, and no number
	}
	digits := strings.ReplaceAll(s, "_", "")
	if _, err := strconv.ParseInt(digits, 0, 64); err == nil {
		return "!!int"
	}
	if _, err := strconv.ParseUint(digits, 0, 64); err == nil {
		return "!!int"
	}
	if _, err := strconv.ParseFloat(digits, 64); err == nil && strings.Trim(digits, "0123456789.eE+-") == "" {
		return "!!float"
	}
	return "!!str"
}

// isDate reports whether s is a day, with or without a time, as YAML writes them.
func isDate(s string) bool {
	for _, layout := range [...]string{
		"2006-1-2T15:4:5.999999999Z07:00", "2006-1-2t15:4:5.999999999Z07:00", "2006-1-2 15:4:5.999999999", "2006-1-2",
	} {
		if _, err := time.Parse(layout, s); err == nil {
			return true
		}
	}
	return false
}
