package wrapper_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/lambdafence/lambdafence/wrapper"
	"github.com/lambdafence/lambdafence/wrapper/wrappertest"
)

// TestRedirects has an allowed host redirect a request, by each status: within what
// is allowed, to a path and to a method that are not, and to another host.
func TestRedirects(t *testing.T) {
	evil, evilHits := server(t, nil)
	to := ""
	good, _ := server(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		if r.URL.Path == "/start" {
			w.Header().Set("Location", to)
			w.WriteHeader(int(r.Header.Get("Status")[0]-'0') + 300)
			return
		}
		_, _ = io.WriteString(w, r.Method+" "+string(b))
	})
	// What is sent by POST is sent again by POST, or asked for by GET (RFC 9110 15.4).
	again := map[int]string{301: "GET ", 302: "GET ", 303: "GET ", 307: "POST body", 308: "POST body"}
	for status, answer := range again {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			f := wrappertest.New(t, "mode: enforce\nallow: [{host: 127.0.0.1, schemes: [http], ports: ["+fmt.Sprint(portOf(good))+"], methods: [POST], paths: [/start, /end]}, "+
				"{host: 127.0.0.1, schemes: [http], ports: ["+fmt.Sprint(portOf(good))+"], methods: [GET], paths: [/end]}]")
			post := func(location string) (string, error) {
				to = location
				req, _ := http.NewRequest("POST", good.URL+"/start", strings.NewReader("body"))
				req.Header.Set("Status", fmt.Sprint(status-300))
				resp, err := f.Client().Do(req)
				if err != nil {
					return "", err
				}
				defer resp.Body.Close()
				b, err := io.ReadAll(resp.Body)
				return string(b), err
			}
			if got, err := post("/end"); err != nil || got != answer {
				t.Errorf("to what is allowed: %q, %v; want %q", got, err, answer)
			}
			for _, location := range []string{"/other", "/end/../other", "//evil.test/end", evil.URL + "/end", strings.Replace(good.URL, "http://", "http://u:p@", 1) + "/%2e%2e/x"} {
				if _, err := post(location); !errors.Is(err, wrapper.ErrBlocked) {
					t.Errorf("to %s: %v, want ErrBlocked", location, err)
				}
			}
		})
	}
	if evilHits.Load() != 0 {
		t.Errorf("%d requests reached the other host", evilHits.Load())
	}
}

// TestRedirectToAnotherScheme: what net/http would not follow fails, and what it
// would is judged.
func TestRedirectToAnotherScheme(t *testing.T) {
	plain, plainHits := server(t, nil)
	to := ""
	good, _ := server(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) })
	f := wrappertest.New(t, "mode: enforce\n"+opens(good)+"allow: [{host: 127.0.0.1}]")
	for _, location := range []string{
		"file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/x", "javascript:alert(1)", "unix:///run/x.sock", "ws://127.0.0.1/", "data:text/plain,x",
		plain.URL, strings.ToUpper(plain.URL), "HTTP://" + plain.Listener.Addr().String(), "http:" + plain.Listener.Addr().String(),
	} {
		to = location
		if got, err := get(t, f.Client(), good.URL); err == nil {
			t.Errorf("to %s: %q", location, got)
		}
	}
	if plainHits.Load() != 0 {
		t.Errorf("%d requests arrived", plainHits.Load())
	}
}
