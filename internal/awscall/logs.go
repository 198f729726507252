package awscall

import "strings"

// logGroup adds a log group by its name or ARN. An ARN may end in :*, which
// stands for the group's streams.
func (d *description) logGroup(name string) bool {
	if isARN(name) {
		name = strings.TrimSuffix(name, ":*")
		return validARN(name) && d.add(name)
	}
	return isName(name) && d.add(d.own("logs", "log-group:"+name))
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
	return isName(group) && d.add(d.own("logs", "log-group:"+group+stream))
}

// insights reports whether a query of CloudWatch Logs, in one of its languages,
// leaves it to the other members which groups it reads: it may name them itself,
// by SOURCE, and in SQL always does.
func insights(v *values) bool {
	language, ok := v.one(0)
	query, one := v.one(1)
	if !ok || !one || language == "SQL" {
		return false
	}
	for command := range strings.FieldsFuncSeq(query, func(r rune) bool { return strings.ContainsRune("|()[]{}\r\n;", r) }) {
		if words := strings.FieldsFunc(command, func(r rune) bool { return r == ' ' || r == '\t' || r == '=' }); len(words) > 0 && strings.EqualFold(words[0], "source") {
			return false
		}
	}
	return true
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
	return kind == "DomainName" && isName(name) && d.add(d.own("es", "domain/"+name))
}
