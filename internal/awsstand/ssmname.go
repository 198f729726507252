package awsstand

import "strings"

// checkName holds a parameter's name against the rules of PutParameter's reference.
func checkName(name string, s *parameterStore) error {
	bare := strings.TrimPrefix(name, "/")
	lower := strings.ToLower(bare)
	levels := strings.Split(bare, "/")
	switch {
	case bare == "":
		return refuse("ValidationException", "a parameter's name must not be empty")
	case !only(bare, "_.-/"):
		return refuse("ValidationException", "Parameter name: only a mix of letters, numbers, the symbols . - _ and the slash of a path are allowed")
	case strings.HasPrefix(lower, "aws"):
		return refuse("AccessDeniedException", "No access to reserved parameter name: %s.", name)
	case strings.HasPrefix(lower, "ssm"):
		return refuse("ValidationException", `Parameter name: can't be prefixed with "ssm" (case-insensitive)`)
	case len(levels) > 1 && name == bare:
		return refuse("ValidationException", "Parameter name must be a fully qualified name.")
	case len(levels) > maxDepth:
		return refuse("HierarchyLevelLimitExceededException", "a hierarchy has at most %d levels", maxDepth)
	case len(s.arn(name)) > maxNameLength:
		return refuse("ValidationException", "a parameter's name and the ARN before it have at most %d characters", maxNameLength)
	}
	for _, level := range levels {
		if level == "" {
			return refuse("ValidationException", "a level of a parameter's name must not be empty")
		}
	}
	return nil
}

// validLabel says whether a label follows the rules of LabelParameterVersion's reference.
func validLabel(label string) bool {
	lower := strings.ToLower(label)
	return label != "" && len(label) <= maxLabelLength && only(label, "_.-") && (label[0] < '0' || label[0] > '9') &&
		!strings.HasPrefix(lower, "aws") && !strings.HasPrefix(lower, "ssm")
}

// only says whether s is made of ASCII letters, digits and the symbols.
func only(s, symbols string) bool {
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune(symbols, r) {
			return false
		}
	}
	return true
}
