package paramstore_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/google/go-cmp/cmp"
	"github.com/lambdafence/lambdafence/internal/awsstand"
	"github.com/lambdafence/lambdafence/policy/source/paramstore"
)

func push(t *testing.T, url, doc string, opts ...paramstore.PushOption) (paramstore.Pushed, error) {
	t.Helper()
	return paramstore.New("/fence/orders", paramstore.WithConfig(config(url))).Push(t.Context(), []byte(doc), opts...)
}

func loads(t *testing.T, url, name, want string) {
	t.Helper()
	got, err := paramstore.New(name, paramstore.WithConfig(config(url))).Load(t.Context())
	if err != nil || string(got.Data) != want {
		t.Errorf("%s: %d bytes, %v; want %d", name, len(got.Data), err, len(want))
	}
}

func TestPush(t *testing.T) {
	_, url := stand(t, awsstand.Config{})
	packed := "mode: enforce\nallow:\n" + strings.Repeat("  - host: api.example.com\n", 500)
	split := longDoc(900)
	for i, tt := range []struct {
		name, doc string
		opts      []paramstore.PushOption
		want      paramstore.Pushed
	}{
		{"the first", doc, nil, paramstore.Pushed{Form: "plain", Tier: "Standard", Type: "String", Size: len(doc)}},
		{"with labels", doc, []paramstore.PushOption{paramstore.Labels("live", "v-2")},
			paramstore.Pushed{Form: "plain", Tier: "Standard", Type: "String", Size: len(doc), Labels: []string{"live", "v-2"}}},
		{"a long one", packed, nil, paramstore.Pushed{Form: "packed", Tier: "Standard", Type: "String"}},
		{"one for several parameters", split, []paramstore.PushOption{paramstore.Base(3)}, paramstore.Pushed{Form: "split", Tier: "Standard", Type: "String", Parts: 3}},
		{"larger parameters", split, []paramstore.PushOption{paramstore.Advanced(), paramstore.Labels("live")},
			paramstore.Pushed{Form: "split", Tier: "Advanced", Type: "String", Parts: 2, Labels: []string{"live"}}},
		{"they stay", split, nil, paramstore.Pushed{Form: "split", Tier: "Advanced", Type: "String", Parts: 2}},
	} {
		got, err := push(t, url, tt.doc, tt.opts...)
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		tt.want.Name, tt.want.Version, tt.want.Previous = "/fence/orders", int64(i+1), int64(i)
		if tt.want.Size == 0 {
			if got.Size < 100 || got.Size > len(tt.doc)+2000 {
				t.Errorf("%s: size %d", tt.name, got.Size)
			}
			tt.want.Size = got.Size
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		loads(t, url, "/fence/orders", tt.doc)
	}
	loads(t, url, "/fence/orders:4", split) // older parts are pinned
	loads(t, url, "/fence/orders:live", split)
	loads(t, url, "/fence/orders:v-2", doc)
}

// Type, key and description of a parameter outlive a push.
func TestPushKeepsTheKey(t *testing.T) {
	s, url := stand(t, awsstand.Config{})
	got, err := push(t, url, longDoc(900), paramstore.SecureString("alias/fence"), paramstore.Labels("live"))
	if err != nil || got.Type != "SecureString" || got.Parts != 3 {
		t.Fatal(got, err)
	}
	client := ssm.NewFromConfig(config(url))
	if _, err := client.PutParameter(t.Context(), &ssm.PutParameterInput{Name: aws.String("/fence/orders"), Value: aws.String(doc), Overwrite: aws.Bool(true),
		Type: types.ParameterTypeSecureString, KeyId: aws.String("alias/fence"), Description: aws.String("what orders may call")}); err != nil {
		t.Fatal(err)
	}
	if got, err := push(t, url, longDoc(900)); err != nil || got.Type != "SecureString" {
		t.Fatal(got, err)
	}
	loads(t, url, "/fence/orders", longDoc(900))
	for _, name := range []string{"/fence/orders", "/fence/orders/lambdafence-part-3"} {
		out, err := client.GetParameterHistory(t.Context(), &ssm.GetParameterHistoryInput{Name: aws.String(name)})
		if err != nil {
			t.Fatal(err)
		}
		last := out.Parameters[len(out.Parameters)-1]
		if last.Type != types.ParameterTypeSecureString || aws.ToString(last.KeyId) != "alias/fence" {
			t.Errorf("%s is a %s with key %s", name, last.Type, aws.ToString(last.KeyId))
		}
		if name == "/fence/orders" && aws.ToString(last.Description) != "what orders may call" {
			t.Errorf("the description was lost")
		}
	}
	s.PutParameter("/fence/plain", doc)
	_, err = paramstore.New("/fence/plain", paramstore.WithConfig(config(url))).Push(t.Context(), []byte(doc), paramstore.SecureString(""))
	if err == nil || !strings.Contains(err.Error(), "does not change") {
		t.Errorf("a String was made a SecureString: %v", err)
	}
}

// The parts are beneath the name, also of a name that has no slash.
func TestPushFlatName(t *testing.T) {
	s, url := stand(t, awsstand.Config{})
	p := paramstore.New("orders", paramstore.WithConfig(config(url)))
	if _, err := p.Push(t.Context(), []byte(longDoc(400))); err != nil {
		t.Fatal(err)
	}
	loads(t, url, "orders", longDoc(400))
	want := []string{"GetParameterHistory orders", "PutParameter /orders/lambdafence-part-1", "PutParameter /orders/lambdafence-part-2", "PutParameter orders"}
	if diff := cmp.Diff(want, operations(s)[:4]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRefusedPushes(t *testing.T) {
	s, url := stand(t, awsstand.Config{})
	s.PutParameter("/fence/orders", doc)
	broken := "mode: enforce\nallow:\n  - hots: secret.example.com\n"
	deep := strings.Repeat("/x", 15)
	for _, tt := range []struct {
		name, param, doc string
		opts             []paramstore.PushOption
		want             string
	}{
		{"not a policy", "/fence/orders", broken, nil, `unknown field "hots"`},
		{"empty", "/fence/orders", " ", nil, "not a policy"},
		{"a packed text", "/fence/orders", "lambdafence:gzip:1 AAAA", nil, "not a policy"},
		{"does not compile", "/fence/orders", "allow: [{host: \"{a,b}{c,d}{e,f}{g,h}{i,j}{k,l}{m,n}{o,p}{q,r}.example.com\"}]", nil, "not a policy"},
		{"somebody pushed", "/fence/orders", doc, []paramstore.PushOption{paramstore.Base(7)}, "is at version 1, not 7"},
		{"somebody made it", "/fence/orders", doc, []paramstore.PushOption{paramstore.Base(0)}, "is at version 1, not 0"},
		{"somebody deleted it", "/fence/other", doc, []paramstore.PushOption{paramstore.Base(3)}, "is at version 0, not 3"},
		{"no such version", "/fence/orders", doc, []paramstore.PushOption{paramstore.Base(-1)}, "no version -1"},
		{"to a label", "/fence/orders:live", doc, nil, "Labels moves a label"},
		{"to a version", "/fence/orders:1", doc, nil, "a push makes a new version"},
		{"shared", "arn:aws:ssm:eu-west-1:123456789012:parameter/fence/orders", doc, nil, "its owner changes it"},
		{"a bad label", "/fence/orders", doc, []paramstore.PushOption{paramstore.Labels("1st")}, "must not begin with a digit"},
		{"a reserved label", "/fence/orders", doc, []paramstore.PushOption{paramstore.Labels("AWS-live")}, "must not begin"},
		{"an odd label", "/fence/orders", doc, []paramstore.PushOption{paramstore.Labels("a b")}, "letters, digits"},
		{"an empty label", "/fence/orders", doc, []paramstore.PushOption{paramstore.Labels("")}, "empty label"},
		{"too many labels", "/fence/orders", doc, []paramstore.PushOption{paramstore.Labels(strings.Split(strings.Repeat("l", 11), "")...)}, "at most 10"},
		{"another type", "/fence/orders", doc, []paramstore.PushOption{paramstore.SecureString("")}, "does not change the type"},
		{"another type, dry", "/fence/orders", doc, []paramstore.PushOption{paramstore.SecureString(""), paramstore.DryRun()}, "does not change the type"},
		{"nil option", "/fence/orders", doc, []paramstore.PushOption{nil}, "option 0 is nil"},
		{"too deep for parts", deep, longDoc(900), nil, "15 levels"},
		{"too large for a manifest", "/fence/orders", longDoc(20000), nil, "parts"},
	} {
		p := paramstore.New(tt.param, paramstore.WithConfig(config(url)))
		got, err := p.Push(t.Context(), []byte(tt.doc), tt.opts...)
		if err == nil || !strings.Contains(err.Error(), tt.want) || got.Version != 0 {
			t.Errorf("%s: %+v, %v; want %q", tt.name, got, err, tt.want)
		}
		if conflict := strings.Contains(tt.name, "somebody"); paramstore.IsConflict(err) != conflict {
			t.Errorf("%s: IsConflict is %v", tt.name, !conflict)
		}
	}
	for _, op := range operations(s) {
		if strings.HasPrefix(op, "Put") || strings.HasPrefix(op, "Label") {
			t.Errorf("written: %s", op)
		}
	}
}

func TestDryRun(t *testing.T) {
	s, url := stand(t, awsstand.Config{})
	s.PutParameter("/fence/orders", doc)
	got, err := push(t, url, longDoc(900), paramstore.DryRun(), paramstore.Labels("live"), paramstore.Base(1))
	want := paramstore.Pushed{Name: "/fence/orders", Version: 2, Previous: 1, Labels: []string{"live"}, Form: "split", Tier: "Standard", Type: "String", Size: got.Size, Parts: 3, DryRun: true}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if _, err := push(t, url, doc, paramstore.DryRun(), paramstore.Base(2)); !paramstore.IsConflict(err) {
		t.Errorf("a dry run does not see the conflict: %v", err)
	}
	if ops := operations(s); slices.ContainsFunc(ops, func(op string) bool { return !strings.HasPrefix(op, "GetParameterHistory") }) {
		t.Errorf("a dry run did %q", ops)
	}
}

// before has f run before each request of the operation reaches the stand-in.
func before(t *testing.T, s http.Handler, operation string, f func(w http.ResponseWriter, n int) (answered bool)) string {
	n := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Amz-Target") == "AmazonSSM."+operation {
			if n++; f(w, n) {
				return
			}
		}
		s.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// Two pushes at the same moment: both are written, no label is moved.
func TestPushesAtTheSameMoment(t *testing.T) {
	s, _ := stand(t, awsstand.Config{})
	s.PutParameter("/fence/orders", doc, awsstand.WithLabel("live"))
	url := before(t, s, "PutParameter", func(http.ResponseWriter, int) bool {
		s.PutParameter("/fence/orders", "mode: report\nallow: []\n")
		return false
	})
	got, err := push(t, url, longDoc(3), paramstore.Labels("live"))
	if !paramstore.IsConflict(err) || !strings.Contains(err.Error(), "yours is version 3") || !strings.Contains(err.Error(), "no label was moved") {
		t.Errorf("%v", err)
	}
	if got.Version != 3 || got.Previous != 1 || got.Labels != nil {
		t.Errorf("%+v", got)
	}
	loads(t, url, "/fence/orders:live", doc)
}

func TestMadeAtTheSameMoment(t *testing.T) {
	s, _ := stand(t, awsstand.Config{})
	url := before(t, s, "PutParameter", func(http.ResponseWriter, int) bool { s.PutParameter("/fence/orders", longDoc(5)); return false })
	got, err := push(t, url, doc)
	if !paramstore.IsConflict(err) || got.Version != 0 || !strings.Contains(err.Error(), "not overwritten") {
		t.Errorf("%+v, %v", got, err)
	}
	loads(t, url, "/fence/orders", longDoc(5))
}

// A push that ends half way leaves the policy as it was.
func TestHalfAPush(t *testing.T) {
	s, _ := stand(t, awsstand.Config{})
	var left int // puts that are let through before one is refused
	var code string
	url := before(t, s, "PutParameter", func(w http.ResponseWriter, _ int) bool {
		left--
		if left == 0 {
			refuses(code, "no")(w, nil)
		}
		return left == 0
	})
	first, err := push(t, url, longDoc(900), paramstore.Labels("live"))
	if err != nil || first.Parts != 3 {
		t.Fatal(first, err)
	}
	for _, tt := range []struct {
		at         int
		code, want string
	}{
		{3, "AccessDeniedException", "part 3 of 3: "},
		{4, "AccessDeniedException", "ssm:PutParameter on arn:aws:ssm:eu-west-1:ACCOUNT:parameter/fence/orders;"},
		{1, "ParameterMaxVersionLimitExceeded", "move that label"},
		{1, "TooManyUpdates", "somebody else writes"},
		{1, "HierarchyLevelLimitExceededException", "15 levels"},
	} {
		left, code = tt.at, tt.code
		got, err := push(t, url, longDoc(901), paramstore.Labels("live"))
		if err == nil || got.Version != 0 || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %+v, %v; want %q", tt.code, got, err, tt.want)
		}
		loads(t, url, "/fence/orders", longDoc(900))
		loads(t, url, "/fence/orders:live", longDoc(900))
	}
}

func TestLabelsThatWereNotMoved(t *testing.T) {
	for _, h := range []http.HandlerFunc{
		refuses("AccessDeniedException", "no"),
		answers(200, `{"InvalidLabels":["live"],"ParameterVersion":2}`),
	} {
		s, _ := stand(t, awsstand.Config{})
		s.PutParameter("/fence/orders", doc, awsstand.WithLabel("live"))
		url := before(t, s, "LabelParameterVersion", func(w http.ResponseWriter, _ int) bool { h(w, nil); return true })
		got, err := push(t, url, longDoc(3), paramstore.Labels("live"))
		if err == nil || !strings.Contains(err.Error(), "version 2 of /fence/orders is written, but its labels were not moved") || got.Version != 2 || got.Labels != nil {
			t.Errorf("%+v, %v", got, err)
		}
	}
}

// A write that got no answer is not repeated: it may have been done.
func TestWriteWithoutAnswerIsNotRepeated(t *testing.T) {
	s, _ := stand(t, awsstand.Config{})
	s.PutParameter("/fence/orders", doc)
	url := before(t, s, "PutParameter", func(_ http.ResponseWriter, n int) bool {
		s.PutParameter("/fence/orders", longDoc(3)) // done, and then the connection breaks
		panic(http.ErrAbortHandler)
	})
	_, err := push(t, url, longDoc(3))
	if err == nil || !strings.Contains(err.Error(), "whether /fence/orders was written is not known") {
		t.Errorf("%v", err)
	}
	got, err := paramstore.New("/fence/orders", paramstore.WithConfig(config(url))).Load(t.Context())
	if err != nil || got.Version != "2" {
		t.Errorf("version %s, %v: written again", got.Version, err)
	}
}

func TestThrottledPush(t *testing.T) {
	s, _ := stand(t, awsstand.Config{})
	url := before(t, s, "PutParameter", func(w http.ResponseWriter, n int) bool {
		if n < 3 {
			refuses("ThrottlingException", "Rate exceeded")(w, nil)
		}
		return n < 3
	})
	if got, err := push(t, url, doc); err != nil || got.Version != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}

// A label far behind would lose the parts of its manifest: Parameter Store drops
// the oldest version of a part, which has no label.
func TestLabelFarBehind(t *testing.T) {
	s, url := stand(t, awsstand.Config{})
	if _, err := push(t, url, longDoc(400), paramstore.Labels("live")); err != nil {
		t.Fatal(err)
	}
	for range 90 {
		s.PutParameter("/fence/orders", doc)
	}
	got, err := push(t, url, longDoc(401))
	if err == nil || got.Version != 0 || !strings.Contains(err.Error(), `label "live" stands on version 1 of /fence/orders, 90 behind`) {
		t.Errorf("%+v, %v", got, err)
	}
	loads(t, url, "/fence/orders:live", longDoc(400))
	if _, err := push(t, url, doc, paramstore.Labels("live")); err != nil {
		t.Errorf("a plain policy has no parts to lose: %v", err)
	}
	if _, err := push(t, url, longDoc(401)); err != nil {
		t.Errorf("the label was moved: %v", err)
	}
}

func TestHistoryTrouble(t *testing.T) {
	p := at(t, refuses("AccessDeniedException", "no"), "/fence/orders")
	if _, err := p.Push(t.Context(), []byte(doc)); err == nil || !strings.Contains(err.Error(), "ssm:GetParameterHistory on") {
		t.Errorf("%v", err)
	}
	asked := 0
	p = at(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		_, _ = io.Copy(io.Discard, r.Body)
		_ = json.NewEncoder(w).Encode(map[string]any{"NextToken": fmt.Sprint(asked), "Parameters": []any{}})
	}), "/fence/orders")
	if _, err := p.Push(t.Context(), []byte(doc)); err == nil || !strings.Contains(err.Error(), "no end") || asked > 30 {
		t.Errorf("%v after %d pages", err, asked)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Push(ctx, []byte(doc)); err == nil {
		t.Error("pushed though cancelled")
	}
}
