package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

// byPath returns the line of an operation whose action is the method of its
// request, as API Gateway has them: there the resource is the path.
func (g *generator) byPath(op *operation, access string) string {
	act, ok := g.ref.actions[awshost.Normal(op.method)]
	if !ok {
		return ""
	}
	if access == "w" {
		access = accessOf(act.AccessLevel)
	}
	for _, name := range slices.Sorted(maps.Keys(g.ref.resources)) {
		for arn := range strings.SplitSeq(g.ref.resources[name].ARN, ", ") {
			if head, tail, ok := cutARN(arn); ok && g.path(op, &tail) {
				return op.name + " " + access + " " + g.short(head, tail)
			}
		}
	}
	return ""
}

// path replaces the placeholders of a tail that is the path of the operation's
// request.
func (g *generator) path(op *operation, tail *string) bool {
	if !strings.HasPrefix(*tail, "/") {
		return false
	}
	want := strings.Split(*tail, "/")
	have := strings.Split(strings.TrimPrefix(op.path, "/v2"), "/")
	if len(want) != len(have) {
		return false
	}
	for i := range want {
		switch {
		case isPlace(want[i]) && strings.HasPrefix(have[i], "{"):
			place := strings.Trim(have[i], "{+}")
			at := slices.IndexFunc(op.members, func(m member) bool { return m.place == place })
			if at < 0 {
				return false
			}
			want[i] = "{" + op.members[at].name + "}"
		case want[i] != have[i]:
			return false
		}
	}
	*tail = strings.Join(want, "/")
	return true
}
