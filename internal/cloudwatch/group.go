package cloudwatch

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A Group is a log group.
type Group struct {
	Name   string
	ARN    string // empty: it was named by its name
	Region string // of the ARN; empty: that of the configuration
}

// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html
var (
	groupName = regexp.MustCompile(`^[.\-_/#A-Za-z0-9]{1,512}$`)
	groupARN  = regexp.MustCompile(`^arn:aws[a-z-]*:logs:([a-z0-9-]+):[0-9]{12}:log-group:([^:]+)$`)
)

// ParseGroup reads the name of a log group, or its ARN, with or without the :* that
// AWS's console puts at its end.
func ParseGroup(s string) (Group, error) {
	if !strings.HasPrefix(s, "arn:") {
		if !groupName.MatchString(s) {
			return Group{}, fmt.Errorf("%q is no log group: its name has letters, digits and .-_/#", s)
		}
		return Group{Name: s}, nil
	}
	arn := strings.TrimSuffix(s, ":*")
	m := groupARN.FindStringSubmatch(arn)
	if m == nil || !groupName.MatchString(m[2]) {
		return Group{}, fmt.Errorf("%q is no ARN of a log group: arn:aws:logs:REGION:ACCOUNT:log-group:NAME", s)
	}
	return Group{Name: m[2], ARN: arn, Region: m[1]}, nil
}

// String is how the group was named.
func (g Group) String() string { return cmp.Or(g.ARN, g.Name) }

// maxGroups is how many log groups one query may have:
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html
const maxGroups = 50

// batches puts together the groups that one query may read: of a region, and all
// named in the same way. None is in two.
func batches(groups []Group) [][]Group {
	groups = slices.Clone(groups)
	slices.SortFunc(groups, func(a, b Group) int {
		return cmp.Or(strings.Compare(a.Region, b.Region), strings.Compare(a.ARN, b.ARN), strings.Compare(a.Name, b.Name))
	})
	groups = slices.Compact(groups)
	var all [][]Group
	for _, g := range groups {
		if last := len(all) - 1; last >= 0 && len(all[last]) < maxGroups && all[last][0].Region == g.Region && (all[last][0].ARN == "") == (g.ARN == "") {
			all[last] = append(all[last], g)
			continue
		}
		all = append(all, []Group{g})
	}
	return all
}

// where names a batch in what is told of it.
func where(groups []Group) string {
	if len(groups) == 1 {
		return groups[0].String()
	}
	return fmt.Sprintf("%s and %d more", groups[0], len(groups)-1)
}

func names(groups []Group) []string {
	var all []string
	for _, g := range groups {
		all = append(all, g.String())
	}
	return all
}
