package awsstand

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A queryRow is a log event, or a group of them, on its way through a query. What it does not have is no key.
type queryRow map[string]string

// A logsQuery is one of Insights' query language: commands that rows go through one after another.
//
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
type logsQuery struct {
	commands []func([]queryRow) []queryRow
	filters  int      // of them at the beginning, which match events
	shown    []string // fields of the answer
}

type queryResult struct {
	rows                    [][]resultField
	matched, scanned, bytes int
}

func (q *logsQuery) run(rows []queryRow, limit int) (r queryResult) {
	r.scanned = len(rows)
	for _, row := range rows {
		r.bytes += len(row["@message"])
	}
	for _, command := range q.commands[:q.filters] {
		rows = command(rows)
	}
	r.matched = len(rows)
	for _, command := range q.commands[q.filters:] {
		rows = command(rows)
	}
	for _, row := range rows[:min(limit, len(rows))] {
		var fields []resultField
		for _, name := range q.shown {
			if value, ok := row[name]; ok {
				fields = append(fields, resultField{name, value})
			}
		}
		r.rows = append(r.rows, fields)
	}
	return r
}

func parseQuery(text string) (*logsQuery, error) {
	q := &logsQuery{shown: []string{"@timestamp", "@message"}}
	for i, part := range pipeline(text) {
		verb, rest, _ := strings.Cut(part, " ")
		parse, ok := map[string]func(*logsQuery, string) (func([]queryRow) []queryRow, error){
			"filter": parseFilter, "parse": parseParse, "fields": parseFields, "stats": parseStats, "sort": parseSort, "limit": parseLimit,
		}[verb]
		if !ok {
			return nil, fmt.Errorf("the command %q", verb)
		}
		command, err := parse(q, strings.TrimSpace(rest))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", verb, err)
		}
		if verb == "filter" && q.filters == i {
			q.filters++
		}
		q.commands = append(q.commands, command)
	}
	return q, nil
}

// pipeline cuts a query into its commands, at each | that is not within a regular expression.
func pipeline(text string) []string {
	var parts []string
	within, from := false, 0
	for i := range len(text) {
		switch {
		case text[i] == '/':
			within = !within
		case text[i] == '|' && !within:
			parts = append(parts, strings.TrimSpace(text[from:i]))
			from = i + 1
		}
	}
	return append(parts, strings.TrimSpace(text[from:]))
}

var (
	likeForm    = regexp.MustCompile(`^(@?\w+) like /(.*)/$`)
	compareForm = regexp.MustCompile(`^(\S+) (>=|<) (\d+)$`)
	parseForm   = regexp.MustCompile(`^(@?\w+) /(.*)/$`)
	callForm    = regexp.MustCompile(`^(\w+)\((\S+?)(?:, (\S+))?\)$`)
)

func parseFilter(_ *logsQuery, text string) (func([]queryRow) []queryRow, error) {
	var all []func(queryRow) bool
	conditions := []string{text}
	if !likeForm.MatchString(text) {
		conditions = strings.Split(text, " and ")
	}
	for _, condition := range conditions {
		if m := likeForm.FindStringSubmatch(condition); m != nil {
			re, err := regexp.Compile(m[2])
			if err != nil {
				return nil, err
			}
			all = append(all, func(row queryRow) bool { return re.MatchString(row[m[1]]) })
			continue
		}
		m := compareForm.FindStringSubmatch(condition)
		if m == nil {
			return nil, fmt.Errorf("the condition %q", condition)
		}
		value, err := parseExpression(m[1])
		if err != nil {
			return nil, err
		}
		bound, _ := strconv.ParseInt(m[3], 10, 64) // digits; one that is too great is the greatest
		all = append(all, func(row queryRow) bool {
			n, err := strconv.ParseInt(value(row), 10, 64)
			return err == nil && (n >= bound) == (m[2] == ">=")
		})
	}
	return func(rows []queryRow) []queryRow {
		return slices.DeleteFunc(rows, func(row queryRow) bool {
			return slices.ContainsFunc(all, func(is func(queryRow) bool) bool { return !is(row) })
		})
	}, nil
}

func parseParse(_ *logsQuery, text string) (func([]queryRow) []queryRow, error) {
	m := parseForm.FindStringSubmatch(text)
	if m == nil {
		return nil, fmt.Errorf("%q", text)
	}
	re, err := regexp.Compile(m[2])
	if err != nil {
		return nil, err
	}
	return func(rows []queryRow) []queryRow {
		for _, row := range rows {
			found := re.FindStringSubmatch(row[m[1]])
			for i, name := range re.SubexpNames() {
				if found != nil && name != "" {
					row[name] = found[i]
				}
			}
		}
		return rows
	}, nil
}

// parseExpression reads a field, toMillis of one, or coalesce of two.
func parseExpression(text string) (func(queryRow) string, error) {
	m := callForm.FindStringSubmatch(text)
	switch {
	case m == nil:
		return func(row queryRow) string { return row[text] }, nil
	case m[1] == "toMillis":
		return func(row queryRow) string {
			n, ok := millis(row[m[2]])
			if !ok {
				return ""
			}
			return strconv.FormatInt(n, 10)
		}, nil
	case m[1] == "coalesce" && m[3] != "":
		return func(row queryRow) string {
			if value, ok := row[m[2]]; ok {
				return value
			}
			return row[m[3]]
		}, nil
	}
	return nil, fmt.Errorf("the function %q", text)
}

func parseFields(_ *logsQuery, text string) (func([]queryRow) []queryRow, error) {
	made := map[string]func(queryRow) string{}
	for _, one := range commaList(text) {
		what, name, ok := strings.Cut(one, " as ")
		if !ok {
			return nil, fmt.Errorf("%q has no name", one)
		}
		value, err := parseExpression(what)
		if err != nil {
			return nil, err
		}
		made[name] = value
	}
	return func(rows []queryRow) []queryRow {
		for _, row := range rows {
			for name, value := range made {
				row[name] = value(row)
			}
		}
		return rows
	}, nil
}

// commaList cuts a text at each comma that is not within brackets.
func commaList(text string) []string {
	var parts []string
	depth, from := 0, 0
	for i := range len(text) {
		switch text[i] {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				parts = append(parts, strings.TrimSpace(text[from:i]))
				from = i + 1
			}
		}
	}
	return append(parts, strings.TrimSpace(text[from:]))
}
