package awscall

// resource adds what a source makes of its values. It reports whether that
// could be told. The forms are called by name and not through a table of
// functions, so that their arguments stay on the stack.
func (d *description) resource(src *source, v *values) bool {
	switch src.form {
	case "":
		return d.template(src.parts, v)
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
	}
	return false
}

// template adds the ARNs that a template makes. With one member it makes one of
// each value, with several it needs exactly one value of each.
func (d *description) template(parts []part, v *values) bool {
	if members(parts) == 1 {
		for _, value := range v.all {
			s, ok := value, validARN(value)
			if !isARN(value) && len(parts) > 1 {
				s, ok = d.fill(parts, value)
			}
			if !ok || !d.add(s) {
				return false
			}
		}
		return true
	}
	if len(v.all) != members(parts) {
		return false
	}
	for i := range v.all {
		if value, ok := v.one(i); !ok || value == "" {
			return false
		}
	}
	s, ok := d.fill(parts, v.all...)
	return ok && d.add(s)
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

// fill puts names into a template.
func (d *description) fill(parts []part, names ...string) (string, bool) {
	var buf [256]byte
	b := buf[:0]
	for _, p := range parts {
		switch p.kind {
		case 'P':
			b = append(b, laterPartition...)
		case 'R':
			b = append(b, laterRegion...)
		case 'A':
			b = append(b, laterAccount...)
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
