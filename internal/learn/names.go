package learn

import (
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/lambdafence/lambdafence/internal/awshost"
	"github.com/lambdafence/lambdafence/policy"
)

// labels are those of a host, the last first. What somebody registered is one
// name, of which nothing is left open: the next one may be anybody's. So is an
// address, and a host of AWS, but for what an account has hosts of its own beneath.
func labels(host string) []string {
	if isAddress(host) {
		return []string{atom + host}
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(host)
	switch {
	case awshost.MayParse(host):
		own, ok := ownDomain(host)
		if !ok {
			return []string{atom + host}
		}
		domain = own
	case err != nil:
		return []string{atom + host}
	}
	ls := strings.Split(strings.TrimSuffix(strings.TrimSuffix(host, domain), "."), ".")
	if ls[0] == "" {
		ls = nil
	}
	slices.Reverse(ls)
	return append([]string{atom + domain}, ls...)
}

func isAddress(host string) bool {
	return strings.Contains(host, ":") || strings.Trim(host, "0123456789.") == ""
}

// ownDomain returns the domain that a host of AWS is in, where it is one account's: of
// databases, caches and brokers, whose names have a part that AWS gives out before the
// region, and of machines in a VPC.
//
//	orders-1.c1abcdefghij.eu-west-1.rds.amazonaws.com
//	orders-001.orders.ab12cd.euw1.cache.amazonaws.com
//	b-1.orders.ab12cd.c2.kafka.eu-west-1.amazonaws.com
//	ip-10-0-1-2.eu-west-1.compute.internal
func ownDomain(host string) (string, bool) {
	first, domain, _ := strings.Cut(host, ".")
	if strings.HasSuffix(host, ".compute.internal") || strings.HasSuffix(host, ".ec2.internal") {
		return domain, first != ""
	}
	if strings.HasPrefix(domain, "serverless.") { // of every account
		return "", false
	}
	for _, service := range []string{".rds.", ".cache.", ".kafka.", ".docdb.", ".neptune.", ".redshift.", ".memorydb."} {
		if at := strings.Index(domain, service); at > 0 && strings.Contains(domain[:at], ".") {
			return domain, true
		}
	}
	return "", false
}

// resourcePath is an ARN as a path: its head, which is empty for a resource of the
// service in the account of who signs, and the names in it. What others own is not left
// open: buckets, which may be anybody's, and what is in the account of somebody else.
func resourcePath(arn string, c *policy.Call, iam string) []string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return []string{atom + arn}
	}
	head := atom + strings.Join(parts[:5], ":") + ":"
	isOwn := parts[4] == "" || parts[4] == c.Account
	isBucket := parts[2] == "s3" && parts[4] == ""
	if isOwn && (parts[2] != "s3" || isBucket) && strings.ReplaceAll(parts[2], "-", "") == strings.ReplaceAll(iam, "-", "") {
		head = atom
	}
	names := strings.SplitN(parts[5], "/", maxDepth)
	switch last := &names[len(names)-1]; {
	case isBucket:
		names[0] = closed + names[0]
	case parts[2] == "s3" && len(names) > 1:
		names[1] = closed + names[1] // an access point
	case parts[2] == "secretsmanager":
		if at := len(*last) - tailLength; at > 0 && (*last)[at-1] == '-' && isPlainWord((*last)[at:]) {
			*last = (*last)[:at] + tailMark + (*last)[at:]
		}
	}
	for i := range names {
		isMasked := strings.Contains(names[i], mask) // which no fence does in an ARN
		if (isMasked || !isOwn && c.Account != "") && !strings.HasPrefix(names[i], closed) {
			names[i] = closed + names[i]
		}
	}
	return append([]string{head}, names...)
}

func isPlainWord(s string) bool {
	for i := range len(s) {
		if !isAlphanumeric(s[i]) {
			return false
		}
	}
	return s != ""
}
