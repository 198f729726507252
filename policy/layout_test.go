package policy

import (
	"reflect"
	"testing"
)

// TestLayout: what a call asks of a rule, and what it is told by it, are in two cache
// lines, whatever the rule's place in its list; what a name leads to, and what is
// compared with a resource, are in one.
func TestLayout(t *testing.T) {
	const line = 64
	r := reflect.TypeFor[rule]()
	paths, _ := r.FieldByName("paths")
	decision, _ := r.FieldByName("decision")
	resource, _ := reflect.TypeFor[arnPattern]().FieldByName("resource")
	if e := reflect.TypeFor[entry]().Size(); e > line || resource.Offset+resource.Type.Size() > line {
		t.Errorf("an entry has %d bytes; the pattern of a resource ends at %d", e, resource.Offset+resource.Type.Size())
	}
	if r.Size()%line != 0 || paths.Offset+paths.Type.Size() > line || decision.Offset+decision.Type.Size() > 2*line {
		t.Errorf("%d bytes; paths end at %d, decision at %d", r.Size(), paths.Offset+paths.Type.Size(), decision.Offset+decision.Type.Size())
	}
}
