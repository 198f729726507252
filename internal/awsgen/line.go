package main

import (
	"maps"
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

// resource returns how an input names a resource of a type, or nothing if it is
// not sure that it does. A wrong resource would be worse than none.
func (g *generator) resource(op *operation, typ string, only bool) string {
	if t, ok := g.types[awshost.Normal(typ)]; ok {
		return g.byHand(op, t)
	}
	r, ok := g.ref.resources[awshost.Normal(typ)]
	if !ok {
		return ""
	}
	head, tail, ok := cutARN(r.ARN)
	if !ok || strings.HasSuffix(tail, "*") {
		return ""
	}
	kind := awshost.Normal(typ)
	about := isAbout(op.name, kind)
	arns := []string{kind + "arn"}
	if places := placeholders(tail); len(places) > 0 {
		if of := stem(awshost.Normal(places[len(places)-1])); of != "" {
			arns = append(arns, of+"arn")
		}
	}
	if m := op.member(arns...); m != "" {
		return op.either("{"+m+"}", g.template(op, head, tail, kind, only, false))
	}
	if m := op.member("arn"); m != "" && about {
		return op.either("{"+m+"}", g.template(op, head, tail, kind, only, false))
	}
	m := op.member("resourcearn", "arn")
	s := g.template(op, head, tail, kind, only, about && m == "")
	switch {
	case s == "" && m != "" && (about || only && !slices.ContainsFunc(op.deep, func(path string) bool { return path != m && g.mentions(path, []string{typ}) })):
		return "{" + m + "}" // of what else?
	case s == "":
		return op.byARN(kind)
	}
	return s
}

// byARN returns what names a thing of a kind if it is an ARN: PolicyArn or
// PolicyIdentifier for an automated-reasoning-policy. A name would not do.
func (op *operation) byARN(kind string) string {
	for _, m := range op.members {
		of, ok := strings.CutSuffix(awshost.Normal(m.name), "arn")
		if !ok {
			of, ok = strings.CutSuffix(awshost.Normal(m.name), "identifier")
		}
		if ok && m.text && m.required && len(of) > 2 && strings.HasSuffix(kind, of) {
			return "{" + m.name + "}"
		}
	}
	return ""
}

// either returns what an input names that has a member for the ARN of a thing, and
// perhaps members for its name. A name beside an ARN that must be given is another
// thing: a new name. Where the names must be given, it is the ARN that is another.
func (op *operation) either(arn, named string) string {
	switch {
	case !strings.Contains(named, "{") || op.required(arn) && !op.required(named):
		return arn
	case op.required(named):
		return named
	}
	return named + "|" + arn
}

// required reports whether an input must have the members of a template.
func (op *operation) required(template string) bool {
	names := membersOf(template)
	return !slices.ContainsFunc(op.members, func(m member) bool { return !m.required && slices.Contains(names, m.name) })
}

// byHand returns the templates written by hand for a type of which the input has
// the members.
func (g *generator) byHand(op *operation, templates []string) string {
	var fit []string
	for _, t := range templates {
		if !slices.ContainsFunc(membersOf(t), func(name string) bool { return !op.has(name) }) {
			fit = append(fit, t)
		}
	}
	return strings.Join(fit, "|")
}

// membersOf returns the members of a template.
func membersOf(template string) []string {
	var names []string
	for _, rest := range strings.Split(template, "{")[1:] {
		name, _, _ := strings.Cut(rest, "}")
		name, _, _ = strings.Cut(name, "=")
		names = append(names, name)
	}
	return names
}

// has reports whether the input has a member.
func (op *operation) has(name string) bool {
	return slices.ContainsFunc(op.members, func(m member) bool { return m.name == name })
}

// template returns the template of an ARN, if the input has a member for each of
// its placeholders.
func (g *generator) template(op *operation, head, tail, kind string, only, about bool) string {
	places := placeholders(tail)
	var used []string
	for i, p := range places {
		last := i == len(places)-1
		names := g.names(p, kind, len(places) == 1, last && about)
		if stem(names[0]) == "" && !only && !about {
			names = names[1:] // a name, but of what?
		}
		m := op.member(names...)
		if m == "" && last && about {
			m = op.within(kind, names)
		}
		switch {
		case m != "" && op.mayBeOther(m, awshost.Normal(p)):
			return "" // a name where the ARN has an id
		case m != "" && !slices.Contains(used, m):
			used = append(used, m)
			m = "{" + m + "}"
		case m == "" && last && about && g.makes(op, p, kind, used):
			m = "*"
		default:
			return ""
		}
		tail = strings.Replace(tail, "${"+p+"}", m, 1)
	}
	return g.short(head, tail)
}

// mayBeOther reports whether a member that is called an identifier may be a name
// where a placeholder is an id, or the other way round. A member is no name if the
// input has another for that.
func (op *operation) mayBeOther(name, place string) bool {
	at := slices.IndexFunc(op.members, func(m member) bool { return m.name == name })
	switch {
	case at < 0 || op.member(stem(singular(awshost.Normal(name)))+"name") != "":
		return false
	case isID(place):
		return op.members[at].named
	}
	return op.members[at].named && op.members[at].numbered
}

// forms are the forms of package awscall for resources that an ARN's template
// does not describe.
var forms = map[string]string{
	"arn:$P:s3:::{":                         "bucket",
	"arn:$P:kms:$R:$A:key/{":                "key",
	"arn:$P:lambda:$R:$A:function:{":        "function",
	"arn:$P:ssm:$R:$A:parameter/{":          "parameter",
	"arn:$P:ssm:$R:$A:document/{":           "document",
	"arn:$P:logs:$R:$A:log-group:{":         "loggroup",
	"arn:$P:states:$R:$A:stateMachine:{":    "machine",
	"arn:$P:bedrock:$R::foundation-model/{": "model",
}

func (g *generator) short(head, tail string) string {
	if at := strings.IndexByte(tail, '{'); at >= 0 && strings.Count(tail, "{") == 1 && strings.HasSuffix(tail, "}") {
		if form := forms[head+tail[:at+1]]; form != "" {
			return "@" + form + tail[at:]
		}
	}
	if strings.ContainsAny(tail, " |") || strings.Contains(tail, "$") {
		return ""
	}
	if head == g.head && tail[0] != '{' && tail[0] != '?' && tail[0] != '@' && tail[0] != '~' {
		return tail
	}
	return head + tail
}

// names returns the names, in normal form, that a member for a placeholder may
// have. What a placeholder means that is called neither an id nor a name, such as
// a version, is not known where it is not the only one.
func (g *generator) names(place, kind string, only, about bool) []string {
	n := awshost.Normal(place)
	s := stem(n)
	names := []string{n}
	if s == "" || s == "resource" {
		s = kind
	}
	switch {
	case isID(n):
		names = append(names, s+"id", s+"identifier")
		if about {
			names = append(names, kind+"id", kind+"identifier", "id", "identifier")
		}
	case strings.HasSuffix(n, "name"):
		names = append(names, s+"name", s+"identifier", s)
		if about {
			names = append(names, kind+"name", kind+"identifier", kind, "name", "identifier")
		}
	case strings.HasSuffix(n, "path"), strings.Contains(n, "hash"): // made of more than a name
	case only, strings.HasSuffix(kind, n):
		names = append(names, n+"name", n+"id", n+"identifier")
		if about {
			names = append(names, kind+"name", kind+"id", kind+"identifier", "name", "id", "identifier")
		}
	}
	return names
}

func isID(n string) bool {
	return strings.HasSuffix(n, "id") || strings.HasSuffix(n, "identifier")
}

// makes reports whether an operation makes something of a kind to which the
// service gives the id: the placeholder or the answer says so, or the name stands
// before it.
func (g *generator) makes(op *operation, place, kind string, used []string) bool {
	n := awshost.Normal(place)
	if !isMaking(op.name, kind) {
		return false
	}
	named := false
	for _, path := range op.deep {
		last := awshost.Normal(path[strings.LastIndexByte(path, '.')+1:])
		of := stem(last)
		if isID(last) && len(of) > 2 && strings.HasSuffix(kind, of) && !slices.Contains(used, path) {
			return false // the caller gives the id
		}
		named = named || last == kind || strings.HasSuffix(last, "name") && strings.Contains(kind, of)
	}
	says := slices.ContainsFunc(op.answer, func(name string) bool {
		return isID(name) && (strings.HasSuffix(kind, stem(name)) || name == n)
	})
	if !isID(n) {
		return says && !named
	}
	of := stem(n)
	return says || !named || of != "" && strings.HasSuffix(kind, of) || slices.ContainsFunc(used, func(m string) bool {
		return strings.HasSuffix(n, "uuid") || strings.HasSuffix(kind+"name", awshost.Normal(m))
	})
}

// member returns the first member with one of some names, one of a list's too.
func (op *operation) member(names ...string) string {
	for _, plural := range []string{"", "s", "list"} {
		for _, n := range names {
			for _, m := range op.members {
				if m.text && awshost.Normal(m.name) == n+plural {
					return m.name
				}
			}
		}
	}
	return ""
}

// within returns the path to a member of the structure that describes a thing of
// a kind: Pipeline.Name of a pipeline.
func (op *operation) within(kind string, names []string) string {
	for _, n := range names {
		for _, path := range op.deep {
			parent, name, _ := strings.Cut(path, ".")
			if awshost.Normal(parent) == kind && awshost.Normal(name) == n && !strings.Contains(name, ".") {
				return path
			}
		}
	}
	return ""
}

// byPath returns the line of an operation whose action is the method of its
// request, as API Gateway has them: there the resource is the path.
func (g *generator) byPath(op *operation, access string) string {
	act, ok := g.ref.actions[awshost.Normal(op.method)]
	if !ok {
		return ""
	}
	if access == "w" {
		access = accessOf(act.AccessLevel)
	}
	for _, name := range slices.Sorted(maps.Keys(g.ref.resources)) {
		for arn := range strings.SplitSeq(g.ref.resources[name].ARN, ", ") {
			if head, tail, ok := cutARN(arn); ok && g.path(op, &tail) {
				return op.name + " " + access + " " + g.short(head, tail)
			}
		}
	}
	return ""
}

// path replaces the placeholders of a tail that is the path of the operation's
// request.
func (g *generator) path(op *operation, tail *string) bool {
	if !strings.HasPrefix(*tail, "/") {
		return false
	}
	want := strings.Split(*tail, "/")
	have := strings.Split(strings.TrimPrefix(op.path, "/v2"), "/")
	if len(want) != len(have) {
		return false
	}
	for i := range want {
		switch {
		case isPlace(want[i]) && strings.HasPrefix(have[i], "{"):
			place := strings.Trim(have[i], "{+}")
			at := slices.IndexFunc(op.members, func(m member) bool { return m.place == place })
			if at < 0 {
				return false
			}
			want[i] = "{" + op.members[at].name + "}"
		case want[i] != have[i]:
			return false
		}
	}
	*tail = strings.Join(want, "/")
	return true
}

// isPlace reports whether a word is a placeholder and no more.
func isPlace(s string) bool { return strings.HasPrefix(s, "${") && strings.Index(s, "}") == len(s)-1 }

// singular cuts the end of a plural.
func singular(n string) string { return strings.TrimSuffix(strings.TrimSuffix(n, "list"), "s") }

// placeholders returns the names in ${...}.
func placeholders(s string) []string {
	var names []string
	for {
		_, rest, ok := strings.Cut(s, "${")
		if !ok {
			return names
		}
		name, rest, _ := strings.Cut(rest, "}")
		names = append(names, name)
		s = rest
	}
}

// stem cuts what a name of an identifier ends with.
func stem(n string) string {
	for _, end := range []string{"identifier", "name", "id", "arn"} {
		if s, ok := strings.CutSuffix(n, end); ok {
			return s
		}
	}
	return n
}

// isAbout reports whether an operation is about one thing of a kind: GetCluster
// about a cluster.
func isAbout(op, kind string) bool {
	n := awshost.Normal(op)
	return strings.TrimPrefix(n, awshost.Normal(verbOf(op))) == kind
}

// isMaking reports whether an operation makes something new of a kind. A job that
// is started is new, a server is not.
func isMaking(op, kind string) bool {
	verb := verbOf(op)
	if verb == "Start" {
		return slices.ContainsFunc([]string{"job", "task", "analysis", "experiment", "execution"}, func(end string) bool { return strings.HasSuffix(kind, end) })
	}
	return slices.Contains([]string{"Create", "Register", "Allocate", "Import", "Run", "Request"}, verb)
}
