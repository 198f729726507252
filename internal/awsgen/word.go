package main

import (
	"slices"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

// isPlace reports whether a word is a placeholder and no more.
func isPlace(s string) bool { return strings.HasPrefix(s, "${") && strings.Index(s, "}") == len(s)-1 }

// singular cuts the end of a plural.
func singular(n string) string { return strings.TrimSuffix(strings.TrimSuffix(n, "list"), "s") }

// placeholders returns the names in ${...}.
func placeholders(s string) []string {
	var names []string
	for {
		_, rest, ok := strings.Cut(s, "${")
		if !ok {
			return names
		}
		name, rest, _ := strings.Cut(rest, "}")
		names = append(names, name)
		s = rest
	}
}

// stem cuts what a name of an identifier ends with.
func stem(n string) string {
	for _, end := range []string{"identifier", "name", "id", "arn"} {
		if s, ok := strings.CutSuffix(n, end); ok {
			return s
		}
	}
	return n
}

// isAbout reports whether an operation is about one thing of a kind: GetCluster
// about a cluster.
func isAbout(op, kind string) bool {
	n := awshost.Normal(op)
	return strings.TrimPrefix(n, awshost.Normal(verbOf(op))) == kind
}

// isMaking reports whether an operation makes something new of a kind. A job that
// is started is new, a server is not.
func isMaking(op, kind string) bool {
	verb := verbOf(op)
	if verb == "Start" {
		return slices.ContainsFunc([]string{"job", "task", "analysis", "experiment", "execution"}, func(end string) bool { return strings.HasSuffix(kind, end) })
	}
	return slices.Contains([]string{"Create", "Register", "Allocate", "Import", "Run", "Request"}, verb)
}
