package wrapper

import (
	"bytes"
	"os"
	"strings"
	"sync/atomic"

	"github.com/lambdafence/lambdafence/internal/awskey"
)

// An account knows the function's own account: one that was stated, or that of
// the access key id which the process started with, or else that of the first
// invocation's ARN.
type account struct {
	keyID string // that the process started with
	own   atomic.Pointer[string]
	last  atomic.Pointer[signer] // who was asked for last, for it is the same most times
}

type signer struct{ keyID, account string }

func (a *account) start(stated string) {
	a.learn(stated)
	a.keyID = startedWith("AWS_ACCESS_KEY_ID")
	a.learn(awskey.Account(a.keyID))
}

func (a *account) learn(id string) {
	if len(id) == 12 {
		a.own.CompareAndSwap(nil, &id)
	}
}

// confirm takes the account from the ARN of a function where the key id did not
// tell it, as those of emulators don't. Lambda's own key ids always agree with
// the ARN. Emulators give the credentials of whoever runs them and an ARN of an
// account that there is none of; then the key is right, for it is what AWS will
// judge by.
func (a *account) confirm(arn string) {
	if a.own.Load() == nil {
		if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 {
			a.learn(parts[4])
		}
	}
}

// self is the function's own account, "" while it is unknown.
func (a *account) self() string {
	if id := a.own.Load(); id != nil {
		return *id
	}
	return ""
}

// of is the account that signs with a key id, "" where that cannot be told. The
// key that the process started with is the function's own, whatever its form.
func (a *account) of(keyID string) string {
	if keyID != "" && keyID == a.keyID {
		return a.self()
	}
	if s := a.last.Load(); s != nil && s.keyID == keyID {
		return s.account
	}
	s := &signer{strings.Clone(keyID), awskey.Account(keyID)}
	a.last.Store(s)
	return s.account
}

// startedWith reads a variable of the environment as it was when the process
// started: a library may set another since, and could so make its own account
// the function's. Elsewhere than on Linux it is the variable as it is now.
func startedWith(name string) string {
	env, err := environ()
	if err != nil {
		return os.Getenv(name)
	}
	for entry := range bytes.SplitSeq(env, []byte{0}) {
		if value, ok := bytes.CutPrefix(entry, []byte(name+"=")); ok {
			return string(value)
		}
	}
	return ""
}

// environ reads the environment as the kernel gave it, of which it does not say
// how long it is: Lambda's has a few kilobytes, and each read of it takes its time.
func environ() ([]byte, error) {
	f, err := os.Open("/proc/self/environ")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var b bytes.Buffer
	b.Grow(8 << 10)
	_, err = b.ReadFrom(f)
	return b.Bytes(), err
}

// A signature is what the Authorization header of a signed request tells: whose
// key, and for which region.
type signature struct{ keyID, region string }

// authorization is the header that a signature stands in.
const (
	authorization = "Authorization"
	target        = "X-Amz-Target"
)

// signatureOf reads the header of Signature Version 4, of which the credential
// begins with the key id, a day and the region, and of 4A, which has no region.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
func signatureOf(text string) signature {
	const credential = "Credential="
	if !strings.HasPrefix(text, "AWS4-") {
		return signature{}
	}
	at := strings.Index(text, credential)
	if at < 0 {
		return signature{}
	}
	scope, _, _ := strings.Cut(text[at+len(credential):], ",")
	s := signature{}
	s.keyID, scope, _ = strings.Cut(scope, "/")
	if strings.HasPrefix(text, "AWS4-HMAC-SHA256 ") {
		_, scope, _ = strings.Cut(scope, "/")
		s.region, _, _ = strings.Cut(scope, "/")
	}
	return s
}
