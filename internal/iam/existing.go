package iam

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// An Existing policy is one that somebody else has written.
type Existing struct{ Statements []existing }

// An existing statement. NotAction and NotResource stand for all but those.
type existing struct {
	Sid, Effect             string
	Action, NotAction       texts
	Resource, NotResource   texts
	Condition               map[string]map[string]any
	Principal, NotPrincipal any `json:",omitempty"`
	at                      int // from 1
}

// texts is one text or a list of them, as IAM lets it be.
type texts []string

func (t *texts) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*t = texts{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(t))
}

// Bounds of what is read: IAM takes less.
const (
	maxDocument   = 1 << 20
	maxStatements = 1000
	maxPattern    = 2048
)

// ReadExisting reads a policy: a document, or what the AWS CLI answers to
// get-policy-version and get-role-policy, with the document as JSON or as text that is
// URL-encoded. A list of them is one policy.
func ReadExisting(data []byte) (*Existing, error) {
	if len(data) > maxDocument {
		return nil, fmt.Errorf("larger than %d bytes", maxDocument)
	}
	e := &Existing{}
	if err := e.read(data, 0); err != nil {
		return nil, err
	}
	if len(e.Statements) == 0 {
		return nil, errors.New("no statement: not a policy of IAM's")
	}
	if len(e.Statements) > maxStatements {
		return nil, fmt.Errorf("more than %d statements", maxStatements)
	}
	for i := range e.Statements {
		e.Statements[i].at = i + 1
		if err := e.Statements[i].check(); err != nil {
			return nil, fmt.Errorf("statement %d: %w", i+1, err)
		}
	}
	return e, nil
}

// envelopes are what the AWS CLI puts around documents.
type envelopes struct {
	PolicyVersion  *struct{ Document json.RawMessage }
	PolicyDocument json.RawMessage
	Document       json.RawMessage
	Statement      json.RawMessage
}

func (e *Existing) read(data []byte, depth int) error {
	var several []json.RawMessage
	var text string
	switch {
	case depth > 3:
		return errors.New("not a policy of IAM's")
	case json.Unmarshal(data, &several) == nil && several != nil:
		for _, one := range several {
			if err := e.read(one, depth+1); err != nil {
				return err
			}
		}
		return nil
	case json.Unmarshal(data, &text) == nil && text != "":
		if !strings.HasPrefix(strings.TrimSpace(text), "{") {
			plain, err := url.QueryUnescape(text)
			if err != nil {
				return err
			}
			text = plain
		}
		return e.read([]byte(text), depth+1)
	}
	var env envelopes
	if err := json.Unmarshal(data, &env); err != nil {
		return err
	}
	for _, inner := range []json.RawMessage{env.PolicyDocument, env.Document} {
		if inner != nil {
			return e.read(inner, depth+1)
		}
	}
	if env.PolicyVersion != nil {
		return e.read(env.PolicyVersion.Document, depth+1)
	}
	return e.statements(env.Statement)
}

// statements reads one statement or a list of them.
func (e *Existing) statements(data json.RawMessage) error {
	if data == nil {
		return errors.New("no statement: not a policy of IAM's")
	}
	if strings.HasPrefix(strings.TrimSpace(string(data)), "{") {
		var one existing
		if err := json.Unmarshal(data, &one); err != nil {
			return err
		}
		e.Statements = append(e.Statements, one)
		return nil
	}
	var all []existing
	if err := json.Unmarshal(data, &all); err != nil {
		return err
	}
	e.Statements = append(e.Statements, all...)
	return nil
}

func (s *existing) check() error {
	switch {
	case s.Effect != "Allow" && s.Effect != "Deny":
		return fmt.Errorf("effect %q is neither Allow nor Deny", s.Effect)
	case (len(s.Action) > 0) == (len(s.NotAction) > 0):
		return errors.New("want one of Action and NotAction")
	case s.Principal != nil || s.NotPrincipal != nil:
		return errors.New("it has a Principal: a policy of a resource, and not of a role")
	case (len(s.Resource) > 0) == (len(s.NotResource) > 0):
		return errors.New("want one of Resource and NotResource")
	}
	for _, p := range slices.Concat(s.Action, s.NotAction, s.Resource, s.NotResource) {
		if len(p) > maxPattern {
			return fmt.Errorf("a pattern of more than %d bytes", maxPattern)
		}
	}
	return nil
}

// String names the statement as people find it.
func (s *existing) String() string {
	if s.Sid != "" {
		return fmt.Sprintf("statement %d (%s)", s.at, s.Sid)
	}
	return fmt.Sprintf("statement %d", s.at)
}

// when returns the condition of a statement, in words; empty for none.
func (s *existing) when() string {
	var all []string
	for _, operator := range slices.Sorted(maps.Keys(s.Condition)) {
		for _, key := range slices.Sorted(maps.Keys(s.Condition[operator])) {
			all = append(all, operator+" "+key)
		}
	}
	return strings.Join(all, ", ")
}

// A match says how far a statement is about something: not at all, perhaps, surely.
type match uint8

const (
	no match = iota
	perhaps
	surely
)

// about reports whether a statement is about an action on a resource.
func (s *existing) about(action, resource string) match {
	on := s.onAction(action)
	if !on {
		return no
	}
	if len(s.NotResource) > 0 {
		switch {
		case s.NotResource.any(func(p string) bool { return covers(p, resource) }):
			return no
		case s.NotResource.any(func(p string) bool { return overlaps(p, resource) }):
			return perhaps
		}
		return surely
	}
	for _, one := range same(action, resource) {
		if s.Resource.any(func(p string) bool { return covers(p, one) }) {
			return surely
		}
	}
	if s.Resource.any(func(p string) bool { return overlaps(p, resource) }) {
		return perhaps
	}
	return no
}

func (s *existing) onAction(action string) bool {
	takes := func(p string) bool { return covers(strings.ToLower(p), strings.ToLower(action)) }
	if len(s.NotAction) > 0 {
		return !s.NotAction.any(takes)
	}
	return s.Action.any(takes)
}

func (t texts) any(is func(string) bool) bool { return slices.ContainsFunc(t, is) }

// same returns what a resource may be called: a policy needs one of the two.
func same(action, resource string) []string {
	switch {
	case strings.HasPrefix(action, "logs:") && isGroup(strings.TrimSuffix(resource, ":*")):
		group := strings.TrimSuffix(resource, ":*")
		return []string{group, group + ":*"}
	case action == "ssm:GetParametersByPath":
		path := strings.TrimSuffix(resource, "/*")
		return []string{path, path + "/*"}
	case strings.HasPrefix(action, "secretsmanager:"):
		secret := strings.TrimSuffix(resource, "-??????")
		return []string{secret, secret + "-??????"}
	}
	return []string{resource}
}
