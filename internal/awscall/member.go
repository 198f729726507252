package awscall

import (
	"reflect"
	"slices"
	"strings"
)

// A path leads to a member of an input.
type path struct {
	kind     fieldKind // of the field, if it is one of the input itself
	offset   uintptr   // of that field
	fallback *string   // the value of a last member that is missing, or nil
	segments []segment
	said     string // as the table says it
}

// A fieldKind is the type of a field of the input.
type fieldKind uint8

const (
	kindOther  fieldKind = iota
	kindAbsent           // the input has no such field
	kindText             // *string, as nearly all are
	kindWord             // a string, as enums are
	kindBool             // *bool
)

// A segment is one step of a path: one field of a struct, or either of several.
type segment struct {
	fields []field
}

type field struct {
	name  string
	index int // in the struct; byName: only the value tells its type
}

const (
	byName  = -1
	nowhere = -2 // the type has no such field
)

// newPath finds a path in a type, once for all inputs of that type.
func newPath(text string, t reflect.Type) path {
	p := path{said: text}
	text, fallback, ok := strings.Cut(text, "=")
	if ok {
		p.fallback = &fallback
	}
	if text == "" {
		return p
	}
	input := t
	for range maxDepth {
		if input != nil && input.Kind() == reflect.Pointer {
			input = input.Elem()
		}
	}
	for step := range strings.SplitSeq(text, ".") {
		var s segment
		t = elem(t)
		var next reflect.Type
		for name := range strings.SplitSeq(step, "+") {
			f := field{name: name, index: byName}
			if t != nil && t.Kind() == reflect.Struct {
				f.index = nowhere
				if sf, ok := t.FieldByName(name); ok && sf.IsExported() && len(sf.Index) == 1 {
					f.index, next = sf.Index[0], sf.Type
				}
			}
			s.fields = append(s.fields, f)
		}
		if len(s.fields) > 1 {
			next = nil // each of them has a type of its own
		}
		p.segments = append(p.segments, s)
		t = next
	}
	switch f := p.segments[0].fields; {
	case input == nil || input.Kind() != reflect.Struct:
	case len(p.segments) == 1 && len(f) == 1 && f[0].index >= 0:
		p.kind, p.offset = kindOf(t), input.Field(f[0].index).Offset
	case p.fallback == nil && !slices.ContainsFunc(f, func(f field) bool { return f.index != nowhere }):
		p.kind = kindAbsent
	}
	return p
}

func kindOf(t reflect.Type) fieldKind {
	switch {
	case t.Kind() == reflect.String:
		return kindWord
	case t.Kind() != reflect.Pointer:
		return kindOther
	case t.Elem().Kind() == reflect.String:
		return kindText
	case t.Elem().Kind() == reflect.Bool:
		return kindBool
	}
	return kindOther
}

// name is the path without its fallback.
func (p *path) name() string {
	name, _, _ := strings.Cut(p.said, "=")
	return name
}

// elem returns what a type points to or is a list of, or nil where only the
// value can tell.
func elem(t reflect.Type) reflect.Type {
	for range maxDepth {
		if t == nil {
			return nil
		}
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Array:
			t = t.Elem()
		case reflect.Interface:
			return nil
		default:
			return t
		}
	}
	return nil
}

// maxDepth bounds pointers to pointers.
const maxDepth = 8

// deref returns what v points to. It is invalid for nil.
func deref(v reflect.Value) reflect.Value {
	for range maxDepth {
		if v.Kind() != reflect.Pointer && v.Kind() != reflect.Interface {
			return v
		}
		v = v.Elem()
	}
	return reflect.Value{}
}

// get returns the field of a struct, or of a map as JSON is decoded to: there a
// name may begin with a small letter, as some services spell their members.
func (f *field) get(v reflect.Value) reflect.Value {
	switch v.Kind() {
	case reflect.Struct:
		switch {
		case f.index >= 0 && f.index < v.NumField():
			return v.Field(f.index)
		case f.index == byName:
			// A union's member is of a type of its own, and has its value in it.
			if name := v.Type().Name(); strings.HasSuffix(name, "Member"+f.name) {
				return v.FieldByName("Value")
			}
			if sf, ok := v.Type().FieldByName(f.name); ok && sf.IsExported() && len(sf.Index) == 1 {
				return v.Field(sf.Index[0])
			}
		}
	case reflect.Map:
		if v.Type().Key().Kind() != reflect.String {
			break
		}
		key := reflect.ValueOf(f.name).Convert(v.Type().Key())
		if m := v.MapIndex(key); m.IsValid() {
			return m
		}
		small := strings.ToLower(f.name[:1]) + f.name[1:]
		return v.MapIndex(reflect.ValueOf(small).Convert(v.Type().Key()))
	}
	return reflect.Value{}
}
