package review

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lambdafence/lambdafence/policy"
)

func get(t *testing.T, method, text string) *policy.Call {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	c, err := policy.HTTPCall(method, u, "")
	if err != nil {
		t.Fatal(err)
	}
	return &c
}

func putItem() *policy.Call {
	return &policy.Call{
		Kind: policy.AWS, Service: "DynamoDB", Operation: "PutItem", Access: policy.Write, Region: "eu-west-1", Account: sampleAccount, Self: sampleAccount,
		Resources: []string{"arn:aws:dynamodb:eu-west-1:111122223333:table/orders"},
		Scheme:    "https", Host: "dynamodb.eu-west-1.amazonaws.com", Port: 443, Method: "POST", Path: "/",
	}
}

// told writes misses on a line each.
func told(ms []Miss) string {
	var b strings.Builder
	for _, m := range ms {
		fmt.Fprintf(&b, "%d %s", m.Line, m.Rule)
		for _, f := range m.Fields {
			fmt.Fprintf(&b, "; %s: %s, not %s", f.Field, f.Want, f.Got)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestNear(t *testing.T) {
	at := func(c *policy.Call, change func(*policy.Call)) *policy.Call { change(c); return c }
	for _, tt := range []struct {
		name, rules string
		call        *policy.Call
		want        string
	}{
		{"a method", "- {host: a.example.com, methods: [GET, HEAD]}", get(t, "POST", "https://a.example.com/"), "2 allow[0]; methods: GET, HEAD, not POST\n"},
		{"a scheme, and with it the port", "- host: a.example.com", get(t, "GET", "http://a.example.com/"), "2 allow[0]; schemes: https, not http\n"},
		{"a port", "- host: a.example.com", get(t, "GET", "https://a.example.com:8443/"), "2 allow[0]; ports: 443, not 8443\n"},
		{"a port of both schemes", "- {host: a.example.com, schemes: [http, https]}", get(t, "GET", "http://a.example.com:443/"), "2 allow[0]; ports: 443 for https, 80 for http, not 443\n"},
		{"an attacker's path", "- {host: a.example.com, paths: [/v1/**]}", get(t, "GET", "https://a.example.com/v1/../admin"), "2 allow[0]; paths: /v1/**, not /v1/../admin\n"},
		{"a tunnel", "- host: a.example.com", get(t, "CONNECT", "https://a.example.com/"), "2 allow[0]; methods: any but CONNECT, not CONNECT\n"},
		{"the nearest first", "- {host: a.example.com, methods: [PUT], paths: [/x]}\n- {host: a.example.com, methods: [PUT]}", get(t, "GET", "https://a.example.com/"),
			"3 allow[1]; methods: PUT, not GET\n2 allow[0]; methods: PUT, not GET; paths: /x, not /\n"},
		{"who calls", "- {host: a.example.com, from: github.com/acme/**, functions: orders, until: 2026-01-01}",
			at(get(t, "GET", "https://a.example.com/"), func(c *policy.Call) { c.Caller.Module = "evil.example/m"; c.Time = now }),
			"2 allow[0]; from: github.com/acme/**, not evil.example/m; functions: orders, not unknown; until: 2026-01-01, not 2026-12-01T12:00:00Z\n"},
		{"another host", "- host: a.example.com\n- aws: sqs\n- cidr: 192.0.2.1", get(t, "GET", "https://b.example.org/"), ""},
		{"a host that looks alike", "- host: api.example.com", get(t, "GET", "https://api.examp1e.com/"), "2 allow[0]; host: api.example.com, not api.examp1e.com\n"},
		{"the apex of a wildcard", `- {host: "**.example.com", methods: [PUT]}`, get(t, "GET", "https://example.com/"),
			"2 allow[0]; host: **.example.com, not example.com; methods: PUT, not GET\n"},
		{"two labels below a wildcard", `- host: "*.example.com"`, get(t, "GET", "https://a.b.example.com/"), "2 allow[0]; host: *.example.com, not a.b.example.com\n"},
		{"below a name", `- host: example.com`, get(t, "GET", "https://www.example.com/"), "2 allow[0]; host: example.com, not www.example.com\n"},
		{"a wildcard that looks alike", `- host: "*.example.com"`, get(t, "GET", "https://a.exmaple.com/"), "2 allow[0]; host: *.example.com, not a.exmaple.com\n"},
		{"a Host header", "- host: a.example.com", at(get(t, "GET", "https://a.example.com/"), func(c *policy.Call) { c.HostHeader = "evil.example" }),
			"2 allow[0]; host: a.example.com, not evil.example\n"},
		{"an address under a wildcard", `- host: "**"`, get(t, "GET", "https://192.0.2.1/"), "2 allow[0]; host: **, not 192.0.2.1\n"},
		{"a host of AWS under a wildcard", `- host: "**.amazonaws.com"`, get(t, "GET", "https://b.s3.amazonaws.com/"), "2 allow[0]; host: **.amazonaws.com, not b.s3.amazonaws.com\n"},
		{"a connection", "- {host: db.example.com, ports: [5432], methods: [GET]}\n- {cidr: 192.0.2.0/24, ports: [1]}", &policy.Call{Kind: policy.Net, Host: "db.example.com", Port: 5432},
			"2 allow[0]; methods: GET, not none that is known: it is a connection\n"},
		{"a network", "- {cidr: 192.0.2.1, ports: [53]}", &policy.Call{Kind: policy.Net, Network: "udp", Host: "192.0.2.1", Port: 53}, "2 allow[0]; networks: tcp, not udp\n"},
		{"a socket", `- host: "**"`, &policy.Call{Kind: policy.Net, Network: "unix", Path: "/x"}, ""},

		{"an operation", "- {aws: dynamodb, operations: [GetItem]}", putItem(), "2 allow[0]; operations: GetItem, not PutItem\n"},
		{"an access level", "- {aws: dynamodb, access: [read, list]}", putItem(), "2 allow[0]; access: read, list, not write\n"},
		{"a resource", "- {aws: dynamodb, resources: [table/customers]}", putItem(), "2 allow[0]; resources: table/customers, not arn:aws:dynamodb:eu-west-1:111122223333:table/orders\n"},
		{"one of two resources", "- {aws: dynamodb, resources: [table/orders]}",
			at(putItem(), func(c *policy.Call) { c.Resources = append(c.Resources, "arn:aws:s3:::drop") }), "2 allow[0]; resources: table/orders, not arn:aws:s3:::drop\n"},
		{"resources that are not known", "- {aws: dynamodb, resources: [table/orders]}", at(putItem(), func(c *policy.Call) { c.Resources = nil }), "2 allow[0]; resources: table/orders, not unknown\n"},
		{"another's key", "- aws: dynamodb", at(putItem(), func(c *policy.Call) { c.Account = "444455556666" }), "2 allow[0]; accounts: self, not 444455556666\n"},
		{"a region", "- {aws: dynamodb, regions: [us-*]}", putItem(), "2 allow[0]; regions: us-*, not eu-west-1\n"},
		{"another's endpoint", "- aws: dynamodb", at(putItem(), func(c *policy.Call) { c.Host = "evil.example" }),
			"2 allow[0]; endpoint: AWS's own hosts of the service and the region, by HTTPS, not https://evil.example:443\n"},
		{"another service", "- aws: sqs", putItem(), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, err := Read("p.yaml", []byte("allow:\n"+tt.rules))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, told(d.Near(tt.call))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Of many rules few are told.
func TestNearOfMany(t *testing.T) {
	doc := "allow:\n" + strings.Repeat("- {host: a.example.com, methods: [PUT]}\n", 100)
	d, err := Read("p.yaml", []byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	if ms := d.Near(get(t, "GET", "https://a.example.com/")); len(ms) != maxMisses {
		t.Errorf("%d misses", len(ms))
	}
}

func TestMatched(t *testing.T) {
	d, err := Read("p.yaml", []byte(`
deny:
- {host: [a.example, "*.evil.example", b.example], methods: [PUT, POST], reason: drop site}
- {aws: dynamodb, resources: [table/customers, "table/o*"], access: [write]}
`))
	if err != nil {
		t.Fatal(err)
	}
	want := []Difference{{"host", "*.evil.example", "x.evil.example", ""}, {"methods", "POST", "POST", ""}}
	if diff := cmp.Diff(want, d.Deny[0].Matched(get(t, "POST", "http://x.evil.example:81/"))); diff != "" {
		t.Error(diff)
	}
	want = []Difference{
		{"aws", "dynamodb", "DynamoDB", ""}, {"access", "write", "write", ""},
		{"resources", "table/o*", "arn:aws:dynamodb:eu-west-1:111122223333:table/orders", ""},
	}
	if diff := cmp.Diff(want, d.Deny[1].Matched(putItem())); diff != "" {
		t.Error(diff)
	}
}
