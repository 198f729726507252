package policy

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// addChoices seeds a fuzz target whose input is a string of choices.
func addChoices(f *testing.F) {
	for i := range 64 {
		data := make([]byte, 192)
		for j := range data {
			data[j] = byte((i+1)*(j+7)*2654435761>>7) ^ byte(i*31)
		}
		f.Add(data)
	}
}

// choices makes policies and calls of a string of bytes, from a small world in
// which rules and calls often meet.
type choices struct{ data []byte }

// one returns a number below n; 0 where the bytes are used up.
func (c *choices) one(n int) int {
	if len(c.data) == 0 {
		return 0
	}
	b := c.data[0]
	c.data = c.data[1:]
	return int(b) % n
}

func (c *choices) of(words ...string) string { return words[c.one(len(words))] }

var (
	worldHosts = []string{
		"a.example", "b.example", "x.a.example", "y.x.a.example", "example", "A.Example.", "a..example", ".a.example", "x$.a.example",
		"localhost", "x.localhost", "127.0.0.1", "127.1", "10.0.0.1", "10.0.1.1", "0x0a000001", "192.0.2.1", "::1", "::ffff:10.0.0.1",
		"64:ff9b::a00:1", "2002:a00:1::", "2001:db8::1", "fe80::1%x", "169.254.169.254", "ａ.example", "7.a.example", "a.7", "",
		"s3.eu-west-1.amazonaws.com", "S3.eu-west-1.amazonaws.com.", "a.s3.eu-west-1.amazonaws.com", "p-111122223333.s3-accesspoint.eu-west-1.amazonaws.com", "s3.us-east-1.amazonaws.com",
		"sns.eu-west-1.amazonaws.com", "newest.eu-west-1.amazonaws.com", "iam.amazonaws.com",
	}
	worldPatterns = []string{
		"a.example", "b.example", "x.a.example", "example", "localhost", "x.localhost", "127.0.0.1", "10.0.0.1", "::1", "2001:db8::1",
		"s3.eu-west-1.amazonaws.com", "sns.eu-west-1.amazonaws.com", "**.amazonaws.com", "s?.eu-west-1.amazonaws.com",
		"*.example", "**.example", "*.a.example", "**.a.example", "**.localhost", "*", "**", "?.example", "[!a].example", "**.x*.example", "{a,b}.example", "*.*",
	}
	worldRanges = []string{"0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/24", "10.0.0.1", "127.0.0.0/8", "127.0.0.1", "126.0.0.0/7", "::/0", "::1", "2001:db8::/32", "64:ff9b::/96", "169.254.0.0/16", "192.0.2.0/24"}
	worldPaths  = []string{"/", "/a", "/a/b", "/a/../b", "/%61", "/a%2Fb", "/a/", "//a", "/%00", "http://b.example/", "b.example:443", "*"}
)

// call makes a call.
func (c *choices) call() Call {
	call := Call{
		Kind: Kind(c.one(2)), Scheme: c.of("https", "http", "", "ftp"), Host: c.of(worldHosts...), Port: uint16([]int{443, 80, 0, 6379, 9001}[c.one(5)]),
		Method: c.of("", "GET", "POST", "CONNECT"), Path: c.of(worldPaths...), Network: c.of("", "tcp", "udp", "ip", "unix", "other"), Function: c.of("", "f", "g"),
	}
	if c.one(3) == 1 {
		call.HostHeader = c.of(worldHosts...)
	}
	if c.one(3) == 1 {
		call.Addr, _ = netip.ParseAddr(c.of("10.0.0.1", "::ffff:10.0.0.1", "127.0.0.1", "192.0.2.1", "64:ff9b::a00:1", "::1"))
	}
	if c.one(2) == 1 {
		c.operation(&call)
	}
	if c.one(2) == 1 {
		call.Time = time.Date(2027, 1, 31+c.one(2), 12, 0, 0, 0, time.UTC)
		call.Caller.Module = c.of("", "m.example/a", "m.example/b")
		call.Callers = []Caller{call.Caller, {Module: c.of("m.example/a", "x"), Package: c.of("m.example/a/p", "m.example/b")}}
	}
	return call
}

// document makes a policy.
func (c *choices) document() string {
	doc := c.head()
	if c.one(2) == 0 {
		doc += list("allow", c.rules("allow"))
	}
	return doc + list("deny", c.rules("deny"))
}

// head makes what stands before the lists of a policy.
func (c *choices) head() string {
	return "mode: " + c.of("enforce", "report", "learn", "off") + "\nlocal: [" + c.of("", "otlp", `"127.0.0.1:6379"`, `"unix:/a"`) + "]\n"
}

func list(name string, rules []string) string {
	return name + ": [" + strings.Join(rules, ", ") + "]\n"
}

func (c *choices) rules(list string) (rules []string) {
	for range c.one(4) {
		rules = append(rules, c.rule(list))
	}
	return rules
}

func (c *choices) rule(list string) string {
	r := fmt.Sprintf("{host: [%q, %q]", c.of(worldPatterns...), c.of(worldPatterns...))
	switch c.one(4) {
	case 1, 2:
		return c.awsRule(list)
	case 3:
		r = fmt.Sprintf("{cidr: [%q, %q]", c.of(worldRanges...), c.of(worldRanges...))
	}
	field := func(name string, values ...string) {
		if c.one(4) == 1 {
			r += ", " + name + ": " + c.of(values...)
		}
	}
	field("schemes", "[http]", "[https]", "[http, https]")
	field("ports", "[443]", "[80, 443]", "[6379, 9001]")
	field("methods", "[GET]", "[POST, CONNECT]")
	field("paths", "[/a]", "[/a/**]", `["/**", /b]`, `["/[!b]"]`)
	field("networks", "[tcp]", "[udp, tcp]", "[ip]")
	field("functions", "f", `"[gh]*"`)
	field("from", "m.example/a", `["m.example/*", "m.example/b/**"]`)
	field("until", "2027-01-31")
	if list == "deny" {
		field("mode", "enforce", "report", "learn", "off")
		field("networks", "[unix]")
	}
	if strings.Count(r, "networks") > 1 {
		r = r[:strings.LastIndex(r, ", networks")]
	}
	return r + "}"
}
