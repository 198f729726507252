package iam

import "strings"

// escape makes a pattern of IAM's that matches a name alone. A dollar begins a
// variable of IAM's: ${*}, ${?} and ${$} are the characters themselves.
func escape(name string) string { return escaper.Replace(name) }

var escaper = strings.NewReplacer("*", "${*}", "?", "${?}", "$", "${$}")

// A symbol is one of a pattern: a byte that stands for itself, any one character, any
// number of them, or what a variable of IAM's may be.
type symbol struct {
	kind byte // 0: the byte; '?', '*'; '$': a variable
	char byte
}

func symbols(pattern string) []symbol {
	var all []symbol
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '*' || c == '?':
			all = append(all, symbol{kind: c})
		case strings.HasPrefix(pattern[i:], "${") && strings.IndexByte(pattern[i:], '}') > 0:
			name := pattern[i+2 : i+strings.IndexByte(pattern[i:], '}')]
			i += len(name) + 2
			if name == "*" || name == "?" || name == "$" {
				all = append(all, symbol{char: name[0]})
			} else {
				all = append(all, symbol{kind: '$'})
			}
		default:
			all = append(all, symbol{char: c})
		}
	}
	return all
}

// covers reports whether a pattern surely matches all that another one does. What a
// variable of IAM's stands for is not known: it covers nothing and only * covers it.
// The time is that of the product of the lengths, whatever the patterns are.
func covers(pattern, other string) bool {
	if pattern == "*" || pattern == other && !strings.Contains(pattern, "${") {
		return true
	}
	p, o := symbols(pattern), symbols(other)
	// row[i] is whether p[:i] covers what was read of o.
	row := make([]bool, len(p)+1)
	row[0] = true
	for i := range p {
		row[i+1] = row[i] && p[i].kind == '*'
	}
	for _, s := range o {
		before := row[0]
		row[0] = false
		for i := range p {
			here := row[i+1]
			if p[i].kind == '*' {
				row[i+1] = row[i] || here
			} else {
				row[i+1] = before && p[i].takes(s)
			}
			before = here
		}
	}
	return row[len(p)]
}

func (s symbol) takes(other symbol) bool {
	switch s.kind {
	case '?':
		return other.kind == 0 || other.kind == '?'
	case 0:
		return other.kind == 0 && other.char == s.char
	}
	return false
}

// overlaps reports whether there is a name that both patterns may match. A variable
// may be anything.
func overlaps(a, b string) bool {
	p, o := symbols(a), symbols(b)
	row := make([]bool, len(p)+1)
	row[0] = true
	for i := range p {
		row[i+1] = row[i] && p[i].isAny()
	}
	for _, s := range o {
		before := row[0]
		row[0] = row[0] && s.isAny()
		for i := range p {
			here := row[i+1]
			switch {
			case p[i].isAny() && s.isAny():
				row[i+1] = before || row[i] || here
			case p[i].isAny():
				row[i+1] = row[i] || here
			case s.isAny():
				row[i+1] = before || here || row[i]
			default:
				row[i+1] = before && (p[i] == s || p[i].kind == '?' || s.kind == '?')
			}
			before = here
		}
	}
	return row[len(p)]
}

func (s symbol) isAny() bool { return s.kind == '*' || s.kind == '$' }
