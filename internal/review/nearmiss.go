package review

import (
	"cmp"
	"net"
	"slices"
	"strconv"

	"github.com/lambdafence/lambdafence/policy"
)

// A Miss is an allow rule that came near to a call, and what kept it from matching.
type Miss struct {
	Rule   string       `json:"rule"`
	File   string       `json:"file"`
	Line   int          `json:"line"`
	Fields []Difference `json:"fields"`
}

// A Difference is a field of a rule, what it wants and what a call has.
type Difference struct {
	Field string `json:"field"`
	Want  string `json:"want"`
	Got   string `json:"got"`
	Note  string `json:"note,omitempty"` // why that is so, where one may wonder
}

// maxMisses is how many near misses are told: of a long policy, most rules are
// about something else.
const maxMisses = 5

// Near returns the allow rules that came nearest to a call which the document does
// not allow, the nearest first: their subject matches, or nearly. Which fields do
// not match is asked of the language, by rules that have one of them.
func (d *Document) Near(c *policy.Call) []Miss {
	var all []Miss
	for i := range d.Allow {
		if fields := d.Allow[i].missed(c); len(fields) > 0 {
			all = append(all, Miss{d.Allow[i].ID, d.Name, d.Allow[i].Line, fields})
		}
	}
	slices.SortStableFunc(all, func(a, b Miss) int { return cmp.Compare(len(a.Fields), len(b.Fields)) })
	return all[:min(len(all), maxMisses)]
}

// missed returns what keeps the rule from matching a call; nil if it is about
// another call, or matches.
func (r *Rule) missed(c *policy.Call) []Difference {
	widest := r.widest(c)
	var fields []Difference
	if s := widest.compile("allow"); s == nil || s.Decide(c).Effect == policy.Deny {
		near, diff, ok := r.nearHost(s, c)
		if !ok {
			return nil
		}
		if fields = []Difference{diff}; near == nil {
			return fields
		}
		c, widest = near, r.widest(near)
	}
	for _, field := range r.fields() {
		if !widest.with(field, r.value(field)).allows(c) {
			fields = append(fields, r.difference(field, c))
		}
	}
	return fields
}

// fields are those that a rule with such a subject may have.
func (r *Rule) fields() []string {
	origin := []string{"from", "functions", "until"}
	if r.Subject == "aws" {
		return append([]string{"operations", "access", "resources", "accounts", "regions", "endpoint"}, origin...)
	}
	return append([]string{"schemes", "ports", "methods", "paths", "networks"}, origin...)
}

// widest is a rule with the subject of r that asks nothing else of a call. What an
// allow rule asks where it says nothing, it states as the call has it.
func (r *Rule) widest(c *policy.Call) draft {
	f := draft{r.Subject: r.value(r.Subject)}
	port := portOf(c)
	if r.Subject == "aws" {
		f["accounts"] = "*"
		if c.Host != "" && port != 0 {
			f["endpoint"] = net.JoinHostPort(c.Host, strconv.Itoa(port))
		}
		return f
	}
	if port != 0 {
		f["ports"] = []int{port}
	}
	if c.Network != "" && c.Network != "tcp" {
		f["networks"] = c.Network
	}
	if c.Scheme != "" {
		f["schemes"] = []string{"http", "https"}
	}
	if c.Method == "CONNECT" {
		f["methods"] = c.Method
	}
	return f
}

func portOf(c *policy.Call) int {
	switch {
	case c.Port != 0:
		return int(c.Port)
	case c.Scheme == "https":
		return 443
	case c.Scheme == "http":
		return 80
	}
	return 0
}

// Matched returns the fields by which a deny rule matches a call, each with those
// of its values that do.
func (r *Rule) Matched(c *policy.Call) []Difference {
	whole := draft{}
	fields := append([]string{r.Subject}, r.fields()...)
	for _, field := range fields {
		if v := r.value(field); v != nil {
			whole[field] = v
		}
	}
	var all []Difference
	for _, field := range fields {
		texts := r.Texts(field)
		if len(texts) == 0 {
			continue
		}
		matching := slices.DeleteFunc(slices.Clone(texts), func(text string) bool {
			return !whole.with(field, valueOf(field, []string{text})).denies(c)
		})
		if len(matching) > 0 { // none: it takes several, for the several resources of a call
			texts = matching
		}
		all = append(all, Difference{Field: field, Want: list(texts), Got: got(field, c)})
	}
	return all
}
