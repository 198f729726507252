package review

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awshost"
	"github.com/lambdafence/lambdafence/policy"
)

// operations finds operations that no service of the rule has. Such a deny rule
// denies nothing.
func operations(r *Rule) []Finding {
	if !r.known() {
		return nil
	}
	var fs []Finding
	for _, v := range r.Fields["operations"] {
		if len(r.matching([]string{v.Text})) > 0 {
			continue
		}
		f := r.find("operation", v, "see docs/aws-services.md for the operations of a service", "%s has no operation that %q matches", r.names(), v.Text)
		if name, ok := r.meant(v.Text); ok {
			f.Fix = "did you mean " + name + "?"
		}
		fs = append(fs, f)
	}
	return fs
}

// names are those of the rule's services, for a message.
func (r *Rule) names() string { return strings.Join(r.Texts("aws"), ", ") }

// known reports whether every service of the rule is known. Of "*" there are too many
// to ask.
func (r *Rule) known() bool {
	for _, name := range r.Texts("aws") {
		if _, known := awshost.Find(name); !known {
			return false
		}
	}
	return r.Subject == "aws"
}

// meant returns the SDK's name of an operation that has another one in IAM, or is
// written with a slip.
func (r *Rule) meant(text string) (string, bool) {
	var names []string
	for _, o := range r.operationsOf() {
		names = append(names, o.name)
	}
	for _, name := range r.Texts("aws") {
		s, _ := awshost.Find(name)
		if op, ok := actions[s.IAM][text]; ok {
			return op, true
		}
	}
	return nearest(text, names)
}

// actions are IAM's names that no operation of the SDK has, and what is called
// with them: from AWS's Service Authorization Reference.
var actions = map[string]map[string]string{
	"dynamodb": {"PartiQLSelect": "ExecuteStatement", "PartiQLInsert": "ExecuteStatement", "PartiQLUpdate": "ExecuteStatement", "PartiQLDelete": "ExecuteStatement", "ConditionCheckItem": "TransactWriteItems"},
	"kms":      {"ReEncryptFrom": "ReEncrypt", "ReEncryptTo": "ReEncrypt"},
	"lambda":   {"InvokeFunction": "Invoke", "InvokeAsync": "Invoke"},
	"s3": {
		"ListBucket": "ListObjectsV2", "ListAllMyBuckets": "ListBuckets", "ListBucketVersions": "ListObjectVersions",
		"ListBucketMultipartUploads": "ListMultipartUploads", "ListMultipartUploadParts": "ListParts",
		"GetObjectVersion": "GetObject", "GetObjectVersionAcl": "GetObjectAcl", "GetObjectVersionTagging": "GetObjectTagging", "GetObjectVersionAttributes": "GetObjectAttributes",
		"DeleteObjectVersion": "DeleteObject", "DeleteObjectVersionTagging": "DeleteObjectTagging",
		"PutObjectVersionAcl": "PutObjectAcl", "PutObjectVersionTagging": "PutObjectTagging",
		"GetBucketCORS": "GetBucketCors", "PutBucketCORS": "PutBucketCors",
		"GetEncryptionConfiguration": "GetBucketEncryption", "PutEncryptionConfiguration": "PutBucketEncryption",
		"GetLifecycleConfiguration": "GetBucketLifecycleConfiguration", "PutLifecycleConfiguration": "PutBucketLifecycleConfiguration",
		"GetBucketNotification": "GetBucketNotificationConfiguration", "PutBucketNotification": "PutBucketNotificationConfiguration",
		"GetReplicationConfiguration": "GetBucketReplication", "PutReplicationConfiguration": "PutBucketReplication",
		"GetBucketPublicAccessBlock": "GetPublicAccessBlock", "PutBucketPublicAccessBlock": "PutPublicAccessBlock",
		"GetBucketObjectLockConfiguration": "GetObjectLockConfiguration", "PutBucketObjectLockConfiguration": "PutObjectLockConfiguration",
		"BypassGovernanceRetention": "DeleteObject",
	},
}

// levels finds access levels that leave a rule with nothing: none of the operations
// that it states has the level, or none of the service.
func levels(r *Rule) []Finding {
	if r.Fields["access"] == nil || !r.known() {
		return nil
	}
	had := map[string]bool{}
	for _, o := range r.selected() {
		levels := o.levels()
		if len(levels) == 0 {
			return nil // any of them
		}
		for _, l := range levels {
			had[l.String()] = true
		}
	}
	if len(had) == 0 {
		return nil // no operation matches, which is said elsewhere
	}
	stated := r.Fields["operations"] != nil
	var without []Value
	for _, v := range r.Fields["access"] {
		if !had[v.Text] {
			without = append(without, v)
		}
	}
	if !stated && len(without) < len(r.Fields["access"]) {
		return nil // access: [list, read] is a habit, also where a service lists by reading
	}
	fs := r.excluded()
	for _, v := range without {
		fs = append(fs, r.find("access", v, fmt.Sprintf("access: [%s]", strings.Join(inOrder(had), ", ")), "%s: none of the operations is %s", r.names(), v.Text))
	}
	return fs
}

// excluded finds operations that are stated and that the access levels of the same
// rule exclude.
func (r *Rule) excluded() []Finding {
	var fs []Finding
	stated := r.Texts("access")
	for _, v := range r.Fields["operations"] {
		for _, s := range r.Texts("aws") {
			o := operation{s, v.Text}
			has, lacks := 0, ""
			for _, l := range o.least() {
				if slices.Contains(stated, l.String()) {
					has++
				} else {
					lacks = l.String()
				}
			}
			// An allow rule must have all levels of a call, a deny rule one.
			if lacks != "" && (!r.Deny || has == 0) {
				fs = append(fs, r.find("access", v, fmt.Sprintf("add %s to access, or leave access out", lacks), "%s is %s, which access does not have", v.Text, lacks))
			}
		}
	}
	return fs
}

func inOrder(had map[string]bool) []string {
	var words []string
	for l := policy.List; l <= policy.Permissions; l++ {
		if had[l.String()] {
			words = append(words, l.String())
		}
	}
	return words
}
