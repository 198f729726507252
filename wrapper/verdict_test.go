package wrapper

import (
	"net/http"
	"net/url"
	"reflect"
	"testing"

	"github.com/lambdafence/lambdafence/policy"
)

// TestRequestIs: a request is another one if anything of its first line differs, in
// whatever fields a URL has.
func TestRequestIs(t *testing.T) {
	judged := &http.Request{
		Method: "POST", Host: "a.example", Header: http.Header{target: {"A.B"}, "X-Other": {"1"}},
		URL: &url.URL{Scheme: "https", Host: "a.example", Path: "/a", RawQuery: "b=c"},
	}
	q := requestOf(judged, new(policy.Call))
	other := func(change func(*http.Request)) *http.Request {
		r := judged.Clone(t.Context())
		change(r)
		return r
	}
	if same := other(func(r *http.Request) { r.Header["X-Other"] = nil }); !q.is(judged) || !q.is(same) {
		t.Error("a request is not itself")
	}
	for i := range reflect.TypeFor[url.URL]().NumField() {
		name := reflect.TypeFor[url.URL]().Field(i).Name
		r := other(func(r *http.Request) {
			switch f := reflect.ValueOf(r.URL).Elem().Field(i); f.Kind() {
			case reflect.String:
				f.SetString("other")
			case reflect.Bool:
				f.SetBool(true)
			case reflect.Pointer:
				f.Set(reflect.New(f.Type().Elem()))
			default:
				t.Fatalf("a URL has %s, of a type that this test does not know", name)
			}
		})
		if path := name == "Path" || name == "RawPath"; q.is(r) != path {
			t.Errorf("another %s: %t", name, q.is(r))
		}
		if back := requestOf(r, new(policy.Call)); name != "Path" && name != "RawPath" && (!back.is(r) || back.is(judged)) {
			t.Errorf("with %s: %t, without: %t", name, back.is(r), back.is(judged))
		}
	}
	for name, change := range map[string]func(*http.Request){
		"no URL":           func(r *http.Request) { r.URL = nil },
		"method":           func(r *http.Request) { r.Method = "GET" },
		"host":             func(r *http.Request) { r.Host = "" },
		"target":           func(r *http.Request) { r.Header[target] = []string{"A.C"} },
		"no target":        func(r *http.Request) { delete(r.Header, target) },
		"an empty target":  func(r *http.Request) { r.Header[target] = []string{""} },
		"a second target":  func(r *http.Request) { r.Header[target] = []string{"A.B", "A.C"} },
		"the same, before": func(r *http.Request) { r.Header[target] = []string{"A.C", "A.B"} },
	} {
		if q.is(other(change)) {
			t.Errorf("another %s", name)
		}
	}
}
