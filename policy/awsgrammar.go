package policy

import (
	"fmt"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awshost"
	"github.com/lambdafence/lambdafence/internal/braces"
)

// accessWords are the levels of access in the order of their constants, from List on.
var accessWords = []string{"list", "read", "write", "tagging", "permissions"}

const accountSelf = "self"

func compileAccount(s string) (string, error) {
	if s == accountSelf || s == "*" || len(s) == 12 && strings.Trim(s, "0123456789") == "" {
		return s, nil
	}
	return "", fmt.Errorf("%q: want self, \"*\" or the 12 digits of an account id", s)
}

func compileService(s string) (string, error) {
	name := awshost.Normal(s)
	switch {
	case s == "*":
		return s, nil
	case strings.ContainsAny(s, "*?[]{}"):
		return "", fmt.Errorf("%q: a service is named, or \"*\" for all of them", s)
	case strings.HasPrefix(s, "arn:"):
		return "", fmt.Errorf("%q: an ARN goes into resources; aws names the service, such as s3", s)
	case strings.Contains(s, ":"):
		service, operation, _ := strings.Cut(s, ":")
		return "", fmt.Errorf("%q: write aws: %s and operations: [%s], by the SDK's name of the operation", s, service, operation)
	case name == "":
		return "", fmt.Errorf("%q is no service, such as dynamodb or \"Secrets Manager\"", s)
	}
	return name, nil
}

// compileRegion compiles a pattern over regions, which are in lower case.
func compileRegion(s string) ([]pattern, error) {
	if lower := strings.ToLower(s); lower != s {
		return nil, fmt.Errorf("%q: regions are written %s", s, lower)
	}
	return compilePatterns(s, "")
}

// compileOperation compiles a pattern over the SDK's names, which begin with a
// capital: a rule that could never match would be a deny rule that denies nothing.
func compileOperation(s string) ([]pattern, error) {
	if _, name, ok := strings.Cut(s, ":"); ok {
		return nil, fmt.Errorf("%q: write the operation alone, such as %s", s, name)
	}
	alternatives, err := braces.Expand(s, "")
	if err != nil {
		return nil, err
	}
	for _, alt := range alternatives {
		if alt[0] >= 'a' && alt[0] <= 'z' {
			return nil, fmt.Errorf("%q: operations have the SDK's names, such as %s", s, strings.ToUpper(alt[:1])+alt[1:])
		}
	}
	return compilePatterns(s, "")
}
