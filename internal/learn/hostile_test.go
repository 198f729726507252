package learn

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/wrapper"
)

// TestUnderOneName: what is done beneath one name stays there, however many others
// somebody comes with.
func TestUnderOneName(t *testing.T) {
	urls := append(words(14, "a.example/repos/%s/issues"), words(14, "%s.v.example/x")...)
	urls = append(urls, "a.example/repos/mine/issues", "DELETE a.example/repos/mine/admin", "admin.v.example/x", "POST admin.v.example/keys")
	want := "*.v.example GET /x\na.example GET /repos/*/issues\na.example DELETE /repos/mine/admin\nadmin.v.example POST /keys"
	if got := learnt(Normal, urls...); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	// But what is done beneath some of them is a field's, too.
	want = "*.v.example GET /x\na.example DELETE /repos/*/admin\na.example GET /repos/*/issues\nadmin.v.example POST /keys"
	if got := learnt(Normal, append(urls, words(3, "DELETE a.example/repos/%s/admin")...)...); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestWork: no flood of paths keeps whoever reads them waiting.
func TestWork(t *testing.T) {
	for name, sep := range map[string]string{"slashes": "/", "escaped slashes": "%2F"} {
		l := New(Normal)
		for i := range 60 * 60 {
			l.Add(&wrapper.Event{Call: httpCall("a.example", "M"+word(i/60), "/x"+strings.Repeat(sep+word(i%60), 1000)), Count: 1})
		}
		if _, err := policy.Parse([]byte(l.Policy(""))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, path := range []string{strings.Repeat("/x", 1000), strings.Repeat("/x%2Fy", 1000), "/x" + strings.Repeat("%2Fy", 1000)} {
		if n := len(segments(path)); n > maxDepth {
			t.Errorf("%.20s: %d segments", path, n)
		}
	}
}

// learntOf is the policy for calls that were seen in two weeks.
func learntOf(level Level, calls []policy.Call) string {
	l := New(level)
	for i := range calls {
		l.Add(&wrapper.Event{Time: over(14, i, len(calls)), Call: calls[i], Count: 1})
	}
	return l.Policy("")
}

// TestSpellings: however a call is spelt, no more is allowed than that call, and what
// others do stays allowed.
func TestSpellings(t *testing.T) {
	call := func(service, operation string, resources ...string) policy.Call {
		return policy.Call{Kind: policy.AWS, Service: service, Operation: operation, Resources: resources, Account: self, Self: self, Region: region}
	}
	numbered := func(n int, format string) (calls []policy.Call) {
		for i := range n {
			calls = append(calls, call("S3", "GetObject", fmt.Sprintf(format, i)))
		}
		return calls
	}
	hosts := func(format string) (calls []policy.Call) {
		for _, host := range words(14, format) {
			calls = append(calls, httpCall(host, "GET", "/"))
		}
		return calls
	}
	fronted := httpCall("a.example", "GET", "/x")
	fronted.HostHeader = "b.example"
	query := policy.Call{
		Kind: policy.AWS, Scheme: "https", Network: "tcp", Host: "sqs.eu-west-1.amazonaws.com", Port: 443, Method: "GET", Path: "/", Service: "SQS", Region: region, Self: self,
	}
	queue := query
	queue.Path = "/666677778888/loot"
	object := query
	object.Service, object.Host, object.Path = "S3", "b.s3.eu-west-1.amazonaws.com", "/a%2Fb"
	object.Operation, object.Access, object.Resources = "GetObject", policy.Read, []string{"arn:aws:s3:::b/a%2Fb"}
	queueOf := func(account, name string) policy.Call {
		return call("SQS", "SendMessage", "arn:aws:sqs:eu-west-1:"+account+":"+name)
	}
	accessPoint := func(name string) policy.Call {
		return call("S3", "GetObject", "arn:aws:s3:eu-west-1:"+self+":accesspoint/"+name+"/object/x")
	}
	var ofPartner []policy.Call
	for i := range 6 {
		ofPartner = append(ofPartner, queueOf(partner, fmt.Sprintf("jobs-%d", i)), accessPoint(fmt.Sprintf("ap%d", i)))
	}
	long := httpCall("a.example", "GET", "/"+strings.Repeat("x", 600))
	var listed []policy.Call
	for i := range 81 {
		listed = append(listed, httpCall("a.example", "GET", fmt.Sprintf("/a%d/b%d/c%d/d%d", i%3, i/3%3, i/9%3, i/27)))
	}
	rest := call("Lambda", "", nil...)
	for name, tt := range map[string]struct{ seen, allowed, denied []policy.Call }{
		"numbered buckets":   {numbered(9, "arn:aws:s3:::b-%d/x"), numbered(9, "arn:aws:s3:::b-%d/x"), numbered(20, "arn:aws:s3:::b-%d/x")[9:]},
		"dated buckets":      {numbered(1, "arn:aws:s3:::b-2026-11/x%d"), numbered(1, "arn:aws:s3:::b-2026-12/x%d"), numbered(1, "arn:aws:s3:::b-evil-of/x%d")},
		"masks in a bucket":  {numbered(1, "arn:aws:s3:::b***/x%d"), nil, numbered(1, "arn:aws:s3:::bevi/x%d")},
		"masks in a host":    {hosts("***.%s.example"), nil, hosts("abc.%s.example")},
		"capitals":           {hosts("%s.CO.UK"), hosts("%s.co.uk"), []policy.Call{httpCall("evil.co.uk", "GET", "/")}},
		"letters":            {hosts("%s.公司.cn"), hosts("%s.xn--55qx5d.cn"), []policy.Call{httpCall("evil.xn--55qx5d.cn", "GET", "/")}},
		"shared caches":      {hosts("%s.serverless.euw1.cache.amazonaws.com"), hosts("%s.serverless.euw1.cache.amazonaws.com"), []policy.Call{httpCall("evil.serverless.euw1.cache.amazonaws.com", "GET", "/")}},
		"any operation":      {[]policy.Call{call("S3", "*", "arn:aws:s3:::b/x")}, nil, numbered(1, "arn:aws:s3:::b/x%d")},
		"any service":        {[]policy.Call{call("*", "GetObject", "arn:aws:s3:::b/x0")}, nil, numbered(1, "arn:aws:s3:::b/x%d")},
		"no ARN":             {[]policy.Call{call("SQS", "SendMessage", ""), call("SQS", "SendMessage", "orders-1")}, nil, []policy.Call{queueOf(self, "orders"), queueOf(self, "orders-1")}},
		"two paths in one":   {[]policy.Call{httpCall("a.example", "GET", "/a"), httpCall("a.example", "GET", "/b"), httpCall("0.example", "GET", "/a%20/b")}, []policy.Call{httpCall("a.example", "GET", "/b"), httpCall("0.example", "GET", "/a%20/b")}, []policy.Call{httpCall("0.example", "GET", "/a")}},
		"a long path":        {[]policy.Call{httpCall("a.example", "GET", "/a"), long}, []policy.Call{httpCall("a.example", "GET", "/a")}, []policy.Call{long}},
		"no host":            {[]policy.Call{httpCall("a.example", "GET", "/a"), httpCall("a..b{.example", "GET", "/a")}, []policy.Call{httpCall("a.example", "GET", "/a")}, nil},
		"lists":              {listed, listed, nil},
		"two hosts":          {[]policy.Call{fronted}, []policy.Call{fronted}, nil},
		"marks":              {[]policy.Call{httpCall("admin.\x01.v.example", "GET", "/x"), httpCall("a.example", "GET", "/a/\x05x")}, nil, []policy.Call{httpCall("v.example", "GET", "/admin/\x01/x"), httpCall("a.example", "GET", "/a/x")}},
		"access points":      {[]policy.Call{accessPoint("ap")}, []policy.Call{accessPoint("ap")}, []policy.Call{call("S3", "GetObject", "arn:aws:s3:::accesspoint/ap/object/x")}},
		"what others own":    {ofPartner, ofPartner, []policy.Call{queueOf(partner, "jobs-7"), accessPoint("ap7")}},
		"actions of a query": {[]policy.Call{query, queue}, nil, []policy.Call{query, queue}},
		"an escaped slash":   {[]policy.Call{object}, []policy.Call{object}, nil},
		"unknown operation":  {[]policy.Call{call("KMS", "Decrypt"), rest}, []policy.Call{call("KMS", "Decrypt")}, nil},
		"more than are told": {[]policy.Call{call("S3", "DeleteObjects", "arn:aws:s3:::b/x", "… and 36 more")}, []policy.Call{call("S3", "DeleteObjects", "arn:aws:s3:::b/x")}, []policy.Call{call("S3", "DeleteObjects", "arn:aws:s3:::…/x")}},
	} {
		for _, level := range []Level{Strict, Normal, Loose} {
			doc := learntOf(level, tt.seen)
			s := compiled(t, []byte(strings.Replace(doc, "mode: report", "mode: enforce", 1)))
			for want, calls := range map[policy.Effect][]policy.Call{policy.Allow: tt.allowed, policy.Deny: tt.denied} {
				for i := range calls {
					if d := s.Decide(&calls[i]); d.Effect != want {
						t.Errorf("%s, level %d: %s: %v\n%s", name, level, &calls[i], d.Effect, doc)
					}
				}
			}
		}
	}
}

// TestWrongDate: an event with a wrong date changes nothing of what others show.
func TestWrongDate(t *testing.T) {
	const hook = "a.example/hooks/5f0c1a2b-0000-4000-a000-0123456789ab/x"
	for _, at := range []time.Time{time.Unix(0, 0), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), {}} {
		l := New(Normal)
		l.Add(&wrapper.Event{Time: at, Call: httpCall("b.example", "GET", "/"), Count: 1})
		for i := range 20 {
			l.Add(&wrapper.Event{Time: over(14, i, 20), Call: httpCall("a.example", "GET", strings.TrimPrefix(hook, "a.example")), Count: 1})
		}
		if doc := l.Policy(""); !strings.Contains(doc, hook[len("a.example"):]) {
			t.Errorf("%v:\n%s", at, doc)
		}
	}
}

// TestFullPolicy: what is learnt is a policy, whatever there is of it.
func TestFullPolicy(t *testing.T) {
	l := New(Normal)
	for i := range 4000 {
		l.Add(&wrapper.Event{Call: httpCall(word(i)+".example", "GET", "/"+strings.Repeat(word(i)+"z", 50)), Count: 1})
	}
	doc := l.Policy("")
	if _, err := policy.Parse([]byte(doc)); err != nil || !strings.Contains(doc, "rules more are left out") {
		t.Errorf("%d bytes: %v", len(doc), err)
	}
}

// TestAllSeen: whatever was seen is allowed, or told to be not, in whatever order.
func TestAllSeen(t *testing.T) {
	for seed := range uint64(120) {
		r := rand.New(rand.NewPCG(seed, 5))
		calls := randomCalls(r)
		level := Level(r.IntN(3))
		doc := learntOf(level, calls)
		p, err := policy.Parse([]byte(doc))
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		s, err := policy.Platform{Region: region}.Compile(p)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		told := strings.Contains(doc, "# Not proposed:")
		for i := range calls {
			if d := s.Decide(&calls[i]); d.Effect == policy.Deny && (!told || !strings.Contains(doc, comment(calls[i].String()))) {
				t.Fatalf("seed %d, level %d: %s is denied\n%.3000s", seed, level, &calls[i], doc)
			}
		}
		shuffled := New(level)
		for _, i := range r.Perm(len(calls)) {
			shuffled.Add(&wrapper.Event{Time: over(14, i, len(calls)), Call: calls[i], Count: 1})
		}
		if again := shuffled.Policy(""); again != doc {
			t.Fatalf("seed %d: in another order\n%.2000s\n%.2000s", seed, doc, again)
		}
	}
}

// randomCalls are calls whose names have much in common.
func randomCalls(r *rand.Rand) (calls []policy.Call) {
	ids := []func() string{
		func() string { return word(r.IntN(30)) },
		func() string { return fmt.Sprint(r.IntN(2000)) },
		func() string { return fmt.Sprintf("%08x", r.Uint32()) },
		func() string { return fmt.Sprintf("%04d-%02d-%02d", 2025+r.IntN(2), 1+r.IntN(12), 1+r.IntN(28)) },
		func() string { return fmt.Sprintf("%08x-0000-4000-a000-0123456789ab", r.Uint32()) },
		func() string { return "it" + fmt.Sprint(r.IntN(90)) },
		func() string { return word(r.IntN(9)) + "-" + fmt.Sprint(r.IntN(900)) + ".json" },
		func() string {
			return []string{"a%20b", "%2Fx", "K%C3%B6ln", "a*b", "{x}", "[y]", "x,y", "***", "v2", "", "%2e%2E", "a%25", "~", "x;y"}[r.IntN(14)]
		},
		func() string { return []string{"users", "items", "v1"}[r.IntN(3)] },
	}
	id := func() string { return ids[r.IntN(len(ids))]() }
	shape := make([]func() string, 1+r.IntN(4))
	for i := range shape {
		shape[i] = ids[r.IntN(len(ids))]
		if r.IntN(4) == 0 {
			shape[i] = id
		}
	}
	host := []string{"a.example", "%s.v.example", "%s.%s.v.example", "%s.c1abcdefghij.eu-west-1.rds.amazonaws.com", "%s.co.uk"}[r.IntN(5)]
	for range 5 + r.IntN(120) {
		var names []string
		for _, one := range shape[:1+r.IntN(len(shape))] {
			names = append(names, one())
		}
		path := "/" + strings.Join(names, "/")
		switch r.IntN(3) {
		case 0:
			named := host
			for strings.Contains(named, "%s") {
				named = strings.Replace(named, "%s", []string{word(r.IntN(40)), fmt.Sprintf("n%d", r.IntN(20))}[r.IntN(2)], 1)
			}
			calls = append(calls, httpCall(named, []string{"GET", "POST", "DELETE"}[r.IntN(3)], path))
		case 1:
			name := strings.NewReplacer("%", "", ":", "").Replace(strings.Join(names, []string{"-", "/"}[r.IntN(2)]))
			service := []string{"sqs", "dynamodb", "secretsmanager"}[r.IntN(3)]
			name = map[string]string{"sqs": "", "dynamodb": "table/", "secretsmanager": "secret:"}[service] + "o" + name
			resource := arn(service, name)
			if r.IntN(9) == 0 {
				resource = strings.Replace(resource, self, partner, 1)
			}
			calls = append(calls, policy.Call{
				Kind: policy.AWS, Service: map[string]string{"sqs": "SQS", "dynamodb": "DynamoDB", "secretsmanager": "Secrets Manager"}[service],
				Operation: []string{"A", "B"}[r.IntN(2)], Resources: []string{resource}, Account: self, Self: self, Region: region,
			})
		default:
			bucket := "b" + strings.ToLower(strings.NewReplacer("%", "", "*", "", "{", "", "}", "", "[", "", "]", "", ",", "", ";", "", "~", "").Replace(names[0]))
			calls = append(calls, policy.Call{
				Kind: policy.AWS, Service: "S3", Operation: "GetObject", Access: policy.Read, Resources: []string{"arn:aws:s3:::" + bucket + path}, Account: self, Self: self, Region: region,
			})
		}
	}
	return calls
}

// TestNeverOpened: no rule of random traffic has a wildcard across what is registered.
func TestNeverOpened(t *testing.T) {
	for seed := range uint64(40) {
		for line := range strings.Lines(learntOf(Loose, randomCalls(rand.New(rand.NewPCG(seed, 6))))) {
			for _, bad := range []string{`"*.co.uk"`, `"*"`, `"**"`, `arn:*:*`, `"*.example"`, `"*.eu-west-1.rds`} {
				if !strings.HasPrefix(line, "#") && slices.Contains(strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune("[], \n", r) }), bad) {
					t.Errorf("seed %d: %s", seed, line)
				}
			}
		}
	}
}
