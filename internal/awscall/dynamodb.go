package awscall

import "strings"

// index adds a table, or the index of it that is named.
func (d *description) index(v *values) bool {
	table, ok := v.one(0)
	index, okay := v.one(1)
	if !ok || !okay || len(v.of(0)) == 0 {
		return false
	}
	if len(v.of(1)) > 0 && !isTable(index) {
		return false
	}
	return d.table(table, index)
}

// table adds a table given by its name or ARN, or an index of it.
func (d *description) table(table, index string) bool {
	s, ok := table, validARN(table)
	switch {
	case !isARN(table):
		ok = false
		if isTable(table) {
			s, ok = d.own("dynamodb", "table/"+table), true
		}
	case index != "":
		a, _ := cutARN(table)
		name, isTableARN := strings.CutPrefix(a.resource, "table/")
		ok = ok && isTableARN && isTable(name)
	}
	if index != "" {
		s += "/index/" + index
	}
	return ok && d.add(s)
}

// isTable reports whether s can be the name of a table or an index.
func isTable(s string) bool { return len(s) <= 255 && isSimple(s, "_.-") }

// iterator adds the stream that an iterator reads: its ARN stands before the
// first bar.
func (d *description) iterator(s string) bool {
	stream, _, ok := strings.Cut(s, "|")
	return ok && validARN(stream) && d.add(stream)
}
