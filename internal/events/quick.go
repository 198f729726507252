package events

import (
	"bytes"
	"strconv"

	"github.com/lambdafence/lambdafence/wrapper"
)

// quick reads an event from a line just as a fence writes it. It gives up at the
// first thing that is not plain, such as an escape or a key that it does not know, and
// encoding/json reads the line, in four times the time.
func quick(text []byte) (wrapper.Event, bool) {
	if !bytes.HasPrefix(text, []byte(`{"time":"`)) {
		return wrapper.Event{}, false
	}
	var l line
	s := scanner{text: text}
	if !s.line(&l) || s.at != len(text) || l.Msg != "lambdafence" || l.V > version {
		return wrapper.Event{}, false
	}
	ev, err := l.event()
	return ev, err == nil
}

// A scanner goes through a line. Its methods report whether they found what they are
// named for, without space around it.
type scanner struct {
	text []byte
	at   int
}

func (s *scanner) line(l *line) bool {
	return s.object(func(key []byte) bool {
		switch string(key) {
		case "time":
			text, ok := s.plain()
			return ok && l.Time.UnmarshalText(text) == nil
		case "level":
			_, ok := s.plain()
			return ok
		case "msg":
			return s.string(&l.Msg)
		case "v":
			return s.number(&l.V)
		case "outcome":
			return s.string(&l.Outcome)
		case "mode":
			return s.string(&l.Mode)
		case "decision":
			return s.string(&l.Decision)
		case "rule":
			return s.string(&l.Rule)
		case "reason":
			return s.string(&l.Reason)
		case "layer":
			return s.number(&l.Layer)
		case "count":
			return s.number(&l.Count)
		case "policy":
			return s.names("name", &l.Policy.Name, "version", &l.Policy.Version, "source", &l.Policy.Source)
		case "call":
			return s.call(l)
		case "caller":
			return s.names("module", &l.Caller.Module, "version", &l.Caller.Version, "package", &l.Caller.Package)
		case "function":
			return s.names("name", &l.Function.Name, "version", &l.Function.Version, "request_id", &l.Function.RequestID)
		case "suggest":
			return s.string(&l.Suggest)
		case "trace_id":
			return s.string(&l.TraceID)
		case "span_id":
			return s.string(&l.SpanID)
		}
		return false
	})
}

func (s *scanner) call(l *line) bool {
	c := &l.Call
	return s.object(func(key []byte) bool {
		switch string(key) {
		case "kind":
			return s.string(&c.Kind)
		case "scheme":
			return s.string(&c.Scheme)
		case "host":
			return s.string(&c.Host)
		case "port":
			n := 0
			ok := s.number(&n) && n < 1<<16
			c.Port = uint16(n)
			return ok
		case "method":
			return s.string(&c.Method)
		case "path":
			return s.string(&c.Path)
		case "host_header":
			return s.string(&c.HostHeader)
		case "network":
			return s.string(&c.Network)
		case "ip":
			return s.string(&c.IP)
		case "service":
			return s.string(&c.Service)
		case "operation":
			return s.string(&c.Operation)
		case "access":
			return s.string(&c.Access)
		case "also":
			return s.list(&c.Also)
		case "resources":
			return s.list(&c.Resources)
		case "region":
			return s.string(&c.Region)
		case "account":
			return s.string(&c.Account)
		case "self":
			return s.string(&c.Self)
		}
		return false
	})
}

// names reads an object of three strings, any of which may be missing.
func (s *scanner) names(a string, to *string, b string, toB *string, c string, toC *string) bool {
	return s.object(func(key []byte) bool {
		switch string(key) {
		case a:
			return s.string(to)
		case b:
			return s.string(toB)
		case c:
			return s.string(toC)
		}
		return false
	})
}

// is reads a byte.
func (s *scanner) is(b byte) bool {
	if s.at >= len(s.text) || s.text[s.at] != b {
		return false
	}
	s.at++
	return true
}

// object reads an object that is not empty; value reads that of a key.
func (s *scanner) object(value func(key []byte) bool) bool {
	for open := byte('{'); s.is(open); open = ',' {
		key, ok := s.plain()
		if !ok || !s.is(':') || !value(key) {
			return false
		}
		if s.is('}') {
			return true
		}
	}
	return false
}

// plain reads a string of printable ASCII without escapes.
func (s *scanner) plain() ([]byte, bool) {
	if !s.is('"') {
		return nil, false
	}
	for from := s.at; s.at < len(s.text); s.at++ {
		switch b := s.text[s.at]; {
		case b == '"':
			s.at++
			return s.text[from : s.at-1], true
		case b < 0x20 || b == '\\' || b >= 0x7f:
			return nil, false
		}
	}
	return nil, false
}

func (s *scanner) string(to *string) bool {
	text, ok := s.plain()
	*to = string(text)
	return ok
}

// list reads a list of strings. Empty, it is not nil.
func (s *scanner) list(to *[]string) bool {
	*to = []string{}
	if !s.is('[') {
		return false
	}
	if s.is(']') {
		return true
	}
	for {
		var one string
		if !s.string(&one) {
			return false
		}
		*to = append(*to, one)
		if s.is(']') {
			return true
		}
		if !s.is(',') {
			return false
		}
	}
}

// number reads one of a few digits.
func (s *scanner) number(to *int) bool {
	from := s.at
	for s.at < len(s.text) && s.text[s.at] >= '0' && s.text[s.at] <= '9' {
		s.at++
	}
	digits := s.text[from:s.at]
	if len(digits) == 0 || len(digits) > 9 || len(digits) > 1 && digits[0] == '0' {
		return false
	}
	n, err := strconv.Atoi(string(digits))
	*to = n
	return err == nil
}
