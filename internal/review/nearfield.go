package review

import (
	"cmp"
	"net"
	"slices"
	"strconv"
	"time"

	"github.com/lambdafence/lambdafence/policy"
)

// difference says what a field wants that a call does not have.
func (r *Rule) difference(field string, c *policy.Call) Difference {
	diff := Difference{Field: field, Want: list(r.Texts(field)), Got: got(field, c)}
	if diff.Want == "" {
		diff.Want = r.byDefault(field)
	}
	if field == "resources" && len(c.Resources) > 1 {
		diff.Got = list(r.notAllowed(c))
	}
	return diff
}

// byDefault says what an allow rule wants that leaves a field out.
func (r *Rule) byDefault(field string) string {
	switch field {
	case "schemes":
		return "https"
	case "ports":
		schemes := r.Texts("schemes")
		switch {
		case !slices.Contains(schemes, "http"):
			return "443"
		case !slices.Contains(schemes, "https"):
			return "80"
		}
		return "443 for https, 80 for http"
	case "methods":
		return "any but CONNECT"
	case "networks":
		return "tcp"
	case "accounts":
		return "self"
	case "endpoint":
		return "AWS's own hosts of the service and the region, by HTTPS"
	}
	return "any"
}

// notAllowed are the resources of a call that the rule does not allow, each by
// itself.
func (r *Rule) notAllowed(c *policy.Call) []string {
	rule := r.widest(c).with("resources", r.value("resources")).compile("allow")
	var not []string
	for _, resource := range c.Resources {
		one := *c
		one.Resources = []string{resource}
		if rule == nil || rule.Decide(&one).Effect == policy.Deny {
			not = append(not, resource)
		}
	}
	if not == nil { // none by itself: the request goes to another one than the input says
		return c.Resources
	}
	return not
}

const unknown = "unknown"

// got is what a call has for a field.
func got(field string, c *policy.Call) string {
	switch field {
	case "host", "cidr":
		return c.Host
	case "aws":
		return cmp.Or(c.Service, c.Host)
	case "schemes":
		return cmp.Or(c.Scheme, "none: it is a connection")
	case "ports":
		return strconv.Itoa(portOf(c))
	case "methods":
		return cmp.Or(c.Method, "none that is known: it is a connection")
	case "paths":
		return cmp.Or(c.Path, "none that is known: it is a connection")
	case "networks":
		return cmp.Or(c.Network, "tcp")
	case "functions":
		return cmp.Or(c.Function, unknown)
	case "from":
		return callers(c)
	case "until":
		if c.Time.IsZero() {
			return unknown
		}
		return c.Time.UTC().Format(time.RFC3339)
	}
	return gotAWS(field, c)
}

func gotAWS(field string, c *policy.Call) string {
	switch field {
	case "operations":
		return cmp.Or(c.Operation, unknown)
	case "access":
		if c.Access == policy.UnknownAccess {
			return unknown
		}
		text := c.Access.String()
		for _, l := range c.Also {
			text += "+" + l.String()
		}
		return text
	case "resources":
		switch {
		case c.Resources == nil:
			return unknown
		case len(c.Resources) == 0:
			return "none"
		}
		return list(c.Resources)
	case "accounts":
		if c.Account != "" && c.Account == c.Self {
			return c.Account + " (self)"
		}
		return cmp.Or(c.Account, unknown)
	case "regions":
		return cmp.Or(c.Region, unknown)
	}
	return cmp.Or(c.Scheme, "https") + "://" + net.JoinHostPort(c.Host, strconv.Itoa(portOf(c)))
}

func callers(c *policy.Call) string {
	var modules []string
	for _, m := range append([]policy.Caller{c.Caller}, c.Callers...) {
		if name := cmp.Or(m.Package, m.Module); name != "" && !slices.Contains(modules, name) {
			modules = append(modules, name)
		}
	}
	return cmp.Or(list(modules), unknown)
}
