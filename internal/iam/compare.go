package iam

import (
	"fmt"
	"slices"
	"strings"
)

// A Difference is one between a policy and what was needed.
type Difference struct {
	// Statement is of the policy; empty for what it does not grant.
	Statement string `json:"statement,omitempty"`
	// Actions and Resources are as the policy has them, or as they were needed.
	Actions   []string `json:"actions,omitempty"`
	Resources []string `json:"resources,omitempty"`
	// Wide is how many actions the reference has of those; 0: not asked.
	Wide int `json:"wide,omitempty"`
	// Used are those actions, or resources, of which there was use.
	Used []string `json:"used,omitempty"`
	Why  string   `json:"why"`
}

// A Comparison is of a policy with what was needed.
type Comparison struct {
	Unused    []Difference `json:"unused"`    // granted, and never needed
	Missing   []Difference `json:"missing"`   // needed, and not granted
	Uncertain []Difference `json:"uncertain"` // granted under a condition, or perhaps
}

// Different reports whether the policy is not what was needed. What is uncertain does
// not count.
func (c *Comparison) Different() bool { return len(c.Unused)+len(c.Missing) > 0 }

// Compare holds a policy against what was needed. Conditions are not evaluated.
func (e *Existing) Compare(uses []Grant) *Comparison {
	c := &Comparison{Unused: []Difference{}, Missing: []Difference{}, Uncertain: []Difference{}}
	for i := range e.Statements {
		if e.Statements[i].Effect == "Allow" {
			c.unused(&e.Statements[i], uses)
		}
	}
	for i := range uses {
		for _, resource := range uses[i].Resources {
			if uses[i].Alias == "" || !isAlias(resource) {
				c.needed(e, &uses[i], resource)
			}
		}
	}
	return c
}

// needed looks for what grants an action on a resource.
func (c *Comparison) needed(e *Existing, use *Grant, resource string) {
	best, why := no, "no statement allows it"
	for i := range e.Statements {
		s := &e.Statements[i]
		how := s.about(use.Action, resource)
		reason := ""
		switch when := s.when(); {
		case how == no:
			continue
		case when != "":
			how, reason = perhaps, fmt.Sprintf("under a condition, by %s: %s", s, when)
		case how == perhaps && use.Alias != "":
			reason = fmt.Sprintf("by %s, if its key is that of %s", s, use.Alias)
		case how == perhaps:
			reason = fmt.Sprintf("in part, by %s", s)
		}
		if s.Effect == "Deny" {
			if how == surely {
				c.Missing = append(c.Missing, Difference{Statement: s.String(), Actions: []string{use.Action}, Resources: []string{resource}, Why: "denied"})
				return
			}
			c.Uncertain = append(c.Uncertain, Difference{Statement: s.String(), Actions: []string{use.Action}, Resources: []string{resource}, Why: "denied " + reason})
			continue
		}
		if how > best {
			best, why = how, reason
		}
	}
	d := Difference{Actions: []string{use.Action}, Resources: []string{resource}, Why: why}
	switch best {
	case no:
		c.Missing = append(c.Missing, d)
	case perhaps:
		d.Why = "allowed " + why
		c.Uncertain = append(c.Uncertain, d)
	}
}

// unused finds what a statement grants that was never needed.
func (c *Comparison) unused(s *existing, uses []Grant) {
	if len(s.NotAction) > 0 {
		c.Unused = append(c.Unused, Difference{Statement: s.String(), Actions: s.NotAction, Used: s.usedActions("*", uses), Why: "it allows every action but these"})
	}
	for _, p := range s.Action {
		all, used := known().matching(p), s.usedActions(p, uses)
		d := Difference{Statement: s.String(), Actions: []string{p}, Resources: s.Resource, Wide: len(all), Used: used}
		switch {
		case len(used) == 0:
			d.Why = "never used"
		case len(all) > len(used):
			d.Why = fmt.Sprintf("wider than what was used: %d of its %d actions", len(used), len(all))
		default:
			continue
		}
		c.Unused = append(c.Unused, d)
	}
	c.unusedResources(s, uses)
}

// usedActions returns the actions of a pattern that were needed on what a statement is
// about.
func (s *existing) usedActions(pattern string, uses []Grant) []string {
	var used []string
	for i := range uses {
		u := &uses[i]
		if covers(strings.ToLower(pattern), strings.ToLower(u.Action)) && slices.ContainsFunc(u.Resources, func(r string) bool { return s.about(u.Action, r) != no }) {
			used = append(used, u.Action)
		}
	}
	return slices.Compact(used)
}

// unusedResources finds resources of a statement that none of its actions was needed
// on, and those that are wider than what would have been proposed.
func (c *Comparison) unusedResources(s *existing, uses []Grant) {
	if len(s.NotResource) > 0 {
		c.Unused = append(c.Unused, Difference{Statement: s.String(), Resources: s.NotResource, Why: "it is for every resource but these"})
		return
	}
	var seen []string
	for i := range uses {
		if s.onAction(uses[i].Action) {
			for _, r := range uses[i].Resources {
				seen = append(seen, same(uses[i].Action, r)...)
			}
		}
	}
	if len(seen) == 0 {
		return // its actions were told
	}
	proposed := least(append(generalise(seen), seen...))
	for _, p := range s.Resource {
		d := Difference{Statement: s.String(), Actions: s.Action, Resources: []string{p}}
		for _, r := range seen {
			if overlaps(p, r) && !slices.Contains(d.Used, r) {
				d.Used = append(d.Used, r)
			}
		}
		slices.Sort(d.Used)
		switch {
		case len(d.Used) == 0:
			d.Why = "never used"
		case !slices.ContainsFunc(proposed, func(w string) bool { return covers(w, p) || strings.Contains(p, "${") }):
			d.Why = "wider than what was used"
		default:
			continue
		}
		c.Unused = append(c.Unused, d)
	}
}
