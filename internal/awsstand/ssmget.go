package awsstand

import "strings"

type getParameterInput struct {
	Name           string
	WithDecryption bool
}

type getParameterOutput struct{ Parameter parameterOut }

type parameterOut struct {
	ARN, DataType    string
	LastModifiedDate float64
	Name             string
	Selector         string `json:",omitempty"`
	Type, Value      string
	Version          int64
}

func (s *parameterStore) out(p *parameter, v *version, selector string, decrypt bool) parameterOut {
	return parameterOut{
		ARN:              s.arn(p.name),
		DataType:         v.dataType,
		LastModifiedDate: seconds(v.at),
		Name:             p.name,
		Selector:         selector,
		Type:             v.kind,
		Value:            v.read(decrypt),
		Version:          v.number,
	}
}

func (s *parameterStore) getParameter(in getParameterInput) (out getParameterOutput, err error) {
	name, selector, err := s.split(in.Name)
	if err != nil {
		return out, err
	}
	if err := s.permit("GetParameter", name); err != nil {
		return out, err
	}
	p, v, err := s.find(name, selector)
	if err != nil {
		return out, err
	}
	return getParameterOutput{s.out(p, v, selector, in.WithDecryption)}, nil
}

type getParametersInput struct {
	Names          []string
	WithDecryption bool
}

type getParametersOutput struct {
	Parameters        []parameterOut
	InvalidParameters []string
}

// getParameters answers in the reverse of the order asked for: AWS promises no order, and who relies on one shall notice.
func (s *parameterStore) getParameters(in getParametersInput) (out getParametersOutput, err error) {
	if len(in.Names) == 0 || len(in.Names) > maxNames {
		return out, refuse("ValidationException", "GetParameters takes 1 to %d names", maxNames)
	}
	out = getParametersOutput{Parameters: []parameterOut{}, InvalidParameters: []string{}}
	for i := len(in.Names) - 1; i >= 0; i-- {
		name, selector, err := s.split(in.Names[i])
		if err != nil {
			return out, err
		}
		if err := s.permit("GetParameters", name); err != nil {
			return out, err
		}
		p, v, err := s.find(name, selector)
		if err != nil {
			out.InvalidParameters = append(out.InvalidParameters, in.Names[i])
			continue
		}
		out.Parameters = append(out.Parameters, s.out(p, v, selector, in.WithDecryption))
	}
	return out, nil
}

type deleteParameterInput struct{ Name string }

func (s *parameterStore) deleteParameter(in deleteParameterInput) (struct{}, error) {
	name := strings.TrimSpace(in.Name)
	if err := s.permit("DeleteParameter", name); err != nil {
		return struct{}{}, err
	}
	if !s.remove(name) {
		return struct{}{}, refuse("ParameterNotFound", "")
	}
	return struct{}{}, nil
}

type deleteParametersInput struct{ Names []string }

type deleteParametersOutput struct{ DeletedParameters, InvalidParameters []string }

func (s *parameterStore) deleteParameters(in deleteParametersInput) (out deleteParametersOutput, err error) {
	if len(in.Names) == 0 || len(in.Names) > maxNames {
		return out, refuse("ValidationException", "DeleteParameters takes 1 to %d names", maxNames)
	}
	for _, name := range in.Names { // all or none: IAM judges the request before it is done
		if err := s.permit("DeleteParameters", name); err != nil {
			return out, err
		}
	}
	out = deleteParametersOutput{DeletedParameters: []string{}, InvalidParameters: []string{}}
	for _, name := range in.Names {
		if s.remove(strings.TrimSpace(name)) {
			out.DeletedParameters = append(out.DeletedParameters, name)
		} else {
			out.InvalidParameters = append(out.InvalidParameters, name)
		}
	}
	return out, nil
}

func (s *parameterStore) remove(name string) bool {
	p, ok := s.parameters[name]
	if !ok {
		return false
	}
	for _, v := range p.versions {
		s.room.give(v.size())
	}
	delete(s.parameters, name)
	return true
}
