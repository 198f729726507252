package paramdoc

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// A Packing is a policy in the form in which it is to be stored.
type Packing struct {
	Form  Form
	Value string   // of the parameter; empty for Split, see Manifest
	Parts []string // of Split: the values of the parts

	size int
	sum  string
}

// manifest is what a split policy's parameter holds.
type manifest struct {
	Size  int    `json:"size"`
	Sum   string `json:"sha256"`
	Parts []part `json:"parts"`
}

type part struct {
	Version int64  `json:"version"`
	Sum     string `json:"sha256"`
}

// Pack chooses the simplest form of doc whose values have at most limit bytes.
// The same document makes the same values.
func Pack(doc []byte, limit int) (*Packing, error) {
	switch {
	case len(bytes.TrimSpace(doc)) == 0:
		return nil, errors.New("an empty document")
	case len(doc) > maxSize:
		return nil, fmt.Errorf("%d bytes: a policy has at most %d", len(doc), maxSize)
	case limit < 1024 || limit > Advanced:
		return nil, fmt.Errorf("%d bytes is no limit of a parameter", limit)
	case len(doc) <= limit && storable(doc):
		return &Packing{Form: Plain, Value: string(doc), size: len(doc)}, nil
	}
	text := squeeze(doc)
	if len(packedMarker)+len(text) <= limit {
		return &Packing{Form: Packed, Value: packedMarker + text, size: len(doc)}, nil
	}
	p := &Packing{Form: Split, size: len(doc), sum: sum(doc)}
	for len(text) > 0 {
		n := min(limit, len(text))
		p.Parts, text = append(p.Parts, text[:n]), text[n:]
	}
	// Tried with versions larger than any that a parameter will ever have, so
	// that no part is written for a manifest that has no room.
	versions := make([]int64, len(p.Parts))
	for i := range versions {
		versions[i] = 9_999_999_999
	}
	if m, err := p.Manifest(versions); err != nil || len(p.Parts) > maxParts || len(m) > limit {
		return nil, fmt.Errorf("the policy would need %d parts, more than its manifest has room for: shorten it, make two layers of it, or use the advanced tier", len(p.Parts))
	}
	return p, nil
}

// storable reports whether Parameter Store keeps doc as it is: it refuses
// double braces, which are references in other places of Systems Manager.
func storable(doc []byte) bool {
	return utf8.Valid(doc) && !bytes.Contains(doc, []byte("{{")) && !isMarked(string(doc))
}

func isMarked(value string) bool { return strings.HasPrefix(strings.TrimSpace(value), marker) }

// Manifest returns the value of a split policy's own parameter, for parts that
// were stored as these versions.
func (p *Packing) Manifest(versions []int64) (string, error) {
	if p.Form != Split || len(versions) != len(p.Parts) {
		return "", fmt.Errorf("a %v policy of %d parts and %d versions", p.Form, len(p.Parts), len(versions))
	}
	m := manifest{Size: p.size, Sum: p.sum, Parts: make([]part, len(versions))}
	for i, v := range versions {
		m.Parts[i] = part{v, sum([]byte(p.Parts[i]))}
	}
	text, err := json.Marshal(m)
	return splitMarker + string(text), err
}

// squeeze returns the base64 of the gzip of doc. Its header has no time and no
// name in it.
func squeeze(doc []byte) string {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is a right one
	_, _ = z.Write(doc)                                   // a buffer takes all
	_ = z.Close()
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

func sum(data []byte) string {
	s := sha256.Sum256(data)
	return hex.EncodeToString(s[:])
}

// Size returns how many bytes are stored, or at least: of a split policy the
// manifest, whose length depends on the versions of its parts, is counted with
// short ones.
func (p *Packing) Size() int {
	if p.Form != Split {
		return len(p.Value)
	}
	m, _ := p.Manifest(make([]int64, len(p.Parts)))
	n := len(m)
	for _, text := range p.Parts {
		n += len(text)
	}
	return n
}
