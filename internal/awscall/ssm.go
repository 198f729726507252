package awscall

import (
	"strings"
)

// parameter adds a parameter by its name or ARN, without the version or label
// that may stand behind a colon. A parameter that refers to a secret gives the
// secret too: reading the one reads the other.
func (d *description) parameter(name string) bool {
	if isARN(name) {
		a, ok := cutARN(name)
		a.resource, _, _ = strings.Cut(a.resource, ":")
		s := a.String()
		return ok && validARN(s) && !strings.Contains(a.resource, "//") && d.reference(strings.TrimPrefix(a.resource, "parameter")) && d.add(s)
	}
	name, _, _ = strings.Cut(name, ":")
	return d.reference(name) && d.parameterNamed(name)
}

// reference adds the secret that a parameter refers to, if it does.
func (d *description) reference(name string) bool {
	secret, ok := strings.CutPrefix(strings.TrimPrefix(name, "/"), "aws/reference/secretsmanager/")
	return !ok || isName(secret) && d.add(d.own("secretsmanager", "secret:"+secret))
}

// parameterPath adds the path that GetParametersByPath reads, with or without a
// slash at its end as it is given. The service checks the path itself, as its
// denials name it (parameter/x for /x), and neither what lies beneath it nor
// parameter/x*: a policy for parameter/x/* alone does not allow it, and one that
// denies a parameter beneath the path does not deny reading the path, as AWS's
// documentation warns.
func (d *description) parameterPath(path string) bool {
	if !strings.HasPrefix(path, "/") {
		return false // the service refuses it
	}
	if path == "/" {
		return d.add(d.own("ssm", "parameter/"))
	}
	return d.parameterNamed(path)
}

// parameterNamed adds a parameter. AWS's public ones belong to no account.
func (d *description) parameterNamed(name string) bool {
	name = strings.TrimPrefix(name, "/")
	if !isSimple(name, "_.-/") || strings.Contains("/"+name, "//") {
		return false // whether a service folds two slashes into one is not known
	}
	if strings.HasPrefix(name, "aws/service/") {
		return d.add(d.owned("ssm", "", "parameter/"+name))
	}
	return d.add(d.own("ssm", "parameter/"+name))
}

// setting adds a service setting by its id or ARN. The id begins with a slash,
// which the ARN leaves out.
func (d *description) setting(id string) bool {
	if isARN(id) {
		return validARN(id) && d.add(id)
	}
	id = strings.TrimPrefix(id, "/")
	return isName(id) && d.add(d.own("ssm", "servicesetting/"+id))
}

// document adds a document by its name or ARN.
func (d *description) document(name string) bool {
	s, ok := d.documentARN(name)
	return ok && d.add(s)
}

// documentARN returns the ARN of a document. Names that begin with AWS, Amazon or
// amzn are kept for AWS, whose documents belong to no account.
func (d *description) documentARN(name string) (string, bool) {
	if isARN(name) {
		return name, validARN(name)
	}
	account := d.account
	lower := strings.ToLower(name)
	for _, reserved := range []string{"aws", "amazon", "amzn"} {
		if strings.HasPrefix(lower, reserved) {
			account = ""
		}
	}
	return d.owned("ssm", account, "document/"+name), isSimple(name, "_.-")
}

// instance adds an instance of EC2, or one that SSM manages elsewhere, by its id.
// A container of ECS is given by cluster, task and runtime id. What else SSM can
// reach is unknown.
func (d *description) instance(id string) bool {
	service, resource := "ec2", "instance/"+id
	switch {
	case strings.HasPrefix(id, "ecs:"):
		return d.ecsTarget(id)
	case !isSimple(id, "-"):
		return false
	case strings.HasPrefix(id, "mi-"):
		service, resource = "ssm", "managed-instance/"+id
	case !strings.HasPrefix(id, "i-"):
		return false
	}
	return d.add(d.own(service, resource))
}

// taggable adds what the tagging operations name by a type and an id.
func (d *description) taggable(v *values) bool {
	kind, ok := v.one(0)
	id, one := v.one(1)
	if !ok || !one || id == "" {
		return false
	}
	switch kind {
	case "Document":
		return d.document(id)
	case "ManagedInstance":
		return d.instance(id)
	case "Parameter":
		return d.parameter(id)
	case "MaintenanceWindow", "PatchBaseline", "OpsItem", "OpsMetadata", "Association":
		kind = strings.ToLower(kind)
	case "Automation":
		kind = "automation-execution"
	case "CloudConnector":
		kind = "cloud-connector"
	default:
		return false
	}
	if isARN(id) {
		return validARN(id) && d.add(id)
	}
	id = strings.TrimPrefix(id, "/") // of an OpsMetadata's; its ARN leaves it out
	return isName(id) && d.add(d.own("ssm", kind+"/"+id))
}

func (d *description) ecsTarget(id string) bool {
	rest, runtime, ok := cutLast(strings.TrimPrefix(id, "ecs:"), '_')
	cluster, task, two := cutLast(rest, '_')
	return ok && two && runtime != "" && isSimple(cluster, "-_") && isSimple(task, "") && d.add(d.own("ecs", "task/"+cluster+"/"+task))
}

func cutLast(s string, sep byte) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// targets adds the instances of targets that are given by their ids. Which ones a
// tag or a group selects is not in the request.
func (d *description) targets(v *values) bool {
	for _, key := range v.of(0) {
		if !strings.EqualFold(key, "InstanceIds") {
			return false
		}
	}
	for _, id := range v.of(1) {
		if !d.instance(id) {
			return false
		}
	}
	return true
}

// runbook adds a document as the definition of an automation, in one of its
// versions.
func (d *description) runbook(v *values) bool {
	name, ok := v.one(0)
	version, one := v.one(1)
	if !ok || !one || !isSimple(version, "$") {
		return false
	}
	s, ok := d.documentARN(name)
	return ok && d.add(strings.Replace(s, ":document/", ":automation-definition/", 1)+":"+version)
}
