package awscall

import (
	"reflect"
	"slices"
	"strconv"
	"unsafe"
)

// values are what an input gives for some members.
type values struct {
	all  []string
	ends []uint16 // of what each member gives: in all, and in what came before it
	base uint16   // how many came before it
}

const (
	maxMembers = 4                 // that one source of a table names
	maxValues  = maxResources + 16 // that all members of an operation give
)

// of returns the values of the i-th member, of which there may be none.
func (v *values) of(i int) []string {
	if i >= len(v.ends) {
		return nil
	}
	start := v.base
	if i > 0 {
		start = v.ends[i-1]
	}
	return v.all[start-v.base : v.ends[i]-v.base]
}

// cut returns the values of the first n members, and leaves the others.
func (v *values) cut(n int) values {
	if n == 0 {
		return values{}
	}
	end := v.ends[n-1]
	first := values{v.all[:end-v.base], v.ends[:n], v.base}
	*v = values{v.all[end-v.base:], v.ends[n:], end}
	return first
}

// one returns the value of the i-th member. It is empty if there is none, and ok
// is false if there are several.
func (v *values) one(i int) (s string, ok bool) { return one(v.of(i)) }

func one(all []string) (s string, ok bool) {
	switch len(all) {
	case 0:
		return "", true
	case 1:
		return all[0], true
	}
	return "", false
}

// read reads members. It reports whether all that is there was understood.
func (v *values) read(in reflect.Value, members []path) bool {
	for i := range members {
		ok := true
		switch m := &members[i]; {
		case m.kind == kindAbsent:
		case len(m.segments) == 0:
			v.all = append(v.all, *m.fallback)
		default:
			v.all, ok = collect(v.all, in, m.segments, m.fallback)
		}
		if !ok {
			return false
		}
		v.ends = append(v.ends, uint16(len(v.all)))
	}
	return true
}

// readTexts reads members of a struct that are all texts, or absent. It reads them by
// their offsets: the way by reflection goes through descriptions of types that nothing
// else asks for, and takes longer than all that is done with the texts.
func (v *values) readTexts(in unsafe.Pointer, members []path) {
	for i := range members {
		if s := members[i].textOf(in); s != nil {
			v.all = append(v.all, *s)
		}
		v.ends = append(v.ends, uint16(len(v.all)))
	}
}

// areTexts reports whether v is what readTexts would read.
func (v *values) areTexts(in unsafe.Pointer, members []path) bool {
	n := 0
	for i := range members {
		if s := members[i].textOf(in); s != nil {
			if n >= len(v.all) || v.all[n] != *s {
				return false
			}
			n++
		}
		if int(v.ends[i]) != n {
			return false
		}
	}
	return true
}

// textOf returns the text in a struct that the path leads to, or nil.
func (p *path) textOf(in unsafe.Pointer) *string {
	if p.kind == kindText && in != nil {
		if s := *(**string)(unsafe.Add(in, p.offset)); s != nil {
			return s
		}
	}
	return p.fallback
}

// isSet reports whether a struct has more than the zero value where the path, of a kind
// of its own, leads to: what present reports.
func (p *path) isSet(in unsafe.Pointer) bool {
	if in == nil || p.kind == kindAbsent {
		return false
	}
	switch at := unsafe.Add(in, p.offset); p.kind {
	case kindText:
		s := *(**string)(at)
		return s != nil && *s != ""
	case kindBool:
		b := *(**bool)(at)
		return b != nil && *b
	case kindWord:
		return *(*string)(at) != ""
	}
	return true // not to be read like this: it may be set
}

// collect appends the values at the end of the path. It adds none where there
// is none, and reports false for what it does not understand, for an element of
// a list that has no value, and for too many.
func collect(dst []string, v reflect.Value, path []segment, fallback *string) ([]string, bool) {
	v = deref(v)
	if len(dst) >= maxValues {
		return dst, false
	}
	switch kind := v.Kind(); {
	case kind == reflect.Invalid:
		if fallback != nil {
			dst = append(dst, *fallback)
		}
		return dst, true
	case kind == reflect.Slice || kind == reflect.Array:
		if kind == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
			return dst, false // bytes are no name
		}
		if v.Len() == 0 && len(path) == 0 && fallback != nil {
			return append(dst, *fallback), true
		}
		for i := range v.Len() {
			var ok bool
			before := len(dst)
			if dst, ok = collect(dst, v.Index(i), path, fallback); !ok || len(dst) == before {
				return dst, false
			}
		}
		return dst, true
	case len(path) > 0:
		return collectFields(dst, v, path, fallback)
	}
	return appendLeaf(dst, v)
}

// collectFields collects from the first field of a path. Of several, the fallback
// is for where none of them is there.
func collectFields(dst []string, v reflect.Value, path []segment, fallback *string) ([]string, bool) {
	before, each := len(dst), fallback
	if len(path[0].fields) > 1 {
		each = nil
	}
	for i := range path[0].fields {
		member := path[0].fields[i].get(v)
		if len(path) == 1 && member.Kind() == reflect.String && member.Len() == 0 {
			member = reflect.Value{} // an enum's zero value is left out of the request
		}
		var ok bool
		if dst, ok = collect(dst, member, path[1:], each); !ok {
			return dst, false
		}
	}
	if each == nil && fallback != nil && len(dst) == before {
		dst = append(dst, *fallback)
	}
	return dst, true
}

func appendLeaf(dst []string, v reflect.Value) ([]string, bool) {
	switch v.Kind() {
	case reflect.String:
		return append(dst, v.String()), true
	case reflect.Int, reflect.Int32, reflect.Int64:
		return append(dst, strconv.FormatInt(v.Int(), 10)), true
	case reflect.Float64: // a number in JSON
		return append(dst, strconv.FormatFloat(v.Float(), 'f', -1, 64)), true
	case reflect.Map:
		if v.Type().Key().Kind() != reflect.String || v.Len() > maxValues {
			return dst, false
		}
		start := len(dst)
		for _, key := range v.MapKeys() {
			dst = append(dst, key.String())
		}
		slices.Sort(dst[start:])
		return dst, true
	}
	return dst, false
}

// present reports whether there is anything but zero values at the end of one of
// some paths.
func present(v reflect.Value, paths []path) bool {
	for _, p := range paths {
		if hasAny(v, p.segments) {
			return true
		}
	}
	return false
}

func hasAny(v reflect.Value, path []segment) bool {
	v = deref(v)
	switch kind := v.Kind(); {
	case kind == reflect.Invalid:
		return false
	case kind == reflect.Slice || kind == reflect.Array:
		if len(path) == 0 {
			return v.Len() > 0
		}
		for i := range v.Len() {
			if hasAny(v.Index(i), path) {
				return true
			}
		}
		return false
	case len(path) == 0:
		return !v.IsZero()
	}
	for i := range path[0].fields {
		if hasAny(path[0].fields[i].get(v), path[1:]) {
			return true
		}
	}
	return false
}
