package paramdoc

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// A Name says which parameter is meant, and which of its versions.
type Name struct {
	Path     string // "/fence/orders", or the ARN of a shared parameter
	Selector string // a version or a label; empty: the latest version
}

// ParseName reads a name as GetParameter takes it: "/fence/orders", with
// ":version" or ":label" if wanted, or an ARN.
func ParseName(s string) (Name, error) {
	prefix, rest := "", s
	if strings.HasPrefix(s, "arn:") {
		f := strings.SplitN(s, ":", 6)
		if len(f) < 6 || f[1] == "" || f[2] != "ssm" || f[3] == "" || f[4] == "" || !strings.HasPrefix(f[5], "parameter/") {
			return Name{}, fmt.Errorf("parameter name %.200q: want an ARN such as arn:aws:ssm:eu-west-1:123456789012:parameter/fence/orders", s)
		}
		rest = f[5][len("parameter"):]
		prefix = s[:len(s)-len(rest)]
	}
	path, selector, selected := strings.Cut(rest, ":")
	if err := checkPath(path); err != nil {
		return Name{}, fmt.Errorf("parameter name %.200q: %w", s, err)
	}
	if selected {
		if err := checkSelector(selector); err != nil {
			return Name{}, fmt.Errorf("parameter name %.200q: %w", s, err)
		}
	}
	return Name{prefix + path, selector}, nil
}

func (n Name) String() string {
	if n.Selector == "" {
		return n.Path
	}
	return n.Path + ":" + n.Selector
}

// Version returns the version that is selected, or 0 if none is.
func (n Name) Version() int64 {
	v, _ := strconv.ParseInt(n.Selector, 10, 64) // a label does not begin with a digit
	return v
}

// Shared reports whether the parameter is given by its ARN.
func (n Name) Shared() bool { return strings.HasPrefix(n.Path, "arn:") }

// Region returns the region that an ARN states, or "".
func (n Name) Region() string {
	if !n.Shared() {
		return ""
	}
	return strings.SplitN(n.Path, ":", 5)[3]
}

// Resource returns the end of the parameter's ARN, such as
// "parameter/fence/orders".
func (n Name) Resource() string {
	path := n.Path
	if n.Shared() {
		path = path[strings.LastIndexByte(path, ':')+len(":parameter"):]
	}
	return "parameter/" + strings.TrimPrefix(path, "/")
}

// Part returns the name of the part with index i.
func (n Name) Part(i int) string {
	path := n.Path
	if !strings.HasPrefix(path, "/") && !n.Shared() {
		path = "/" + path
	}
	return path + partName + strconv.Itoa(i+1)
}

const partName = "/lambdafence-part-"

// maxLevels is how deep Parameter Store lets names nest.
const maxLevels = 15

func checkPath(p string) error {
	switch {
	case p == "":
		return errors.New("no name")
	case len(p) > 1011:
		return errors.New("longer than 1,011 characters")
	case strings.IndexFunc(p, notInName) >= 0:
		return errors.New("it may hold letters, digits and _.-/ only")
	case strings.Contains(p, "/") && p[0] != '/':
		return fmt.Errorf("a name with a slash begins with one: /%s", p)
	case strings.HasSuffix(p, "/") || strings.Contains(p, "//"):
		return errors.New("an empty level")
	case strings.Count(p, "/") > maxLevels:
		return errors.New("more than 15 levels")
	}
	return nil
}

func notInName(r rune) bool { return r != '/' && notInLabel(r) }

func notInLabel(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && !isDigit(r) && r != '_' && r != '.' && r != '-'
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func checkSelector(s string) error {
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !isDigit(r) }) < 0 {
		if v, err := strconv.ParseInt(s, 10, 64); err != nil || v < 1 {
			return fmt.Errorf("there is no version %.30s", s)
		}
		return nil
	}
	return CheckLabel(s)
}

// CheckLabel says why Parameter Store would not take a label.
func CheckLabel(l string) error {
	lower := strings.ToLower(l)
	switch {
	case l == "":
		return errors.New("an empty label")
	case len(l) > 100:
		return errors.New("a label of more than 100 characters")
	case strings.IndexFunc(l, notInLabel) >= 0:
		return fmt.Errorf("label %q: it may hold letters, digits and _.- only", l)
	case isDigit(rune(l[0])), strings.HasPrefix(lower, "aws"), strings.HasPrefix(lower, "ssm"):
		return fmt.Errorf("label %q: it must not begin with a digit, aws or ssm", l)
	}
	return nil
}
