package thundra

import (
	"maps"
	"slices"
	"strings"
)

// aws writes the rule of an entry for a service of AWS.
func (w *writer) aws(name string, c *class, tags map[string]values) {
	services := []string{c.service}
	if name == "AWSService" {
		services = []string{"*"}
		if narrows(tags, "aws.service.name") {
			services = tags["aws.service.name"]
		}
	}
	access, ok := w.access(tags)
	if !ok {
		return
	}
	for _, tag := range c.any {
		if narrows(tags, tag) && tag != "aws.service.name" && tag != "aws.operation.name" {
			w.note("%s is left out: it is no resource of a call; the rule is wider", tag)
		}
	}
	operations := ""
	if narrows(tags, "aws.operation.name") {
		operations = field("operations", tags["aws.operation.name"])
	}
	w.rule("- aws: "+list(services), operations, access, w.resources(c, tags))
}

// access is the field for the operation types of an entry. It reports false where none
// of them is one.
func (w *writer) access(tags map[string]values) (string, bool) {
	if !narrows(tags, operationType) {
		return "", true
	}
	var levels, unknown []string
	for _, v := range tags[operationType] {
		if v == "DELETE" || v == "EXECUTE" {
			w.note("%s is write: the rule is wider", v)
		}
		switch level := kinds[v]; {
		case level == "":
			unknown = append(unknown, v)
		case !slices.Contains(levels, level):
			levels = append(levels, level)
		}
	}
	if len(unknown) > 0 {
		w.note("%s is no operation type of a service of AWS (they are case-sensitive): it never matched", strings.Join(unknown, ", "))
	}
	if len(levels) == 0 {
		w.note("left out: no operation type is left")
		return "", false
	}
	return "access: [" + strings.Join(levels, ", ") + "]", true
}

// resources is the field for the things that an entry names.
func (w *writer) resources(c *class, tags map[string]values) string {
	outer, inner, between := values(nil), values(nil), ""
	for _, tag := range slices.Sorted(maps.Keys(c.names)) {
		switch {
		case !narrows(tags, tag):
		case inside[tag] != "":
			inner, between = tags[tag], inside[tag]
		default:
			for _, v := range tags[tag] {
				outer = append(outer, c.names[tag]+quote(v))
			}
		}
	}
	if inner == nil {
		return field("resources", outer)
	}
	if outer == nil {
		outer = values{"*"} // any bucket, any function
		if between == ":" {
			outer = values{"function:*"}
		}
	}
	var all values
	for _, o := range outer {
		for _, i := range inner {
			all = append(all, o+between+quote(i))
		}
	}
	return field("resources", all)
}

// field is a field with its values, as YAML has it; empty for none.
func field(name string, all []string) string {
	if len(all) == 0 {
		return ""
	}
	return name + ": " + list(all)
}
