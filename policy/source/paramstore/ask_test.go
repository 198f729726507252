package paramstore_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/lambdafence/lambdafence/internal/awsstand"
	"github.com/lambdafence/lambdafence/policy/source/paramstore"
)

// signedAsItArrived signs a request again as SSM does: what it finds there, of
// what the signature says that it covers.
func signedAsItArrived(t *testing.T, r *http.Request) (ok bool) {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	got := r.Header.Get("Authorization")
	_, covered, _ := strings.Cut(got, "SignedHeaders=")
	covered, _, _ = strings.Cut(covered, ",")
	again, err := http.NewRequest(r.Method, "http://"+r.Host+r.RequestURI, bytes.NewReader(body))
	if err != nil {
		t.Error(err)
	}
	for name := range strings.SplitSeq(covered, ";") {
		if v := r.Header.Values(name); v != nil {
			again.Header[http.CanonicalHeaderKey(name)] = v
		}
	}
	at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	if err != nil {
		t.Error(err)
	}
	credentials, _ := config("").Credentials.Retrieve(t.Context())
	sum := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(t.Context(), credentials, again, hex.EncodeToString(sum[:]), "ssm", "eu-west-1", at); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"content-length", "content-type", "host", "x-amz-date", "x-amz-security-token", "x-amz-target"} {
		if !strings.Contains(";"+covered+";", ";"+name+";") {
			t.Errorf("%s is not signed", name)
		}
	}
	return got != "" && got == again.Header.Get("Authorization")
}

// What is sent is what was signed, whatever the way to the endpoint is.
func TestSignature(t *testing.T) {
	s, _ := stand(t, awsstand.Config{})
	n := 0
	url := server(t, func(w http.ResponseWriter, r *http.Request) {
		n++
		if !signedAsItArrived(t, r) {
			t.Errorf("%s: the signature is of another request", r.Header.Get("X-Amz-Target"))
		}
		if r.Header.Get("User-Agent") != "lambdafence" || len(r.Header) != 8 { // six that are signed, the signature and this one
			t.Errorf("headers %v", slices.Collect(maps.Keys(r.Header)))
		}
		r.URL.Path = "/"
		s.ServeHTTP(w, r)
	})
	for _, endpoint := range []string{url, url + "/", url + "/proxied/ssm", url + "/a%2Fb%20c/"} {
		p := paramstore.New("/fence/orders", paramstore.WithConfig(config(endpoint)))
		if _, err := p.Push(t.Context(), []byte(longDoc(900)), paramstore.Labels("live")); err != nil {
			t.Errorf("%s: %v", endpoint, err)
		}
		if got, err := p.Load(t.Context()); err != nil || string(got.Data) != longDoc(900) {
			t.Errorf("%s: %v", endpoint, err)
		}
	}
	if n < 4*7 {
		t.Errorf("%d requests", n)
	}
}

// A clock that is wrong is set by the answer that says so, for a push too.
func TestWrongClock(t *testing.T) {
	for _, off := range []time.Duration{-40 * 365 * 24 * time.Hour, -10 * time.Minute, 10 * time.Minute, 24 * time.Hour} {
		s, _ := stand(t, awsstand.Config{})
		refused := 0
		url := server(t, func(w http.ResponseWriter, r *http.Request) {
			theirs := time.Now().Add(off)
			w.Header().Set("Date", theirs.UTC().Format(http.TimeFormat))
			at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
			if err != nil || at.Sub(theirs).Abs() > 5*time.Minute {
				refused++
				refuses("InvalidSignatureException", "Signature expired: "+r.Header.Get("X-Amz-Date")+" is now earlier than")(w, r)
				return
			}
			s.ServeHTTP(w, r)
		})
		p := paramstore.New("/fence/orders", paramstore.WithConfig(config(url)))
		if _, err := p.Push(t.Context(), []byte(doc)); err != nil {
			t.Errorf("off by %v: %v", off, err)
		}
		for range 2 {
			if _, err := load(t, p, 2*time.Second); err != nil {
				t.Errorf("off by %v: %v", off, err)
			}
		}
		if refused != 1 {
			t.Errorf("off by %v: refused %d times", off, refused)
		}
	}
}

// Whoever answers with another time each time is asked once more and no oftener.
func TestClockThatIsNone(t *testing.T) {
	for _, tt := range []struct {
		name, date, code string
		asked            int32
	}{
		{"another each time", "", "InvalidSignatureException", 2},
		{"right", time.Now().UTC().Format(http.TimeFormat), "InvalidSignatureException", 1},
		{"no date", "s3cret", "InvalidSignatureException", 1},
		{"no matter of the clock", "Mon, 02 Jan 2006 15:04:05 GMT", "ParameterNotFound", 1},
	} {
		var asked atomic.Int32
		url := server(t, func(w http.ResponseWriter, r *http.Request) {
			date := tt.date
			if n := asked.Add(1); date == "" {
				date = time.Now().Add(time.Duration(n) * time.Hour).UTC().Format(http.TimeFormat)
			}
			w.Header().Set("Date", date)
			refuses(tt.code, "no")(w, r)
		})
		_, err := load(t, paramstore.New("/fence/orders", paramstore.WithConfig(config(url))), 2*time.Second)
		if err == nil || asked.Load() != tt.asked || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: asked %d times: %v", tt.name, asked.Load(), err)
		}
	}
}

// The code of an error is found wherever AWS's protocols put it.
func TestWhereTheCodeIs(t *testing.T) {
	for _, tt := range []struct{ name, header, body string }{
		{"in the body", "", `{"__type":"ParameterNotFound"}`},
		{"with its namespace", "", `{"__type":"com.amazonaws.ssm#ParameterNotFound","Message":"no"}`},
		{"as code", "", `{"code":"ParameterNotFound","message":7}`},
		{"in the header", "ParameterNotFound:http://internal.amazon.com/coral/com.amazon.coral.service/", ""},
		{"the header first", "com.amazon#ParameterNotFound", `{"__type":"ThrottlingException"}`},
	} {
		p := at(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Amzn-Errortype", tt.header)
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, tt.body)
		}), "/fence/orders")
		if _, err := p.History(t.Context()); !paramstore.IsMissing(err) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// An answer that is not SSM's is told by its status.
func TestAnswerOfAnotherServer(t *testing.T) {
	for _, body := range []string{"", "<html>s3cret</html>", `{"error":"s3cret"}`} {
		p := at(t, answers(http.StatusForbidden, body), "/fence/orders")
		_, err := load(t, p, time.Second)
		if err == nil || !strings.Contains(err.Error(), "HTTP status 403") || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%q: %v", body, err)
		}
	}
}

// An answer that breaks off is asked for again.
func TestAnswerThatBreaksOff(t *testing.T) {
	s, _ := stand(t, awsstand.Config{})
	s.PutParameter("/fence/orders", doc)
	url := before(t, s, "GetParameter", func(w http.ResponseWriter, n int) bool {
		if n == 1 {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, `{"Parameter":{"Value":"`)
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}
		return false
	})
	if got, err := load(t, paramstore.New("/fence/orders", paramstore.WithConfig(config(url))), 2*time.Second); err != nil || string(got.Data) != doc {
		t.Errorf("%q, %v", got.Data, err)
	}
}

// A load that is cancelled between two tries ends at once.
func TestCancelledPause(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	p := at(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		refuses("ThrottlingException", "Rate exceeded")(w, r)
		cancel()
	}), "/fence/orders")
	start := time.Now()
	if _, err := p.Load(ctx); err == nil || !strings.Contains(err.Error(), "throttled") && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if took := time.Since(start); took > 90*time.Millisecond {
		t.Errorf("took %v", took)
	}
}
