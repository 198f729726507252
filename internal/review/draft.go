package review

import (
	"encoding/json"
	"maps"
	"strconv"

	"github.com/lambdafence/lambdafence/policy"
)

// A draft is a rule that is made up to ask the language what it means: what a
// pattern covers, or which field of a rule it is that does not match a call. The
// fields have the values that [json.Marshal] takes.
type draft map[string]any

// allows reports whether the draft, as an only allow rule, allows a call. What is
// no rule allows nothing.
func (f draft) allows(c *policy.Call) bool {
	s := f.compile("allow")
	return s != nil && s.Decide(c).Effect == policy.Allow
}

// denies reports whether the draft, as an only deny rule, denies a call: it, and
// not that the call is to a local door.
func (f draft) denies(c *policy.Call) bool {
	s := f.compile("deny")
	return s != nil && s.Decide(c).Rule == "deny[0]"
}

// with returns the draft with another value of a field, or without the field.
func (f draft) with(field string, value any) draft {
	g := maps.Clone(f)
	if g[field] = value; value == nil {
		delete(g, field)
	}
	return g
}

// compile makes a policy of the draft. It is nil for what is no rule.
func (f draft) compile(list string) *policy.Set {
	s, err := compileDrafts(list, f)
	if err != nil {
		return nil
	}
	return s
}

// compileDrafts makes a policy of one list.
func compileDrafts(list string, rules ...draft) (*policy.Set, error) {
	doc, err := json.Marshal(map[string]any{"mode": "enforce", list: rules})
	if err != nil {
		return nil, err
	}
	p, err := policy.Parse(doc)
	if err != nil {
		return nil, err
	}
	return policy.Compile(p)
}

// value is a field of the rule for a draft; nil if it is left out.
func (r *Rule) value(field string) any {
	if r.Fields[field] == nil {
		return nil
	}
	return valueOf(field, r.Texts(field))
}

func valueOf(field string, texts []string) any {
	switch field {
	case "ports":
		var ports []int
		for _, text := range texts {
			n, _ := strconv.Atoi(text) // the document was read
			ports = append(ports, n)
		}
		return ports
	case "until", "mode", "id", "reason":
		return texts[0]
	}
	return texts
}
