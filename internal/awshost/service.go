package awshost

import "slices"

// Normal returns the form in which names of services are compared: the letters
// and digits of name, in lower case, so that "Secrets Manager",
// "secretsmanager" and "secrets-manager" are one. It does not allocate where
// name is in that form already.
func Normal(name string) string {
	for i := range len(name) {
		if c := name[i]; normalByte(c) != c {
			return string(appendNormal(make([]byte, 0, len(name)), name))
		}
	}
	return name
}

// normalByte returns c as it stands in a normal name, or 0 if it has no place
// there. Letters outside of ASCII have none: no service has one, and a name
// that only looks like a service's must not become it.
func normalByte(c byte) byte {
	switch {
	case 'a' <= c && c <= 'z' || '0' <= c && c <= '9':
		return c
	case 'A' <= c && c <= 'Z':
		return c + 'a' - 'A'
	}
	return 0
}

func appendNormal(b []byte, name string) []byte {
	for i := range len(name) {
		if c := normalByte(name[i]); c != 0 {
			b = append(b, c)
		}
	}
	return b
}

// A Service is a service of AWS as a client of the SDK knows it.
type Service struct {
	ID  string // normal form of the SDK's ServiceID: "sfn", "secretsmanager", "dynamodbstreams"
	IAM string // normal form of its prefix in IAM and ARNs: "states", "secretsmanager", "dynamodb"
}

// Find returns the service that the SDK's ServiceID, or an IAM prefix, names in
// any case and spelling. A prefix that several services share finds the main
// one; a name that is both finds the service with that ID. A service that the
// table does not have, such as one released tomorrow, is its normal name twice,
// and not known.
func Find(name string) (s Service, known bool) {
	if s := found.Recall(name); s != nil {
		return *s, true
	}
	s, known = find(name)
	if known {
		found.Keep(name, func(string) Service { return s })
	}
	return s, known
}

var found Memo[Service]

func find(name string) (s Service, known bool) {
	var buf [maxName]byte
	if len(name) <= len(buf) {
		if i := byName(string(appendNormal(buf[:0], name))); i >= 0 {
			return services[i], true
		}
	}
	n := Normal(name)
	if i := byName(n); i >= 0 {
		return services[i], true
	}
	return Service{n, n}, false
}

// maxName is longer than the SDK's spelling of any service in the table.
const maxName = 48

// Services returns all services that the table has, sorted by ID. It is for tools.
func Services() []Service {
	n := 1
	for n < len(services) && services[n].ID > services[n-1].ID {
		n++
	}
	return slices.Clone(services[:n])
}
