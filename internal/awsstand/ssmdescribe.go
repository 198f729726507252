package awsstand

import (
	"slices"
	"strconv"
	"strings"
)

type describeParametersInput struct {
	ParameterFilters []filter
	MaxResults       int
	NextToken        string
}

type describeParametersOutput struct {
	Parameters []metadata
	NextToken  string `json:",omitempty"`
}

// metadata is what DescribeParameters and GetParameterHistory tell of a version.
type metadata struct {
	ARN              string `json:",omitempty"`
	DataType         string
	Description      string   `json:",omitempty"`
	KeyId            string   `json:",omitempty"`
	Labels           []string `json:",omitzero"`
	LastModifiedDate float64
	LastModifiedUser string
	Name             string
	Tier, Type       string
	Value            string `json:",omitempty"`
	Version          int64
}

func (s *parameterStore) metadata(p *parameter, v *version) metadata {
	return metadata{
		DataType:         v.dataType,
		Description:      v.description,
		KeyId:            v.keyID,
		LastModifiedDate: seconds(v.at),
		LastModifiedUser: "arn:aws:iam::" + s.account + ":user/stand",
		Name:             p.name,
		Tier:             p.tier,
		Type:             v.kind,
		Version:          v.number,
	}
}

func (s *parameterStore) describeParameters(in describeParametersInput) (out describeParametersOutput, err error) {
	out.Parameters = []metadata{}
	names, next, err := s.page(in.NextToken, in.MaxResults, 50, func(p *parameter) (bool, error) {
		return described(p, in.ParameterFilters)
	})
	if err != nil {
		return out, err
	}
	for _, name := range names {
		p := s.parameters[name]
		m := s.metadata(p, p.latest())
		m.ARN = s.arn(name)
		out.Parameters = append(out.Parameters, m)
	}
	out.NextToken = next
	return out, nil
}

// described says whether every filter accepts p.
func described(p *parameter, filters []filter) (bool, error) {
	for _, f := range filters {
		var ok bool
		switch f.Key {
		case "Name":
			ok = f.matches(p.name) || f.matches(strings.TrimPrefix(p.name, "/"))
		case "Type":
			ok = f.matches(p.latest().kind)
		case "KeyId":
			ok = f.matches(p.latest().keyID)
		case "Tier":
			ok = f.matches(p.tier)
		case "Path":
			ok = slices.ContainsFunc(f.Values, func(path string) bool { return beneath(p.name, path, f.Option == "Recursive") })
		default:
			return false, refuse("InvalidFilterKey", "this stand-in's DescribeParameters has no filter %q", f.Key)
		}
		if !ok {
			return false, nil
		}
	}
	return true, nil
}

type getParameterHistoryInput struct {
	Name           string
	WithDecryption bool
	MaxResults     int
	NextToken      string
}

// getParameterHistory tells of the versions, oldest first.
func (s *parameterStore) getParameterHistory(in getParameterHistoryInput) (out describeParametersOutput, err error) {
	name, selector, err := s.split(in.Name)
	if err != nil {
		return out, err
	}
	if err := s.permit("GetParameterHistory", name); err != nil {
		return out, err
	}
	if selector != "" {
		return out, refuse("ValidationException", "GetParameterHistory takes no selector")
	}
	p, _, err := s.find(name, "")
	if err != nil {
		return out, err
	}
	after, err := openToken(in.NextToken)
	if err != nil {
		return out, err
	}
	size, err := pageSize(in.MaxResults, 50)
	if err != nil {
		return out, err
	}
	out.Parameters = []metadata{}
	last, _ := strconv.ParseInt(after, 10, 64) // 0 where there is no token
	for _, v := range p.versions {
		if v.number <= last {
			continue
		}
		m := s.metadata(p, v)
		m.Labels, m.Value = append([]string{}, v.labels...), v.read(in.WithDecryption)
		if out.Parameters = append(out.Parameters, m); len(out.Parameters) == size {
			out.NextToken = newToken(strconv.FormatInt(v.number, 10))
			break
		}
	}
	return out, nil
}
