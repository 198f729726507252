package paramstore_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/lambdafence/lambdafence/internal/awsstand"
	"github.com/lambdafence/lambdafence/policy/source/paramstore"
)

// Versions tell who, when and what, and their documents can be read, in every form.
func TestHistory(t *testing.T) {
	s, url := stand(t, awsstand.Config{})
	packed := "mode: enforce\nallow:\n" + strings.Repeat("  - host: api.example.com\n", 500)
	docs := []string{doc, packed, longDoc(900)}
	for i, d := range docs {
		opts := []paramstore.PushOption{paramstore.Labels("live", fmt.Sprintf("v-%d", i+1))}
		if i == 2 {
			opts = append(opts, paramstore.Advanced())
		}
		if _, err := push(t, url, d, opts...); err != nil {
			t.Fatal(err)
		}
	}
	p := paramstore.New("/fence/orders:1", paramstore.WithConfig(config(url))) // a history is of all versions
	before := len(s.Requests())
	versions, err := p.History(t.Context())
	if err != nil || len(versions) != 3 {
		t.Fatal(versions, err)
	}
	for i, want := range []struct {
		labels      []string
		form        string
		parts, size int
	}{
		{[]string{"live", "v-3"}, "split", 2, 0},
		{[]string{"v-2"}, "packed", 0, 0},
		{[]string{"v-1"}, "plain", 0, len(doc)},
	} {
		v := versions[i]
		if v.Number != int64(3-i) || v.Type != "String" || v.User != "arn:aws:iam::123456789012:user/stand" || time.Since(v.Time).Abs() > time.Minute {
			t.Errorf("%+v", v)
		}
		if diff := cmp.Diff(want.labels, v.Labels); diff != "" {
			t.Errorf("labels of version %d: %s", v.Number, diff)
		}
		got, err := p.Read(t.Context(), v)
		if err != nil || string(got.Data) != docs[2-i] || got.Form != want.form || got.Parts != want.parts {
			t.Errorf("version %d: %s of %d parts and %d bytes, %v", v.Number, got.Form, got.Parts, len(got.Data), err)
		}
		if want.size == 0 {
			want.size = got.Size
		}
		if got.Size != want.size || got.Size < len(doc) || got.Size > len(docs[2-i])+2000 {
			t.Errorf("version %d: %d bytes are stored", v.Number, got.Size)
		}
	}
	// The parts of the split one are fetched, all else came with the history.
	if ops := operations(s)[before:]; len(ops) != 2 || ops[0] != "GetParameterHistory /fence/orders" || !strings.HasPrefix(ops[1], "GetParameters ") {
		t.Errorf("asked for %q", ops)
	}
}

// Nothing is decrypted before somebody reads.
func TestHistoryOfASecureString(t *testing.T) {
	s, url := stand(t, awsstand.Config{})
	if _, err := push(t, url, longDoc(900), paramstore.SecureString("alias/fence")); err != nil {
		t.Fatal(err)
	}
	p := paramstore.New("/fence/orders", paramstore.WithConfig(config(url)))
	versions, err := p.History(t.Context())
	if err != nil || len(versions) != 1 || versions[0].Type != "SecureString" || versions[0].Key != "alias/fence" {
		t.Fatal(versions, err)
	}
	if got, err := p.Read(t.Context(), versions[0]); err != nil || got.Form != "split" || string(got.Data) != longDoc(900) {
		t.Error(got.Form, err)
	}
	s.Deny("/fence/orders")
	if _, err := p.Read(t.Context(), versions[0]); err == nil || !strings.Contains(err.Error(), "ssm:GetParameter on") {
		t.Error(err)
	}
}

// Parameter Store keeps 100 versions and tells of 50 at once.
func TestLongHistory(t *testing.T) {
	s, url := stand(t, awsstand.Config{})
	for i := range 120 {
		s.PutParameter("/fence/orders", fmt.Sprintf("name: v%d\nallow: []\n", i+1))
	}
	p := paramstore.New("/fence/orders", paramstore.WithConfig(config(url)))
	versions, err := p.History(t.Context())
	if err != nil || len(versions) != 100 || versions[0].Number != 120 || versions[99].Number != 21 {
		t.Fatalf("%d versions, %v", len(versions), err)
	}
	if !slices.IsSortedFunc(versions, func(a, b paramstore.Version) int { return int(b.Number - a.Number) }) {
		t.Error("not the newest first")
	}
	got, err := p.Read(t.Context(), versions[99])
	if err != nil || string(got.Data) != "name: v21\nallow: []\n" {
		t.Errorf("%q, %v", got.Data, err)
	}
	if n := len(s.Requests()); n > 3 { // the last page may be empty
		t.Errorf("%d requests", n)
	}
}

func TestHistoryThatCannotBeRead(t *testing.T) {
	s, url := stand(t, awsstand.Config{})
	p := paramstore.New("/fence/orders", paramstore.WithConfig(config(url)))
	if v, err := p.History(t.Context()); !paramstore.IsMissing(err) || v != nil || !strings.Contains(err.Error(), "does not exist in eu-west-1") {
		t.Errorf("%v, %v", v, err)
	}
	s.Deny("/fence")
	if _, err := p.History(t.Context()); err == nil || paramstore.IsMissing(err) || !strings.Contains(err.Error(), "ssm:GetParameterHistory on") {
		t.Error(err)
	}
	if _, err := paramstore.New("a b").History(t.Context()); err == nil {
		t.Error("the history of a name that is none")
	}
	if _, err := paramstore.New("a b").Read(t.Context(), paramstore.Version{Number: 1}); err == nil {
		t.Error("read of a name that is none")
	}
}

// A version whose document is damaged stands in the history like any other.
func TestReadOfWhatIsDamaged(t *testing.T) {
	s, url := stand(t, awsstand.Config{})
	if _, err := push(t, url, longDoc(900)); err != nil {
		t.Fatal(err)
	}
	for range 100 { // so that the version that the manifest means is dropped
		s.PutParameter("/fence/orders/lambdafence-part-2", "forged")
	}
	s.PutParameter("/fence/orders", "lambdafence:gzip:1 AAAA")
	s.PutParameter("/fence/orders", "lambdafence:zstd:9 AAAA\x1b[31m")
	p := paramstore.New("/fence/orders", paramstore.WithConfig(config(url)))
	versions, err := p.History(t.Context())
	if err != nil || len(versions) != 3 {
		t.Fatal(versions, err)
	}
	for i, want := range []struct{ form, err string }{
		{"packed", "version 3: stored in a form that this version does not know"},
		{"packed", "version 2: packed policy: "},
		{"split", "version 1: split policy: part 2 of 3 "},
	} {
		got, err := p.Read(t.Context(), versions[i])
		if err == nil || !strings.Contains(err.Error(), want.err) || got.Form != want.form || got.Data != nil {
			t.Errorf("version %d: %+v, %v; want %q", versions[i].Number, got, err, want.err)
		}
	}
	if _, err := p.Read(t.Context(), paramstore.Version{Number: 9}); err == nil || !strings.Contains(err.Error(), `no version or label "9"`) {
		t.Error(err)
	}
}

// A label stands on one version at a time.
func TestLabel(t *testing.T) {
	s, url := stand(t, awsstand.Config{})
	s.PutParameter("/fence/orders", doc, awsstand.WithLabel("live"))
	s.PutParameter("/fence/orders", longDoc(3), awsstand.WithLabel("candidate"))
	p := paramstore.New("/fence/orders", paramstore.WithConfig(config(url)))
	for _, to := range []int64{2, 1, 1} {
		if err := p.Label(t.Context(), to, "live", "blue"); err != nil {
			t.Fatal(err)
		}
		versions, err := p.History(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range versions {
			if has := slices.Contains(v.Labels, "live") && slices.Contains(v.Labels, "blue"); has != (v.Number == to) {
				t.Errorf("moved to %d: version %d has %q", to, v.Number, v.Labels)
			}
		}
	}
	loads(t, url, "/fence/orders:live", doc)
	loads(t, url, "/fence/orders:candidate", longDoc(3))
}

func TestRefusedLabels(t *testing.T) {
	s, url := stand(t, awsstand.Config{})
	s.PutParameter("/fence/orders", doc)
	ten := strings.Fields("l1 l2 l3 l4 l5 l6 l7 l8 l9 l10")
	if err := paramstore.New("/fence/orders", paramstore.WithConfig(config(url))).Label(t.Context(), 1, ten...); err != nil {
		t.Fatal(err)
	}
	before := len(s.Requests())
	for _, tt := range []struct {
		name, param string
		version     int64
		labels      []string
		asked       int
		want        string
	}{
		{"no label", "/fence/orders", 1, nil, 0, "no label is given"},
		{"no version", "/fence/orders", 0, []string{"live"}, 0, "there is no version 0"},
		{"a version that is none", "/fence/orders", 7, []string{"live"}, 1, `no version or label "7"`},
		{"a parameter that is none", "/fence/other", 1, []string{"live"}, 1, "/fence/other does not exist"},
		{"an eleventh", "/fence/orders", 1, []string{"live"}, 1, "version 1 of /fence/orders has 10 labels"},
		{"too many", "/fence/orders", 1, append(ten, "l11"), 0, "at most 10"},
		{"a digit first", "/fence/orders", 1, []string{"1st"}, 0, "must not begin with a digit"},
		{"shared", "arn:aws:ssm:eu-west-1:123456789012:parameter/fence/orders", 1, []string{"live"}, 0, "its owner changes it"},
		{"forged", "/fence/orders", 1, []string{"live\x1b[31m\n"}, 0, "letters, digits"},
	} {
		err := paramstore.New(tt.param, paramstore.WithConfig(config(url))).Label(t.Context(), tt.version, tt.labels...)
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.ContainsAny(err.Error(), "\n\x1b") {
			t.Errorf("%s: %v; want %q", tt.name, err, tt.want)
		}
		if got := len(s.Requests()) - before; got != tt.asked {
			t.Errorf("%s: %d requests", tt.name, got)
		}
		before = len(s.Requests())
	}
	p := at(t, answers(200, `{"InvalidLabels":["live"]}`), "/fence/orders")
	if err := p.Label(t.Context(), 1, "live"); err == nil || !strings.Contains(err.Error(), "SSM does not take live") {
		t.Error(err)
	}
}
