package policy

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/lambdafence/lambdafence/internal/corpus"
)

// TestSuggest checks the text, and that a policy which follows the suggestion
// lets the call through.
func TestSuggest(t *testing.T) {
	denyAll := "mode: enforce\nallow: []\n"
	tests := []struct{ name, call, host, want string }{
		{"https", "GET https://a.example/v1/x?q=secret", "", `allow: [{host: "a.example", methods: [GET], paths: ["/v1/x"]}]`},
		{"http", "POST http://a.example", "", `allow: [{host: "a.example", schemes: [http], methods: [POST], paths: ["/"]}]`},
		{"port", "GET https://a.example:8443/", "", `allow: [{host: "a.example", ports: [8443], methods: [GET], paths: ["/"]}]`},
		{"address", "GET https://192.0.2.1/", "", `allow: [{cidr: "192.0.2.1", methods: [GET], paths: ["/"]}]`},
		{"IPv6", "GET https://[2001:db8::1]/", "", `allow: [{cidr: "2001:db8::1", methods: [GET], paths: ["/"]}]`},
		{"pattern in a path", "GET https://a.example/*/[x]", "", `allow: [{host: "a.example", methods: [GET], paths: ["/\\*/\\[x\\]"]}]`},
		{"two readings of a path", "GET https://a.example/a%2Fb/../c", "", `allow: [{host: "a.example", methods: [GET], paths: ["/a%2Fb/../c", "/a/c"]}]`},
		{"question mark in a path", "GET https://a.example/a%3Fb=c", "", `allow: [{host: "a.example", methods: [GET], paths: ["/a%3Fb=c", "/a\\?b=c"]}]`},
		{"tunnel", "CONNECT https://a.example", "", `allow: [{host: "a.example", methods: [CONNECT]}]`},
		{"local", "GET http://localhost:4318/", "", `local: ["127.0.0.1:4318"]`},
		{"local IPv6", "GET http://[::1]:4318/", "", `local: ["[::1]:4318"]`},
		{"metadata", "GET http://169.254.169.254/", "", `local: ["169.254.169.254:80"]`},
		{"dial", "tcp db.example:5432", "", `allow: [{host: "db.example", ports: [5432]}]`},
		{"dial TLS", "tcp db.example:443", "", `allow: [{host: "db.example"}]`},
		{"dial UDP", "udp db.example:53", "", `allow: [{host: "db.example", networks: [udp], ports: [53]}]`},
		{"dial raw", "ip4:icmp db.example", "", `allow: [{host: "db.example", networks: [ip]}]`},
		{"dial socket", "unix /x.sock", "", `local: ["unix:/x.sock"]`},
	}
	for _, tt := range tests {
		c := suggestCall(t, tt.call, tt.host)
		s := mustCompile(t, denyAll)
		d := s.Decide(&c)
		got := s.Suggest(&c, d)
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
		policy := "mode: enforce\n" + got + "\n"
		if strings.HasPrefix(got, "local") {
			policy = denyAll + got + "\n"
		}
		if d := mustCompile(t, policy).Decide(&c); d.Effect != Allow {
			t.Errorf("%s: %v though %s", tt.name, d, got)
		}
	}

	// Two hosts need two rules, and the missing one is suggested.
	c := suggestCall(t, "GET https://a.example/", "b.example")
	s := mustCompile(t, "allow: [{host: c.example}]")
	if got := s.Suggest(&c, s.Decide(&c)); !strings.Contains(got, `host: "a.example"`) {
		t.Error(got)
	}
	s = mustCompile(t, "allow: [{host: a.example}]")
	if got := s.Suggest(&c, s.Decide(&c)); !strings.Contains(got, `host: "b.example"`) {
		t.Error(got)
	}
}

func TestSuggestNothing(t *testing.T) {
	p := Platform{RuntimeAPI: "127.0.0.1:9001"}
	s := mustCompileOn(t, p, "mode: enforce\nallow: [{host: ok.example}]\ndeny: [{host: evil.example}]")
	only := mustCompileOn(t, p, "deny: [{host: evil.example}]")
	none, err := p.Compile(Unavailable(Enforce, "none"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, call string
		s          *Set
	}{
		{"allowed", "GET https://ok.example/", s},
		{"denied by a rule", "GET https://evil.example/", only},
		{"Runtime API", "GET http://localhost:9001/", s},
		{"no policy", "GET https://a.example/", none},
		{"no port", "tcp localhost:", s},
	} {
		c := suggestCall(t, tt.call, "")
		if got := tt.s.Suggest(&c, tt.s.Decide(&c)); got != "" {
			t.Errorf("%s: %s", tt.name, got)
		}
	}
	odd := Call{Kind: HTTP, Scheme: "https", Host: "a.example", Path: "http://a.example/"}
	if got := s.Suggest(&odd, s.Decide(&odd)); got != "" {
		t.Errorf("no path: %s", got)
	}
	if got := s.Suggest(&odd, Decision{Layer: 7}); got != "" {
		t.Errorf("no such layer: %s", got)
	}
	reached := suggestCall(t, "tcp a.example:6379", "")
	reached.Addr = mustAddr(t, "127.0.0.1")
	if got := s.Suggest(&reached, s.DecideReached(&reached)); got != `local: ["127.0.0.1:6379"]` {
		t.Errorf("reached: %s", got)
	}
}

// suggestCall reads "GET url" or "tcp address".
func suggestCall(t *testing.T, text, host string) Call {
	t.Helper()
	word, rest, _ := strings.Cut(text, " ")
	c, err := NetCall(word, rest)
	if strings.Contains(rest, "://") {
		u, perr := url.Parse(rest)
		if perr != nil {
			t.Fatal(perr)
		}
		c, err = HTTPCall(word, u, cmp.Or(host, u.Host))
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestSuggestNobody: that a signer is not known is no reason to allow everybody.
func TestSuggestNobody(t *testing.T) {
	s := mustCompile(t, "mode: enforce\nallow: []")
	c := Call{Kind: AWS, Service: "KMS", Operation: "Decrypt", Region: "eu-west-1", Self: "111122223333"}
	if got := s.Suggest(&c, s.Decide(&c)); got != "" {
		t.Error(got)
	}
}

// TestSuggestElsewhere: no rule should make a host of AWS another service's, or
// another region's.
func TestSuggestElsewhere(t *testing.T) {
	s := mustCompile(t, "mode: enforce\nallow: []")
	for _, host := range []string{"kms.eu-west-1.amazonaws.com", "s3.us-east-1.amazonaws.com"} {
		c := Call{Kind: AWS, Service: "S3", Operation: "ListBuckets", Scheme: "https", Host: host, Resources: []string{}, Region: "eu-west-1", Account: "111122223333", Self: "111122223333"}
		if got := s.Suggest(&c, s.Decide(&c)); got != "" || !strings.Contains(c.String(), host) {
			t.Errorf("%s: %s", &c, got)
		}
	}
}

// TestSuggestAWS checks the text for calls of AWS, and that a policy which
// follows it lets the call through.
func TestSuggestAWS(t *testing.T) {
	for _, tt := range []struct{ name, call, want string }{
		{"resource", "DynamoDB:GetItem resource=arn:aws:dynamodb:eu-west-1:111122223333:table/orders", `{aws: dynamodb, operations: [GetItem], resources: ["table/orders"]}`},
		{"bucket", "S3:PutObject resource=arn:aws:s3:::b/k*", `{aws: s3, operations: [PutObject], resources: ["b/k\\*"]}`},
		{"resources", "S3:CopyObject resource=arn:aws:s3:::a/k resource=arn:aws:s3:::b/k", `{aws: s3, operations: [CopyObject], resources: ["a/k", "b/k"]}`},
		{"another account's", "SQS:SendMessage resource=arn:aws:sqs:eu-west-1:444455556666:jobs", `{aws: sqs, operations: [SendMessage], resources: ["arn:aws:sqs:eu-west-1:444455556666:jobs"]}`},
		{"another service's", "STS:AssumeRole resource=arn:aws:iam::111122223333:role/x", `{aws: sts, operations: [AssumeRole], resources: ["arn:aws:iam::111122223333:role/x"]}`},
		{"no resource", "SQS:ListQueues resource=none", `{aws: sqs, operations: [ListQueues]}`},
		{"unknown resource", "Secrets_Manager:GetSecretValue", `{aws: secretsmanager, operations: [GetSecretValue]}`},
		{"unknown operation", "KMS", `{aws: kms}`},
		{"other signer", "KMS:Decrypt account=444455556666", `{aws: kms, operations: [Decrypt], accounts: ["444455556666"]}`},
		{"unknown self", "KMS:Decrypt self=", `{aws: kms, operations: [Decrypt], accounts: ["111122223333"]}`},
		{"emulator", "S3:ListBuckets at=http://minio.example:9000/", `{aws: s3, operations: [ListBuckets], endpoint: "minio.example:9000"}`},
		{"emulator here", "S3:ListBuckets at=http://localhost:4566/", `{aws: s3, operations: [ListBuckets], endpoint: "localhost:4566"}`},
		{"emulator at an address", "S3:ListBuckets at=http://[::1]:4566/", `{aws: s3, operations: [ListBuckets], endpoint: "[::1]:4566"}`},
		{"service of tomorrow", "Newest:MakeThing", `{aws: newest, operations: [MakeThing], endpoint: "newest.eu-west-1.amazonaws.com:443"}`},
		{"words of YAML", "Null:No", `{aws: "null", operations: ["No"], endpoint: "null.eu-west-1.amazonaws.com:443"}`},
		{"odd operation", "KMS:Get]", `{aws: kms, operations: ["Get\\]"]}`},
		{"a resource like an ARN", "S3:GetObject resource=arn:aws:s3:::arn:x", `{aws: s3, operations: [GetObject], resources: ["arn:aws:s3:::arn:x"]}`},
	} {
		lines, err := corpus.Calls("deny - aws " + tt.call)
		if err != nil {
			t.Fatal(err)
		}
		c, err := describe(&lines[0])
		if err != nil {
			t.Fatal(err)
		}
		s := mustCompile(t, "mode: enforce\nallow: []")
		got := s.Suggest(&c, s.Decide(&c))
		if want := "allow: [" + tt.want + "]"; got != want {
			t.Errorf("%s: %s, want %s", tt.name, got, want)
		}
		if d := mustCompile(t, "mode: enforce\n"+got).Decide(&c); d.Effect != Allow {
			t.Errorf("%s: %v though %s", tt.name, d, got)
		}
	}
}

func TestSuggestNothingAWS(t *testing.T) {
	own := Call{Kind: AWS, Service: "S3", Operation: "GetObject", Scheme: "https", Host: "s3.eu-west-1.amazonaws.com", Region: "eu-west-1", Account: "111122223333", Self: "111122223333"}
	s := mustCompileOn(t, Platform{RuntimeAPI: "127.0.0.1:9001"}, "mode: enforce\nallow: []")
	for name, change := range map[string]func(*Call){
		"no service":        func(c *Call) { c.Service = "-" },
		"UDP":               func(c *Call) { c.Network = "udp" },
		"no path":           func(c *Call) { c.Path = "http://a.example/" },
		"a tunnel":          func(c *Call) { c.Method = "CONNECT" },
		"operation":         func(c *Call) { c.Operation = "getObject" },
		"operation, bytes":  func(c *Call) { c.Operation = "Get\xff" },
		"account":           func(c *Call) { c.Account = "1" },
		"no ARN":            func(c *Call) { c.Resources = []string{"a"} },
		"resource, bytes":   func(c *Call) { c.Resources = []string{"arn:aws:s3:::a/\xff"} },
		"resource, long":    func(c *Call) { c.Resources = []string{"arn:aws:s3:::a/" + strings.Repeat("k", 512)} },
		"many resources":    func(c *Call) { c.Resources = slices.Repeat([]string{"arn:aws:s3:::a"}, 11) },
		"another bucket":    func(c *Call) { c.Resources, c.Path = []string{"arn:aws:s3:::a"}, "/b" },
		"no name":           func(c *Call) { c.Host = "a b" },
		"the Runtime API":   func(c *Call) { c.Scheme, c.Host, c.Port = "http", "localhost", 9001 },
		"reached, its port": func(c *Call) { c.Host, c.Port, c.Addr = "a.example", 9001, loopback4 },
	} {
		c := own
		change(&c)
		d := s.Decide(&c)
		if name == "reached, its port" {
			d = s.DecideReached(&c)
		}
		if got := s.Suggest(&c, d); d.Effect == Allow || got != "" {
			t.Errorf("%s: %v, %s", name, d, got)
		}
	}
	// An endpoint without a port, and a name of AWS that leads to this machine.
	c := own
	c.Scheme, c.Host = "ftp", "a.example"
	if got := s.Suggest(&c, s.Decide(&c)); !strings.Contains(got, `endpoint: "a.example"`) {
		t.Error(got)
	}
	c = own
	c.Addr = loopback4
	if got := s.Suggest(&c, s.DecideReached(&c)); got != `local: ["127.0.0.1:443"]` {
		t.Error(got)
	}
}
