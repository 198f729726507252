package source

import "slices"

// Parameters returns the names of the parameters of Parameter Store that s
// loads, or would load as an alternative of [First]: what the fence protects
// from being written by the function that it fences.
//
// A name is without version and label, and may be the ARN of a shared
// parameter. The parts of a split policy lie beneath it: where the ARN of the
// parameter ends in parameter/fence/orders, theirs go on with a slash. That is
// so for names with and without a leading slash, since the ARN has neither.
//
// A source of another package is asked by its method Parameters() []string.
func Parameters(s Source) (names []string) {
	switch s := s.(type) {
	case nil:
		return nil
	case *bound:
		return Parameters(s.source)
	case *first:
		for _, one := range s.sources {
			names = append(names, Parameters(one)...)
		}
		slices.Sort(names)
		return slices.Compact(names)
	}
	p, ok := s.(interface{ Parameters() []string })
	if !ok {
		return nil
	}
	defer func() {
		// A nil pointer, for one. It loads nothing either, so there is nothing
		// of it to protect.
		if recover() != nil {
			names = nil
		}
	}()
	names = slices.Clone(p.Parameters())
	slices.Sort(names)
	return slices.Compact(names)
}
