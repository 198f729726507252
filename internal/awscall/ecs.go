package awscall

import "strings"

// family adds revisions of task definitions of ECS, given by family:revision or
// by ARN. A family alone stands for its newest revision, and for all of them in
// the ARN, as IAM has it.
func (d *description) family(kind string, v *values) bool {
	for _, value := range v.all {
		if isARN(value) {
			if !validARN(value) || !d.add(value) {
				return false
			}
			continue
		}
		family, revision, ok := strings.Cut(value, ":")
		if !ok {
			revision = "*"
		} else if !isDigits(revision) {
			return false
		}
		if !isSimple(family, "-_") || !d.add(d.own("ecs", kind+"/"+family+":"+revision)) {
			return false
		}
	}
	return true
}
