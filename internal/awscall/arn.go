package awscall

import (
	"strings"
	"unicode/utf8"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

// maxName is longer than any name or ARN that a service takes.
const maxName = 2048

// isARN reports whether a value says that it is an ARN.
func isARN(s string) bool { return strings.HasPrefix(s, "arn:") }

// validARN reports whether s has the six parts of an ARN: arn, partition,
// service, region, account, resource. Region and account may be empty.
func validARN(s string) bool {
	a, ok := cutARN(s)
	return ok && a.partition != "" && a.service != "" && a.resource != "" && isPlain(s)
}

// An arn is an ARN cut into its parts.
type arn struct{ partition, service, region, account, resource string }

func cutARN(s string) (a arn, ok bool) {
	rest, ok := strings.CutPrefix(s, "arn:")
	for _, part := range []*string{&a.partition, &a.service, &a.region, &a.account} {
		if ok {
			*part, rest, ok = strings.Cut(rest, ":")
		}
	}
	a.resource = rest
	return a, ok
}

func (a arn) String() string {
	return "arn:" + a.partition + ":" + a.service + ":" + a.region + ":" + a.account + ":" + a.resource
}

// A signer is who signs a call, and where it goes.
type signer struct{ partition, region, account string }

func newSigner(region, account string) signer {
	return signer{awshost.Partition(region), region, account}
}

// own returns the ARN of a resource of the signer's, in the call's region.
func (s *signer) own(service, resource string) string { return s.owned(service, s.account, resource) }

// owned returns the ARN of a resource of account, in the call's region.
func (s *signer) owned(service, account, resource string) string {
	return "arn:" + s.partition + ":" + service + ":" + s.region + ":" + account + ":" + resource
}

// placeable reports whether region and account can stand in an ARN without
// shifting its parts.
func placeable(region, account string) bool {
	for i := 0; i < len(region); i++ {
		c := region[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return account == "" || isDigits(account)
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func isAccount(s string) bool { return len(s) == 12 && isDigits(s) }

// isName reports whether s can be a name within an ARN. A colon would shift what
// follows it, and no service takes one in a name.
func isName(s string) bool {
	return s != "" && strings.IndexByte(s, ':') < 0 && isPlain(s)
}

// isPlain reports whether s has no control characters, is text and is not too
// long.
func isPlain(s string) bool {
	if len(s) > maxName {
		return false
	}
	ascii := true
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c < 0x20 || c == 0x7f:
			return false
		case c >= 0x80:
			ascii = false
		}
	}
	return ascii || isText(s)
}

func isText(s string) bool {
	for i, r := range s {
		if r >= 0x80 && r < 0xa0 || r == utf8.RuneError && isBroken(s[i:]) {
			return false
		}
	}
	return true
}

func isBroken(s string) bool {
	_, size := utf8.DecodeRuneInString(s)
	return size <= 1
}

// isSimple reports whether s consists of ASCII letters, digits and the bytes in
// extra, as most services limit their names.
func isSimple(s, extra string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') && strings.IndexByte(extra, c) < 0 {
			return false
		}
	}
	return s != "" && len(s) <= maxName
}
