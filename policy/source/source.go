// Package source says where a policy comes from.
//
//	src := source.First(source.File("/opt/policy.yaml"), source.FS(embedded, "policy.yaml"))
//	doc, err := src.Load(ctx)
//
// A source only fetches; package policy reads what it fetched, and the fence
// decides what becomes of a failure. SSM Parameter Store is a source of a
// package of its own, so that only its importers link the AWS SDK.
//
// # Limits
//
// Files and file systems are read in one go and do not watch the context; the
// fence does not wait for them longer than its budget.
//
// The sources of this package settle where they read when they are made: code
// that changes the environment or the working directory later does not change
// the policy. Code that may write the file itself does.
package source

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/lambdafence/lambdafence/policy"
)

// A Source loads one layer's policy. Load is called at cold start and at each
// refresh, from one goroutine at a time unless an earlier call still hangs.
type Source interface {
	Load(context.Context) (Document, error)
}

// A Document is a policy as it was fetched, before anyone has read it.
type Document struct {
	// Name says what the document is called where it comes from, such as a file
	// name. An event shows the policy's own name instead, if it states one.
	Name string
	// Version tells this document from an earlier one.
	Version string
	// Data is the policy in YAML or JSON, at most [policy.MaxSize] bytes.
	Data []byte
	// Origin says which source it came from, such as "file:policy.yaml".
	Origin string
	// Skipped is why [First] passed over earlier alternatives; nil if it did not.
	Skipped error
}

// Describe returns what a source calls itself, such as "file:policy.yaml": its
// String method, or else its type.
func Describe(s Source) (name string) {
	defer func() {
		if recover() != nil {
			name = fmt.Sprintf("%T", s) // a nil pointer, for one
		}
	}()
	if named, ok := s.(fmt.Stringer); ok {
		return named.String()
	}
	return fmt.Sprintf("%T", s)
}

// Static returns a source that always loads doc as it is now.
func Static(name string, doc []byte) Source {
	text := string(doc) // a copy that nobody can write to
	return &fetched{"static", name, true, func() ([]byte, error) { return []byte(text), nil }}
}

// File returns a source that reads the file at path. A relative path is looked
// up in the working directory at the time of this call, which is the root of the
// code in Lambda; what becomes the working directory later does not count.
func File(path string) Source {
	at := absolute(path)
	return &fetched{"file", path, false, func() ([]byte, error) {
		f, err := os.Open(at)
		if err != nil {
			return nil, err
		}
		return readAll(f)
	}}
}

// absolute returns path from the root on, or as it is where the working
// directory is not known. It does not clean the path as [filepath.Abs] does:
// where link leads elsewhere, link/../policy.yaml is not policy.yaml.
func absolute(path string) string {
	if path == "" || os.IsPathSeparator(path[0]) || filepath.VolumeName(path) != "" {
		return path
	}
	dir, err := os.Getwd()
	if err != nil {
		return path
	}
	return dir + string(filepath.Separator) + path
}

// FS returns a source that reads a file of fsys, most often an embed.FS. What
// fsys reads is its own affair: an [os.DirFS] of a relative directory follows the
// working directory, as File does not.
func FS(fsys fs.FS, name string) Source {
	_, embedded := fsys.(embed.FS)
	return &fetched{"fs", name, embedded, func() ([]byte, error) {
		if fsys == nil {
			return nil, errors.New("nil file system")
		}
		f, err := fsys.Open(name)
		if err != nil {
			return nil, err
		}
		return readAll(f)
	}}
}

// Env returns a source of the document that an environment variable holds. The
// variable is read by this call and not again: Lambda does not change it, and
// what the function sets it to later is no policy.
func Env(variable string) Source {
	v, ok := os.LookupEnv(variable)
	return &fetched{"env", variable, true, func() ([]byte, error) {
		if !ok {
			return nil, fmt.Errorf("environment variable %s is not set", variable)
		}
		return []byte(v), nil
	}}
}

// fetched is a source that needs no more than a function to read it.
type fetched struct {
	scheme, name string
	inMemory     bool // it cannot hang
	read         func() ([]byte, error)
}

func (f *fetched) String() string { return f.scheme + ":" + f.name }

// Load does not ask whether there is time left: what follows a source that used
// it all up is there at once, and is what a fallback is for.
func (f *fetched) Load(context.Context) (Document, error) {
	data, err := f.read()
	if err != nil {
		return Document{}, err
	}
	sum := sha256.Sum256(data)
	return Document{Name: f.name, Version: "sha256:" + hex.EncodeToString(sum[:6]), Data: data, Origin: f.String()}, nil
}

// readAll reads and closes f. One byte over the limit is enough for the policy
// to be refused, and a file without end does not fill the memory.
func readAll(f fs.File) ([]byte, error) {
	defer f.Close()
	var b bytes.Buffer
	if info, err := f.Stat(); err == nil && info.Size() <= policy.MaxSize {
		b.Grow(int(info.Size()) + bytes.MinRead) // one read, into one piece of memory
	}
	_, err := b.ReadFrom(io.LimitReader(f, policy.MaxSize+1))
	return b.Bytes(), err
}
