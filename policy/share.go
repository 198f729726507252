package policy

import "slices"

// What the rules of a document say alike they share: most paths, operations,
// services and ports stand in many rules. It is read once, takes memory once, and
// by the second rule that asks for it is in the cache.
type share struct {
	patterns map[fieldText]any // of each field but host and resources, which seldom repeat
	ports    map[uint16][]uint16
	services map[string][]string
}

type fieldText struct{ field, text string }

// compileShared compiles a text of a field, if no rule before has it.
func compileShared[T any](sh *share, field, text string, compile func(string) ([]T, error)) ([]T, error) {
	if field == "host" || field == "resources" {
		return compile(text)
	}
	at := fieldText{field, text}
	if known, ok := sh.patterns[at]; ok {
		return known.([]T), nil
	}
	ts, err := compile(text)
	if err != nil {
		return nil, err
	}
	ts = slices.Clip(ts) // a rule that appends to it gets its own
	if sh.patterns == nil {
		sh.patterns = map[fieldText]any{}
	}
	sh.patterns[at] = ts
	return ts, nil
}

// shareOne returns list, or an equal one that a rule before has, if it has one
// entry, as most lists do.
func shareOne[T comparable](known *map[T][]T, list []T) []T {
	if len(list) != 1 {
		return list
	}
	if same, ok := (*known)[list[0]]; ok {
		return same
	}
	if *known == nil {
		*known = map[T][]T{}
	}
	(*known)[list[0]] = slices.Clip(list)
	return (*known)[list[0]]
}
