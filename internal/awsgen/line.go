package main

import (
	"slices"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

// A generator writes the lines of one service. Their language is that of package
// awscall.
type generator struct {
	model *model
	ref   reference
	head  string              // of most of the service's ARNs
	types map[string][]string // templates written by hand, by the normal form of a resource type's name
}

// head returns what most of the ARNs of a service begin with.
func (ref *reference) head(iam string) string {
	count := make(map[string]int)
	best := "arn:$P:" + iam + ":$R:$A:"
	for _, r := range ref.resources {
		if h, _, ok := cutARN(r.ARN); ok {
			count[h]++
		}
	}
	for h, n := range count {
		if n > count[best] || n == count[best] && h < best {
			best = h
		}
	}
	return best
}

// cutARN cuts the ARN of the reference into all before its resource, as a table
// has it, and the resource.
func cutARN(arn string) (head, tail string, ok bool) {
	arn = strings.NewReplacer("${Partition}", "$P", "${Region}", "$R", "${Account}", "$A").Replace(arn)
	at := 0
	for range 5 {
		i := strings.IndexByte(arn[at:], ':')
		if i < 0 {
			return "", "", false
		}
		at += i + 1
	}
	head, tail = arn[:at], arn[at:]
	return head, tail, strings.HasPrefix(head, "arn:") && !strings.Contains(head, "{") && tail != ""
}

// line returns the line of an operation.
func (g *generator) line(op *operation) string {
	act, known := g.ref.actions[awshost.Normal(op.name)]
	if !known {
		access := accessByName(op.name)
		if access == "t" { // what is tagged is named alike everywhere
			if m := op.member("resourcearn", "arn"); m != "" {
				return op.name + " t {" + m + "}"
			}
		}
		if line := g.byPath(op, access); line != "" {
			return line
		}
		return op.name + " " + access + " ?"
	}
	line := op.name + " " + accessOf(act.AccessLevel)
	for _, r := range g.resources(op, &act) {
		line += " " + r
	}
	return line
}

func accessOf(level string) string {
	switch {
	case strings.Contains(level, "Permissions"):
		return "p"
	case strings.Contains(level, "Tagging"):
		return "t"
	case strings.Contains(level, "Write"):
		return "w"
	case strings.Contains(level, "Read"):
		return "r"
	}
	return "l"
}

// accessByName tells the level of an operation whose action the reference does
// not have, by its verb. What a verb does not say is taken to write.
func accessByName(op string) string {
	switch verb := verbOf(op); {
	case strings.HasSuffix(op, "ResourcePolicy") && verb != "Get" && verb != "Describe":
		return "p"
	case strings.HasPrefix(op, "TagResource"), strings.HasPrefix(op, "UntagResource"), strings.HasPrefix(op, "AddTags"), strings.HasPrefix(op, "RemoveTags"):
		return "t"
	case verb == "List":
		return "l"
	case slices.Contains([]string{"Get", "Describe", "Head", "Search", "Query", "Lookup", "Preview", "Check", "Compare", "Estimate", "Filter", "Select", "Simulate", "View", "Retrieve"}, verb),
		strings.HasPrefix(op, "BatchGet"), strings.HasPrefix(op, "BatchDescribe"):
		return "r"
	}
	return "w"
}

// verbOf returns the first word of a name.
func verbOf(name string) string {
	for i := 1; i < len(name); i++ {
		if 'A' <= name[i] && name[i] <= 'Z' {
			return name[:i]
		}
	}
	return name
}

// resources returns how an operation's input names what IAM checks: each type
// that must be there, and those that may be there and are.
func (g *generator) resources(op *operation, act *action) []string {
	if len(act.ResourceTypes) == 0 {
		return nil
	}
	if accessOf(act.AccessLevel) == "t" || slices.Contains([]string{"ListTagsForResource", "ListTags", "GetTags", "DescribeTags"}, op.name) {
		if m := op.member("resourcearn", "arn", "resourcename"); m != "" {
			return []string{"{" + m + "}"}
		}
	}
	var must, may, dropped, ends []string
	users := make(map[string]int) // of a member
	for _, t := range act.ResourceTypes {
		r := g.resource(op, t.Name, len(act.ResourceTypes) == 1)
		named := strings.Contains(r, "{")
		switch {
		case r == "" && t.Required:
			return []string{"?"}
		case slices.Contains(must, r) || slices.Contains(may, r):
			continue
		case t.Required:
			must = append(must, r)
		case named:
			may = append(may, r)
		default:
			dropped = append(dropped, t.Name)
			continue
		}
		for one := range strings.SplitSeq(r, "|") {
			last := lastMember(one)
			users[last]++
			if !strings.HasSuffix(one, "}") {
				continue
			}
			if slices.Contains(ends, last) {
				return []string{"?"} // one name, of one kind of thing or another
			}
			ends = append(ends, last)
		}
	}
	if m := op.member("resourcearn"); m != "" && users[m] == 0 && len(dropped) > 0 {
		may = append(may, "{"+m+"}") // one of those
		users[m]++
	}
	unknown := g.unknown(op, dropped, users)
	for _, r := range may {
		unknown = append(unknown, op.alike(lastMember(r), users)...)
	}
	if m := op.member("registryid", "domainowner", "owneraccount", "accountid"); m != "" && !op.required("{"+m+"}") && users[m] == 0 {
		unknown = append(unknown, "?"+m) // things of another account
	}
	slices.Sort(unknown)
	unknown = slices.Compact(unknown)
	switch {
	case len(must) == 0 && len(may) == 0:
		return []string{"?"}
	case len(must) == 0:
		return append([]string{strings.Join(may, "|")}, unknown...)
	}
	for _, r := range may {
		must = append(must, "~"+r)
	}
	return append(must, unknown...)
}

// unknown returns what an input may name besides the resources that are told: of
// a type of which that is not understood, and another of the same kind, such as
// the source of a copy. An input that gives it has resources that are not known.
func (g *generator) unknown(op *operation, dropped []string, told map[string]int) []string {
	var unknown []string
	for _, path := range op.deep {
		if told[path] > 0 {
			continue
		}
		if g.mentions(path, dropped) || isOther(awshost.Normal(path), told) {
			unknown = append(unknown, "?"+path)
		}
	}
	return unknown
}

// mentions reports whether the path to a member may lead to the name of a thing of
// one of some types.
func (g *generator) mentions(path string, types []string) bool {
	name, word := wordOf(path)
	return len(word) > 2 && slices.ContainsFunc(types, func(typ string) bool {
		return slices.ContainsFunc(g.words(typ), func(w string) bool {
			return strings.HasSuffix(word, w) || strings.HasSuffix(w, word) || name != word && strings.Contains(word, w)
		})
	})
}

// wordOf returns the normal form of the last member of a path, and what it is the
// name or the id of: securitygroup for SecurityGroupIds and SecurityGroupsToAdd.
func wordOf(path string) (name, word string) {
	last := path[strings.LastIndexByte(path, '.')+1:]
	if i := strings.LastIndex(last, "To"); i > 0 {
		last = last[:i]
	}
	for _, before := range []string{"Final", "Add", "Remove", "Source", "Target", "Destination"} {
		if s, ok := strings.CutPrefix(last, before); ok && s != "" && s[0] <= 'Z' {
			last = s
		}
	}
	name = singular(awshost.Normal(last))
	return name, stem(name)
}

// words returns what such a member may be called of a resource of a type.
func (g *generator) words(typ string) []string {
	words := []string{awshost.Normal(typ)}
	if _, tail, ok := cutARN(g.ref.resources[words[0]].ARN); ok {
		if places := placeholders(tail); len(places) > 0 {
			if s := stem(awshost.Normal(places[len(places)-1])); len(s) > 2 {
				words = append(words, s)
			}
		}
	}
	return words
}

// alike returns what else may name the thing that a member names: its id, if that
// is its name.
func (op *operation) alike(told string, users map[string]int) []string {
	var others []string
	_, word := wordOf(told)
	for _, m := range op.members {
		if name, w := wordOf(m.name); m.text && users[m.name] == 0 && w == word && name != word && len(w) > 2 {
			others = append(others, "?"+m.name)
		}
	}
	return others
}

// isOther reports whether a member is another one of what is told: SourceCluster
// of Cluster.
func isOther(name string, told map[string]int) bool {
	for m := range told {
		before, ok := strings.CutSuffix(name, awshost.Normal(m))
		if ok && m != "" && slices.Contains([]string{"source", "target", "destination", "new", "original", "parent"}, before) {
			return true
		}
	}
	return false
}

// lastMember returns the last member of a template, if it has one.
func lastMember(template string) string {
	names := append([]string{""}, membersOf(template)...)
	return names[len(names)-1]
}
