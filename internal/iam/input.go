package iam

import (
	"strings"
)

// at returns all values at a path in an input as JSON is decoded: Delete.Objects.Key.
// A name may begin with a small letter, as some services spell their members.
func at(in any, path string) []any {
	if path == "" {
		return []any{in}
	}
	var all []any
	switch v := in.(type) {
	case []any:
		for _, one := range v {
			all = append(all, at(one, path)...)
		}
	case map[string]any:
		name, rest, _ := strings.Cut(path, ".")
		if one, ok := v[name]; ok {
			return at(one, rest)
		}
		if one, ok := v[strings.ToLower(name[:1])+name[1:]]; ok {
			return at(one, rest)
		}
	}
	return all
}

// present reports whether a value is given: an empty one is as none.
func present(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case string:
		return v != ""
	case bool:
		return v
	case []any:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	}
	return true
}

func asText(v any) string {
	s, _ := v.(string)
	return s
}

// text returns the first text at a path.
func text(in any, path string) string {
	for _, v := range at(in, path) {
		if s := asText(v); s != "" {
			return s
		}
	}
	return ""
}

// maxInput bounds how deep an input is searched.
const maxInput = 16

// each calls found with the name and the value of every text in an input.
func each(in any, name string, depth int, found func(name, value string)) {
	switch v := in.(type) {
	case string:
		found(name, v)
	case []any:
		for _, one := range v {
			each(one, name, depth, found)
		}
	case map[string]any:
		if depth < maxInput {
			for name, one := range v {
				each(one, name, depth+1, found)
			}
		}
	}
}
