package awsstand

import (
	"encoding/base64"
	"maps"
	"slices"
	"strings"
)

// A filter is one of ParameterFilters.
type filter struct {
	Key, Option string
	Values      []string
}

type getParametersByPathInput struct {
	Path                      string
	Recursive, WithDecryption bool
	ParameterFilters          []filter
	MaxResults                int
	NextToken                 string
}

type getParametersByPathOutput struct {
	Parameters []parameterOut
	NextToken  string `json:",omitempty"`
}

func (s *parameterStore) getParametersByPath(in getParametersByPathInput) (out getParametersByPathOutput, err error) {
	if !strings.HasPrefix(in.Path, "/") {
		return out, refuse("ValidationException", "The parameter path must begin with a slash, as in /a/b")
	}
	if err := s.permit("GetParametersByPath", in.Path); err != nil {
		return out, err
	}
	out.Parameters = []parameterOut{}
	names, next, err := s.page(in.NextToken, in.MaxResults, maxNames, func(p *parameter) (bool, error) {
		if !beneath(p.name, in.Path, in.Recursive) {
			return false, nil
		}
		v, err := chosen(p, in.ParameterFilters)
		return v != nil, err
	})
	if err != nil {
		return out, err
	}
	for _, name := range names {
		p := s.parameters[name]
		v, _ := chosen(p, in.ParameterFilters)
		selector := ""
		for _, f := range in.ParameterFilters {
			if f.Key == "Label" {
				selector = ":" + matchingLabel(v, f)
			}
		}
		out.Parameters = append(out.Parameters, s.out(p, v, selector, in.WithDecryption))
	}
	out.NextToken = next
	return out, nil
}

// beneath says whether name lies in the hierarchy of path: at once, or at any depth.
func beneath(name, path string, recursive bool) bool {
	rest, ok := strings.CutPrefix(name, strings.TrimSuffix(path, "/")+"/")
	return ok && rest != "" && (recursive || !strings.Contains(rest, "/"))
}

// chosen returns the version of p that GetParametersByPath's filters leave: the latest, or that of a label.
func chosen(p *parameter, filters []filter) (*version, error) {
	v := p.latest()
	for _, f := range filters {
		switch f.Key {
		case "Label":
			v = nil
			for _, candidate := range p.versions {
				if matchingLabel(candidate, f) != "" {
					v = candidate
				}
			}
		case "Type", "KeyId":
		default:
			return nil, refuse("InvalidFilterKey", "GetParametersByPath has no filter %q", f.Key)
		}
		if v == nil {
			return nil, nil
		}
	}
	for _, f := range filters {
		if f.Key == "Type" && !f.matches(v.kind) || f.Key == "KeyId" && !f.matches(v.keyID) {
			return nil, nil
		}
	}
	return v, nil
}

func matchingLabel(v *version, f filter) string {
	for _, label := range v.labels {
		if f.matches(label) {
			return label
		}
	}
	return ""
}

// matches applies the filter's option; none is Equals.
func (f filter) matches(value string) bool {
	return slices.ContainsFunc(f.Values, func(want string) bool {
		switch f.Option {
		case "BeginsWith":
			return strings.HasPrefix(value, want)
		case "Contains":
			return strings.Contains(value, want)
		}
		return value == want
	})
}

// page returns the names after the token's that keep accepts, sorted, and the token of the next page. A page may be
// followed by an empty one, as AWS's may.
func (s *parameterStore) page(token string, size, most int, keep func(*parameter) (bool, error)) (names []string, next string, err error) {
	after, err := openToken(token)
	if err != nil {
		return nil, "", err
	}
	size, err = pageSize(size, most)
	if err != nil {
		return nil, "", err
	}
	for _, name := range slices.Sorted(maps.Keys(s.parameters)) {
		if name <= after {
			continue
		}
		ok, err := keep(s.parameters[name])
		if err != nil {
			return nil, "", err
		}
		if !ok {
			continue
		}
		if names = append(names, name); len(names) == size {
			return names, newToken(name), nil
		}
	}
	return names, "", nil
}

func pageSize(asked, most int) (int, error) {
	if asked < 0 || asked > most {
		return 0, refuse("ValidationException", "MaxResults is 1 to %d", most)
	}
	if asked == 0 {
		return most, nil
	}
	return asked, nil
}

// A token is opaque to a client, as AWS's is.
func newToken(last string) string {
	return base64.RawURLEncoding.EncodeToString([]byte("after:" + last))
}

func openToken(token string) (string, error) {
	if token == "" {
		return "", nil
	}
	text, err := base64.RawURLEncoding.DecodeString(token)
	last, ok := strings.CutPrefix(string(text), "after:")
	if err != nil || !ok {
		return "", refuse("InvalidNextToken", "the token is none that this stand-in gave")
	}
	return last, nil
}
