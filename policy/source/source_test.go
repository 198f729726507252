package source_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/policy/source"
)

const doc = "mode: enforce\nallow: []\n"

func write(t *testing.T, data string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(file, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestSources(t *testing.T) {
	file := write(t, doc)
	t.Setenv("DOC", doc)
	fsys := fstest.MapFS{"p/policy.yaml": {Data: []byte(doc)}}
	for _, tt := range []struct {
		source       source.Source
		name, origin string
	}{
		{source.Static("embedded", []byte(doc)), "embedded", "static:embedded"},
		{source.File(file), file, "file:" + file},
		{source.FS(fsys, "p/policy.yaml"), "p/policy.yaml", "fs:p/policy.yaml"},
		{source.Env("DOC"), "DOC", "env:DOC"},
	} {
		got, err := tt.source.Load(t.Context())
		if err != nil {
			t.Errorf("%s: %v", tt.origin, err)
		}
		want := source.Document{Name: tt.name, Version: "sha256:5caee52e0372", Data: []byte(doc), Origin: tt.origin}
		if diff := cmp.Diff(want, got, cmpopts.EquateErrors()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.origin, diff)
		}
		if got := source.Describe(tt.source); got != tt.origin {
			t.Errorf("Describe = %q, want %q", got, tt.origin)
		}
	}
}

// A fallback is there also where nothing is left of the time.
func TestFallbackWithoutTime(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	file := write(t, doc)
	for _, fallback := range []source.Source{
		source.Static("embedded", []byte(doc)), source.File(file), source.FS(fstest.MapFS{"p": {Data: []byte(doc)}}, "p"),
	} {
		got, err := source.Bound(source.First(source.Extension("/fence/orders"), fallback)).Load(ctx)
		if err != nil || string(got.Data) != doc || got.Skipped == nil {
			t.Errorf("%s: %+v, %v", source.Describe(fallback), got, err)
		}
	}
}

func TestSourcesThatFail(t *testing.T) {
	for _, tt := range []struct {
		name   string
		source source.Source
		want   string
	}{
		{"no file", source.File("/nonexistent/policy.yaml"), "no such file"},
		{"a directory", source.File(t.TempDir()), "is a directory"},
		{"no embedded file", source.FS(fstest.MapFS{}, "policy.yaml"), "does not exist"},
		{"nil file system", source.FS(nil, "policy.yaml"), "nil file system"},
		{"no variable", source.Env("LAMBDAFENCE_TEST_UNSET"), "LAMBDAFENCE_TEST_UNSET is not set"},
		{"no alternatives", source.First(), "no alternatives"},
		{"nil alternative", source.First(nil), "nil source"},
	} {
		if _, err := tt.source.Load(t.Context()); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want an error with %q", tt.name, err, tt.want)
		}
	}
}

// A file that is too large is read no further than it takes to refuse it.
func TestHugeFileIsNotReadWhole(t *testing.T) {
	file := write(t, "")
	if err := os.Truncate(file, 1<<30); err != nil {
		t.Fatal(err)
	}
	got, err := source.File(file).Load(t.Context())
	if err != nil || len(got.Data) != policy.MaxSize+1 {
		t.Errorf("%d bytes, %v; want one more than is allowed", len(got.Data), err)
	}
}

// A fake stands for a source whose behaviour a test sets.
type fake struct {
	name  string
	data  string
	err   error
	loads atomic.Int32
	hang  chan struct{}
}

func (f *fake) String() string { return f.name }

func (f *fake) Load(context.Context) (source.Document, error) {
	f.loads.Add(1)
	if f.hang != nil {
		<-f.hang
	}
	return source.Document{Name: f.name, Data: []byte(f.data)}, f.err
}

func TestFirst(t *testing.T) {
	ok := func() *fake { return &fake{name: "ok", data: doc} }
	fails := func() *fake { return &fake{name: "fails", err: errors.New("throttled")} }
	broken := func() *fake { return &fake{name: "broken", data: "mode: ["} }
	for _, tt := range []struct {
		name    string
		sources []source.Source
		want    string // the one that is used; or the error
		skipped string
	}{
		{"the first", []source.Source{ok(), fails()}, "ok", ""},
		{"one fails", []source.Source{fails(), ok()}, "ok", "fails: throttled"},
		{"one cannot be read as a policy", []source.Source{broken(), ok()}, "ok", "broken: "},
		{"all fail", []source.Source{fails(), broken()}, "", "broken: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := source.First(tt.sources...).Load(t.Context())
			if err == nil {
				err = got.Skipped
			}
			if got.Name != tt.want || got.Origin != tt.want || !strings.Contains(fmt.Sprint(err), tt.skipped) || (err == nil) != (tt.skipped == "") {
				t.Errorf("used %q from %q, %v; want %q, %q", got.Name, got.Origin, err, tt.want, tt.skipped)
			}
		})
	}
}

func TestFirstGivesEachAShareOfTheTime(t *testing.T) {
	hangs, ok := &fake{name: "hangs", hang: make(chan struct{})}, &fake{name: "ok", data: doc}
	defer close(hangs.hang)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	got, err := source.First(hangs, ok).Load(ctx)
	if err != nil || got.Name != "ok" || !errors.Is(got.Skipped, context.DeadlineExceeded) {
		t.Errorf("used %q, %v, skipped %v; want ok within the time", got.Name, err, got.Skipped)
	}
}

func TestFirstDoesNotFallBackFromWhatLoaded(t *testing.T) {
	param, embedded := &fake{name: "param", data: doc}, &fake{name: "embedded", data: doc}
	first := source.First(param, embedded)
	if _, err := first.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	param.err = errors.New("throttled")
	if got, err := first.Load(t.Context()); err == nil {
		t.Errorf("used %q at a refresh", got.Name)
	}
	if embedded.loads.Load() != 0 {
		t.Error("the fallback was tried")
	}
}

func TestBound(t *testing.T) {
	hangs := &fake{name: "hangs", hang: make(chan struct{})}
	b := source.Bound(hangs)
	if source.Bound(b) != b {
		t.Error("bound twice")
	}
	for range 5 {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
		if _, err := b.Load(ctx); err == nil {
			t.Error("a hanging source loaded")
		}
		cancel()
	}
	if n := hangs.loads.Load(); n != 3 {
		t.Errorf("%d loads, want 3", n)
	}
	close(hangs.hang)
	for range 200 {
		if _, err := b.Load(t.Context()); err == nil {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Error("the source answers again, but is not asked")
}

// registerTest registers once, however often the test runs.
var registerTest = sync.OnceFunc(func() {
	source.Register("test", func(name string) (source.Source, error) {
		if name == "bad" {
			return nil, errors.New("bad name")
		}
		return source.Static(name, []byte(doc)), nil
	})
})

func TestParse(t *testing.T) {
	registerTest()
	for _, tt := range []struct {
		spec string
		want []string
		err  string
	}{
		{"file:policy.yaml", []string{"file:policy.yaml"}, ""},
		{" file:a.yaml , env:B ", []string{"file:a.yaml", "env:B"}, ""},
		{"test:x|file:y:z,env:B", []string{"static:x|file:y:z", "env:B"}, ""},
		{"ssm:/fence/orders:live", nil, `import _ "github.com/lambdafence/lambdafence/policy/source/paramstore"`},
		{"extension:/x:live", []string{"extension:/x:live"}, ""},
		{"extension:x/y", nil, "a name with a slash begins with one: /x/y"},
		{"http:x", nil, `unknown scheme "http": want env, extension, file, test`},
		{"policy.yaml", nil, "want scheme:name"},
		{"file:", nil, "want scheme:name"},
		{"file:a,,file:b", nil, "want scheme:name"},
		{"test:bad", nil, "bad name"},
	} {
		got, err := source.Parse(tt.spec)
		if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("Parse(%q): %v, want %q", tt.spec, err, tt.err)
		}
		var names []string
		for _, s := range got {
			names = append(names, source.Describe(s))
		}
		if diff := cmp.Diff(tt.want, names); diff != "" {
			t.Errorf("Parse(%q) (-want +got):\n%s", tt.spec, diff)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a scheme was registered twice")
		}
	}()
	source.Register("file", nil)
}

func TestDescribeUnnamed(t *testing.T) {
	if got := source.Describe(unnamed{}); got != "source_test.unnamed" {
		t.Errorf("Describe = %q", got)
	}
}

type unnamed struct{ source.Source }

func Example() {
	src := source.First(source.File("/nonexistent/policy.yaml"), source.Static("embedded", []byte("mode: report\nallow: []")))
	doc, err := src.Load(context.Background())
	fmt.Println(doc.Origin, err, doc.Skipped != nil)
	// Output: static:embedded <nil> true
}
