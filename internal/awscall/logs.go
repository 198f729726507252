package awscall

import "strings"

// logGroup adds a log group by its name or ARN. An ARN may end in :*, which
// stands for the group's streams.
func (d *description) logGroup(name string) bool {
	if isARN(name) {
		name = strings.TrimSuffix(name, ":*")
		return validARN(name) && d.add(name)
	}
	return isName(name) && d.add(own("logs", "log-group:"+name))
}

// logStream adds a stream of a log group that is given by its name or ARN.
func (d *description) logStream(v *values) bool {
	group, ok := v.one(0)
	stream, one := v.one(1)
	if !ok || !one || !isName(stream) {
		return false
	}
	stream = ":log-stream:" + stream
	if isARN(group) {
		group = strings.TrimSuffix(group, ":*")
		return validARN(group) && d.add(group+stream)
	}
	return isName(group) && d.add(own("logs", "log-group:"+group+stream))
}

// entity adds the domain of OpenSearch that an insight is about. One that is about
// an account has no resource.
func (d *description) entity(v *values) bool {
	kind, ok := v.one(0)
	name, one := v.one(1)
	switch {
	case !ok || !one:
		return false
	case kind == "Account":
		return true
	}
	return kind == "DomainName" && isName(name) && d.add(own("es", "domain/"+name))
}
