package learn

import (
	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/wrapper"
)

// Resources returns patterns for ARNs that one thing was done to, as a policy has
// them: what varies among them is left open.
func Resources(level Level, arns []string) []string {
	free := room(maxRoom)
	s3, others := tree{room: &free}, tree{room: &free}
	for _, arn := range arns {
		// Of no account and no service, so that the ARN keeps its head.
		path := resourcePath(arn, &policy.Call{}, "")
		t := &others
		if len(path) > 1 && len(path[1]) > 0 && path[1][:1] == closed {
			t = &s3
		}
		t.add(path, "", &evidence{})
	}
	patterns := s3.resources(level, 1)
	return append(patterns, others.resources(level, everyName)...)
}

// everyName makes all levels of a resource's name those of names, and not of ids.
const everyName = 99

// resources returns the patterns of a tree of resources. names is how many levels are
// names of things.
func (t *tree) resources(level Level, names int) []string {
	t.root.settle(level)
	var patterns []string
	for _, key := range sorted(t.root.children) {
		head := t.root.children[key]
		for _, p := range head.places(level, "", names, false) {
			patterns = append(patterns, quote(head.slots[0].text)+p.pattern)
		}
	}
	return patterns
}

// NotProposed says why an event is no reason to allow its call; "" if it is one.
func NotProposed(ev *wrapper.Event) string { return notProposed(ev) }
