package policy

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

// TestBeneath: what is said of a resource's beginning, rule by rule.
func TestBeneath(t *testing.T) {
	const object, table = "arn:aws:s3:::images/in/a.png", "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"
	for _, tt := range []struct{ name, doc, resource, want string }{
		{"any", "allow: [{aws: s3}]", object, "arn:aws:s3:::"},
		{"any, in words", `allow: [{aws: s3, resources: ["*"]}]`, object, "arn:aws:s3:::"},
		{"a bucket", "allow: [{aws: s3, resources: [images]}]", object, "arn:aws:s3:::images/"},
		{"what is in a bucket", `allow: [{aws: s3, resources: ["images/*"]}]`, object, "arn:aws:s3:::images/"},
		{"buckets", `allow: [{aws: s3, resources: ["im*"]}]`, object, "arn:aws:s3:::im"},
		{"by its ARN", `allow: [{aws: s3, resources: ["arn:aws:s3:::images/in/*"]}]`, object, "arn:aws:s3:::images/in/"},
		{"the first rule counts", `allow: [{aws: s3, resources: ["images/in/*"]}, {aws: s3}]`, object, "arn:aws:s3:::images/in/"},
		{"the shortest of a rule", `allow: [{aws: s3, resources: ["images/in/*", "images/*", "x*"]}]`, object, "arn:aws:s3:::images/"},
		{"the longest of the layers", "allow: [{aws: s3, resources: [images]}]\n---\n" + `allow: [{aws: s3, resources: ["images/in/*"]}]`, object, "arn:aws:s3:::images/in/"},
		{"in whatever order", `allow: [{aws: s3, resources: ["images/in/*"]}]` + "\n---\nallow: [{aws: s3, resources: [images]}]", object, "arn:aws:s3:::images/in/"},
		{"a layer that lists nothing", "allow: [{aws: s3, resources: [images]}]\n---\ndeny: []", object, "arn:aws:s3:::images/"},
		{"tables", `allow: [{aws: dynamodb, resources: ["table/o*"]}]`, table, strings.TrimSuffix(table, "rders")},
		{"nothing listed", "deny: []", object, "arn:aws:s3:::"},
		{"an endpoint of one's own", "allow: [{aws: s3, endpoint: [store.example, runtime.example, localhost]}]", object, "arn:aws:s3:::"},

		{"a table", "allow: [{aws: dynamodb, resources: [table/orders]}]", table, ""},
		{"an end is asked for", `allow: [{aws: s3, resources: ["images/*.png"]}]`, object, ""},
		{"two stars", `allow: [{aws: s3, resources: ["im*/in/*"]}]`, object, ""},
		{"a set", `allow: [{aws: s3, resources: ["[i]mages*"]}]`, object, ""},
		{"another resource is denied", `allow: [{aws: s3}]` + "\n" + `deny: [{aws: s3, resources: ["images/secret*"]}]`, object, ""},
		{"and is so in a layer", "allow: [{aws: s3}]\n---\n" + `deny: [{aws: s3, resources: ["images/secret*"]}]`, object, ""},
		{"if only reported", `allow: [{aws: s3}]` + "\n" + `deny: [{aws: s3, resources: ["images/secret*"], mode: report}]`, object, ""},
		{"another path is denied", "allow: [{aws: s3}]\ndeny: [{host: s3.eu-west-1.amazonaws.com, paths: [/images/secret/**]}]", object, ""},
		{"allowed by its path", "allow: [{host: s3.eu-west-1.amazonaws.com, methods: [GET], paths: [/images/in/**]}]", object, ""},
		{"denied", "allow: []", object, ""},
		{"of another service", `allow: [{aws: s3, resources: ["arn:aws:sns:*:*:*"]}]`, "arn:aws:sns:eu-west-1:111122223333:a", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := mustCompileOn(t, Platform{Region: "eu-west-1", RuntimeAPI: "runtime.example:443"}, modes(strings.Split(tt.doc, "---\n"))...)
			c := Call{
				Kind: AWS, Scheme: "https", Host: "s3.eu-west-1.amazonaws.com", Method: "GET", Path: "/images/in/a.png",
				Service: "S3", Operation: "GetObject", Access: Read, Region: "eu-west-1", Account: "111122223333", Self: "111122223333", Resources: []string{tt.resource},
			}
			if tt.resource == table {
				c.Service, c.Host, c.Path = "DynamoDB", "dynamodb.eu-west-1.amazonaws.com", "/"
			}
			if got := s.Beneath(&c); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
			untidy := c
			if untidy.Path = "/images/in/a%20b/./c"; s.Beneath(&untidy) != tt.want {
				t.Errorf("by a path that may be read in two ways: %q, want %q", s.Beneath(&untidy), tt.want)
			}
			for _, other := range []func(*Call){
				func(c *Call) { c.Kind = HTTP },
				func(c *Call) { c.Host = "runtime.example" },
				func(c *Call) { c.Host = "localhost" },
				func(c *Call) { c.HostHeader = "sns.eu-west-1.amazonaws.com" },
				func(c *Call) { c.Path = "https://sns.eu-west-1.amazonaws.com/" },
				func(c *Call) { c.Addr = netip.MustParseAddr("192.0.2.1") },
				func(c *Call) { c.Resources = nil },
				func(c *Call) { c.Resources = append(slices.Clip(c.Resources), c.Resources[0]) },
				func(c *Call) { c.Resources = []string{"images"} },
			} {
				c := c
				if other(&c); s.Beneath(&c) != "" {
					t.Errorf("%+v: %q", c, s.Beneath(&c))
				}
			}
		})
	}
}

func modes(docs []string) []string {
	for i := range docs {
		docs[i] = "mode: enforce\n" + docs[i]
	}
	return docs
}

// FuzzBeneath: every resource that begins so is allowed.
func FuzzBeneath(f *testing.F) {
	addChoices(f)
	f.Fuzz(func(t *testing.T, data []byte) { beneath(t, &choices{data}) })
}

// TestBeneathHolds is the same for many policies, of which enough allow something.
func TestBeneathHolds(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 11))
	allowed, open := 0, 0
	for range 20_000 {
		data := make([]byte, 96)
		for i := range data {
			data[i] = byte(rnd.Uint32())
		}
		a, o := beneath(t, &choices{data})
		allowed, open = allowed+a, open+o
	}
	t.Logf("%d calls allowed, %d of them whatever follows", allowed, open)
	if open < 500 || open == allowed {
		t.Errorf("%d calls allowed, %d of them whatever follows", allowed, open)
	}
}

// beneath makes a policy and a call, and compares what is said of others with the
// decision on them.
func beneath(t *testing.T, c *choices) (allowed, open int) {
	var policies []*Policy
	for range 1 + c.one(2) {
		p, err := Parse([]byte(strings.Replace(c.document(), "mode: off", "mode: enforce", 1)))
		if err != nil {
			return 0, 0
		}
		policies = append(policies, p)
	}
	s, err := Platform{Region: c.of("", "eu-west-1")}.Compile(policies...)
	if err != nil || s.NeedsTime() || s.NeedsCallers() {
		return 0, 0 // neither is asked about an approval
	}
	call := c.call()
	c.operation(&call)
	call.Addr, call.HostHeader = netip.Addr{}, ""
	if c.one(8) > 0 {
		call.Scheme, call.Port, call.Network = "https", 443, "tcp"
		call.Service, call.Host, call.Path = "S3", c.of("s3.eu-west-1.amazonaws.com", "a.s3.eu-west-1.amazonaws.com", "localhost", "a.example"), c.of("/a/b", "/a", "/b/a")
		call.Resources = []string{c.of("arn:aws:s3:::a/b", "arn:aws:s3:::a/b/c", "arn:aws:s3:::b/a", "arn:aws:s3:::ab/c")}
	}
	if s.Decide(&call).Effect == Allow {
		allowed = 1
	}
	prefix := s.Beneath(&call)
	if prefix == "" {
		return allowed, 0
	}
	if allowed == 0 || !strings.HasPrefix(call.Resources[0], prefix) {
		t.Fatalf("%+v: %v, and %q", call, s.Decide(&call), prefix)
	}
	bucket, _, _ := strings.Cut(strings.TrimPrefix(call.Resources[0], "arn:aws:s3:::"), "/")
	if !strings.HasPrefix(prefix, "arn:aws:s3:::"+bucket+"/") {
		prefix = "arn:aws:s3:::" + bucket + "/" // the bucket is where the call goes
	}
	for range 4 {
		other := call
		rest := c.of("a", "b", "b/c", "c/b", ":", "secret", "a:b/*", "é")
		other.Resources = []string{prefix + rest}
		if !strings.Contains(call.Host, "a.s3") && !strings.HasPrefix(call.Path, "/"+bucket+"/") {
			rest = strings.TrimPrefix(call.Path, "/") // another bucket than the input's is in the path, or none
		} else if !strings.Contains(call.Host, "a.s3") {
			rest = bucket + "/" + c.of("b", "%61", "a//b", "..", "")
		}
		other.Path = "/" + rest
		if call.Service != "S3" {
			other.Resources, other.Path = call.Resources, c.of("/", "/a", "/%61", "")
		}
		if d := s.Decide(&other); d.Effect != Allow {
			t.Fatalf("%+v is allowed with all beneath %q, but not %q by %q: %v", call, prefix, other.Resources, other.Path, d)
		}
	}
	return allowed, 1
}
