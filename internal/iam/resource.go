package iam

import (
	"slices"
	"strings"
)

// fits returns those of some patterns of ARNs that an action takes: the types that
// they are of are among its own.
func (ref *reference) fits(a *action, arns []string) []string {
	var fit []string
	for _, arn := range arns {
		if slices.ContainsFunc(a.types, func(typ string) bool { return typ == ref.typeOf(a, arn) }) {
			fit = append(fit, arn)
		}
	}
	return fit
}

// typeOf returns the type of a resource, in the words of an action's prefix: that
// whose template says most of it. It is empty for what is of none.
func (ref *reference) typeOf(a *action, arn string) string {
	p := ref.prefixes[normalPrefix(a.prefix)]
	if p == nil {
		return ""
	}
	best, most := "", -1
	for typ, templates := range p.types {
		for _, template := range templates {
			n, ok := matches(template, arn)
			if !ok {
				continue
			}
			if slices.Contains(a.types, typ) {
				n++ // of two that say as much, one that the action takes
			}
			if n > most || n == most && typ < best {
				best, most = typ, n
			}
		}
	}
	return best
}

// matches reports whether an ARN is one of a template, such as
// arn:${Partition}:s3:::${BucketName}/${ObjectName}, and how much of it the template
// says: placeholders are not empty, and the last of a template that has a slash
// takes slashes. The name of a bucket has none.
func matches(template, arn string) (said int, ok bool) {
	want, have := strings.SplitN(template, ":", 6), strings.SplitN(arn, ":", 6)
	if len(want) < 6 || len(have) < 6 || want[2] != have[2] {
		return 0, false
	}
	if want[4] == "" && have[4] != "" || want[3] == "" && have[3] != "" && want[2] != "bedrock" {
		return 0, false
	}
	rest, name := want[5], have[5]
	for rest != "" {
		literal, after, more := strings.Cut(rest, "${")
		if !strings.HasPrefix(name, literal) {
			return 0, false
		}
		said += 2 * len(literal)
		name = name[len(literal):]
		if !more {
			return said, name == ""
		}
		_, after, _ = strings.Cut(after, "}")
		next, _, _ := strings.Cut(after, "${")
		if next == "" {
			return said, name != "" && (want[2] != "s3" || literal != "" || !strings.Contains(name, "/"))
		}
		i := strings.Index(name, next)
		if i <= 0 {
			return 0, false
		}
		name, rest = name[i:], after
	}
	return said, name == ""
}

// any returns patterns for all things that an action takes, in a partition, a region
// and an account. Where the reference names none it is anything.
func (ref *reference) any(a *action, partition, region, account string) []string {
	types := a.required
	p := ref.prefixes[normalPrefix(a.prefix)]
	if len(types) == 0 || p == nil {
		return []string{"*"}
	}
	var all []string
	place := strings.NewReplacer("${Partition}", partition, "${Region}", region, "${Account}", account)
	for _, typ := range types {
		for _, template := range p.types[typ] {
			all = append(all, open(place.Replace(template)))
		}
	}
	return all
}

// open puts a star for each placeholder of a template.
func open(template string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(template, "${")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		b.WriteByte('*')
		_, template, _ = strings.Cut(rest, "}")
	}
}
