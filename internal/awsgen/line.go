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
	head  string // of most of the service's ARNs
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
	if accessOf(act.AccessLevel) == "t" || op.name == "ListTagsForResource" {
		if m := op.member("resourcearn", "arn"); m != "" {
			return []string{"{" + m + "}"}
		}
	}
	var must, may []string
	users := make(map[string]int) // of a member
	for _, t := range act.ResourceTypes {
		r := g.resource(op, t.Name, len(act.ResourceTypes) == 1)
		named := strings.Contains(r, "{")
		switch {
		case r == "" && t.Required:
			return []string{"?"}
		case r == "" || slices.Contains(must, r) || slices.Contains(may, r):
			continue
		case t.Required:
			must = append(must, r)
		case named:
			may = append(may, r)
		}
		if named {
			last := r[strings.LastIndexByte(r, '{'):]
			if users[last]++; users[last] > 1 {
				return []string{"?"} // one name, of one kind of thing or another
			}
		}
	}
	switch {
	case len(must) == 0 && len(may) == 0:
		return []string{"?"}
	case len(must) == 0:
		return []string{strings.Join(may, "|")}
	}
	for _, r := range may {
		must = append(must, "~"+r)
	}
	return must
}

// resource returns how an input names a resource of a type, or nothing if it is
// not sure that it does. A wrong resource would be worse than none.
func (g *generator) resource(op *operation, typ string, only bool) string {
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
	if about {
		arns = append(arns, "resourcearn", "arn")
	}
	places := placeholders(tail)
	if len(places) > 0 {
		last := awshost.Normal(places[len(places)-1])
		arns = append(arns, stem(last)+"arn")
		if about && stem(last) != "" && strings.HasSuffix(kind, stem(last)) {
			kind = stem(last)
		}
	}
	if m := op.member(arns...); m != "" {
		return "{" + m + "}"
	}
	if s := g.template(op, head, tail, kind, about); s != "" || !only {
		return s
	}
	if m := op.member("resourcearn", "arn"); m != "" { // of what else?
		return "{" + m + "}"
	}
	return ""
}

// template returns the template of an ARN, if the input has a member for each of
// its placeholders.
func (g *generator) template(op *operation, head, tail, kind string, about bool) string {
	if g.path(op, head, &tail) {
		return g.short(head, tail)
	}
	places := placeholders(tail)
	for i, p := range places {
		m := op.member(g.names(p, kind, i == len(places)-1, about)...)
		if m == "" {
			if i == len(places)-1 && about && isMaking(op.name) {
				m = "*" // the service names what it makes
			} else {
				return ""
			}
		}
		if m != "*" {
			m = "{" + m + "}"
		}
		tail = strings.Replace(tail, "${"+p+"}", m, 1)
	}
	return g.short(head, tail)
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
// have.
func (g *generator) names(place, kind string, last, about bool) []string {
	n := awshost.Normal(place)
	s := stem(n)
	names := []string{n}
	isID, isName := strings.HasSuffix(n, "id") || strings.HasSuffix(n, "identifier"), strings.HasSuffix(n, "name")
	if s == "" || s == "resource" {
		s = kind
	}
	switch {
	case isID:
		names = append(names, s+"id", s+"identifier")
	case isName:
		names = append(names, s+"name", s+"identifier", s)
	default:
		names = append(names, s+"name", s+"id", s+"identifier")
	}
	if last && about {
		switch {
		case isID:
			names = append(names, kind+"id", kind+"identifier", "id", "identifier")
		case isName:
			names = append(names, kind+"name", kind+"identifier", kind, "name", "identifier")
		default:
			names = append(names, kind+"name", kind+"id", kind+"identifier", "name", "id", "identifier")
		}
	}
	return names
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

// path replaces the placeholders of a tail that is the path of the operation's
// request, as those of API Gateway are.
func (g *generator) path(op *operation, head string, tail *string) bool {
	if !strings.HasPrefix(*tail, "/") || strings.Contains(head, "$A") {
		return false
	}
	want := strings.Split(*tail, "/")
	have := strings.Split(strings.TrimPrefix(op.path, "/v2"), "/")
	if len(want) != len(have) {
		return false
	}
	for i := range want {
		switch {
		case strings.HasPrefix(want[i], "${") && strings.HasPrefix(have[i], "{"):
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

// isMaking reports whether an operation makes something new.
func isMaking(op string) bool {
	return slices.Contains([]string{"Create", "Register", "Allocate", "Start", "Import", "Run", "Request"}, verbOf(op))
}
