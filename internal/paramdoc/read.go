package paramdoc

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A Part says which version of which parameter is a part.
type Part struct {
	Name    string
	Version int64
}

// Fetch returns the values of parts, in their order.
type Fetch func(context.Context, []Part) ([]string, error)

// Read returns the policy that the value of the parameter n holds, in whatever
// form. fetch is asked for the parts of a split one. Nothing is returned that a
// hash or a size does not fit; no error repeats what a value holds.
func Read(ctx context.Context, n Name, value string, fetch Fetch) ([]byte, error) {
	if len(value) > maxSize {
		return nil, fmt.Errorf("a value of %d bytes: a policy has at most %d", len(value), maxSize)
	}
	if !isMarked(value) {
		return []byte(value), nil
	}
	value = strings.TrimSpace(value)
	if text, ok := strings.CutPrefix(value, packedMarker); ok {
		doc, err := unpack(text, maxSize)
		if err != nil {
			return nil, fmt.Errorf("packed policy: %w", err)
		}
		return doc, nil
	}
	if text, ok := strings.CutPrefix(value, splitMarker); ok {
		doc, err := join(ctx, n, text, fetch)
		if err != nil {
			return nil, fmt.Errorf("split policy: %w", err)
		}
		return doc, nil
	}
	return nil, fmt.Errorf("stored in a form that this version does not know: want plain, %q or %q; update lambdafence, or push again with the version that reads it", strings.TrimSpace(packedMarker), strings.TrimSpace(splitMarker))
}

// FormOf returns the form that a value claims to have. One that is marked by a
// form of a later version is Packed: Read says why it cannot be read.
func FormOf(value string) Form {
	switch {
	case !isMarked(value):
		return Plain
	case strings.HasPrefix(strings.TrimSpace(value), splitMarker):
		return Split
	}
	return Packed
}

// join reads a manifest and puts its parts together.
func join(ctx context.Context, n Name, text string, fetch Fetch) ([]byte, error) {
	m, err := readManifest(text)
	if err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	parts := make([]Part, len(m.Parts))
	for i, p := range m.Parts {
		parts[i] = Part{n.Part(i), p.Version}
	}
	values, err := fetch(ctx, parts)
	if err != nil {
		return nil, err
	}
	if len(values) != len(parts) {
		return nil, fmt.Errorf("%d of %d parts are there: push again", len(values), len(parts))
	}
	var b strings.Builder
	for i, v := range values {
		if len(v) > Advanced {
			return nil, fmt.Errorf("part %d of %d has %d bytes, more than a parameter holds", i+1, len(values), len(v))
		}
		if sum([]byte(v)) != m.Parts[i].Sum {
			return nil, fmt.Errorf("part %d of %d (%s, version %d) is not what the manifest was written for: push again", i+1, len(values), parts[i].Name, parts[i].Version)
		}
		b.WriteString(v)
	}
	doc, err := unpack(b.String(), m.Size)
	if err != nil {
		return nil, err
	}
	if len(doc) != m.Size || sum(doc) != m.Sum {
		return nil, fmt.Errorf("size or SHA-256 of the whole is not what the manifest says: push again")
	}
	return doc, nil
}

// readManifest is strict: a manifest is written by a program.
func readManifest(text string) (*manifest, error) {
	var m manifest
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return nil, fmt.Errorf("not as version 1 has it (%s)", jsonTrouble(err))
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("something follows it")
	}
	switch {
	case m.Size < 1 || m.Size > maxSize:
		return nil, fmt.Errorf("a size of %d bytes: want 1 to %d", m.Size, maxSize)
	case len(m.Parts) < 1 || len(m.Parts) > maxParts:
		return nil, fmt.Errorf("%d parts: want 1 to %d", len(m.Parts), maxParts)
	case len(m.Sum) != 64:
		return nil, errors.New("no SHA-256 of the whole")
	}
	for i, p := range m.Parts {
		if p.Version < 1 || len(p.Sum) != 64 {
			return nil, fmt.Errorf("part %d has no version or no SHA-256", i+1)
		}
	}
	return &m, nil
}

// jsonTrouble says what was wrong, without the text of the document.
func jsonTrouble(err error) string {
	var syntax *json.SyntaxError
	var typ *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Sprintf("no JSON from byte %d on", syntax.Offset)
	case errors.As(err, &typ):
		return fmt.Sprintf("a wrong type at byte %d", typ.Offset)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "cut off"
	}
	return "a key or a number that it does not have"
}

// unpack undoes squeeze. It unpacks no more than limit bytes, whatever the gzip
// would grow to, and takes one gzip member with nothing behind it.
func unpack(text string, limit int) ([]byte, error) {
	data, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, errors.New("no base64, or cut off: push again")
	}
	in := bytes.NewReader(data)
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, errors.New("no gzip: push again")
	}
	z.Multistream(false)
	doc, err := io.ReadAll(io.LimitReader(z, int64(limit)+1))
	switch {
	case err != nil:
		return nil, errors.New("the gzip is damaged or cut off: push again")
	case len(doc) > limit:
		return nil, fmt.Errorf("it unpacks to more than %d bytes", limit)
	case in.Len() > 0:
		return nil, errors.New("something follows the gzip")
	}
	return doc, nil
}
