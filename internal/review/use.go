package review

import (
	"strconv"
	"strings"

	"github.com/lambdafence/lambdafence/policy"
)

// A Use finds out which rules of some documents, as layers, calls use.
type Use struct {
	layers []layerUse
}

// A RuleLine is a rule and where it stands.
type RuleLine struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Rule    string `json:"rule"`
	Subject string `json:"subject"` // such as "host: api.example.com"
}

// A layerUse is that of one document. Layers are asked one by one: of several that
// allow a call, a decision names the rule of the first alone.
type layerUse struct {
	doc  *Document
	set  *policy.Set
	used map[string]bool
	deny *policy.Set // the deny rules that are not used yet; nil: there is none left
}

// NewUse returns a Use for the documents of layers.
func NewUse(docs ...*Document) (*Use, error) {
	u := &Use{}
	for _, d := range docs {
		set, err := policy.Compile(d.Policy)
		if err != nil {
			return nil, err
		}
		l := layerUse{doc: d, set: set, used: map[string]bool{}}
		if l.deny, err = l.unusedDeny(); err != nil {
			return nil, err
		}
		u.layers = append(u.layers, l)
	}
	return u, nil
}

// Add counts a call: for the allow rule that lets it through, and for every deny rule
// that matches it.
func (u *Use) Add(c *policy.Call) {
	for i := range u.layers {
		l := &u.layers[i]
		if d := l.set.Decide(c); d.Effect == policy.Allow {
			l.allowed(c, d)
		} else {
			l.denied(c)
		}
	}
}

// allowed counts the rules that let a call through: of several resources each may
// have its own, and so may the Host header.
func (l *layerUse) allowed(c *policy.Call, d policy.Decision) {
	l.used[d.Rule] = true
	if len(c.Resources) > 1 {
		for i := range c.Resources {
			one := *c
			one.Resources = c.Resources[i : i+1]
			l.used[l.set.Decide(&one).Rule] = true
		}
	}
	if c.HostHeader != "" {
		l.used[l.set.Decide(at(c, c.HostHeader)).Rule] = true
	}
}

// denied counts the deny rules that match a call. A decision names one of them, so
// those that are not used yet are asked again without it.
func (l *layerUse) denied(c *policy.Call) {
	for l.deny != nil {
		i, ok := strings.CutPrefix(l.deny.Decide(c).Rule, place)
		if !ok {
			return // none, or a local door, which is no rule's
		}
		n, _ := strconv.Atoi(i)
		l.used[l.doc.Deny[n].ID] = true
		var err error
		if l.deny, err = l.unusedDeny(); err != nil {
			return // cannot be: it compiled with more rules
		}
	}
}

// place, with the index of a rule, is its id in such a policy: its own may be its
// place in the document, which no document can state.
const place = "place-"

// unusedDeny makes a policy of the deny rules that are not used yet.
func (l *layerUse) unusedDeny() (*policy.Set, error) {
	var rules []draft
	for i := range l.doc.Deny {
		r := &l.doc.Deny[i]
		if l.used[r.ID] {
			continue
		}
		f := draft{"id": place + strconv.Itoa(i)}
		for field := range r.Fields {
			if field != "mode" && field != "reason" && field != "id" && r.value(field) != nil {
				f[field] = r.value(field)
			}
		}
		rules = append(rules, f)
	}
	if len(rules) == 0 {
		return nil, nil
	}
	return compileDrafts("deny", rules...)
}

// Unused returns the rules that no call used, in their order.
func (u *Use) Unused() []RuleLine {
	var all []RuleLine
	for i := range u.layers {
		l := &u.layers[i]
		for _, r := range l.doc.Rules() {
			if !l.used[r.ID] {
				all = append(all, RuleLine{l.doc.Name, r.Line, r.ID, r.Subject + ": " + list(r.Texts(r.Subject))})
			}
		}
	}
	return all
}
