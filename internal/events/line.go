package events

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/wrapper"
)

// version is that of the log lines which are understood.
const version = 1

// A line is an event as the wrapper logs it: docs/operations.md. Keys that are not
// known are left aside.
type line struct {
	Time     time.Time
	Msg      string
	V        int
	Outcome  string
	Mode     string
	Decision string
	Rule     string
	Reason   string
	Layer    int
	Count    int
	Policy   struct{ Name, Version, Source string }
	Call     struct {
		Kind, Scheme, Host string
		Port               uint16
		Method, Path       string
		HostHeader         string `json:"host_header"`
		Network            string
		IP                 string
		Service, Operation string
		Access             string
		Also               []string
		Resources          []string // null or absent: unknown
		Region             string
		Account, Self      string
	}
	Caller   struct{ Module, Version, Package string }
	Function struct {
		Name, Version string
		RequestID     string `json:"request_id"`
	}
	Suggest string
	TraceID string `json:"trace_id"`
	SpanID  string `json:"span_id"`
}

var (
	errOther = errors.New("no event") // a line of another program, or a notice
	errNewer = errors.New("an event of a newer version")
)

var (
	marker  = []byte(`"msg":"lambdafence"`)
	anyMark = []byte("lambdafence")
)

// parseLine reads an event. Before the object there may be what a log puts there:
// a time, a stream, a level.
func parseLine(text []byte) (wrapper.Event, error) {
	if !bytes.Contains(text, anyMark) {
		return wrapper.Event{}, errOther
	}
	text = bytes.TrimSpace(text)
	if text[0] != '{' {
		start := bytes.Index(text, []byte(`{"`))
		if start < 0 {
			return wrapper.Event{}, errOther
		}
		text = text[start:]
	}
	var l line
	if err := json.Unmarshal(text, &l); err != nil {
		if !bytes.Contains(text, marker) {
			return wrapper.Event{}, errOther
		}
		if l.V > version {
			return wrapper.Event{}, errNewer
		}
		return wrapper.Event{}, fmt.Errorf("an event that cannot be read: %w", err)
	}
	switch {
	case l.Msg != "lambdafence":
		return wrapper.Event{}, errOther
	case l.V > version:
		return wrapper.Event{}, errNewer
	}
	return l.event()
}

// event makes an event of a line.
func (l *line) event() (ev wrapper.Event, err error) {
	c := &l.Call
	ev = wrapper.Event{
		Time:     l.Time,
		Decision: policy.Decision{Layer: l.Layer, Rule: l.Rule, Reason: l.Reason},
		Call: policy.Call{
			Scheme: c.Scheme, Host: c.Host, Port: c.Port, Method: c.Method, Path: c.Path, HostHeader: c.HostHeader, Network: c.Network,
			Service: c.Service, Operation: c.Operation, Resources: c.Resources, Region: c.Region, Account: c.Account, Self: c.Self,
			Caller: policy.Caller(l.Caller), Function: l.Function.Name,
		},
		Policy:   wrapper.PolicyRef(l.Policy),
		Function: wrapper.FunctionRef{Name: l.Function.Name, Version: l.Function.Version, RequestID: l.Function.RequestID},
		TraceID:  l.TraceID, SpanID: l.SpanID,
		Suggestion: l.Suggest,
		Count:      max(l.Count, 1),
	}
	if c.IP != "" {
		if ev.Call.Addr, err = netip.ParseAddr(c.IP); err != nil {
			return ev, fmt.Errorf("ip: %w", err)
		}
	}
	for _, also := range c.Also {
		level, ok := word(also, policy.List, policy.Permissions)
		if !ok {
			return ev, fmt.Errorf("also: %q is no access level", also)
		}
		ev.Call.Also = append(ev.Call.Also, level)
	}
	for _, field := range []struct {
		name, text string
		read       func(string) bool
	}{
		{"outcome", l.Outcome, func(s string) (ok bool) { ev.Outcome, ok = word(s, wrapper.Allowed, wrapper.Blocked); return ok }},
		{"decision", l.Decision, func(s string) (ok bool) { ev.Decision.Effect, ok = word(s, policy.Deny, policy.Allow); return ok }},
		{"mode", l.Mode, func(s string) (ok bool) { ev.Decision.Mode, ok = word(s, policy.Unset, policy.Enforce); return ok }},
		{"kind", c.Kind, func(s string) (ok bool) { ev.Call.Kind, ok = word(s, policy.Net, policy.AWS); return ok }},
		{"access", c.Access, func(s string) (ok bool) {
			ev.Call.Access, ok = word(s, policy.UnknownAccess, policy.Permissions)
			return ok || s == ""
		}},
	} {
		if !field.read(field.text) {
			return ev, fmt.Errorf("%s: %q is not known", field.name, field.text)
		}
	}
	return ev, nil
}

// word returns the constant, from first to last, whose text is s.
func word[T interface {
	~uint8
	fmt.Stringer
}](s string, first, last T) (T, bool) {
	for v := first; v <= last; v++ {
		if v.String() == s {
			return v, true
		}
	}
	return first, false
}

// sameEvent is what two copies of an event have in common, in whatever way they
// came here: the span, where there is one, or else the line itself.
func sameEvent(ev *wrapper.Event, text []byte) []byte {
	if ev.SpanID != "" {
		return slices.Concat([]byte(ev.TraceID), []byte(ev.SpanID))
	}
	return bytes.TrimSpace(text)
}
