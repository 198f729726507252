package awscall

import (
	"slices"
	"strings"

	"github.com/lambdafence/lambdafence/policy"
)

// maxStatement is how long a statement of DynamoDB's PartiQL may be, in bytes.
const maxStatement = 8192

// statement adds the table of a PartiQL statement, and raises the access level
// to what the statement does. It takes only what plainly is one of
//
//	SELECT ... FROM table[.index] [WHERE ... | ORDER ...]
//	INSERT INTO table VALUE ...
//	UPDATE table SET ... | REMOVE ...
//	DELETE FROM table [WHERE ... | RETURNING ...]
//	EXISTS(SELECT ...)
//
// and leaves the rest unknown: DynamoDB's own parser may read what this one does
// not.
func (d *description) statement(text string) bool {
	if len(text) > maxStatement {
		d.access = policy.UnknownAccess
		return false
	}
	s := scanner{rest: text}
	access, table, index, ok := s.statement()
	if !ok || !d.table(table, index) {
		// What one of several does is not known, nor then what all of them do.
		d.access = policy.UnknownAccess
		return false
	}
	before := d.access
	d.access = highest(before, access)
	for _, a := range []policy.Access{before, access} {
		if a != d.access && a != policy.UnknownAccess && !slices.Contains(d.also, a) {
			d.also = append(d.also, a)
		}
	}
	return true
}

// A token is a word, a quoted name, or one byte of anything else. Strings and
// literals in backquotes are tokens of kind 's' and have no text.
type token struct {
	kind byte // 'w', '"', 's', the byte itself; 0 at the end
	text string
}

func (t token) is(word string) bool { return t.kind == 'w' && strings.EqualFold(t.text, word) }

// isName reports what can name a table.
func (t token) isName() bool { return t.kind == '"' || t.kind == 'w' }

// A scanner cuts a statement into tokens.
type scanner struct {
	rest   string
	broken bool // something has no end, or is a comment
}

func (s *scanner) statement() (access policy.Access, table, index string, ok bool) {
	first := s.next()
	switch {
	case first.is("SELECT"):
		table, index, ok = s.selected(0)
		return policy.Read, table, index, ok
	case first.is("EXISTS"):
		if s.next().kind == '(' && s.next().is("SELECT") {
			table, index, ok = s.selected(')')
		}
		return policy.Read, table, index, ok
	case first.is("INSERT"):
		ok = s.next().is("INTO")
		table = s.name(&ok)
		ok = ok && s.next().is("VALUE")
	case first.is("UPDATE"):
		ok = true
		table = s.name(&ok)
		next := s.next()
		ok = ok && (next.is("SET") || next.is("REMOVE"))
	case first.is("DELETE"):
		ok = s.next().is("FROM")
		table = s.name(&ok)
		next := s.next()
		ok = ok && (next.kind == 0 || next.is("WHERE") || next.is("RETURNING"))
	}
	return policy.Write, table, "", ok && s.drain(0)
}

// selected reads what follows SELECT. There must be one FROM alone, so that no
// other reading of the statement names another table.
func (s *scanner) selected(end byte) (table, index string, ok bool) {
	for {
		t := s.next()
		if t.kind == 0 {
			return "", "", false
		}
		if t.is("FROM") {
			break
		}
	}
	ok = true
	table = s.name(&ok)
	t := s.next()
	if t.kind == '.' {
		index = s.name(&ok)
		ok = ok && isTable(index)
		t = s.next()
	}
	if t.is("WHERE") || t.is("ORDER") {
		return table, index, ok && s.drain(end)
	}
	if end != 0 && t.kind == end {
		t = s.next()
	} else if end != 0 {
		return "", "", false
	}
	return table, index, ok && t.kind == 0 && !s.broken
}

// name reads the name of a table or an index.
func (s *scanner) name(ok *bool) string {
	t := s.next()
	*ok = *ok && t.isName() && t.text != ""
	return t.text
}

// drain reads to the end. It reports whether that is whole, ends with the byte
// given, and names no second table.
func (s *scanner) drain(end byte) bool {
	var last byte
	for {
		t := s.next()
		switch {
		case t.kind == 0:
			return !s.broken && (end == 0 || last == end)
		case t.is("FROM"), t.is("SELECT"), t.is("JOIN"), t.kind == ';':
			return false
		}
		last = t.kind
	}
}

func (s *scanner) next() token {
	s.rest = strings.TrimLeft(s.rest, " \t\r\n")
	if s.rest == "" {
		return token{}
	}
	switch c := s.rest[0]; {
	case c == '\'' || c == '`':
		_, ok := s.quoted(c)
		if !ok {
			return token{}
		}
		return token{kind: 's'}
	case c == '"':
		text, ok := s.quoted(c)
		if !ok {
			return token{}
		}
		return token{kind: '"', text: text}
	case strings.HasPrefix(s.rest, "--"), strings.HasPrefix(s.rest, "/*"):
		return s.fail()
	case isWordByte(c):
		n := 1
		for n < len(s.rest) && isWordByte(s.rest[n]) {
			n++
		}
		t := token{kind: 'w', text: s.rest[:n]}
		s.rest = s.rest[n:]
		return t
	default:
		s.rest = s.rest[1:]
		return token{kind: c}
	}
}

// quoted reads to the closing quote. A doubled quote stands for one.
func (s *scanner) quoted(quote byte) (string, bool) {
	for n := 1; n < len(s.rest); n++ {
		if s.rest[n] != quote {
			continue
		}
		if n+1 < len(s.rest) && s.rest[n+1] == quote && quote != '`' {
			n++
			continue
		}
		text := s.rest[1:n]
		s.rest = s.rest[n+1:]
		return text, true
	}
	s.fail()
	return "", false
}

func (s *scanner) fail() token {
	s.rest, s.broken = "", true
	return token{}
}

func isWordByte(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '$' || c >= 0x80
}
