package review

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

// wideServices finds allow rules that let a function write to all that its role may
// write to. S3 is worse, and has a check of its own.
func wideServices(r *Rule) []Finding {
	if r.Deny || r.Subject != "aws" || r.asksResources() {
		return nil
	}
	if i := slices.Index(r.Texts("aws"), "*"); i >= 0 {
		return []Finding{r.find("wide", r.Fields["aws"][i], "name the services that the function uses; lambdafence learn writes the rules", `"*" allows every service of AWS`)}
	}
	if r.Fields["operations"] != nil || !r.mayWrite() {
		return nil // what is named operation by operation was thought of
	}
	var fs []Finding
	for _, v := range r.Fields["aws"] {
		one := *r
		one.Fields = map[string][]Value{"aws": {v}}
		if !isS3(v.Text) && slices.ContainsFunc(one.selected(), operation.writes) {
			fs = append(fs, r.find("wide", v, resourcesFor(v.Text)+", or operations, or access: [read]",
				"%s: the rule has neither operations nor resources, and allows writing to whatever the role may write to", v.Text))
		}
	}
	return fs
}

// mayWrite reports whether the access levels of a rule let it write.
func (r *Rule) mayWrite() bool {
	access := r.Texts("access")
	return access == nil || slices.Contains(access, "write") || slices.Contains(access, "permissions")
}

// asksResources reports whether a rule states resources, and not "*" alone.
func (r *Rule) asksResources() bool {
	return r.Fields["resources"] != nil && !slices.Contains(r.Texts("resources"), "*")
}

func resourcesFor(service string) string {
	s, _ := awshost.Find(service)
	return fmt.Sprintf("resources: [%s...]", tails[s.IAM])
}

func isS3(service string) bool {
	s, _ := awshost.Find(service)
	return s.IAM == "s3"
}

// anySigner finds allow rules by which somebody else's key reaches somebody else's
// resources: the way out for what a library with keys of its own has read.
func anySigner(r *Rule) []Finding {
	i := slices.Index(r.Texts("accounts"), "*")
	if r.Deny || i < 0 || !r.mayWrite() || r.asksResources() && !slices.ContainsFunc(r.Texts("resources"), r.isAnybodys) {
		return nil
	}
	if r.known() && !slices.ContainsFunc(r.selected(), func(o operation) bool { return o.writes() && o.service != "sts" }) {
		return nil // some calls of STS are not signed
	}
	return []Finding{r.find("accounts", r.Fields["accounts"][i], "leave accounts out, which means the function's own; or write resources as ARNs with their account",
		"any key may sign, and nothing says whose resources it reaches: a library could write to an account of its own")}
}

// isAnybodys reports whether a resource pattern may mean a resource of any account:
// a tail is in the account of who signs, and a bucket's name says whose it is.
func (r *Rule) isAnybodys(resource string) bool {
	service, account, tail, whole := cutARN(resource)
	switch {
	case whole && service != "s3":
		return strings.ContainsAny(account, "*?")
	case whole && account != "":
		return strings.ContainsAny(account, "*?")
	case whole || slices.ContainsFunc(r.Texts("aws"), isS3):
		return isOpenBucket(tail)
	}
	return true
}

// cutARN cuts the pattern of a resource into what the checks ask of it. A tail has
// no more than that.
func cutARN(resource string) (service, account, tail string, whole bool) {
	parts := strings.SplitN(resource, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" {
		return "", "", resource, false
	}
	return parts[2], parts[4], parts[5], true
}

// isOpenBucket reports whether the bucket of a resource of S3 is not named whole.
func isOpenBucket(tail string) bool {
	bucket, _, _ := strings.Cut(tail, "/")
	return strings.ContainsAny(bucket, "*?[")
}

// buckets finds allow rules that do not name their buckets: whoever makes one that
// fits, owns it.
func buckets(r *Rule) []Finding {
	if r.Deny {
		return nil
	}
	var fs []Finding
	for _, v := range r.Fields["resources"] {
		for _, alt := range alternatives(v.Text) {
			service, account, tail, whole := cutARN(alt)
			if alt == "*" || whole && (service != "s3" || account != "") || !whole && !slices.ContainsFunc(r.Texts("aws"), isS3) {
				continue
			}
			if isOpenBucket(tail) {
				fs = append(fs, r.find("bucket", v, "name the buckets whole; the keys in them may have wildcards",
					"%q: names of buckets are global, and anybody can make one that fits. accounts does not help: it says who signs, not whose bucket it is", v.Text))
				break
			}
		}
	}
	i := slices.IndexFunc(r.Texts("aws"), isS3)
	if i < 0 || r.asksResources() || !slices.ContainsFunc(r.selected(), operation.hasResource) {
		return fs
	}
	return append(fs, r.find("bucket", r.Fields["aws"][i], "resources: [the-bucket], or the-bucket/prefix/*", "the rule names no bucket: it allows everybody's"))
}
