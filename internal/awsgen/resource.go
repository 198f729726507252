package main

import (
	"slices"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

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
