package source_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lambdafence/lambdafence/policy/source"
)

const off = "mode: off\nallow: []\n"

// directory returns a new one with a policy.yaml in it; none if data is empty.
func directory(t *testing.T, data string) string {
	t.Helper()
	if data == "" {
		return t.TempDir()
	}
	return filepath.Dir(write(t, data))
}

// Code in the function changes what a refresh would read from. It does not get
// another policy, nor does the refresh fail.
func TestChangedAfterTheSourceWasMade(t *testing.T) {
	for _, tt := range []struct {
		name, spec string
		attack     func(t *testing.T)
	}{
		{"a directory with another policy", "file:policy.yaml", func(t *testing.T) { t.Chdir(directory(t, off)) }},
		{"a directory without one", "file:policy.yaml", func(t *testing.T) { t.Chdir(directory(t, "")) }},
		{"a directory above", "file:./policy.yaml", func(t *testing.T) { t.Chdir("..") }},
		{"a fallback by directory", "file:missing.yaml|file:policy.yaml", func(t *testing.T) {
			dir := directory(t, off)
			if err := os.WriteFile(filepath.Join(dir, "missing.yaml"), []byte(off), 0o600); err != nil {
				t.Fatal(err)
			}
			t.Chdir(dir)
		}},
		{"a variable of another value", "env:DOC", func(t *testing.T) { t.Setenv("DOC", off) }},
		{"a variable that is gone", "env:DOC", func(*testing.T) { os.Unsetenv("DOC") }},
		{"a variable that was not there", "env:LAMBDAFENCE_TEST_UNSET|env:DOC", func(t *testing.T) { t.Setenv("LAMBDAFENCE_TEST_UNSET", off) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Chdir(directory(t, doc))
			t.Setenv("DOC", doc)
			layers, err := source.Parse(tt.spec)
			if err != nil {
				t.Fatal(err)
			}
			before, err := layers[0].Load(t.Context())
			if err != nil || string(before.Data) != doc {
				t.Fatalf("%q, %v", before.Data, err)
			}
			tt.attack(t)
			got, err := layers[0].Load(t.Context())
			if err != nil || string(got.Data) != doc || got.Version != before.Version {
				t.Errorf("after the attack: %q, %v", got.Data, err)
			}
			if got.Name != before.Name || got.Origin != before.Origin || !strings.HasSuffix(tt.spec, got.Origin) || source.Describe(layers[0]) != tt.spec {
				t.Errorf("%s of %s, from %s: not as it was written", got.Name, got.Origin, source.Describe(layers[0]))
			}
		})
	}
}

// Who keeps the bytes, or gets them from a load, cannot write another policy
// into them.
func TestStaticIsACopy(t *testing.T) {
	given := []byte(doc)
	s := source.Static("embedded", given)
	copy(given, off)
	for range 2 {
		got, err := s.Load(t.Context())
		if err != nil || string(got.Data) != doc {
			t.Errorf("%q, %v", got.Data, err)
		}
		copy(got.Data, off)
	}
}

// A path is not cleaned on its way to the root: behind a link .. is another
// directory.
func TestRelativePathThroughALink(t *testing.T) {
	elsewhere, here := directory(t, doc), directory(t, off)
	if err := os.Mkdir(filepath.Join(elsewhere, "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(elsewhere, "sub"), filepath.Join(here, "link")); err != nil {
		t.Skip("no symbolic links here: ", err)
	}
	t.Chdir(here)
	s := source.File("link/../policy.yaml")
	if got, err := s.Load(t.Context()); err != nil || string(got.Data) != doc {
		t.Errorf("%q, %v", got.Data, err)
	}
}

// Where the working directory cannot be told, a relative path stays one.
func TestUnknownWorkingDirectory(t *testing.T) {
	gone := t.TempDir()
	t.Chdir(gone)
	if err := os.Remove(gone); err != nil {
		t.Skip("a working directory cannot be removed here: ", err)
	}
	if dir, err := os.Getwd(); err == nil {
		t.Skip("the working directory is known all the same: ", dir)
	}
	s := source.File("policy.yaml")
	if _, err := s.Load(t.Context()); err == nil {
		t.Error("loaded from nowhere")
	}
	t.Chdir(directory(t, doc))
	if got, err := s.Load(t.Context()); err != nil || string(got.Data) != doc {
		t.Errorf("%q, %v", got.Data, err)
	}
}

// The function starts a listener of its own and names its port: the fence does
// not ask there, and does not tell it the token.
func TestExtensionOnAnotherPortLater(t *testing.T) {
	var tokens []string
	extension(t, func(w http.ResponseWriter, r *http.Request) {
		tokens = append(tokens, r.Header.Get("X-Aws-Parameters-Secrets-Token"))
		parameter(w, doc, 7)
	})
	layers, err := source.Parse("extension:/fence/orders")
	if err != nil {
		t.Fatal(err)
	}
	attacker := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		t.Error("the attacker's listener was asked")
		parameter(w, off, 8)
	}))
	defer attacker.Close()
	u, _ := url.Parse(attacker.URL)
	for _, port := range []string{u.Port(), "no port", ""} {
		t.Setenv("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", port)
		t.Setenv("AWS_SESSION_TOKEN", "of-the-attacker")
		if got, err := layers[0].Load(t.Context()); err != nil || string(got.Data) != doc {
			t.Errorf("port %q: %q, %v", port, got.Data, err)
		}
	}
	if got := strings.Join(tokens, " "); got != "very-secret-token very-secret-token very-secret-token" {
		t.Errorf("tokens: %s", got)
	}
}

// The token is kept, but no way to print a source shows it.
func TestPrintedExtension(t *testing.T) {
	t.Setenv("AWS_SESSION_TOKEN", "very-secret-token")
	s := source.Extension("/fence/orders")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		for _, what := range []any{s, []source.Source{s}, struct{ s source.Source }{s}, source.First(s)} {
			if got := fmt.Sprintf(verb, what); strings.Contains(got, "very-secret") {
				t.Errorf("%s: %s", verb, got)
			}
		}
	}
}
