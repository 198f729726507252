package iam

import (
	"slices"
	"strings"

	"github.com/lambdafence/lambdafence/policy"
)

// isWord reports whether a name can be that of an operation. Whoever can write to a log
// can forge an event: what is not one must not come to stand in a policy.
func isWord(name string) bool {
	return name != "" && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") == ""
}

// isARN reports whether s is an ARN, of which only the resource may hold anything.
func isARN(s string) bool {
	parts := strings.SplitN(s, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" || parts[1] == "" || parts[2] == "" || parts[5] == "" {
		return false
	}
	return strings.Trim(strings.Join(parts[1:5], ""), "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// patterns makes patterns of IAM's of the ARN of a resource. A star that package
// awscall has put for a name that the service makes stays one: it stands at the end,
// after a slash or a colon, and no object's key is meant.
func (g *granter) patterns(arn string) []string {
	s := serviceOf(arn)
	before, star := strings.CutSuffix(arn, "*")
	switch {
	case star && !strings.HasPrefix(s, "s3") && (strings.HasSuffix(before, "/") || strings.HasSuffix(before, ":")):
		return []string{escape(before) + "*"}
	case s == "secretsmanager":
		return g.secret(arn)
	}
	return []string{escape(arn)}
}

// secret returns patterns for a secret that was given by its name or by its ARN, which
// has six characters behind the name. An event does not tell which of the two it was: a
// name such as db-secret may look as if it had them, and then both are meant.
func (g *granter) secret(arn string) []string {
	name := arn[strings.LastIndexByte(arn, ':')+1:]
	byName, byARN := false, false
	if g.call.Input != nil {
		each(g.call.Input, "", 0, func(_, value string) {
			byName, byARN = byName || value == name, byARN || value == arn
		})
	}
	known, made := escape(arn), escape(arn)+"-??????"
	switch {
	case !hasSuffix(name) || byName && !byARN:
		return []string{made}
	case byARN || name[len(name)-6:] != strings.ToLower(name[len(name)-6:]) || strings.ContainsAny(name[len(name)-6:], "0123456789"):
		return []string{known}
	}
	return []string{known, made}
}

// hasSuffix reports whether a secret's name ends as its ARN does.
func hasSuffix(name string) bool {
	i := len(name) - 7
	return i > 0 && name[i] == '-' && strings.Trim(name[i+1:], "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") == ""
}

// wider adds what IAM knows a thing by besides its ARN.
func (g *granter) wider(a *action, on []string) []string {
	all := slices.Clone(on)
	for _, arn := range on {
		switch {
		case a.prefix == "logs" && a.level != 't' && a.name != "ListTagsForResource" && isGroup(arn):
			// Policies name a group with :*, which is its streams too.
			all = append(all, arn+":*")
		case a.String() == "ssm:GetParametersByPath":
			// Reading a path reads all beneath it already.
			path := strings.TrimSuffix(arn, "/")
			all = append(slices.DeleteFunc(all, func(one string) bool { return one == arn }), path, path+"/*")
		case a.prefix == "bedrock" && strings.Contains(arn, ":inference-profile/"):
			all = append(all, modelsOf(arn)...)
		case a.prefix == "s3":
			all = append(all, g.accessPoint(arn)...)
		}
	}
	return slices.Compact(all)
}

func isGroup(arn string) bool {
	_, name, ok := strings.Cut(arn, ":log-group:")
	return ok && !strings.Contains(name, ":")
}

// modelsOf returns the models behind an inference profile of AWS, which are in any
// region that it stands for: us.anthropic.claude for anthropic.claude.
func modelsOf(profile string) []string {
	head, id, _ := strings.Cut(profile, ":inference-profile/")
	_, model, ok := strings.Cut(id, ".")
	parts := strings.SplitN(head, ":", 4)
	if !ok || !strings.Contains(model, ".") || len(parts) < 4 {
		return nil
	}
	return []string{"arn:" + parts[1] + ":bedrock:*::foundation-model/" + model}
}

// accessPoint returns the access point behind an alias of one, which looks like the
// name of a bucket: orders-abc…xyz-s3alias is the alias of orders.
func (g *granter) accessPoint(arn string) []string {
	rest, ok := strings.CutPrefix(arn, "arn:"+g.partition+":s3:::")
	bucket, key, object := strings.Cut(rest, "/")
	name, isAlias := strings.CutSuffix(bucket, "-s3alias")
	i := strings.LastIndexByte(name, '-')
	if !ok || !isAlias || i <= 0 {
		return nil
	}
	point := "arn:" + g.partition + ":s3:" + g.call.Region + ":" + g.call.Account + ":accesspoint/" + name[:i]
	if object {
		point += "/object/" + key
	}
	return []string{point}
}

func isAlias(arn string) bool { return strings.Contains(arn, ":alias/") }

func aliasOf(arn string) string { return arn[strings.Index(arn, ":alias/")+1:] }

// withKey is, for a key that goes by an alias, any key of its account, which a
// condition on the alias narrows: IAM knows keys by their ids alone. The alias itself
// stands beside it for those who read the policy.
func withKey(arn, alias string) []string {
	if alias == "" {
		return []string{arn}
	}
	return []string{arn, strings.TrimSuffix(arn, alias) + "key/*"}
}

// directory grants what is done to a directory bucket: a session on it, and what is
// done to the bucket itself by its own name.
func (g *granter) directory() bool {
	if g.service.ID != "s3" || !slices.ContainsFunc(g.resources, func(arn string) bool { return serviceOf(arn) == "s3express" }) {
		return false
	}
	var buckets, others []string
	for _, arn := range g.resources {
		if serviceOf(arn) == "s3express" {
			buckets = append(buckets, arn)
		} else {
			others = append(others, arn)
		}
	}
	name := "CreateSession"
	for _, n := range append(operations()[g.key()], need{name: g.call.Operation}) {
		if _, ok := g.ref.find("s3express", n.name); ok && n.prefix == "" {
			name = n.name
		}
	}
	a, _ := g.ref.find("s3express", name)
	g.grant(a, buckets)
	if len(others) == 0 {
		return true
	}
	// One of the two ends of a copy is in an ordinary bucket.
	verb := "GetObject"
	if g.resources[0] == others[0] {
		verb = "PutObject"
	}
	read, _ := g.ref.find("s3", verb)
	g.grant(read, others)
	return true
}

// roles grants passing on the roles that an input names.
func (g *granter) roles() {
	if g.service.IAM == "sts" || g.service.IAM == "iam" || g.call.Access == policy.Read || g.call.Access == policy.List {
		return
	}
	a, _ := g.ref.find("iam", "PassRole")
	each(g.call.Input, "", 0, func(name, value string) {
		name = strings.ToLower(name)
		if isRole(value) && (strings.Contains(name, "role") || name == "credentials") {
			g.grant(a, []string{escape(value)})
		}
	})
	if g.key() == "ecs.RunTask" || g.key() == "ecs.StartTask" || g.key() == "ecs.CreateService" {
		g.note("iam:PassRole is needed on the roles of the task definition, which the call does not name")
	}
}

// isRole reports whether a value is the ARN of a role.
func isRole(value string) bool {
	parts := strings.SplitN(value, ":", 6)
	return len(parts) == 6 && parts[0] == "arn" && parts[2] == "iam" && strings.HasPrefix(parts[5], "role/")
}

// keys notes the keys of KMS that an input names and for which nothing was granted.
func (g *granter) keys() {
	if g.service.ID == "kms" || slices.ContainsFunc(g.grants, func(have Grant) bool { return strings.HasPrefix(have.Action, "kms:") }) {
		return
	}
	each(g.call.Input, "", 0, func(name, value string) {
		if strings.Contains(strings.ToLower(name), "kms") && serviceOf(value) == "kms" {
			g.note("it names the key " + value + ": what it needs of it is not granted")
		}
	})
}
