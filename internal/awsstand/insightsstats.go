package awsstand

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

func parseStats(q *logsQuery, text string) (func([]queryRow) []queryRow, error) {
	what, by, ok := strings.Cut(text, " by ")
	if !ok {
		return nil, fmt.Errorf("%q does not group", text)
	}
	keys := commaList(by)
	made := map[string]func([]queryRow) string{}
	q.shown = nil
	for _, one := range commaList(what) {
		text, name, _ := strings.Cut(one, " as ")
		m := callForm.FindStringSubmatch(text)
		if m == nil || aggregates[m[1]] == nil || name == "" {
			return nil, fmt.Errorf("the function %q", one)
		}
		made[name] = func(rows []queryRow) string { return aggregates[m[1]](rows, m[2]) }
		q.shown = append(q.shown, name)
	}
	q.shown = append(q.shown, keys...)
	return func(rows []queryRow) []queryRow {
		groups := map[string][]queryRow{}
		for _, row := range rows {
			var key strings.Builder
			for _, k := range keys {
				fmt.Fprintf(&key, "%q", row[k])
			}
			groups[key.String()] = append(groups[key.String()], row)
		}
		var all []queryRow
		for _, key := range slices.Sorted(maps.Keys(groups)) {
			group := groups[key]
			row := queryRow{}
			for _, k := range keys {
				if value, ok := group[0][k]; ok {
					row[k] = value
				}
			}
			for name, value := range made {
				row[name] = value(group)
			}
			all = append(all, row)
		}
		return all
	}, nil
}

// aggregates are the functions of stats, of the rows of a group and a field.
var aggregates = map[string]func([]queryRow, string) string{
	"count": func(rows []queryRow, _ string) string { return strconv.Itoa(len(rows)) },
	"sum": func(rows []queryRow, field string) string {
		return fold(rows, field, func(a, b int64) int64 { return a + b })
	},
	"min": func(rows []queryRow, field string) string {
		return fold(rows, field, func(a, b int64) int64 { return min(a, b) })
	},
	"max": func(rows []queryRow, field string) string {
		return fold(rows, field, func(a, b int64) int64 { return max(a, b) })
	},
	"latest": func(rows []queryRow, field string) string {
		return slices.MaxFunc(rows, func(a, b queryRow) int { return cmp.Compare(a["@timestamp"], b["@timestamp"]) })[field]
	},
}

// fold puts the numbers of a field together; what is none is left out.
func fold(rows []queryRow, field string, put func(a, b int64) int64) string {
	total, any := int64(0), false
	for _, row := range rows {
		n, err := strconv.ParseInt(row[field], 10, 64)
		switch {
		case err != nil:
		case any:
			total = put(total, n)
		default:
			total, any = n, true
		}
	}
	if !any {
		return ""
	}
	return strconv.FormatInt(total, 10)
}

func parseSort(_ *logsQuery, text string) (func([]queryRow) []queryRow, error) {
	field, ok := strings.CutSuffix(text, " desc")
	if !ok {
		return nil, fmt.Errorf("%q", text)
	}
	return func(rows []queryRow) []queryRow {
		slices.SortStableFunc(rows, func(a, b queryRow) int {
			x, _ := strconv.ParseFloat(a[field], 64) // what is no number is 0
			y, _ := strconv.ParseFloat(b[field], 64)
			return cmp.Compare(y, x)
		})
		return rows
	}, nil
}

func parseLimit(_ *logsQuery, text string) (func([]queryRow) []queryRow, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxQueryRows {
		return nil, fmt.Errorf("%q", text)
	}
	return func(rows []queryRow) []queryRow { return rows[:min(n, len(rows))] }, nil
}
