package awshost

import "strings"

// Partition returns the partition of a region, told by its prefix. A region of
// unknown form is in "aws", as the SDK has it.
func Partition(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	case strings.HasPrefix(region, "us-iso-"):
		return "aws-iso"
	case strings.HasPrefix(region, "us-isob-"):
		return "aws-iso-b"
	case strings.HasPrefix(region, "eu-isoe-"):
		return "aws-iso-e"
	case strings.HasPrefix(region, "us-isof-"):
		return "aws-iso-f"
	case strings.HasPrefix(region, "eusc-"):
		return "aws-eusc"
	// The SDK's own names of the place where global services are.
	case strings.HasPrefix(region, "aws-") && strings.HasSuffix(region, "-global"):
		return strings.TrimSuffix(region, "-global")
	}
	return "aws"
}

// isRegion reports whether label has the form of a region: an area that the SDK
// knows, a name and a number.
func isRegion(label string) bool {
	area, rest, _ := strings.Cut(label, "-")
	switch area {
	case "us", "eu":
		// The areas of the isolated partitions: us-gov, us-iso, us-isob, us-isof, eu-isoe.
		if first, after, ok := strings.Cut(rest, "-"); ok && (first == "gov" || strings.HasPrefix(first, "iso")) {
			if Partition(label) == "aws" {
				return false
			}
			rest = after
		}
	case "eusc":
		country, after, _ := strings.Cut(rest, "-")
		if country != "de" {
			return false
		}
		rest = after
	case "ap", "sa", "ca", "me", "af", "il", "mx", "cn":
	default:
		return false
	}
	name, number, _ := strings.Cut(rest, "-")
	return isWord(name) && isDigits(number)
}

func isWord(s string) bool {
	for i := range len(s) {
		if s[i] < 'a' || s[i] > 'z' {
			return false
		}
	}
	return s != ""
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// isAccount reports whether s is the number of an account.
func isAccount(s string) bool { return len(s) == 12 && isDigits(s) }
