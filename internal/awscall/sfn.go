package awscall

import "strings"

// machine adds a state machine by its ARN. A version or an alias of it may stand
// behind its name, and the label of a map state with a slash between: Step
// Functions checks the machine.
func (d *description) machine(s string) bool {
	a, ok := cutARN(s)
	kind, name, is := strings.Cut(a.resource, ":")
	if !ok || !is || !validARN(s) {
		return false
	}
	name, _, _ = strings.Cut(name, ":")
	name, _, _ = strings.Cut(name, "/")
	a.resource = kind + ":" + name
	return name != "" && d.add(a.String())
}
