package review

import (
	"slices"
	"strings"

	"github.com/lambdafence/lambdafence/policy"
)

// knownRegions are those of botocore 1.43.127 (Apache License 2.0).
var knownRegions = strings.Fields(`
	af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3
	ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2
	eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1 me-south-1 me-west-1 mx-central-1 sa-east-1 sa-west-1 us-east-1 us-east-2 us-west-1
	us-west-2 cn-north-1 cn-northwest-1 eusc-de-east-1 us-iso-east-1 us-iso-west-1 us-isob-east-1 us-isob-west-1 eu-isoe-west-1 us-isof-east-1
	us-isof-south-1 us-gov-east-1 us-gov-west-1 aws-global aws-cn-global aws-us-gov-global`)

// regions finds regions that do not exist. One that looks like a region of tomorrow
// may stand.
func regions(r *Rule) []Finding {
	var fs []Finding
	for _, v := range r.Fields["regions"] {
		if slices.Contains(knownRegions, v.Text) || matchesRegion(v.Text) {
			continue
		}
		name, near := nearest(v.Text, knownRegions)
		switch {
		case near && !sameButNumber(v.Text, name):
			fs = append(fs, r.find("region", v, "did you mean "+name+"?", "there is no region %q", v.Text))
		case !isRegion(v.Text):
			fs = append(fs, r.find("region", v, "write a region such as eu-west-1, or a pattern such as \"eu-*\"", "%q matches no region", v.Text))
		}
	}
	return fs
}

// matchesRegion reports whether a pattern matches a known region.
func matchesRegion(pattern string) bool {
	s := draft{"aws": "sqs", "accounts": "*", "endpoint": "a.example", "regions": pattern}.compile("allow")
	return s != nil && slices.ContainsFunc(knownRegions, func(region string) bool {
		return s.Decide(&policy.Call{Kind: policy.AWS, Service: "sqs", Host: "a.example", Port: 443, Scheme: "https", Method: "POST", Path: "/", Region: region}).Effect == policy.Allow
	})
}

// sameButNumber reports whether two regions have one name: eu-west-4 may be new.
func sameButNumber(a, b string) bool {
	return strings.TrimRight(a, "0123456789") == strings.TrimRight(b, "0123456789")
}
