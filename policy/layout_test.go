package policy

import (
	"reflect"
	"testing"
)

// TestRuleLayout: what a call asks of a rule, and what it is told by it, are in two
// cache lines, whatever the rule's place in its list.
func TestRuleLayout(t *testing.T) {
	const line = 64
	r := reflect.TypeFor[rule]()
	paths, _ := r.FieldByName("paths")
	decision, _ := r.FieldByName("decision")
	if r.Size()%line != 0 || paths.Offset+paths.Type.Size() > line || decision.Offset+decision.Type.Size() > 2*line {
		t.Errorf("%d bytes; paths end at %d, decision at %d", r.Size(), paths.Offset+paths.Type.Size(), decision.Offset+decision.Type.Size())
	}
}
