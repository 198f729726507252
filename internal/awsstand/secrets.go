package awsstand

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// secrets is Secrets Manager's.
type secrets struct {
	region, account string
	room            *room

	mu      sync.Mutex
	secrets map[string]*secret
}

type secret struct {
	name     string
	versions []*secretVersion // oldest first; the last two are AWSPREVIOUS and AWSCURRENT
}

type secretVersion struct {
	id     string
	text   *string
	binary []byte
	at     time.Time
}

// maxSecret is the greatest secret, in bytes; only the last versions are kept, as AWS drops those without a stage.
const (
	maxSecret         = 65_536
	maxSecretVersions = 10
)

func (s *secrets) init(cfg Config, r *room) {
	s.region, s.account, s.room = cfg.Region, cfg.Account, r
	s.secrets = make(map[string]*secret)
}

func (s *secrets) do(c *call) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch c.Operation {
	case "CreateSecret":
		return do(c, s.create)
	case "PutSecretValue":
		return do(c, s.put)
	case "GetSecretValue":
		return do(c, s.get)
	}
	return nil, refuse("UnknownOperationException", "this stand-in has no operation %q of Secrets Manager", c.Operation)
}

type secretInput struct {
	Name, SecretId          string
	Description, KmsKeyId   string
	ClientRequestToken      string
	SecretString            *string
	SecretBinary            []byte
	VersionId, VersionStage string
}

type secretOutput struct {
	ARN, Name, VersionId string
	VersionStages        []string `json:",omitempty"`
	CreatedDate          float64  `json:",omitempty"`
	SecretString         *string  `json:",omitempty"`
	SecretBinary         []byte   `json:",omitempty"`
}

func (s *secrets) create(in secretInput) (out secretOutput, err error) {
	if in.Name == "" || !only(in.Name, "/_+=.@-") || len(in.Name) > 512 {
		return out, refuse("ValidationException", "a secret's name has 1 to 512 letters, digits and /_+=.@-")
	}
	if _, ok := s.secrets[in.Name]; ok {
		return out, refuse("ResourceExistsException", "the secret %s already exists", in.Name)
	}
	sec := &secret{name: in.Name}
	if out, err = s.add(sec, in); err == nil {
		s.secrets[in.Name] = sec
	}
	out.VersionStages = nil
	return out, err
}

func (s *secrets) put(in secretInput) (out secretOutput, err error) {
	sec, err := s.find(in.SecretId)
	if err != nil {
		return out, err
	}
	return s.add(sec, in)
}

func (s *secrets) add(sec *secret, in secretInput) (out secretOutput, err error) {
	v := &secretVersion{id: in.ClientRequestToken, text: in.SecretString, binary: in.SecretBinary, at: time.Now()}
	if (v.text == nil) == (v.binary == nil) || v.size() > maxSecret {
		return out, refuse("InvalidParameterException", "a secret is a string or bytes, at most %d", maxSecret)
	}
	if !s.room.take(v.size()) {
		return out, refuse("LimitExceededException", "this stand-in is full")
	}
	if v.id == "" {
		v.id = requestID()
	}
	sec.versions = append(sec.versions, v)
	if len(sec.versions) > maxSecretVersions {
		s.room.give(sec.versions[0].size())
		sec.versions = slices.Delete(sec.versions, 0, 1)
	}
	return secretOutput{ARN: s.arn(sec.name), Name: sec.name, VersionId: v.id, VersionStages: []string{"AWSCURRENT"}}, nil
}

func (v *secretVersion) size() int {
	if v.text != nil {
		return len(*v.text)
	}
	return len(v.binary)
}

func (s *secrets) get(in secretInput) (out secretOutput, err error) {
	sec, err := s.find(in.SecretId)
	if err != nil {
		return out, err
	}
	for i, v := range sec.versions {
		stage := map[int]string{1: "AWSCURRENT", 2: "AWSPREVIOUS"}[len(sec.versions)-i]
		wanted := in.VersionStage
		if wanted == "" && in.VersionId == "" {
			wanted = "AWSCURRENT"
		}
		if in.VersionId != "" && v.id != in.VersionId || wanted != "" && wanted != stage {
			continue
		}
		out = secretOutput{ARN: s.arn(sec.name), Name: sec.name, VersionId: v.id, CreatedDate: seconds(v.at), SecretString: v.text, SecretBinary: v.binary}
		if stage != "" {
			out.VersionStages = []string{stage}
		}
		return out, nil
	}
	return out, refuse("ResourceNotFoundException", "Secrets Manager can't find the specified secret value for the version or the staging label")
}

// find takes a name, an ARN, or an ARN without the six characters at its end.
func (s *secrets) find(id string) (*secret, error) {
	name := id
	if strings.HasPrefix(id, "arn:") {
		own, ok := strings.CutPrefix(id, s.arnPrefix())
		if !ok {
			return nil, refuse("AccessDeniedException", "no resource-based policy allows the access to %s", id)
		}
		name = strings.TrimSuffix(own, suffix)
	}
	if sec, ok := s.secrets[name]; ok {
		return sec, nil
	}
	return nil, refuse("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
}

// suffix stands for the six random characters at the end of an ARN.
const suffix = "-StAnD0"

func (s *secrets) arnPrefix() string {
	return "arn:aws:secretsmanager:" + s.region + ":" + s.account + ":secret:"
}

func (s *secrets) arn(name string) string { return s.arnPrefix() + name + suffix }
