package source_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/lambdafence/lambdafence/internal/paramdoc"
	"github.com/lambdafence/lambdafence/policy/source"
)

// extension serves h where the source looks for the extension.
func extension(t *testing.T, h http.HandlerFunc) {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	u, _ := url.Parse(s.URL)
	t.Setenv("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", u.Port())
	t.Setenv("AWS_SESSION_TOKEN", "very-secret-token")
}

// parameter answers as the extension does: with SSM's own answer.
func parameter(w http.ResponseWriter, value string, version int64) {
	_ = json.NewEncoder(w).Encode(map[string]any{
		"Parameter":      map[string]any{"ARN": "arn:...", "Name": "/fence/orders", "Type": "String", "Value": value, "Version": version},
		"ResultMetadata": map[string]any{},
	})
}

func TestExtension(t *testing.T) {
	var asked []string
	extension(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Aws-Parameters-Secrets-Token") != "very-secret-token" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		asked = append(asked, r.Method+" "+r.RequestURI)
		parameter(w, doc, 7)
	})
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1") // the token is not for a proxy
	for _, name := range []string{"/fence/orders", "/fence/orders:live", "/fence/orders:3", "flat"} {
		s := source.Extension(name)
		got, err := s.Load(t.Context())
		path, _, _ := strings.Cut(name, ":")
		want := source.Document{Name: path, Version: "7", Data: []byte(doc), Origin: "extension:" + name}
		if diff := cmp.Diff(want, got); diff != "" || err != nil || source.Describe(s) != want.Origin {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
		if diff := cmp.Diff([]string{path}, source.Parameters(s)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	const get = "GET /systemsmanager/parameters/get?"
	want := []string{
		get + "name=%2Ffence%2Forders&withDecryption=true",
		get + "label=live&name=%2Ffence%2Forders&withDecryption=true",
		get + "name=%2Ffence%2Forders&version=3&withDecryption=true",
		get + "name=flat&withDecryption=true",
	}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestExtensionReadsSplitPolicies(t *testing.T) {
	long := "allow: []\n"
	for i := range 2000 {
		long += fmt.Sprintf("# %x\n", i*i*7919)
	}
	packing, err := paramdoc.Pack([]byte(long), paramdoc.Standard)
	if err != nil || packing.Form != paramdoc.Split {
		t.Fatal(packing.Form, err)
	}
	versions := make([]int64, len(packing.Parts))
	for i := range versions {
		versions[i] = int64(i + 5)
	}
	manifest, _ := packing.Manifest(versions)
	missing := ""
	extension(t, func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if q.Get("name") == "/fence/orders" {
			parameter(w, manifest, 1)
			return
		}
		for i, text := range packing.Parts {
			if name := fmt.Sprintf("/fence/orders/lambdafence-part-%d", i+1); q.Get("name") == name && q.Get("version") == fmt.Sprint(i+5) && name != missing {
				parameter(w, text, int64(i+5))
				return
			}
		}
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, "ParameterNotFound: ")
	})
	s := source.Extension("/fence/orders")
	if got, err := s.Load(t.Context()); err != nil || string(got.Data) != long {
		t.Errorf("%d bytes, %v", len(got.Data), err)
	}
	missing = "/fence/orders/lambdafence-part-2"
	if got, err := s.Load(t.Context()); err == nil || got.Data != nil || !strings.Contains(err.Error(), "part 2 of") {
		t.Errorf("half a split: %d bytes, %v", len(got.Data), err)
	}
}

// Each failure says what to do, and never repeats what was answered: whatever
// listens on the port may send the token back.
func TestExtensionFails(t *testing.T) {
	for _, tt := range []struct {
		name   string
		status int
		body   string
		want   string
	}{
		{"before the first invocation", 400, "not ready to serve traffic, please wait", "before the first invocation"},
		{"no parameter", 400, "operation error SSM: GetParameter, ParameterNotFound: ", "/fence/orders does not exist"},
		{"no label", 400, "ParameterVersionNotFound: ", `no version or label "live"`},
		{"no permission", 400, "AccessDeniedException: not authorized to perform: ssm:GetParameter", "ssm:GetParameter on parameter/fence/orders"},
		{"no key", 400, "AccessDeniedException: not authorized to perform: kms:Decrypt", "kms:Decrypt on the parameter's key"},
		{"throttled", 400, "ThrottlingException: Rate exceeded", "throttled"},
		{"a wrong token", 401, "token very-secret-token", "AWS_SESSION_TOKEN"},
		{"something else", 500, "very-secret-token", "status 500"},
		{"a redirect", 302, "", "status 302"},
		{"no JSON", 200, "<html>", "is it the Parameters and Secrets extension?"},
		{"no value", 200, `{"Parameter":{"Version":1}}`, "no parameter"},
		{"another type", 200, `{"Parameter":{"Value":1,"Version":1}}`, "no parameter"},
		{"too long", 200, `{"Parameter":{"Value":"` + strings.Repeat("x", 200_000) + `"}}`, "more than a parameter"},
		{"a wrong manifest", 200, `{"Parameter":{"Value":"lambdafence:split:1 {}","Version":1}}`, "manifest"},
	} {
		extension(t, func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.RequestURI, "/elsewhere") {
				t.Error("the redirect was followed")
			}
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(tt.status)
			_, _ = io.WriteString(w, tt.body)
		})
		got, err := source.Extension("/fence/orders:live").Load(t.Context())
		if err == nil || got.Data != nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
		if strings.Contains(fmt.Sprint(err), "very-secret") {
			t.Errorf("%s: the token is in %v", tt.name, err)
		}
	}
}

func TestExtensionThatDoesNotAnswer(t *testing.T) {
	done := make(chan struct{})
	extension(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("label") == "half" {
			_, _ = io.WriteString(w, `{"Parameter":`)
			w.(http.Flusher).Flush()
		}
		<-done
	})
	defer close(done)
	for _, name := range []string{"/fence/orders", "/fence/orders:half"} {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		start := time.Now()
		_, err := source.Extension(name).Load(ctx)
		if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || took > 2*time.Second {
			t.Errorf("%s: %v after %v", name, err, took)
		}
		cancel()
	}
}

func TestExtensionThatIsNotThere(t *testing.T) {
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	t.Setenv("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", port)
	l.Close()
	start := time.Now()
	_, err = source.Extension("/fence/orders").Load(t.Context())
	if err == nil || !strings.Contains(err.Error(), "add the layer") || !strings.Contains(err.Error(), "when one starts") || time.Since(start) > time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
	t.Setenv("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", "80/@evil.example")
	if _, err := source.Extension("/fence/orders").Load(t.Context()); err == nil || !strings.Contains(err.Error(), "is no port") {
		t.Errorf("a port that is none: %v", err)
	}
	bad := source.Extension("fence/orders")
	if _, err := bad.Load(t.Context()); err == nil || source.Parameters(bad) != nil {
		t.Errorf("a bad name: %v", err)
	}
}

// A connection that breaks is an error without the URL in it.
func TestExtensionBreaksOff(t *testing.T) {
	extension(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	_, err := source.Extension("/fence/orders").Load(t.Context())
	if err == nil || !strings.Contains(err.Error(), "broke") || strings.Contains(err.Error(), "?") {
		t.Errorf("%v", err)
	}
}

// At cold start the embedded document rules; once the extension answers, its
// own does, and stays when the extension fails later.
func TestExtensionBehindFirst(t *testing.T) {
	ready := false
	extension(t, func(w http.ResponseWriter, _ *http.Request) {
		if !ready {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, "not ready to serve traffic, please wait")
			return
		}
		parameter(w, doc, 7)
	})
	first := source.First(source.Extension("/fence/orders"), source.Static("embedded", []byte(doc)))
	got, err := first.Load(t.Context())
	if err != nil || got.Origin != "static:embedded" || !strings.Contains(fmt.Sprint(got.Skipped), "before the first invocation") {
		t.Errorf("at cold start: %s, %v, %v", got.Origin, err, got.Skipped)
	}
	ready = true
	if got, err := first.Load(t.Context()); err != nil || got.Origin != "extension:/fence/orders" {
		t.Errorf("at the refresh: %s, %v", got.Origin, err)
	}
	ready = false
	if got, err := first.Load(t.Context()); err == nil {
		t.Errorf("later: %s took over", got.Origin)
	}
}

type panics struct{ source.Source }

func (panics) Parameters() []string { panic("nil pointer") }

func TestParametersOfOddSources(t *testing.T) {
	if got := source.Parameters(source.First(panics{}, source.Extension("/b"), source.Extension("/a:live"), source.Extension("/b:2"))); !cmp.Equal(got, []string{"/a", "/b"}) {
		t.Errorf("%q", got)
	}
}
