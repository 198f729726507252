package policy

import (
	"regexp"
	"slices"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

// naiveAWS asks an aws rule by the letter of the language, one part at a time.
func naiveAWS(r *rule, c *Call, t target) bool {
	if r.deny {
		return naiveAWSDenies(r.aws, c, t)
	}
	return naiveAWSAllows(r.aws, c, t)
}

// naiveAWSAllowed is the first allow rule for a call, or the first of the rules
// that allow its resources one by one.
func naiveAWSAllowed(l *layer, c *Call, t target) (first int) {
	first = -1
	for i := range c.Resources {
		one := *c
		one.Resources = c.Resources[i : i+1]
		found := slices.IndexFunc(l.rules, func(r rule) bool {
			return !r.deny && r.aws != nil && naiveOrigin(&r, c) && naiveAWSAllows(r.aws, &one, t) && (r.aws.resources == nil || !naiveElsewhere(c, t))
		})
		if found < 0 {
			return -1
		}
		if first < 0 || found < first {
			first = found
		}
	}
	return first
}

func naiveOrigin(r *rule, c *Call) bool {
	q := query{call: c}
	q.ask()
	return r.matchesOrigin(&q)
}

func naivePort(c *Call) uint16 {
	if c.Port != 0 {
		return c.Port
	}
	if c.Kind == AWS && c.Scheme == "" {
		return 443
	}
	return schemePort(c.Scheme)
}

func naiveAWSAllows(a *awsRule, c *Call, t target) bool {
	if c.Network != "" && c.Network != "tcp" || c.Kind == Net || c.Method == "CONNECT" && c.isRequest() || c.isRequest() && !isPath(c.Path) {
		return false
	}
	h, _ := awshost.Parse(t.name)
	secure := (c.Scheme == "https" || c.Scheme == "" && c.Kind == AWS) && naivePort(c) == 443
	endpoint := slices.ContainsFunc(a.endpoints, func(e endpoint) bool {
		return naiveEndpoint(e, c, t) && (e.host.exact != "" || e.host.lit.IsValid() || !h.API)
	})
	service := awshost.Service{}
	named := func(s awshost.Service) bool {
		return slices.Contains(a.services, s.ID) || slices.Contains(a.services, s.IAM)
	}
	all := slices.Contains(a.services, "*")
	region, account, self := h.Region, c.Account, c.Self
	if c.Kind == AWS {
		service, _ = awshost.Find(c.Service)
		region = c.Region
		atHome := h.API && secure && h.Serves(service.ID, c.Region)
		if c.Host == "" {
			atHome = h.API && secure && h.Serves(service.ID, "")
		}
		if !all && !named(service) || !atHome && !endpoint {
			return false
		}
	} else if !secure || !h.API || !all && !slices.ContainsFunc(h.Services, named) {
		return false
	}
	if a.regions != nil {
		for _, r := range []string{region, h.Region} {
			if r != "" && !matchAny(a.regions, r) {
				return false
			}
		}
		if region == "" && h.Region == "" {
			return false
		}
	}
	signer := account != "" && (slices.Contains(a.accounts, account) || slices.Contains(a.accounts, "self") && account == self)
	if !slices.Contains(a.accounts, "*") && !signer {
		return false
	}
	op, levels := c.Operation, naiveLevels(c)
	if c.Kind != AWS {
		op, levels = "", nil
	}
	if a.operations != nil && (op == "" || !matchAny(a.operations, op)) || a.access != 0 && (levels == nil || slices.ContainsFunc(levels, func(l Access) bool { return a.access>>l&1 == 0 })) {
		return false
	}
	if a.resources == nil || slices.ContainsFunc(a.resources, func(p arnPattern) bool { return p.any }) {
		return true
	}
	if c.Kind != AWS || len(c.Resources) == 0 || naiveElsewhere(c, t) {
		return false
	}
	for _, text := range c.Resources {
		if !slices.ContainsFunc(a.resources, func(p arnPattern) bool { return naiveResource(p, text, service.IAM, account, false) }) {
			return false
		}
	}
	return true
}

func naiveAWSDenies(a *awsRule, c *Call, t target) bool {
	h, _ := awshost.Parse(t.name)
	if c.Network == "unix" { // what stands at a socket is not known by its name
		h = awshost.Host{}
	}
	if a.endpoints != nil && !slices.ContainsFunc(a.endpoints, func(e endpoint) bool { return naiveEndpoint(e, c, t) }) {
		return false
	}
	claimed := ""
	if c.Kind == AWS {
		claimed = c.Region
	}
	there := claimed == "" && h.Region == "" || claimed != "" && matchAny(a.regions, claimed) || h.Region != "" && matchAny(a.regions, h.Region)
	if a.regions != nil && !there {
		return false
	}
	self := slices.Contains(a.accounts, "self") && (c.Self == "" || c.Account == c.Self)
	if a.accounts != nil && c.Account != "" && !slices.Contains(a.accounts, "*") && !slices.Contains(a.accounts, c.Account) && !self {
		return false
	}
	for _, name := range a.services { // each as if it stood alone
		serves := h.API && (name == "*" || slices.ContainsFunc(h.Services, func(s awshost.Service) bool { return s.ID == name || s.IAM == name }))
		if c.Kind != AWS {
			if serves {
				return true
			}
			continue
		}
		service, _ := awshost.Find(c.Service)
		if serves && !h.Serves(service.ID, "") {
			return true
		}
		for _, text := range c.Resources { // of another service, named on the way
			r, ok := parseARN(text)
			other, _ := awshost.Find(r.parts[arnService])
			if ok && other.IAM != service.IAM && r.parts[arnService] != service.IAM && (name == "*" || name == other.ID || name == other.IAM) &&
				slices.ContainsFunc(a.resources, func(p arnPattern) bool { return !p.any && naiveResource(p, text, "", "", true) }) {
				return true
			}
		}
		if name != "*" && name != service.ID && name != service.IAM {
			continue
		}
		operation := a.operations == nil || c.Operation == "" || matchAny(a.operations, c.Operation)
		levels := naiveLevels(c)
		access := a.access == 0 || levels == nil || slices.ContainsFunc(levels, func(l Access) bool { return a.access>>l&1 == 1 })
		resource := a.resources == nil || c.Resources == nil || c.Network != "unix" && naiveElsewhere(c, t)
		for _, p := range a.resources {
			resource = resource || p.any || slices.ContainsFunc(c.Resources, func(text string) bool { return naiveResource(p, text, "", "", true) })
		}
		if operation && access && resource {
			return true
		}
	}
	return false
}

func naiveEndpoint(e endpoint, c *Call, t target) bool {
	if e.port != 0 && e.port != naivePort(c) {
		return false
	}
	if t.lit.IsValid() {
		return e.host.lit.IsValid() && e.host.lit.Addr() == t.lit
	}
	r := rule{deny: true, hosts: []hostPattern{e.host}}
	return naiveSubject(&r, &Call{}, t, true)
}

// naiveElsewhere compares what the SDK says with the bucket of the request.
func naiveElsewhere(c *Call, t target) bool {
	service, _ := awshost.Find(c.Service)
	h, _ := awshost.Parse(t.name)
	if c.Kind != AWS || service.ID != "s3" || !h.API || len(c.Resources) == 0 {
		return false
	}
	bucket := h.Bucket
	if bucket == "" {
		bucket = strings.Split(strings.TrimPrefix(c.Path, "/"), "/")[0]
	}
	if bucket == "" {
		return false
	}
	return !slices.ContainsFunc(c.Resources, func(text string) bool {
		parts := strings.SplitN(text, ":", 6)
		if len(parts) < 6 || h.Account != "" && h.Account != parts[4] {
			return false
		}
		path := strings.Split(parts[5], "/")
		if parts[4] == "" {
			return path[0] == bucket
		}
		if i := slices.Index(path, "object"); i >= 0 {
			path = path[:i]
		}
		return slices.Contains(path, bucket)
	})
}

// naiveResource reads an ARN and compares it with a pattern.
func naiveResource(p arnPattern, text, service, account string, deny bool) bool {
	parts := strings.SplitN(text, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" || parts[5] == "" {
		return deny // unknown
	}
	own := parts[4] == "" || parts[4] == account
	if p.tail && !deny && (!own || strings.ReplaceAll(parts[2], "-", "") != service) {
		return false
	}
	for i := range 4 {
		open := deny && i >= 2 && parts[i+1] == ""
		if !p.tail && !open && !p.parts[i].match(parts[i+1]) {
			return false
		}
	}
	if deny && parts[2] == "secretsmanager" && (matchAny(p.secret, parts[5]) || naiveSuffix.MatchString(parts[5]) && text[len(text)-7] == '-' && naiveResource(p, text[:len(text)-7], service, account, true)) {
		return true
	}
	return p.resource.match(parts[5]) || matchAny(p.below, parts[5])
}

var naiveSuffix = regexp.MustCompile(`^secret:.+-[a-z]{0,5}[A-Z0-9][A-Za-z0-9]{0,5}$`)

// naiveLevels are the access levels of a call; nil: unknown.
func naiveLevels(c *Call) []Access {
	levels := append([]Access{c.Access}, c.Also...)
	if slices.ContainsFunc(levels, func(l Access) bool { return l == UnknownAccess || l > Permissions }) {
		return nil
	}
	return levels
}
