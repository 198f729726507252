package awsstand

import (
	"strings"
	"time"
)

const (
	standard = "Standard"
	advanced = "Advanced"
	secure   = "SecureString"
)

// A PutOption says what PutParameter of a Stand stores beside the value.
type PutOption func(*put)

type put struct {
	in     putParameterInput
	labels []string
}

// WithLabel moves a label to the new version.
func WithLabel(label string) PutOption {
	return func(p *put) { p.labels = append(p.labels, label) }
}

// Secure stores a SecureString.
func Secure() PutOption {
	return func(p *put) { p.in.Type = secure }
}

// PutParameter stores a value by hand, as set-up of a test: it overwrites, keeps the type of what is there, else String,
// and takes the advanced tier if the value needs it. It returns the new version, or 0 where AWS would have refused it.
func (s *Stand) PutParameter(name, value string, opts ...PutOption) int64 {
	p := put{in: putParameterInput{Name: name, Value: value, Overwrite: true, Tier: "Intelligent-Tiering"}}
	for _, opt := range opts {
		opt(&p)
	}
	s.ssm.mu.Lock()
	defer s.ssm.mu.Unlock()
	if _, ok := s.ssm.parameters[name]; !ok && p.in.Type == "" {
		p.in.Type = "String"
	}
	out, err := s.ssm.putParameter(p.in)
	if err != nil {
		return 0
	}
	if len(p.labels) > 0 {
		labelled, err := s.ssm.labelParameterVersion(labelParameterVersionInput{Name: name, Labels: p.labels})
		if err != nil || len(labelled.InvalidLabels) > 0 {
			return 0
		}
	}
	return out.Version
}

type putParameterInput struct {
	Name, Value, Type, KeyId, Tier, Description string
	Overwrite                                   bool
	DataType, AllowedPattern, Policies          string
	Tags                                        []struct{ Key, Value string }
}

type putParameterOutput struct {
	Version int64
	Tier    string
}

func (s *parameterStore) putParameter(in putParameterInput) (out putParameterOutput, err error) {
	name := strings.TrimSpace(in.Name)
	if err := s.permit("PutParameter", name); err != nil {
		return out, err
	}
	if err := checkName(name, s); err != nil {
		return out, err
	}
	p, exists := s.parameters[name]
	if !exists {
		p = &parameter{name: name}
	}
	if err := s.checkPut(in, p); err != nil {
		return out, err
	}
	tier, err := tierFor(in, p)
	if err != nil {
		return out, err
	}
	if len(p.versions) == maxVersions && len(p.versions[0].labels) > 0 {
		return out, refuse("ParameterMaxVersionLimitExceeded", "You attempted to create a new version of %s by calling the PutParameter API with the overwrite flag. "+
			"Version %d, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.",
			name, p.versions[0].number)
	}
	v := newVersion(in, p)
	if !s.room.take(v.size()) {
		return out, refuse("ParameterLimitExceeded", "this stand-in is full")
	}
	p.tier = tier
	p.versions = append(p.versions, v)
	if len(p.versions) > maxVersions {
		s.room.give(p.versions[0].size())
		p.versions = append([]*version(nil), p.versions[1:]...)
	}
	s.parameters[name] = p
	return putParameterOutput{Version: v.number, Tier: tier}, nil
}

// checkPut holds the input against what is there; p has no versions if nothing is.
func (s *parameterStore) checkPut(in putParameterInput, p *parameter) error {
	exists := len(p.versions) > 0
	switch {
	case exists && !in.Overwrite:
		return refuse("ParameterAlreadyExists", "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.")
	case exists && len(in.Tags) > 0:
		return refuse("ValidationException", "Invalid request: tags and overwrite can't be used together.")
	case exists && in.Type != "" && in.Type != p.latest().kind:
		return refuse("HierarchyTypeMismatchException", "the type of %s cannot be changed from %s to %s", p.name, p.latest().kind, in.Type)
	case !exists && in.Type == "":
		return refuse("ValidationException", "A parameter type is required when you create a parameter.")
	case !exists && len(s.parameters) >= maxParameters:
		return refuse("ParameterLimitExceeded", "an account has at most %d parameters here", maxParameters)
	case in.Type != "" && in.Type != "String" && in.Type != "StringList" && in.Type != secure:
		return refuse("UnsupportedParameterType", "the parameter type %q is not supported", in.Type)
	case in.KeyId != "" && kindFor(in, p) != secure:
		return refuse("ValidationException", "KeyId is only for parameters of the type SecureString")
	case in.Value == "":
		return refuse("ValidationException", "a parameter's value must not be empty")
	case strings.Contains(in.Value, "{{"):
		return refuse("ValidationException", `Parameter value can't nest another parameter. Do not use "{{}}" in the value.`)
	}
	return nil
}

// tierFor decides the tier and holds the value's size against it. Advanced never goes back to standard.
func tierFor(in putParameterInput, p *parameter) (string, error) {
	tier := in.Tier
	switch tier {
	case "Intelligent-Tiering", "":
		tier = standard
		if p.tier == advanced || in.Tier != "" && len(in.Value) > maxStandardValue {
			tier = advanced
		}
	case standard:
		if p.tier == advanced {
			return "", refuse("ValidationException", "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier.")
		}
	case advanced:
	default:
		return "", refuse("ValidationException", "there is no tier %q", tier)
	}
	if tier == standard && len(in.Value) > maxStandardValue {
		return "", refuse("ValidationException", "Standard tier parameters support a maximum parameter value of %d characters. "+
			"To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier.", maxStandardValue)
	}
	if len(in.Value) > maxAdvancedValue {
		return "", refuse("ValidationException", "Advanced tier parameters support a maximum parameter value of %d characters.", maxAdvancedValue)
	}
	return tier, nil
}

func kindFor(in putParameterInput, p *parameter) string {
	if in.Type == "" && len(p.versions) > 0 {
		return p.latest().kind
	}
	return in.Type
}

func newVersion(in putParameterInput, p *parameter) *version {
	v := &version{
		number:      1,
		value:       in.Value,
		kind:        kindFor(in, p),
		keyID:       in.KeyId,
		description: in.Description,
		dataType:    "text",
		at:          time.Now(),
	}
	if len(p.versions) > 0 {
		v.number = p.latest().number + 1
	}
	if v.kind == secure {
		v.sealed = seal(v.value)
		if v.keyID == "" {
			v.keyID = "alias/aws/ssm"
		}
	}
	return v
}
