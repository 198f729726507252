package review

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awshost"
	"github.com/lambdafence/lambdafence/policy"
)

// tails are what the resources of services begin with that people mean when they
// write a name alone.
var tails = map[string]string{
	"athena": "workgroup/", "cloudwatch": "alarm:", "cognitoidp": "userpool/", "dynamodb": "table/", "ecs": "cluster/", "events": "event-bus/",
	"firehose": "deliverystream/", "glue": "table/", "kinesis": "stream/", "kms": "alias/", "lambda": "function:", "logs": "log-group:",
	"secretsmanager": "secret:", "ssm": "parameter/", "states": "stateMachine:",
}

// forms finds tails that no resource of the service has, so that the rule never
// matches.
func forms(r *Rule) []Finding {
	texts := r.Texts("aws")
	if len(texts) != 1 {
		return nil
	}
	s, known := awshost.Find(texts[0])
	main := tails[s.IAM]
	if !known || main == "" {
		return nil
	}
	kinds := r.kinds(s.IAM, main)
	var fs []Finding
	for _, v := range r.Fields["resources"] {
		if want, ok := formOf(v.Text, main, kinds); !ok {
			fs = append(fs, r.find("resource", v, fmt.Sprintf("resources: [%q]", want), "%q is no resource of %s, whose tails begin with words such as %s", v.Text, texts[0], main))
		}
	}
	return fs
}

// kinds are what the resources of the rule's services begin with, as far as the
// tables tell.
func (r *Rule) kinds(iam, main string) []string {
	kinds := []string{main}
	for _, o := range r.operationsOf() {
		for _, arn := range o.resources() {
			service, _, tail, _ := cutARN(arn)
			kind := tail[:strings.IndexAny(tail, "/:")+1]
			if kind == "" {
				kind = tail // such as the catalog of Glue
			}
			if awshost.Normal(service) == iam && !slices.Contains(kinds, kind) {
				kinds = append(kinds, kind)
			}
		}
	}
	return kinds
}

// formOf reports whether a tail can be one of a resource, and what it should be. A
// kind that is not known, and not near to one that is, may be one of those that the
// tables do not tell.
func formOf(text, main string, kinds []string) (want string, ok bool) {
	if text == "*" || strings.HasPrefix(text, "arn:") || strings.ContainsAny(text, "{") {
		return "", true
	}
	head := text
	if i := strings.IndexAny(text, "*?["); i >= 0 {
		head = text[:i]
	}
	i := strings.IndexAny(head, "/:")
	switch {
	case strings.HasPrefix(head, "/"):
		return main + text[1:], false
	case strings.HasPrefix(head, main+"/") && main == tails["ssm"]:
		return main + text[len(main)+1:], false
	case i >= 0 && slices.Contains(kinds, head[:i+1]):
		return "", true
	case i >= 0:
		kind, near := nearest(head[:i+1], kinds)
		return kind + text[i+1:], !near
	case head != text: // what follows the wildcard may be anything
		return main + text, slices.ContainsFunc(kinds, func(kind string) bool { return strings.HasPrefix(kind, head) })
	}
	return main + text, slices.Contains(kinds, text)
}

// foreigners are the services, beside its own, whose resources the operations of a
// service name. Of services that are not here any may be.
var foreigners = map[string][]string{
	"dynamodb":       {"s3", "kinesis", "kms"},
	"s3":             {"s3express", "s3-object-lambda", "s3-outposts", "s3tables"},
	"secretsmanager": nil,
	"sns":            nil,
	"sqs":            nil,
	"sts":            {"iam"},
}

// foreignARNs finds ARNs that are of no resource of the rule's service.
func foreignARNs(r *Rule) []Finding {
	var fs []Finding
	for _, v := range r.Fields["resources"] {
		service, account, tail, whole := cutARN(v.Text)
		if !whole || strings.ContainsAny(v.Text[:len(v.Text)-len(tail)], "{") {
			continue
		}
		if !strings.ContainsAny(service, "*?[") && !slices.ContainsFunc(r.Texts("aws"), func(name string) bool { return mayName(name, service) }) {
			fs = append(fs, r.find("resource", v, fmt.Sprintf("a rule of its own: {aws: %s, resources: [...]}", service), "%q is a resource of %s, and no operation of %s names one", v.Text, service, r.names()))
		}
		region := strings.SplitN(v.Text, ":", 5)[3]
		if service == "s3" && strings.Trim(region+account, "*") != "" && isBucket(tail) {
			fs = append(fs, r.find("resource", v, fmt.Sprintf("arn:aws:s3:::%s", tail), "the ARN of a bucket has neither region nor account: %q matches none", v.Text))
		}
	}
	return fs
}

// mayName reports whether operations of a service may name resources of another.
func mayName(service, other string) bool {
	s, known := awshost.Find(service)
	among, closed := foreigners[s.IAM]
	return !known || !closed || awshost.Normal(other) == s.IAM || slices.Contains(among, other)
}

// isBucket reports whether a tail of S3 is not one of the things that have an account.
func isBucket(tail string) bool {
	kind, _, _ := strings.Cut(tail, "/")
	switch kind {
	case "accesspoint", "access-grants", "access-point", "async-request", "job", "storage-lens", "storage-lens-group", "object-lambda":
		return false
	}
	return !strings.ContainsAny(kind, "*?[{")
}

// secrets finds allow rules that allow a secret by its name or by its ARN, and not
// by both: a call may give either. One that is known to give the name needs no more.
func secrets(r *Rule) []Finding {
	if r.Deny || !slices.ContainsFunc(r.Texts("aws"), func(name string) bool { return awshost.Normal(name) == "secretsmanager" }) {
		return nil
	}
	rule := draft{"aws": "secretsmanager", "accounts": "*"}
	if rule["resources"] = r.Texts("resources"); r.Fields["resources"] == nil {
		return nil
	}
	set := rule.compile("allow")
	var fs []Finding
	for _, v := range r.Fields["resources"] {
		name, ok := strings.CutPrefix(v.Text, "secret:")
		if !ok || strings.ContainsAny(name, "{[") {
			continue
		}
		bare, suffixed := strings.CutSuffix(name, "-??????")
		example := strings.NewReplacer("*", "x", "?", "x").Replace(bare)
		fix := fmt.Sprintf("resources: [%q]", "secret:"+bare+"{,-??????}")
		switch {
		case suffixed && !allowsSecret(set, example):
			fs = append(fs, info(r.find("secret", v, fix, "%q allows the secret by its ARN alone: a call that gives its name is denied", v.Text)))
		case !suffixed && !allowsSecret(set, example+"-a1B2c3"):
			fs = append(fs, info(r.find("secret", v, fix, "%q allows the secret by its name alone: a call that gives its ARN, which has a hyphen and six characters more, is denied", v.Text)))
		}
	}
	return fs
}

// allowsSecret asks the language.
func allowsSecret(s *policy.Set, name string) bool {
	return s != nil && s.Decide(&policy.Call{
		Kind: policy.AWS, Service: "Secrets Manager", Operation: "GetSecretValue", Region: sampleRegion, Account: sampleAccount, Self: sampleAccount,
		Resources: []string{"arn:aws:secretsmanager:" + sampleRegion + ":" + sampleAccount + ":secret:" + name},
	}).Effect == policy.Allow
}
