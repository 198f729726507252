package corpus

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const example = `A comment.
Of two lines.
-- platform --
# by environment variable
AWS_LAMBDA_RUNTIME_API=127.0.0.1:9001
EMPTY=
-- layer0.yaml --
mode: enforce
allow: []
-- layer1.yaml --
mode: learn
-- calls --
# want  rule  call

allow   allow[0]  POST https://a.example/v1?x=y host=b.example function=f time=2027-01-31 mode=enforce layer=1
deny    -         dial tcp a.example:25 addr=10.0.0.1 time=2027-01-31T12:00:00Z
refused -         GET http://:0x/
`

func TestParse(t *testing.T) {
	day := time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC)
	want := &File{
		Name:     "x.txtar",
		Layers:   [][]byte{[]byte("mode: enforce\nallow: []\n"), []byte("mode: learn\n")},
		Platform: map[string]string{"AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001", "EMPTY": ""},
		Calls: []Call{
			{Line: 15, Want: Allow, Rule: "allow[0]", Method: "POST", URL: "https://a.example/v1?x=y", Host: "b.example", Function: "f", Time: day, Mode: "enforce", Layer: 1},
			{Line: 16, Want: Deny, Network: "tcp", Address: "a.example:25", Addr: netip.MustParseAddr("10.0.0.1"), Time: day.Add(12 * time.Hour), Layer: -1},
			{Line: 17, Want: Refused, Method: "GET", URL: "http://:0x/", Layer: -1},
		},
	}
	got, err := Parse("x.txtar", []byte(example))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateComparable(netip.Addr{})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for i, text := range []string{"POST https://a.example/v1?x=y host=b.example", "dial tcp a.example:25 addr=10.0.0.1", "GET http://:0x/"} {
		if s := got.Calls[i].String(); s != text {
			t.Errorf("%s, want %s", s, text)
		}
	}
}

func TestCalls(t *testing.T) {
	got, err := Calls(`
# an operation, and nothing but a service
allow  x  aws DynamoDB:GetItem access=write+read resource=arn:1 resource=arn:2 region= account=444455556666 self= at=https://a.example/ host=b.example
deny   -  aws S3 resource=none function=f
`)
	if err != nil {
		t.Fatal(err)
	}
	want := []Call{
		{
			Line: 3, Want: Allow, Rule: "x", Layer: -1, Host: "b.example",
			AWS: AWS{Service: "DynamoDB", Operation: "GetItem", Access: "write", Also: "read", Resources: []string{"arn:1", "arn:2"}, Account: "444455556666", At: "https://a.example/"},
		},
		{
			Line: 4, Want: Deny, Layer: -1, Function: "f",
			AWS: AWS{Service: "S3", Resources: []string{}, Region: "eu-west-1", Account: "111122223333", Self: "111122223333"},
		},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateComparable(netip.Addr{})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got, want := want[1].String(), "aws S3: access= resource=none region=eu-west-1 account=111122223333 self=111122223333 at="; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := want[0].String(), "aws DynamoDB:GetItem access=write+read resource=arn:1 resource=arn:2 region= account=444455556666 self= at=https://a.example/ host=b.example"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestParseRefuses(t *testing.T) {
	policy := "-- policy.yaml --\nallow: []\n"
	calls := policy + "-- calls --\n\n"
	tests := []struct{ name, text, want string }{
		{"empty", "", "x: no policy.yaml and no layer0.yaml"},
		{"no policy", "-- calls --\ndeny - GET http://a/\n", "x: no policy.yaml and no layer0.yaml"},
		{"no calls", policy, "x: no calls"},
		{"two policies", policy + policy, `x:3: unexpected file "policy.yaml": want policy.yaml or the layers in their order, platform, calls`},
		{"layer out of order", "\n-- layer1.yaml --\n", `x:2: unexpected file "layer1.yaml": want policy.yaml or the layers in their order, platform, calls`},
		{"unknown file", "-- notes --\n", `x:1: unexpected file "notes": want policy.yaml or the layers in their order, platform, calls`},
		{"platform", "-- platform --\n# x\nX\n", `x:3: want NAME=value, got "X"`},
		{"short line", calls + "deny -\n", `x:5: want a decision, a rule and a call, got "deny -"`},
		{"short dial", calls + "deny - dial tcp\n", `x:5: want dial, a network and an address, got "deny - dial tcp"`},
		{"want", calls + "permit - GET http://a/\n", `x:5: want allow, deny or refused, got "permit"`},
		{"option of AWS on a request", calls + "deny - GET http://a/ access=read\n", `x:5: unexpected "access=read"`},
		{"option on a call of AWS", calls + "deny - aws S3:GetObject bucket=b\n", `x:5: unexpected "bucket=b"`},
		{"option", calls + "deny - GET http://a/ proxy=b\n", `x:5: unexpected "proxy=b"`},
		{"address", calls + "deny - GET http://a/ addr=b\n", `x:5: ParseAddr("b"): unable to parse IP`},
		{"time", calls + "deny - GET http://a/ time=noon\n", `x:5: parsing time "noon" as "2006-01-02": cannot parse "noon" as "2006"`},
		{"layer", calls + "deny - GET http://a/ layer=top\n", `x:5: strconv.Atoi: parsing "top": invalid syntax`},
	}
	for _, tt := range tests {
		if _, err := Parse("x", []byte(tt.text)); err == nil || err.Error() != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
}

func TestGlob(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("b.txtar", example)
	write("a.txtar", example)
	files, err := Glob(filepath.Join(dir, "*.txtar"))
	if err != nil || len(files) != 2 || files[0].Name != "a.txtar" {
		t.Error(files, err)
	}
	write("c.txtar", "-- x --\n")
	for _, pattern := range []string{"*.txtar", "*.none", "[", "c.txtar/*"} {
		if _, err := Glob(filepath.Join(dir, pattern)); err == nil {
			t.Errorf("%s: no error", pattern)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "d.dir"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := Glob(filepath.Join(dir, "*.dir")); err == nil {
		t.Error("a directory was read")
	}
}

const page = "# Title\n\n```yaml\nmode: learn\n```\n\n```yaml\nallow: []\n```\n\nText.\n\n```platform\nA=b\n```\n\n" +
	"```calls\ndeny - GET http://a.example/\n```\n\n```text\nignored\n```\n"

func TestMarkdown(t *testing.T) {
	files, err := Markdown("p.md", []byte(page))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	f := files[0]
	if f.Name != "p.md:18" || len(f.Layers) != 2 || f.Platform["A"] != "b" || len(f.Calls) != 1 || f.Calls[0].Line != 18 {
		t.Errorf("%+v", f)
	}
	for text, want := range map[string]string{
		"```yaml\nallow: []\n```\n":               "p.md:3: a block of yaml without calls, or one that does not end",
		"```text\n":                               "p.md:1: a block of yaml without calls, or one that does not end",
		"```calls\ndeny - GET http://a/\n```\n":   "p.md:2: calls without a block of yaml before them",
		"```yaml\n```\n```calls\n\nx\n```\n":      `p.md:5: want a decision, a rule and a call, got "x"`,
		"```yaml\n```\n\n```platform\n\nx\n```\n": `p.md:6: want NAME=value, got "x"`,
	} {
		if _, err := Markdown("p.md", []byte(text)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
