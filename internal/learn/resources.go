package learn

import (
	"strings"

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
		if len(path) > 1 && strings.HasPrefix(path[1], closed) {
			path[1] = atom + path[1][len(closed):] // IAM has no pattern for digits alone
			t = &s3
		}
		t.add(path, "", &evidence{})
	}
	g := grade{level: level}
	s3.settle(g, 0)
	others.settle(g, 3)
	var patterns []string
	for _, p := range append(s3.root.resources(g, true), others.root.resources(g, false)...) {
		patterns = append(patterns, p.pattern)
	}
	return patterns
}

// NotProposed says why an event is no reason to allow its call; "" if it is one.
func NotProposed(ev *wrapper.Event) string { return notProposed(ev) }
