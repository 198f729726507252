package paramstore

import (
	"cmp"
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// secrets hands out the credentials of a client and knows those that it handed
// out last, so that no error shows them. What answers in SSM's place was sent
// the session token and may repeat it, and errors go to the log. SSM itself
// quotes the request, token and all, when it refuses a signature.
//
// The nil secrets knows none.
type secrets struct {
	aws.CredentialsProvider
	last atomic.Pointer[aws.Credentials]
}

// Retrieve is part of [aws.CredentialsProvider].
func (s *secrets) Retrieve(ctx context.Context) (aws.Credentials, error) {
	c, err := s.CredentialsProvider.Retrieve(ctx)
	if err == nil {
		s.last.Store(&c)
	}
	return c, err
}

// values returns what must not be shown, the longest first: it may hold a
// shorter one, of which nothing could be found any more.
func (s *secrets) values() []string {
	if s == nil {
		return nil
	}
	c := s.last.Load()
	if c == nil {
		return nil
	}
	values := slices.DeleteFunc([]string{c.SessionToken, c.SecretAccessKey, c.AccessKeyID}, func(v string) bool { return v == "" })
	slices.SortFunc(values, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	return values
}

// reason returns the innermost words of an error that is not SSM's refusal. The
// outer ones repeat URLs, which may hold a password.
func (s *secrets) reason(err error) string {
	var dns *net.DNSError
	if errors.As(err, &dns) {
		// No server had a say in it, and the name of a VPC endpoint is long.
		return line(dns.Error(), maxLine, s.values())
	}
	var op *net.OpError
	if errors.As(err, &op) {
		return s.said(op.Error())
	}
	for range 100 {
		inner := errors.Unwrap(err)
		if inner == nil {
			break
		}
		err = inner
	}
	return s.said(err.Error())
}

// said makes one line of what a server said, or may have: net/http quotes an
// answer that it cannot read.
func (s *secrets) said(text string) string { return line(text, maxWord, s.values()) }

const (
	maxRead = 4096 // bytes of a text; no message of SSM is longer
	maxLine = 300
	maxWord = 60 // characters; a token has hundreds, however it is encoded

	// minSecret is how long a credential is at least. A shorter one, as tests
	// have, is a word by itself or not looked for: "x" is part of many.
	minSecret = 8

	hidden = "…"
)

// line makes one short line of a text, with no URL in it, no word longer than
// longest, and none of values.
func line(text string, longest int, values []string) string {
	for _, v := range values {
		if len(v) >= minSecret {
			text = strings.ReplaceAll(text, v, hidden)
		}
	}
	text = text[:min(len(text), maxRead)] // after that, or it could cut through a value
	words := strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) })
	for i, w := range words {
		if strings.Contains(w, "://") || strings.ContainsAny(w, "?@") || utf8.RuneCountInString(w) > longest || isPiece(w, values) {
			words[i] = hidden
		}
	}
	text = strings.Join(words, " ")
	if len(text) > maxLine {
		text = strings.ToValidUTF8(text[:maxLine], "") + hidden
	}
	return text
}

// isPiece reports whether a word is one of values, or a piece of one that was
// broken into lines or cut off.
func isPiece(word string, values []string) bool {
	word = strings.Trim(word, "\"'`.,:;()[]{}<>")
	for _, v := range values {
		if word == v || len(word) >= minSecret && strings.Contains(v, word) {
			return true
		}
	}
	return false
}
