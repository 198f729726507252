// Package leak makes calls that carry a secret in every place where one can be, and
// finds those secrets again in what was written of the calls.
//
// It is imported by the tests of wrapper, of internal/integration and of the command-line
// tool.
package leak

import (
	"encoding/base64"
	"encoding/hex"
	"maps"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
)

// A Loader makes secrets, and knows them again. It is not safe for concurrent use.
type Loader struct {
	rng    *rand.Rand
	places map[string]string // by secret
	pieces map[string]string // secrets by piece; nil: not cut yet
}

// New returns a loader that makes the same secrets for the same seed.
func New(seed uint64) *Loader {
	return &Loader{rng: rand.New(rand.NewPCG(seed, 0)), places: map[string]string{}}
}

const (
	letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	digits  = "0123456789"
	symbols = "!$*()-._~"

	tokenHead = "eyJhbGciOiJIUzI1NiJ9." // of a JWT: {"alg":"HS256"}
)

func (l *Loader) text(n int, of string) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = of[l.rng.IntN(len(of))]
	}
	return string(b)
}

// keep notes that a secret was put into a place.
func (l *Loader) keep(place, secret string) string {
	l.places[secret], l.pieces = place, nil
	return secret
}

// Word is a secret for a place that no output shows anything of.
func (l *Loader) Word(place string) string {
	return l.keep(place, l.text(16+l.rng.IntN(20), letters+digits+symbols))
}

// Phone is a number in the form of E.164.
func (l *Loader) Phone(place string) string { return l.keep(place, "+44"+l.text(10, "23456789")) }

// Token is one for a path: of the forms in which they are issued.
func (l *Loader) Token(place string) string {
	forms := []func() string{
		func() string { return l.text(40, letters+digits) },
		func() string { return l.text(24, letters+digits) }, // a webhook
		func() string { return l.text(40, "0123456789abcdef") },
		func() string { return "sk_live_" + l.text(24, letters+digits) },
		func() string { return "ghp_" + l.text(36, letters+digits) },
		func() string { return "xoxb-" + l.text(12, digits) + "-" + l.text(24, letters+digits) },
		func() string { return "AKIA" + l.text(16, letters[:26]+"234567") },
		func() string { return "bot" + l.text(9, digits) + ":" + l.text(35, letters+digits+"-_") },
		func() string {
			part := func(n int) string { return base64.RawURLEncoding.EncodeToString([]byte(l.text(n, letters))) }
			return tokenHead + part(30) + "." + part(32)
		},
	}
	return l.keep(place, forms[l.rng.IntN(len(forms))]())
}

// window is how long a piece of a secret must be to be one.
const window = 12

// Found returns the places of those secrets of which text has a piece: as it is, or
// in a form in which it might be written.
func (l *Loader) Found(text string) (places []string) {
	if l.pieces == nil {
		l.cut()
	}
	found := map[string]bool{}
	for i := 0; i+window <= len(text); i++ {
		if secret := l.pieces[text[i:i+window]]; secret != "" {
			found[l.places[secret]+": "+secret] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// cut cuts the secrets into pieces.
func (l *Loader) cut() {
	l.pieces = map[string]string{}
	for secret := range l.places {
		for _, form := range []string{
			secret, url.QueryEscape(secret), url.PathEscape(secret), hex.EncodeToString([]byte(secret)),
			base64.StdEncoding.EncodeToString([]byte(secret)), base64.RawURLEncoding.EncodeToString([]byte(secret)),
		} {
			form = strings.TrimPrefix(form, tokenHead) // every token has it
			for i := 0; i+window <= len(form); i++ {
				l.pieces[form[i:i+window]] = secret
			}
		}
	}
}
