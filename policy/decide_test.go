package policy

import (
	"net/netip"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lambdafence/lambdafence/internal/corpus"
)

// TestDecideDoesNotAllocate pins the hot path.
func TestDecideDoesNotAllocate(t *testing.T) {
	layer := `
mode: enforce
local: ["127.0.0.1:6379"]
allow:
  - host: [api.example.com, "*.one.example", "**.deep.example", "**"]
  - host: ["a-*.glob.example", "h?st.[a-z]*.example"]
    paths: [/v1/*/x, "/v2/**/[a-z]*-x", /v3/**]
  - {cidr: [198.51.100.0/24, "2001:db8::/32"]}
deny:
  - {host: evil.example}
  - {cidr: 192.0.2.0/24, functions: [x], until: 2027-01-31}`
	sets := map[string]*Set{"one layer": mustCompile(t, layer), "three layers": mustCompile(t, layer, layer, layer)}
	calls := map[string]string{
		"name":          "https://api.example.com/v1/charges",
		"suffix":        "https://a.one.example/",
		"deep suffix":   "https://a.b.c.deep.example/",
		"host glob":     "https://host.abc.example/v1/q/x",
		"path glob":     "https://a-b.glob.example/v2/a/b/q-x",
		"path deep":     "https://a-b.glob.example/v3/a/b/c",
		"everything":    "https://no-rule-names-this.example/",
		"denied":        "https://evil.example/",
		"address":       "https://198.51.100.7/",
		"IPv6":          "https://[2001:db8::1]/",
		"address, odd":  "https://[64:ff9b::c000:201]/",
		"address, none": "https://203.0.113.1/",
		"local":         "https://127.0.0.1/",
		"local, open":   "https://127.0.0.1:6379/",
		"localhost":     "https://localhost/",
	}
	for name, text := range calls {
		u, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		for layers, s := range sets {
			var d, reached Decision
			n := testing.AllocsPerRun(100, func() {
				c, err := HTTPCall("GET", u, u.Host) // the call itself stays off the heap, too
				if err != nil {
					t.Fatal(err)
				}
				d = s.Decide(&c)
				c.Addr = netip.AddrFrom4([4]byte{192, 0, 2, 1})
				reached = s.DecideReached(&c)
			})
			if strings.Contains(name, "glob") && raceEnabled {
				n = 0 // under the race detector, the pool of gobwas/glob drops what it holds
			}
			if n != 0 {
				t.Errorf("%s, %s: %v allocations, %v, %v", name, layers, n, d, reached)
			}
		}
	}
	for _, address := range []string{"api.example.com:443", "198.51.100.7:443", "127.0.0.1:1"} {
		c, err := NetCall("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		for layers, s := range sets {
			if n := testing.AllocsPerRun(100, func() { s.Decide(&c) }); n != 0 {
				t.Errorf("dial %s, %s: %v allocations", address, layers, n)
			}
		}
	}
}

// TestDecideChangesNothing decides an odd call and compares it with itself.
func TestDecideChangesNothing(t *testing.T) {
	s := mustCompile(t, "deny: [{host: evil.example, paths: [/x]}]")
	odd := func() Call {
		return Call{
			Kind: HTTP, Scheme: "https", Host: "EVIL.example.", HostHeader: "Ｅvil.example", Path: "/%78/../x",
			Addr: netip.MustParseAddr("::ffff:192.0.2.1"), Resources: []string{"a"}, Callers: []Caller{{Module: "m"}},
			Time: time.Unix(1, 0),
		}
	}
	c := odd()
	if d := s.Decide(&c); d.Rule != "deny[0]" {
		t.Error(d)
	}
	s.DecideReached(&c)
	_ = s.Suggest(&c, Decision{})
	if !reflect.DeepEqual(c, odd()) {
		t.Errorf("%+v", c)
	}
}

// TestConcurrentUse decides in several goroutines, and compiles the same
// policies while that goes on.
func TestConcurrentUse(t *testing.T) {
	p := mustParse(t, `
mode: enforce
allow: [{host: ["**.example", "a*.glob.test"], paths: ["/*/x", "/**"], until: 2027-01-31}]
deny: [{host: evil.example, mode: report}]`)
	s, err := Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				c := Call{Kind: HTTP, Scheme: "https", Host: "evil.example", Path: "/a/%78", Time: time.Unix(0, 0)}
				if d := s.Decide(&c); d != (Decision{Deny, Report, 0, "deny[0]", "denied by rule"}) {
					t.Error(d)
					return
				}
				if _, err := (Platform{Soften: Off}).Compile(p, p); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	c := Call{Kind: HTTP, Scheme: "https", Host: "evil.example", Path: "/", Time: time.Unix(0, 0)}
	if d := s.Decide(&c); d.Mode != Report {
		t.Error("compiling with another mode changed a policy", d)
	}
}

func TestDecision(t *testing.T) {
	s := mustCompile(t, `
mode: enforce
local: ["127.0.0.1:1"]
allow: [{host: a.example, id: a, reason: why not}, {host: b.example}]
deny: [{host: c.example, mode: report, reason: drop site}, {host: d.example}]`)
	for address, want := range map[string]Decision{
		"a.example:443": {Allow, Enforce, 0, "a", "why not"},
		"b.example:443": {Allow, Enforce, 0, "allow[1]", "allowed by rule"},
		"c.example:443": {Deny, Enforce, 0, "", "no allow rule matched"},
		"d.example:443": {Deny, Enforce, 0, "deny[1]", "denied by rule"},
		"127.0.0.1:1":   {Allow, Enforce, 0, "local", "opened by local"},
		"127.0.0.1:2":   {Deny, Enforce, 0, "local", "loopback address"},
		"localhost:2":   {Deny, Enforce, 0, "local", "name of this machine"},
		"[fe80::1]:2":   {Deny, Enforce, 0, "local", "link-local address"},
		"0.0.0.0:2":     {Deny, Enforce, 0, "local", "unspecified address"},
		"224.0.0.1:2":   {Deny, Enforce, 0, "local", "multicast address"},
	} {
		c, err := NetCall("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Decide(&c); got != want {
			t.Errorf("%s: %+v, want %+v", address, got, want)
		}
	}
	if d := new(Decision); d.Effect != Deny {
		t.Error("the zero decision allows")
	}
	for _, mode := range []Mode{Off, Learn, Report, Enforce} {
		if m, err := ParseMode(mode.String()); m != mode || err != nil {
			t.Error(mode, m, err)
		}
	}
	if _, err := ParseMode("unset"); err == nil {
		t.Error("unset is no mode to ask for")
	}
}

// TestDecideAWSDoesNotAllocate pins the hot path of calls of AWS.
func TestDecideAWSDoesNotAllocate(t *testing.T) {
	layer := `
mode: enforce
allow:
  - {aws: dynamodb, operations: ["Batch*", GetItem], access: [read, write], resources: [table/a-*, table/b], regions: [eu-*]}
  - {aws: dynamodb, resources: [table/c]}
  - {aws: s3, resources: [reports, "arn:aws:s3:eu-west-1:*:accesspoint/point"]}
  - {aws: "Secrets Manager", resources: ["secret:x{,-??????}"]}
  - {aws: execute-api, resources: [a], endpoint: a.example}
  - {aws: sqs, endpoint: ["localhost:4566", "*.example"]}
deny:
  - {aws: s3, access: [write], resources: ["payroll-*", "arn:aws:s3:::x"]}
  - {aws: "*", access: [permissions]}`
	sets := map[string]*Set{"one layer": mustCompile(t, layer), "three layers": mustCompile(t, layer, layer, layer), "own policy": mustCompileOn(t, Platform{Parameters: []string{"/a"}}, layer)}
	lines, err := corpus.Calls(`
allow  -  aws DynamoDB:GetItem access=read resource=arn:aws:dynamodb:eu-west-1:111122223333:table/a-1 at=https://dynamodb.eu-west-1.amazonaws.com/
allow  -  aws DynamoDB:BatchGetItem access=read resource=arn:aws:dynamodb:eu-west-1:111122223333:table/a-1 resource=arn:aws:dynamodb:eu-west-1:111122223333:table/c at=https://dynamodb.eu-west-1.amazonaws.com/
allow  -  aws S3:GetObject access=read resource=arn:aws:s3:::reports/2026/a.csv at=https://reports.s3.eu-west-1.amazonaws.com/2026/a.csv
allow  -  aws S3:GetObject access=read resource=arn:aws:s3:eu-west-1:111122223333:accesspoint/point/object/a at=https://point-111122223333.s3-accesspoint.eu-west-1.amazonaws.com/a
allow  -  aws Secrets_Manager:GetSecretValue access=read resource=arn:aws:secretsmanager:eu-west-1:111122223333:secret:x-AbCdEf at=https://secretsmanager.eu-west-1.amazonaws.com/
allow  -  aws ApiGatewayManagementApi:PostToConnection access=write resource=arn:aws:execute-api:eu-west-1:111122223333:a at=https://a.example/
allow  -  aws SQS:SendMessage access=write at=http://localhost:4566/
deny   -  aws S3:PutObject access=write resource=arn:aws:s3:::payroll-1/a at=https://payroll-1.s3.eu-west-1.amazonaws.com/a
deny   -  aws S3:PutObject access=write resource=arn:aws:s3:::reports/a at=https://s3.eu-west-1.amazonaws.com/evil/a
deny   -  aws IAM:PutRolePolicy access=permissions at=https://iam.amazonaws.com/
deny   -  aws SSM:PutParameter access=write at=https://ssm.eu-west-1.amazonaws.com/
deny   -  POST https://sqs.eu-west-1.amazonaws.com/`)
	if err != nil {
		t.Fatal(err)
	}
	for i := range lines {
		c, err := describe(&lines[i])
		if err != nil {
			t.Fatal(err)
		}
		for layers, s := range sets {
			var d Decision
			n := testing.AllocsPerRun(100, func() { d = s.Decide(&c) })
			if raceEnabled {
				n = 0 // the pool of gobwas/glob drops what it holds
			}
			if n != 0 || (d.Effect == Allow) != (lines[i].Want == corpus.Allow) {
				t.Errorf("%v, %s: %v allocations, %v", &c, layers, n, d)
			}
		}
	}
}

// TestDecideAWS judges a call by its host alone, where no rule is about AWS.
func TestDecideAWS(t *testing.T) {
	s := mustCompile(t, `mode: enforce`+"\n"+`deny: [{host: "**", ports: [25]}, {host: evil.example}]`)
	for host, want := range map[string]string{"": "", "evil.example": "deny[1]", "localhost": "local"} {
		if d := s.Decide(&Call{Kind: AWS, Service: "s3", Host: host, Port: 443}); d.Rule != want {
			t.Errorf("%q: %v", host, d)
		}
	}
}

// TestTargetThatIsNoPath: what a target without a leading slash asks for nobody
// knows, and so a deny rule's paths match it and an allow rule's do not.
func TestTargetThatIsNoPath(t *testing.T) {
	for doc, want := range map[string]string{
		"deny: [{host: a.example, paths: [/x]}]":                       "deny[0]",
		"allow: [{host: [a.example, b], paths: ['/**', '**/y', '*']}]": "",
	} {
		for _, target := range []string{"b/y", "b/../y", "b"} {
			d := mustCompile(t, doc).Decide(&Call{Kind: HTTP, Scheme: "https", Host: "a.example", Path: target})
			if d.Effect != Deny || d.Rule != want {
				t.Errorf("%s: %q: %v", doc, target, d)
			}
		}
	}
}
