package awscall

import (
	"slices"
	"strings"
)

// resource adds what a source makes of its values. It reports whether that
// could be told. The forms are called by name and not through a table of
// functions, so that their arguments stay on the stack.
func (d *description) resource(src *source, v *values) bool {
	form, kind, _ := strings.Cut(src.form, "/")
	switch form {
	case "":
		return d.template(src.parts, v)
	case "parent":
		return d.parent(kind, v)
	case "family":
		return d.family(kind, v)
	case "catalog":
		return d.catalog(kind, v)
	case "schema":
		return d.schema(v)
	case "logstream":
		return d.logStream(v)
	case "insights":
		return insights(v)
	case "entity":
		return d.entity(v)
	case "identity":
		return d.identity(v)
	case "targets":
		return d.targets(v)
	case "runbook":
		return d.runbook(v)
	case "bucket":
		return d.bucket(v)
	case "object":
		return d.object(v)
	case "index":
		return d.index(v)
	case "queueof":
		return d.queueOf(v)
	case "function":
		return d.function(v)
	case "layer":
		return d.layer(v)
	case "consumer":
		return d.consumer(v)
	case "rule":
		return d.rule(v)
	case "taggable":
		return d.taggable(v)
	}
	for _, value := range v.all {
		if !d.value(src.form, value) {
			return false
		}
	}
	return true
}

// value adds what a form with one member makes of one value of it.
func (d *description) value(form, value string) bool {
	switch form {
	case "copy":
		return d.copySource(value)
	case "uri":
		return d.uri(value)
	case "statement":
		return d.statement(value)
	case "iterator":
		return d.iterator(value)
	case "queue":
		return d.queue(value)
	case "subscription":
		return d.subscription(value)
	case "bus":
		return d.bus(value)
	case "parameter":
		return d.parameter(value)
	case "path":
		return d.parameterPath(value)
	case "setting":
		return d.setting(value)
	case "document":
		return d.document(value)
	case "instance":
		return d.instance(value)
	case "key":
		return d.key(value)
	case "root":
		return d.root(value)
	case "model":
		return d.model(value)
	case "machine":
		return d.machine(value)
	case "tool":
		// Empty: a tool that is none of AWS's.
		return value == "" || isSimple(value, "-_.") && d.add("arn:"+d.partition+":bedrock::"+d.account+":system-tool/amazon."+value)
	case "loggroup":
		return d.logGroup(value)
	}
	return false
}

// template adds the ARNs that a template makes. With one member it makes one of
// each value. With several it needs a value of each, and at most one of them may
// have more than one; the last may be given by its ARN, which says all.
func (d *description) template(parts []part, v *values) bool {
	n := members(parts)
	many := -1
	for i := range n {
		switch len(v.of(i)) {
		case 0:
			return false
		case 1:
		default:
			if many >= 0 {
				return false
			}
			many = i
		}
	}
	if d.lower {
		v = &values{slices.Clone(v.all), v.ends, v.base} // what was read stays as it is
		for i := range v.all {
			v.all[i] = strings.ToLower(v.all[i])
		}
	}
	var names [maxMembers]string
	for i := range n {
		names[i] = v.of(i)[0]
	}
	if many < 0 {
		return d.filled(parts, names[:n])
	}
	for _, value := range v.of(many) {
		names[many] = value
		if !d.filled(parts, names[:n]) {
			return false
		}
	}
	return true
}

// filled adds the ARN that a template makes of one name for each member.
func (d *description) filled(parts []part, names []string) bool {
	if n := len(names); n > 0 && (isARN(names[n-1]) || len(parts) == 1) {
		return validARN(names[n-1]) && !isShort(names[n-1], parts) && d.add(names[n-1])
	}
	s, ok := d.fill(parts, names)
	return ok && d.add(s)
}

// isShort reports whether an ARN leaves out what its thing is in, as old ones of
// ECS do: service/orders for service/prod/orders.
func isShort(arn string, parts []part) bool {
	slashes := 0
	for _, p := range parts {
		if p.kind == 0 {
			slashes += strings.Count(p.text, "/")
		}
	}
	return strings.Count(arn, "/") < slashes
}

func members(parts []part) int {
	n := 0
	for _, p := range parts {
		if p.kind == '{' {
			n++
		}
	}
	return n
}

// fill puts names into a template. What one thing is in may be named by its ARN:
// a cluster, for a service in it. The ARN's last word is its name, and what is in
// it is where it is.
func (d *description) fill(parts []part, names []string) (string, bool) {
	where := arn{partition: d.partition, region: d.region, account: d.account}
	for i, name := range names {
		if !isARN(name) {
			continue
		}
		a, ok := cutARN(name)
		if !ok || !validARN(name) || where.service != "" && (a.region != where.region || a.account != where.account) {
			return "", false
		}
		where, names = a, slices.Clone(names)
		names[i] = a.resource[strings.LastIndexAny(a.resource, "/:")+1:]
	}
	var buf [256]byte
	b := buf[:0]
	for _, p := range parts {
		switch p.kind {
		case 'P':
			b = append(b, where.partition...)
		case 'R':
			b = append(b, where.region...)
		case 'A':
			b = append(b, where.account...)
		case '{':
			if !isName(names[0]) {
				return "", false
			}
			b, names = append(b, names[0]...), names[1:]
		default:
			b = append(b, p.text...)
		}
	}
	return string(b), true
}

// parent adds what things are in that are given by their ARNs: service/prod/orders
// for service-deployment/prod/orders/1.
func (d *description) parent(kind string, v *values) bool {
	for _, value := range v.all {
		a, ok := cutARN(value)
		_, names, _ := strings.Cut(a.resource, "/")
		last := strings.LastIndexByte(names, '/')
		if !ok || !validARN(value) || last <= 0 {
			return false
		}
		a.resource = kind + "/" + names[:last]
		if !d.add(a.String()) {
			return false
		}
	}
	return true
}
