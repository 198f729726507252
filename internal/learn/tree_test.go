package learn

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/wrapper"
)

func TestTokens(t *testing.T) {
	for name, want := range map[string]string{
		"":                     "",
		"invoices":             "invoices",
		"v1":                   "v1",
		"V12":                  "V12",
		"v123":                 "\x00X",
		"2026":                 "\x00D",
		"shard-07":             "shard-\x00D",
		"ch_3Kq9":              "ch_\x00X",
		"E2ABCDEF.c4649c32.gz": "\x00X.\x00X.gz",
		"deadbeef":             "\x00X", // as many hex digits as that are an id
		"facade":               "facade",
		"feedback":             "feedback",
		"***":                  "\x00M",
		"token-***":            "token-\x00M",
		"événement":            "événement",
		"a b%20c":              "a b%20c",
		"x-5f0c1a2b-0000-4000-a000-0123456789ab.json": "x-\x00U.json",
		"5f0c1a2b-0000-4000-a000-0123456789abc":       "\x00X-\x00D-\x00D-\x00X-\x00X",
		atom + "a1.example":                           "a1.example",
		closed + "bucket-2026":                        "bucket-2026",
		closed + "bucket-2026-11-e5":                  "bucket-\x00D-\x00D-e5",
	} {
		if got := shape(tokens(name)); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

// learnt is what is proposed for some GET requests, a URL each, or other calls, which
// were seen at one time.
func learnt(level Level, urls ...string) string { return learntIn(0, level, urls...) }

// learntIn is the same of requests that were seen one after another in so many days.
func learntIn(days int, level Level, urls ...string) string {
	l := New(level)
	for i, url := range urls {
		method, rest, ok := strings.Cut(url, " ")
		if !ok {
			method, rest = "GET", url
		}
		host, path, _ := strings.Cut(rest, "/")
		ev := wrapper.Event{Call: policy.Call{Kind: policy.HTTP, Network: "tcp", Scheme: "https", Host: host, Port: 443, Method: method, Path: "/" + path}, Count: 1}
		if days > 0 {
			ev.Time = over(days, i, len(urls))
		}
		l.Add(&ev)
	}
	var lines []string
	for _, r := range l.rules() {
		lines = append(lines, strings.Join(r.hosts, " ")+" "+strings.Join(r.uses, ",")+" "+strings.Join(r.places, " "))
	}
	return strings.Join(lines, "\n")
}

func many(n int, format string) (urls []string) {
	for i := range n {
		urls = append(urls, fmt.Sprintf(format, i))
	}
	return urls
}

func words(n int, format string) (urls []string) {
	for i := range n {
		urls = append(urls, fmt.Sprintf(format, word(i)))
	}
	return urls
}

// word is the i-th of 8000 words.
func word(i int) string {
	if i < 100 {
		return string([]byte{byte('g' + i%10), byte('p' + i/10%10), 'o', 'x'})
	}
	return string([]byte{byte('g' + i%20), byte('g' + i/20%20), byte('g' + i/400%20), 'z', 'z'})
}

func TestGeneralising(t *testing.T) {
	for _, tt := range []struct {
		name   string
		urls   []string
		normal string
	}{
		{"one call", []string{"a.example/v1/x"}, "a.example GET /v1/x"},
		{"the root", []string{"a.example/"}, "a.example GET /"},
		{"a slash at the end", []string{"a.example/x/"}, "a.example GET /x/"},
		{"two versions", []string{"a.example/v1/x", "a.example/v2/x"}, "a.example GET /v1/x /v2/x"},
		{"one UUID", []string{"a.example/u/5f0c1a2b-0000-4000-a000-0123456789ab"}, "a.example GET /u/*"},
		{"one date", []string{"a.example/2026/11/21/x"}, "a.example GET /????/??/??/x"},
		{"one date in a name", []string{"a.example/x-20261121.csv"}, "a.example GET /x-????????.csv"},
		{"a number that stays", []string{"a.example/api/2/x", "a.example/api/2/x"}, "a.example GET /api/2/x"},
		{"three numbers", many(3, "a.example/api/%d/x"), "a.example GET /api/{0,1,2}/x"},
		{"many numbers", many(30, "a.example/api/%d/x"), "a.example GET /api/*/x"},
		{"three words", words(3, "a.example/%s/x"), "a.example GET /gpox/x /hpox/x /ipox/x"},
		{"many words", words(30, "a.example/%s/x"), "a.example GET /*/x"},
		{"what events mask", []string{"a.example/hooks/***/***"}, "a.example GET /hooks/*/*"},
		{"rotating hosts", many(12, "edge-%02d.cdn.vendor.example/x"), "edge-??.cdn.vendor.example GET /x"},
		{"two hosts", many(2, "edge-%02d.cdn.vendor.example/x"), "edge-{00,01}.cdn.vendor.example GET /x"},
		{"many hosts of one domain", words(30, "%s.vendor.example/x"), "*.vendor.example GET /x"},
		{"stars in a path", []string{"a.example/x*y/{z}"}, `a.example GET /x\*y/\{z\}`},
	} {
		if got := learnt(Normal, tt.urls...); got != tt.normal {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.normal)
		}
	}
	// Never across what somebody registered, nor on a host that is shared.
	for _, format := range []string{"%s.example/x", "%s.co.uk/x", "%s.cloudfront.net/x", "%s.s3.eu-west-1.amazonaws.com/x", "%s.execute-api.eu-west-1.amazonaws.com/x", "a.%s.herokuapp.com/x", "%s.elb.eu-west-1.amazonaws.com/x"} {
		if got := learnt(Loose, append(words(100, format), many(100, strings.Replace(format, "%s", "n%d", 1))...)...); strings.ContainsAny(got, "*?") || strings.Count(got, " GET ") != 1 || strings.Count(got, ".") < 200 {
			t.Errorf("%s: %.200q", format, got)
		}
	}
}

// TestInTime: what keeps changing is left open, what stays the same is not.
func TestInTime(t *testing.T) {
	const uuid = "5f0c1a2b-0000-4000-a000-0123456789ab"
	pairs := func(n int, format string) (urls []string) {
		for i := range n {
			urls = append(urls, fmt.Sprintf(format, word(i%29), word(100+i%31), 1000+37*i%800))
		}
		return urls
	}
	for _, tt := range []struct {
		name, want string
		urls       []string
	}{
		{"two words side by side", "a.example GET /repos/*/*/issues/*", pairs(60, "a.example/repos/%s/%s/issues/%d")},
		{"words that keep coming", "a.example GET /*/x", words(8, "a.example/%s/x")},
		{"words seen from the start", "a.example GET /gpox/x /hpox/x /ipox/x /jpox/x /kpox/x /lpox/x", append(words(6, "a.example/%s/x"), slices.Repeat([]string{"a.example/gpox/x"}, 20)...)},
		{"a word that another method is used on", "a.example GET /*\na.example POST /export", append(words(20, "a.example/%s"), "POST a.example/export")},
		{"slugs in two languages", "a.example GET /de-DE/kb/*.html /en-US/kb/*.html", append(words(12, "a.example/de-DE/kb/%s.html"), words(12, "a.example/en-US/kb/%s.html")...)},
		{"an id that stays", "a.example GET /hooks/" + uuid + "/x", slices.Repeat([]string{"a.example/hooks/" + uuid + "/x"}, 20)},
		{"an id that does not", "a.example GET /hooks/*/x", []string{"a.example/hooks/" + uuid + "/x"}},
		{"a counter", "a.example GET /fw/1.*/x", slices.Concat(slices.Repeat([]string{"a.example/fw/1.4/x"}, 9), slices.Repeat([]string{"a.example/fw/1.5/x"}, 9), slices.Repeat([]string{"a.example/fw/1.6/x"}, 9))},
		{"a version that looks like a date", "a.example GET /2010-04-01/x", slices.Repeat([]string{"a.example/2010-04-01/x"}, 9)},
		{"a version of another month", "a.example GET /api/2026-07/x", slices.Repeat([]string{"a.example/api/2026-07/x"}, 9)},
		{"this month", "a.example GET /api/????-??/x", slices.Repeat([]string{"a.example/api/2026-11/x"}, 9)},
		{"parts of a date", "a.example GET /year=????/month=??/day=??/x", []string{"a.example/year=2026/month=11/day=03/x", "a.example/year=2026/month=11/day=04/x"}},
		{"weeks and quarters", "a.example GET /w/????-W?? /x/????Q?", []string{"a.example/w/2026-W45", "a.example/x/2026Q4", "a.example/w/2026-W46"}},
		{"days without zeros", "a.example GET /????/*-*", []string{"a.example/2026/11-9", "a.example/2026/11-10"}},
		{"numbered hosts", "node?.db.example GET /x", many(6, "node%d.db.example/x")},
		{"some numbered hosts and another", "api.db.example GET /y\nnode?.db.example GET /x", append(many(6, "node%d.db.example/x"), "api.db.example/y")},
		{"databases of one's own", "orders-?.c1abcdefghij.eu-west-1.rds.amazonaws.com GET /x", many(5, "orders-%d.c1abcdefghij.eu-west-1.rds.amazonaws.com/x")},
		{"the same of several hosts", "a.example b.test c.example GET /x", []string{"a.example/x", "b.test/x", "c.example/x"}},
		{"escaped spaces", "a.example GET /o/ORD */x", []string{"a.example/o/ORD%201021/x", "a.example/o/ORD%201043/x"}},
		{"escaped slashes", "a.example GET /p/acme%2Fshop/x /p/acme/shop/x", []string{"a.example/p/acme%2fshop/x"}},
		{"escaped letters", "a.example GET /p/Köln", []string{"a.example/p/K%C3%B6ln"}},
		{"escapes that are none", "a.example GET /p/100%/%zz", []string{"a.example/p/100%/%zz"}},
	} {
		if got := learntIn(14, Normal, tt.urls...); got != tt.want {
			t.Errorf("%s:\n%q, want\n%q", tt.name, got, tt.want)
		}
	}
}

// TestNamesOfOnesOwn: names of things are opened behind what they have in common, and
// never so far that another account's would be meant.
func TestNamesOfOnesOwn(t *testing.T) {
	queue := func(format string, n int) (calls []policy.Call) {
		for _, name := range words(n, format) {
			calls = append(calls, policy.Call{
				Kind: policy.AWS, Service: "SQS", Operation: "SendMessage", Access: policy.Write, Resources: []string{arn("sqs", name)}, Account: self, Self: self, Region: region,
			})
		}
		return calls
	}
	for _, tt := range []struct {
		name, want string
		calls      []policy.Call
	}{
		{"a stem", `["orders-*"]`, queue("orders-%s", 20)},
		{"no stem", `"hpox", "hqox"`, queue("%s", 20)},
		{"too many to list", `["arn:*:sqs:*:111122223333:*"]`, queue("%s", 500)},
	} {
		l := New(Normal)
		for i := range tt.calls {
			l.Add(&wrapper.Event{Time: over(14, i, len(tt.calls)), Call: tt.calls[i], Count: 1})
		}
		doc := l.Policy("")
		if !strings.Contains(doc, tt.want) {
			t.Errorf("%s: want %s in\n%.2000s", tt.name, tt.want, doc)
		}
		s := compiled(t, []byte(strings.Replace(doc, "mode: report", "mode: enforce", 1)))
		loot := tt.calls[0]
		loot.Resources = []string{"arn:aws:sqs:eu-west-1:666677778888:loot"}
		if d := s.Decide(&loot); d.Effect == policy.Allow {
			t.Errorf("%s: another account's queue is allowed", tt.name)
		}
		for i := range tt.calls {
			if d := s.Decide(&tt.calls[i]); d.Effect != policy.Allow {
				t.Errorf("%s: %s is denied", tt.name, &tt.calls[i])
			}
		}
	}
}

// TestUnsignedReads: what nobody signs is allowed by its host and path alone.
func TestUnsignedReads(t *testing.T) {
	l := New(Normal)
	keys := policy.Call{
		Kind: policy.AWS, Scheme: "https", Network: "tcp", Host: "cognito-idp.eu-west-1.amazonaws.com", Port: 443, Method: "GET", Path: "/eu-west-1_a1B2c3/.well-known/jwks.json",
		Service: "Cognito Identity Provider", Region: region, Self: self,
	}
	put := keys
	put.Host, put.Method, put.Path, put.Service, put.Operation, put.Resources = "drop.s3.eu-west-1.amazonaws.com", "PUT", "/x", "S3", "PutObject", []string{"arn:aws:s3:::drop/x"}
	for _, c := range []policy.Call{keys, put} {
		l.Add(&wrapper.Event{Call: c, Count: 1})
	}
	s := compiled(t, []byte(strings.Replace(l.Policy(""), "mode: report", "mode: enforce", 1)))
	other := keys
	other.Path = "/eu-west-1_zzzzzz/.well-known/jwks.json"
	for _, tt := range []struct {
		c    policy.Call
		want policy.Effect
	}{{keys, policy.Allow}, {other, policy.Deny}, {put, policy.Deny}} {
		if d := s.Decide(&tt.c); d.Effect != tt.want {
			t.Errorf("%s: %v", &tt.c, d)
		}
	}
}

func TestLevels(t *testing.T) {
	urls := many(5, "a.example/api/%d/x")
	for level, want := range map[Level]string{Strict: "a.example GET /api/{0,1,2,3,4}/x", Normal: "a.example GET /api/*/x", Loose: "a.example GET /api/*/x"} {
		if got := learnt(level, urls...); got != want {
			t.Errorf("level %d: %q, want %q", level, got, want)
		}
	}
	urls = words(8, "a.example/%s/x")
	if strict, loose := learnt(Strict, urls...), learnt(Loose, urls...); strings.Contains(strict, "*") || loose != "a.example GET /*/x" {
		t.Errorf("strict %q, loose %q", strict, loose)
	}
}

// TestBounds: memory does not grow with what is seen, and nothing is opened for want
// of room that should not be.
func TestBounds(t *testing.T) {
	l := New(Normal)
	add := func(c policy.Call) { l.Add(&wrapper.Event{Call: c, Count: 1}) }
	for i := range 60_000 {
		word := string([]byte{byte('g' + i%20), byte('g' + i/20%20), byte('g' + i/400%20), byte('g' + i/8000%20)})
		add(policy.Call{Kind: policy.HTTP, Scheme: "https", Port: 443, Host: word + ".example", Method: "GET", Path: "/"})
		add(policy.Call{Kind: policy.HTTP, Scheme: "https", Port: 443, Host: word + "." + word + ".vendor.example", Method: "GET", Path: "/" + word + "/" + word})
		add(policy.Call{Kind: policy.HTTP, Scheme: "https", Port: uint16(i), Host: "a.example", Method: "GET", Path: "/"})
		add(policy.Call{Kind: policy.AWS, Service: "S3", Operation: "GetObject", Account: self, Self: self, Resources: []string{"arn:aws:s3:::" + word + "/" + word}})
	}
	nodes := 0
	for _, tr := range l.trees {
		if tr.nodes > maxNodes+1 {
			t.Error(tr.nodes)
		}
		nodes += tr.nodes
	}
	if len(l.trees) > maxTrees {
		t.Error(len(l.trees))
	}
	doc := l.Policy("")
	for line := range strings.Lines(doc) {
		if strings.Contains(line, `host: "*"`) || strings.Contains(line, `host: "*.example"`) || strings.Contains(line, `["*`) {
			t.Fatalf("opened: %s", line)
		}
	}
	if !strings.Contains(doc, "calls more are not told") {
		t.Error("what was lost is not told")
	}
}

func TestApart(t *testing.T) {
	l := New(Normal)
	at := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	for _, ev := range []wrapper.Event{
		{Call: policy.Call{Kind: policy.Net, Host: "evil.example", Port: 443}, Decision: policy.Decision{Rule: "deny[0]", Reason: "drop site"}},
		{Call: policy.Call{Kind: policy.Net, Host: "127.0.0.1", Port: 6379}, Decision: policy.Decision{Rule: "local", Reason: "loopback address"}},
		{Call: policy.Call{Kind: policy.HTTP, Scheme: "http", Host: "127.0.0.1", Port: 8080, Path: "/a"}, Decision: policy.Decision{Rule: "local", Reason: "loopback address"}},
		{Call: policy.Call{Kind: policy.HTTP, Scheme: "http", Host: "127.0.0.1", Port: 8080, Path: "/b"}, Decision: policy.Decision{Rule: "local", Reason: "loopback address"}},
		{Call: policy.Call{Kind: policy.Net, Host: "b.example", Port: 443}, Outcome: wrapper.Blocked, Decision: policy.Decision{Reason: "no allow rule matched"}},
		{Call: policy.Call{Kind: policy.AWS, Service: "S3", Operation: "HeadBucket", Resources: []string{"arn:aws:s3:::b"}}},
		{Call: policy.Call{Kind: policy.Net, Host: "c.example", Port: 443}, Decision: policy.Decision{Reason: "no allow rule matched"}},
	} {
		ev.Time, ev.Count = at, 2
		l.Add(&ev)
	}
	doc := l.Policy("p")
	if want := `name: "p"
mode: report
allow:
# learned: what stands from here to the end mark is written anew by learn --into
# 2 calls, 2026-11-21
- host: "c.example"
# Not proposed:
#   blocked: tcp b.example:443
#   2 calls, 2026-11-21
#   denied by deny[0]: tcp evil.example:443
#   2 calls, 2026-11-21
#   denied by local: http://127.0.0.1:8080
#   4 calls, 2026-11-21
#   denied by local: tcp 127.0.0.1:6379
#   2 calls, 2026-11-21
#   signed by nobody knows whom: S3:HeadBucket arn:aws:s3:::b
#   2 calls, 2026-11-21
# A door on this machine is opened by hand: list its address and port in local, beside allow.
# learned: end
`; doc != want {
		t.Error(doc)
	}
	if _, err := policy.Parse([]byte(doc)); err != nil {
		t.Error(err)
	}
	if _, err := policy.Parse([]byte(New(Normal).Policy(""))); err != nil {
		t.Error("of nothing:", err)
	}
}

// TestForgedEvents: whoever writes to a log can forge an event, and must get nothing
// into a policy but a rule that says what the event says.
func TestForgedEvents(t *testing.T) {
	const inject = "x\n- host: \"**.evil.test\"\n#\u2028- host: evil.test\r- host: evil.test\u0085"
	http := policy.Call{Kind: policy.HTTP, Scheme: "https", Network: "tcp", Host: "a.example", Port: 443, Method: "GET", Path: "/"}
	call := policy.Call{Kind: policy.AWS, Service: "S3", Operation: "GetObject", Resources: []string{"arn:aws:s3:::b/k"}, Account: self, Self: self, Region: region}
	with := func(c policy.Call, change func(c *policy.Call)) policy.Call { change(&c); return c }
	for name, ev := range map[string]wrapper.Event{
		"caller":    {Call: with(http, func(c *policy.Call) { c.Caller.Package = inject })},
		"rule":      {Call: http, Decision: policy.Decision{Rule: inject, Reason: "x"}},
		"network":   {Call: with(http, func(c *policy.Call) { c.Network = "udp]\n- host: [evil.test" })},
		"host":      {Call: with(http, func(c *policy.Call) { c.Host = inject })},
		"wildcard":  {Call: with(http, func(c *policy.Call) { c.Host = "**.evil.test" })},
		"braces":    {Call: with(http, func(c *policy.Call) { c.Host = "{a.example,evil.test}" })},
		"method":    {Call: with(http, func(c *policy.Call) { c.Method = inject })},
		"path":      {Call: with(http, func(c *policy.Call) { c.Path = "/" + inject })},
		"scheme":    {Call: with(http, func(c *policy.Call) { c.Scheme = inject })},
		"service":   {Call: with(call, func(c *policy.Call) { c.Service = inject })},
		"services":  {Call: with(call, func(c *policy.Call) { c.Service = "*" })},
		"operation": {Call: with(call, func(c *policy.Call) { c.Operation = inject })},
		"resource":  {Call: with(call, func(c *policy.Call) { c.Resources = []string{"arn:aws:s3:::" + inject} })},
		"resources": {Call: with(call, func(c *policy.Call) { c.Resources = []string{"*"} })},
		"account":   {Call: with(call, func(c *policy.Call) { c.Account = "*" })},
		"accounts":  {Call: with(call, func(c *policy.Call) { c.Account, c.Self = "*", "*" })},
		"endpoint":  {Call: with(call, func(c *policy.Call) { c.Host, c.Port = "**.evil.test", 443 })},
	} {
		l := New(Loose)
		ev.Count = 1
		l.Add(&ev)
		doc := l.Policy(inject)
		if _, err := policy.Parse([]byte(doc)); err != nil {
			t.Errorf("%s: %v\n%s", name, err, doc)
			continue
		}
		s := compiled(t, []byte(strings.Replace(doc, "mode: report", "mode: enforce", 1)))
		for _, c := range []policy.Call{
			with(http, func(c *policy.Call) { c.Host = "evil.test" }), with(http, func(c *policy.Call) { c.Host = "x.evil.test" }),
			with(call, func(c *policy.Call) { c.Account = attacker }), with(call, func(c *policy.Call) { c.Host, c.Port, c.Scheme = "x.evil.test", 443, "https" }),
			with(call, func(c *policy.Call) { c.Service, c.Operation = "DynamoDB", "Scan" }), with(call, func(c *policy.Call) { c.Resources = []string{"arn:aws:s3:::other/k"} }),
		} {
			if d := s.Decide(&c); d.Effect == policy.Allow {
				t.Errorf("%s: %s is allowed\n%s", name, &c, doc)
			}
		}
	}
}

// TestRoom: an attacker who writes to the log gets neither the memory of whoever reads
// it, nor what others do opened for want of room.
func TestRoom(t *testing.T) {
	for name, forge := range map[string]func(word string, i int) policy.Call{
		"methods": func(word string, _ int) policy.Call { return httpCall("a.example", word, "/") },
		"paths":   func(word string, _ int) policy.Call { return httpCall("a.example", "GET", "/"+word+"/"+word+"/x") },
		"deep": func(word string, _ int) policy.Call {
			return httpCall("a.example", "GET", strings.Repeat("/"+word, 200))
		},
		"hosts": func(word string, _ int) policy.Call { return httpCall(word+".example", "GET", "/") },
		"ids": func(word string, i int) policy.Call {
			return httpCall("a.example", "GET", "/"+strings.Repeat("-1", i%900)+"-"+word)
		},
		"dashes": func(_ string, i int) policy.Call {
			return httpCall("a.example", "GET", "/"+strings.Repeat("-", i%4000))
		},
		"long": func(word string, _ int) policy.Call {
			return httpCall("a.example", "GET", "/"+strings.Repeat(word, 1000))
		},
		"services": func(word string, _ int) policy.Call {
			return policy.Call{Kind: policy.AWS, Service: word, Operation: word, Account: self, Self: self}
		},
		"resources": func(word string, i int) policy.Call {
			return policy.Call{Kind: policy.AWS, Service: "S3", Operation: "Get" + word, Account: self, Self: self, Resources: []string{"arn:aws:s3:::" + word + "/" + word}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := New(Normal)
			l.room = 1 << 20
			good := httpCall("shop.example", "GET", "/v1/items/7")
			l.Add(&wrapper.Event{Call: good, Count: 1})
			before := heap()
			for i := range 6_000 {
				c := forge(fmt.Sprintf("w%cx%cz%05d", 'a'+i%26, 'a'+i/26%26, i), i)
				c.Caller.Package = strings.Repeat("p", 1000) + fmt.Sprint(i)
				l.Add(&wrapper.Event{Call: c, Count: 1})
			}
			for range 3 {
				other := good
				other.Path = "/v1/items/8"
				l.Add(&wrapper.Event{Call: other, Count: 1})
			}
			if grown := heap() - before; grown > 2<<20 {
				t.Errorf("%d KB for a room of 1 MB", grown>>10)
			}
			if doc := l.Policy(""); !strings.Contains(doc, `["/v1/items/7"]`) && !strings.Contains(doc, `["/v1/items/{7,8}"]`) {
				t.Error(doc[:min(len(doc), 2000)])
			}
			runtime.KeepAlive(l)
		})
	}
}

func httpCall(host, method, path string) policy.Call {
	return policy.Call{Kind: policy.HTTP, Network: "tcp", Scheme: "https", Port: 443, Host: host, Method: method, Path: path}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
