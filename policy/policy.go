package policy

import (
	"bytes"
	"cmp"
	"errors"
)

// A Policy is a document that was read: a mode, an allow list, a deny list.
// It comes from [Parse], and [Compile] makes layers of one or more of them.
type Policy struct {
	Name string
	Mode Mode // Report where the document states none

	local       []door
	rules       []rule // allow rules first, each list in its order
	hasAllow    bool
	hasDeny     bool
	unavailable string // set by Unavailable: why there is no document
}

// Parse reads a policy in YAML or JSON. It is strict: what it does not know,
// it refuses. The error is an [Errors] with the line and the column of each
// mistake; a document that has any is no policy.
func Parse(doc []byte) (*Policy, error) {
	if pol := parsePlain(doc); pol != nil {
		return pol, nil
	}
	return parseYAML(doc)
}

// parseYAML reads any document, by the YAML library.
func parseYAML(doc []byte) (*Policy, error) {
	top, err := root(doc)
	if err != nil {
		return nil, err
	}
	p, pol := &parser{}, &Policy{Mode: Report}
	if !p.foreign(top) {
		p.document(top, pol)
	}
	if len(p.errs) == 0 && pol.lacksLists() {
		p.errorf(top, "%v", errNoList)
	}
	if len(p.errs) > 0 {
		return nil, p.errs
	}
	return pol, nil
}

// parsePlain reads a document that is plain and without a mistake, as most are,
// rule by rule: a cold start pays for each page of memory that it touches first.
// It returns nil for any other: that is read again, in full, by the YAML library,
// so that the words for a mistake do not depend on how it was found.
func parsePlain(doc []byte) *Policy {
	if len(doc) > MaxSize {
		return nil
	}
	p, pol := &parser{expected: min(bytes.Count(doc, []byte("- ")), 1024)}, &Policy{Mode: Report}
	top, ok := readPlain(doc, p.item)
	if !ok || top.kind != mapping {
		return nil
	}
	p.document(&top, pol)
	if len(p.errs) > 0 || pol.lacksLists() {
		return nil
	}
	return pol
}

// Unavailable returns the policy of a layer that could not be loaded: it denies
// every call, in the given mode, for the given reason.
func Unavailable(mode Mode, reason string) *Policy {
	return &Policy{Mode: mode, hasAllow: true, unavailable: cmp.Or(reason, "no policy")}
}

var errNoList = errors.New("a policy that reports or enforces needs an allow list or a deny list")

// lacksLists reports whether pol would let everything through without saying so.
func (pol *Policy) lacksLists() bool {
	return !pol.hasAllow && !pol.hasDeny && cmp.Or(pol.Mode, Report) > Learn
}

// document reads the top level.
func (p *parser) document(top *node, pol *Policy) {
	p.fields(top, func(key string, k, v *node) {
		switch key {
		case "version":
			if v.kind != scalar || v.value != "1" || v.tag != "!!int" {
				p.errorf(v, "version: this is version 1 of the language, got %s", what(v))
			}
		case "name":
			pol.Name, _ = p.text(key, v)
		case "mode":
			pol.Mode = p.mode(v)
		case "local":
			values(p, key, v, &pol.local, parseDoor)
		case "allow":
			pol.hasAllow = true // present is enough: an empty allow list allows nothing
			p.list(key, v)
		case "deny":
			pol.hasDeny = !isNull(v) // a deny list without a value is a document cut off
			p.list(key, v)
		default:
			p.errorf(k, "unknown key %q%s", key, didYouMean(key, topKeys...))
		}
	})
	pol.rules = append(p.allow, p.deny...)
	p.uniqueIDs(pol.rules)
}

func (p *parser) mode(n *node) Mode {
	s, ok := p.text("mode", n)
	if !ok {
		return Unset
	}
	m, err := ParseMode(s)
	if err != nil {
		p.errorf(n, "%v", err)
	}
	return m
}
