package policy

import "strings"

// Secrets Manager puts a hyphen and six characters of its own behind the name of
// a secret when it makes the ARN, and takes name and ARN alike. To an allow rule
// they are two resources. A deny rule that writes one of them means the secret.

const (
	secretKind   = "secret:"
	suffixLength = len("-AbCdEf")
)

// nameOfSecret returns the pattern for a secret's name where a pattern is for its
// ARN: what IAM's policies write, or an ARN as it was copied.
func nameOfSecret(pattern string, whole bool) (string, bool) {
	if !strings.HasPrefix(pattern, secretKind) {
		return "", false
	}
	for _, tail := range []string{"-??????", "-*"} {
		if name, ok := strings.CutSuffix(pattern, tail); ok {
			return name, name != secretKind
		}
	}
	name := pattern[:max(0, len(pattern)-suffixLength)]
	return name, whole && !hasMeta(pattern) && len(name) > len(secretKind) && pattern[len(name)] == '-'
}

// withoutSuffix returns the resource of a secret without the six characters, if
// it ends in six that look it: of those that are made at random, one in 200 has
// neither a digit nor a capital. Names end in words.
func withoutSuffix(resource string) string {
	i := len(resource) - suffixLength
	if i <= len(secretKind) || resource[i] != '-' {
		return resource
	}
	random := false
	for _, c := range []byte(resource[i+1:]) {
		switch {
		case c >= 'a' && c <= 'z':
		case c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
			random = true
		default:
			return resource
		}
	}
	if !random {
		return resource
	}
	return resource[:i]
}

// isSecret reports whether a is a secret of Secrets Manager.
func (a *arn) isSecret() bool {
	return a.parts[arnService] == "secretsmanager" && strings.HasPrefix(a.resource, secretKind)
}
