package awscall

import (
	"strings"
)

// key adds a key of KMS by its id, its alias, or the ARN of either. Which key an
// alias leads to is not in the request: the alias stands for it.
func (d *description) key(id string) bool {
	if isARN(id) {
		return validARN(id) && d.add(id)
	}
	resource := "key/" + id
	if alias, ok := strings.CutPrefix(id, "alias/"); ok {
		if !isSimple(alias, "/_-") {
			return false
		}
		resource = id
	} else if !isSimple(id, "-") {
		return false
	}
	return d.add(d.own("kms", resource))
}

// root adds the root user of a member account, given by the account's id or the
// user's ARN.
func (d *description) root(target string) bool {
	if isARN(target) {
		return validARN(target) && d.add(target)
	}
	return isAccount(target) && d.add("arn:"+d.partition+":iam::"+target+":root")
}
