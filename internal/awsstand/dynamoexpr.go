package awsstand

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
)

// An expression knows what the placeholders of DynamoDB's expressions stand for. Of the language it reads what the
// package's doc names, and refuses the rest.
type expression struct {
	names  map[string]string
	values item
}

// tokens takes an expression apart: names, values, operators and parentheses.
func tokens(text string) []string {
	var out []string
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		n := 0
		for n < len(text) && (only(text[n:n+1], "_.#:-") && (text[n] != '-' || n > 0)) {
			n++
		}
		if n == 0 {
			n = 1
			if len(text) > 1 && strings.ContainsRune("<>", rune(text[0])) && strings.ContainsRune("=>", rune(text[1])) {
				n = 2
			}
		}
		out, text = append(out, text[:n]), text[n:]
	}
	return out
}

// A reader goes through tokens.
type reader struct{ rest []string }

func (r *reader) next() string {
	if len(r.rest) == 0 {
		return ""
	}
	t := r.rest[0]
	r.rest = r.rest[1:]
	return t
}

func (r *reader) take(word string) bool {
	if len(r.rest) > 0 && strings.EqualFold(r.rest[0], word) {
		r.rest = r.rest[1:]
		return true
	}
	return false
}

func unreadable(text string) error {
	return refuse("ValidationException", "this stand-in cannot read the expression %q", text)
}

func (e expression) name(token string) (string, bool) {
	if strings.HasPrefix(token, "#") {
		name, ok := e.names[token]
		return name, ok
	}
	return token, token != "" && only(token, "_") // a path into an item is none
}

// holds evaluates a condition: attribute_exists, attribute_not_exists and equality, joined by AND. None always holds.
func (e expression) holds(text string, i item) error {
	r := &reader{tokens(text)}
	for len(r.rest) > 0 {
		var met bool
		switch word := r.next(); strings.ToLower(word) {
		case "attribute_exists", "attribute_not_exists":
			open, token, end := r.next(), r.next(), r.next()
			name, ok := e.name(token)
			if open != "(" || end != ")" || !ok {
				return unreadable(text)
			}
			_, there := i[name]
			met = there == strings.EqualFold(word, "attribute_exists")
		default:
			name, ok := e.name(word)
			equals, value := r.next(), e.values[r.next()]
			if !ok || equals != "=" || value == nil {
				return unreadable(text)
			}
			met = bytes.Equal(i[name], value)
		}
		if !met {
			return refuse("ConditionalCheckFailedException", "The conditional request failed")
		}
		if len(r.rest) > 0 && (!r.take("AND") || len(r.rest) == 0) {
			return unreadable(text)
		}
	}
	return nil
}

// update applies SET and REMOVE to i.
func (e expression) update(text string, i item) error {
	r := &reader{tokens(text)}
	for len(r.rest) > 0 {
		set := r.take("SET")
		if !set && !r.take("REMOVE") {
			return unreadable(text)
		}
		for {
			name, ok := e.name(r.next())
			if !ok {
				return unreadable(text)
			}
			if set {
				value, ok := e.assigned(r, i)
				if !ok {
					return unreadable(text)
				}
				i[name] = value
			} else {
				delete(i, name)
			}
			if !r.take(",") {
				break
			}
		}
	}
	return nil
}

// assigned reads "= operand", "= operand + operand" and "= operand - operand".
func (e expression) assigned(r *reader, i item) (json.RawMessage, bool) {
	if !r.take("=") {
		return nil, false
	}
	left, ok := e.operand(r, i)
	if !ok {
		return nil, false
	}
	sign := 0.0
	if r.take("+") {
		sign = 1
	} else if r.take("-") {
		sign = -1
	}
	if sign == 0 {
		return left, true
	}
	right, ok := e.operand(r, i)
	kindL, a, errL := scalar(left)
	kindR, b, errR := scalar(right)
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	if !ok || kindL != "N" || kindR != "N" || errors.Join(errL, errR, errX, errY) != nil {
		return nil, false
	}
	sum, err := json.Marshal(map[string]string{"N": strconv.FormatFloat(x+sign*y, 'f', -1, 64)})
	return sum, err == nil
}

// operand is a value, an attribute, or if_not_exists(attribute, value).
func (e expression) operand(r *reader, i item) (json.RawMessage, bool) {
	token := r.next()
	if strings.EqualFold(token, "if_not_exists") {
		open := r.next()
		name, ok := e.name(r.next())
		comma, value, end := r.next(), e.values[r.next()], r.next()
		if open != "(" || !ok || comma != "," || value == nil || end != ")" {
			return nil, false
		}
		if there, ok := i[name]; ok {
			return there, true
		}
		return value, true
	}
	if strings.HasPrefix(token, ":") {
		value, ok := e.values[token]
		return value, ok
	}
	name, ok := e.name(token)
	value, there := i[name]
	return value, ok && there
}

// scalar reads a value that may be a key: a string, a number or bytes.
func scalar(value json.RawMessage) (kind, text string, err error) {
	var typed map[string]json.RawMessage
	if len(value) == 0 {
		return "", "", errors.New("it is missing")
	}
	if err := json.Unmarshal(value, &typed); err != nil || len(typed) != 1 {
		return "", "", errors.New("it is no typed value")
	}
	for kind, raw := range typed {
		if kind != "S" && kind != "N" && kind != "B" {
			return "", "", errors.New("its type is none of S, N and B")
		}
		if err := json.Unmarshal(raw, &text); err != nil || text == "" {
			return "", "", errors.New("it is empty")
		}
		if kind == "N" {
			number, err := strconv.ParseFloat(text, 64)
			if err != nil {
				return "", "", errors.New("it is no number")
			}
			return kind, strconv.FormatFloat(number, 'g', -1, 64), nil
		}
		return kind, text, nil
	}
	return "", "", nil
}

// compare orders two keys of one type: numbers by value, bytes and strings by their bytes.
func compare(kind, a, b string) int {
	switch kind {
	case "N":
		x, _ := strconv.ParseFloat(a, 64)
		y, _ := strconv.ParseFloat(b, 64)
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	case "B":
		x, _ := base64.StdEncoding.DecodeString(a)
		y, _ := base64.StdEncoding.DecodeString(b)
		return bytes.Compare(x, y)
	}
	return strings.Compare(a, b)
}
