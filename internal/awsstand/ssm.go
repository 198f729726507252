package awsstand

import (
	"crypto/rand"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The limits of Parameter Store, from its API reference and its quotas.
const (
	maxParameters    = 10_000
	maxVersions      = 100
	maxLabels        = 10
	maxLabelLength   = 100
	maxStandardValue = 4096
	maxAdvancedValue = 8192
	maxDepth         = 15
	maxNameLength    = 1011 // with what precedes the name in the ARN
	maxNames         = 10   // of one GetParameters or DeleteParameters
)

// parameterStore is SSM's.
type parameterStore struct {
	region, account string
	room            *room

	mu         sync.Mutex
	parameters map[string]*parameter
	denied     []string
}

type parameter struct {
	name     string
	tier     string
	versions []*version // oldest first
}

type version struct {
	number      int64
	value       string
	sealed      string // what a SecureString looks like to who does not ask for it in the clear; empty: no SecureString
	kind        string // String, StringList, SecureString
	keyID       string
	description string
	dataType    string
	labels      []string
	at          time.Time
}

func (s *parameterStore) init(cfg Config, r *room) {
	s.region, s.account, s.room = cfg.Region, cfg.Account, r
	s.parameters = make(map[string]*parameter)
}

// limited says which operations the limit of Config counts. In AWS a PutParameter shares it with the reads; here set-up
// shall not use up what is to be measured.
func limited(operation string) bool {
	switch operation {
	case "GetParameter", "GetParameters", "GetParametersByPath", "GetParameterHistory", "DescribeParameters":
		return true
	}
	return false
}

func (s *parameterStore) do(c *call) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch c.Operation {
	case "PutParameter":
		return do(c, s.putParameter)
	case "GetParameter":
		return do(c, s.getParameter)
	case "GetParameters":
		return do(c, s.getParameters)
	case "GetParametersByPath":
		return do(c, s.getParametersByPath)
	case "DescribeParameters":
		return do(c, s.describeParameters)
	case "GetParameterHistory":
		return do(c, s.getParameterHistory)
	case "LabelParameterVersion":
		return do(c, s.labelParameterVersion)
	case "UnlabelParameterVersion":
		return do(c, s.unlabelParameterVersion)
	case "DeleteParameter":
		return do(c, s.deleteParameter)
	case "DeleteParameters":
		return do(c, s.deleteParameters)
	}
	return nil, refuse("UnknownOperationException", "this stand-in has no operation %q of SSM", c.Operation)
}

func (s *parameterStore) deny(prefix string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.denied = append(s.denied, prefix)
}

func (s *parameterStore) allow() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.denied = nil
}

// permit refuses what a test denied, as IAM does: before anything is looked up, so that it does not tell what exists, and
// by the ARN, which is the same with and without the first slash.
func (s *parameterStore) permit(operation, name string) error {
	for _, prefix := range s.denied {
		if strings.HasPrefix(strings.TrimPrefix(name, "/"), strings.TrimPrefix(prefix, "/")) {
			return refuse("AccessDeniedException", "User: arn:aws:sts::%s:assumed-role/stand/stand is not authorized to perform: "+
				"ssm:%s on resource: %s because no identity-based policy allows the ssm:%[2]s action", s.account, operation, s.arn(name))
		}
	}
	return nil
}

func (s *parameterStore) arn(name string) string {
	return "arn:aws:ssm:" + s.region + ":" + s.account + ":parameter/" + strings.TrimPrefix(name, "/")
}

// split takes a name or an ARN, with or without a selector, apart. The selector keeps its colon.
func (s *parameterStore) split(text string) (name, selector string, err error) {
	name = strings.TrimSpace(text)
	if rest, isARN := strings.CutPrefix(name, "arn:"); isARN {
		parts := strings.SplitN(rest, ":", 5) // partition, ssm, region, account, parameter/name:selector
		if len(parts) != 5 || parts[1] != "ssm" || !strings.HasPrefix(parts[4], "parameter/") {
			return "", "", refuse("ValidationException", "the ARN %q is not one of a parameter", text)
		}
		if parts[2] != s.region || parts[3] != s.account {
			return "", "", refuse("AccessDeniedException", "no resource-based policy allows the access to %s", text)
		}
		name = s.nameInARN(strings.TrimPrefix(parts[4], "parameter"))
	}
	if at := strings.IndexByte(name, ':'); at >= 0 {
		name, selector = name[:at], name[at:]
		if len(selector) == 1 || strings.Contains(selector[1:], ":") {
			return "", "", refuse("ValidationException", "the selector of %q is none", text)
		}
	}
	return name, selector, checkName(name, s)
}

// nameInARN chooses between /a and a, which have the same ARN.
func (s *parameterStore) nameInARN(name string) string {
	base, _, _ := strings.Cut(name, ":")
	if _, ok := s.parameters[base]; !ok && strings.Count(base, "/") == 1 {
		return name[1:]
	}
	return name
}

// find returns the version that a name with its selector means.
func (s *parameterStore) find(name, selector string) (*parameter, *version, error) {
	p, ok := s.parameters[name]
	if !ok {
		return nil, nil, refuse("ParameterNotFound", "")
	}
	v := p.at(selector)
	if v == nil {
		return nil, nil, refuse("ParameterVersionNotFound", "Systems Manager could not find %s of %s. Verify the version and try again.", selector[1:], name)
	}
	return p, v, nil
}

func (p *parameter) latest() *version { return p.versions[len(p.versions)-1] }

// at returns nil where there is no such version. A label never begins with a digit, so the two can be told apart.
func (p *parameter) at(selector string) *version {
	if selector == "" {
		return p.latest()
	}
	number, err := strconv.ParseInt(selector[1:], 10, 64)
	for _, v := range p.versions {
		if err == nil && v.number == number || slices.Contains(v.labels, selector[1:]) {
			return v
		}
	}
	return nil
}

// size is what a version takes of the room, near enough.
func (v *version) size() int {
	return len(v.value) + len(v.sealed) + len(v.description) + len(v.keyID) + 200
}

// seal makes what a SecureString looks like in transit: a blob that begins as one of KMS does and says nothing of value.
func seal(value string) string {
	blob := make([]byte, 150+len(value))
	_, _ = rand.Read(blob) // never fails
	copy(blob, []byte{1, 2, 2, 0, 0x78})
	return base64.StdEncoding.EncodeToString(blob)
}

func (v *version) read(decrypt bool) string {
	if v.sealed != "" && !decrypt {
		return v.sealed
	}
	return v.value
}
