package awsstand

import (
	"slices"
	"strconv"
	"strings"
)

type labelParameterVersionInput struct {
	Name             string
	ParameterVersion int64 // 0: the latest
	Labels           []string
}

type labelParameterVersionOutput struct {
	InvalidLabels    []string
	ParameterVersion int64
}

// labelParameterVersion moves the labels; one that breaks the rules is named in the answer and changes nothing.
func (s *parameterStore) labelParameterVersion(in labelParameterVersionInput) (out labelParameterVersionOutput, err error) {
	p, v, err := s.forLabels("LabelParameterVersion", in.Name, in.ParameterVersion, in.Labels)
	if err != nil {
		return out, err
	}
	out = labelParameterVersionOutput{InvalidLabels: []string{}, ParameterVersion: v.number}
	labels := slices.Clone(v.labels)
	for _, label := range in.Labels {
		if !validLabel(label) {
			out.InvalidLabels = append(out.InvalidLabels, label)
		} else if !slices.Contains(labels, label) {
			labels = append(labels, label)
		}
	}
	if len(labels) > maxLabels {
		return out, refuse("ParameterVersionLabelLimitExceeded", "A parameter version can have maximum %d labels. Move one or more labels to another version and try again.", maxLabels)
	}
	for _, other := range p.versions {
		if other != v {
			other.labels = slices.DeleteFunc(other.labels, func(l string) bool { return slices.Contains(labels, l) })
		}
	}
	v.labels = labels
	return out, nil
}

type unlabelParameterVersionOutput struct{ InvalidLabels, RemovedLabels []string }

func (s *parameterStore) unlabelParameterVersion(in labelParameterVersionInput) (out unlabelParameterVersionOutput, err error) {
	if in.ParameterVersion == 0 {
		return out, refuse("ValidationException", "UnlabelParameterVersion needs the version")
	}
	_, v, err := s.forLabels("UnlabelParameterVersion", in.Name, in.ParameterVersion, in.Labels)
	if err != nil {
		return out, err
	}
	out = unlabelParameterVersionOutput{InvalidLabels: []string{}, RemovedLabels: []string{}}
	for _, label := range in.Labels {
		if i := slices.Index(v.labels, label); i >= 0 {
			v.labels = slices.Delete(v.labels, i, i+1)
			out.RemovedLabels = append(out.RemovedLabels, label)
		} else {
			out.InvalidLabels = append(out.InvalidLabels, label)
		}
	}
	return out, nil
}

// forLabels finds the version whose labels change. These operations take no ARN and no selector.
func (s *parameterStore) forLabels(operation, name string, number int64, labels []string) (*parameter, *version, error) {
	name = strings.TrimSpace(name)
	if err := s.permit(operation, name); err != nil {
		return nil, nil, err
	}
	if err := checkName(name, s); err != nil {
		return nil, nil, err
	}
	if len(labels) == 0 || len(labels) > maxLabels {
		return nil, nil, refuse("ValidationException", "%s takes 1 to %d labels", operation, maxLabels)
	}
	selector := ""
	if number != 0 {
		selector = ":" + strconv.FormatInt(number, 10)
	}
	return s.find(name, selector)
}
