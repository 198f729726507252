package thundra

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lambdafence/lambdafence/internal/awshost"
	"github.com/lambdafence/lambdafence/policy"
)

// A testCase is one of Thundra's, with what its agents answered.
type testCase struct {
	Name   string
	Config json.RawMessage
	Span   struct {
		ClassName string
		Tags      map[string]any
	}
	PerAgent map[string]string `json:"per_agent"`
}

func cases(t *testing.T) []testCase {
	t.Helper()
	data, err := os.ReadFile("testdata/thundra_cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []testCase
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	if len(all) != 78 {
		t.Fatalf("%d cases, want 78", len(all))
	}
	return all
}

// listed returns the tables of docs/thundra.md that tell of cases: what the policy says,
// by the case's name, of those in which the agents disagree, and of those that cannot
// be kept. The rows of the first have a cell for each agent.
func listed(t *testing.T) (chosen, lost map[string]string) {
	t.Helper()
	page, err := os.ReadFile("../../docs/thundra.md")
	if err != nil {
		t.Fatal(err)
	}
	chosen, lost = map[string]string{}, map[string]string{}
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.Trim(cells[i], " `")
		}
		switch {
		case !strings.HasPrefix(cells[0], "node"):
		case len(cells) == 5:
			chosen[cells[0]] = cells[4]
		case len(cells) == 3:
			lost[cells[0]] = cells[2]
		}
	}
	return chosen, lost
}

// TestCases: the converted policy says of a span's call what the agents said of the
// span.
func TestCases(t *testing.T) {
	chosen, lost := listed(t)
	found := 0
	for _, c := range cases(t) {
		p, err := Convert(c.Config)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		want, agreed := agreement(c.PerAgent)
		if one, ok := chosen[c.Name]; ok == agreed {
			t.Errorf("%s: agents answer %v, and that is not what the list says", c.Name, c.PerAgent)
		} else if ok {
			found++
			want = one
		}
		if one, ok := lost[c.Name]; ok {
			if found++; one == want {
				t.Errorf("%s: not lost", c.Name)
			}
			want = one
		}
		if got := verdict(t, p, call(t, &c)); got != want {
			t.Errorf("%s: %s, want %s of\n%s", c.Name, got, want, p.Text)
		}
	}
	if want := len(chosen) + len(lost); found != want || want != 8 {
		t.Errorf("%d cases of %d that the page lists, want 8", found, want)
	}
}

func agreement(perAgent map[string]string) (answer string, agreed bool) {
	for _, one := range perAgent {
		if answer != "" && one != answer {
			return "", false
		}
		answer = one
	}
	return answer, true
}

func verdict(t *testing.T, p *Policy, c policy.Call) string {
	t.Helper()
	parsed, err := policy.Parse(p.Text)
	if err != nil {
		t.Fatalf("%v in\n%s", err, p.Text)
	}
	set, err := policy.Compile(parsed)
	if err != nil {
		t.Fatal(err)
	}
	switch d := set.Decide(&c); {
	case d.Effect == policy.Allow:
		return "allow"
	case d.Mode == policy.Enforce:
		return "blocked"
	}
	return "violation"
}

// call is the call that a span tells of.
func call(t *testing.T, c *testCase) policy.Call {
	t.Helper()
	tag := func(name string) string { s, _ := c.Span.Tags[name].(string); return s }
	of := classes[c.Span.ClassName]
	switch {
	case of.service != "":
		return awsCall(of, tag)
	case of.ports != "":
		host := tag(of.hosts[0])
		if host == "" {
			host = "database.example" // the span does not say
		}
		made, err := policy.NetCall("tcp", host+":"+of.ports)
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	host := tag("http.host")
	if host == "" {
		host = "search.example"
	}
	made, err := policy.HTTPCall(tag(operationType), &url.URL{Scheme: "https", Host: host, Path: tag("elasticsearch.normalized_uri")}, "")
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// awsCall is a call of a service, to the thing that a tag names.
func awsCall(of class, tag func(string) string) policy.Call {
	access := map[string]policy.Access{"READ": policy.Read, "WRITE": policy.Write, "LIST": policy.List}
	made := policy.Call{
		Kind: policy.AWS, Service: of.service, Access: access[tag(operationType)], Region: "eu-west-1", Account: "111122223333", Self: "111122223333",
		Network: "tcp", Scheme: "https", Host: awshost.Endpoint(of.service, "eu-west-1"), Port: 443, Method: "POST", Path: "/",
	}
	for name, before := range of.names {
		if v := tag(name); v != "" {
			place := ":eu-west-1:111122223333:"
			if of.service == "s3" {
				place = ":::"
			}
			made.Resources = []string{"arn:aws:" + of.service + place + before + v}
		}
	}
	return made
}

// TestForms: a configuration is found in whatever it came in.
func TestForms(t *testing.T) {
	plain := `{"block":true,"whitelist":[{"className":"HTTP","tags":{"http.host":["a.example"],"operation.type":["GET"]}}]}`
	wrapped := `{"type":"SecurityAwareSpanListener","config":` + plain + `}`
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte(wrapped)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	value := base64.StdEncoding.EncodeToString(packed.Bytes())
	want, err := Convert([]byte(plain))
	if err != nil {
		t.Fatal(err)
	}
	for name, form := range map[string]string{
		"wrapped":   wrapped,
		"list":      `[{"type":"FilteringSpanListener","config":{}},` + wrapped + `]`,
		"packed":    value,
		"broken":    value[:40] + "\n" + value[40:],
		"base64":    base64.StdEncoding.EncodeToString([]byte(wrapped)),
		"line":      "A=1\nexport thundra_agent_lambda_trace_span_listener_config='" + wrapped + "'\nB=2\n",
		"line, b64": "THUNDRA_AGENT_TRACE_SPAN_LISTENERCONFIG=" + value + "\n",
		"variables": `{"Environment":{"Variables":{"X":"1","thundra_agent_lambda_trace_span_listener_config":` + string(quoted(wrapped)) + `}}}`,
		"text":      string(quoted(wrapped)),
	} {
		got, err := Convert([]byte(form))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(string(want.Text), string(got.Text)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	for name, form := range map[string]string{
		"nothing":            "",
		"neither":            "%%%",
		"another listener":   `{"type":"FilteringSpanListener","config":{}}`,
		"no config":          `{"type":"SecurityAwareSpanListener"}`,
		"misspelt":           `{"block":true,"whitelst":[]}`,
		"nested lists":       strings.Repeat("[", 1000),
		"a structure":        `{"whitelist":[{"className":"HTTP","tags":{"http.host":{"a":1}}}]}`,
		"not a list":         `{"whitelist":{"className":"HTTP"}}`,
		"gzip of nothing":    base64.StdEncoding.EncodeToString([]byte{0x1f, 0x8b, 8, 0}),
		"text within itself": string(quoted(string(quoted(string(quoted(string(quoted(string(quoted(string(quoted("{}")))))))))))),
	} {
		if p, err := Convert([]byte(form)); err == nil {
			t.Errorf("%s: no error, but\n%s", name, p.Text)
		}
	}
}

func quoted(s string) []byte {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return text
}

// TestEntries: what becomes of an entry, and what is said of it.
func TestEntries(t *testing.T) {
	for _, c := range []struct{ name, list, entry, want, note string }{
		{"any value among several", "whitelist", `{"className":"HTTP","tags":{"http.host":["a.example"],"operation.type":["GET","*"]}}`, "- host: [\"a.example\"]\n  schemes: [http, https]\n", ""},
		{"a star within a value is a character", "blacklist", `{"className":"AWS-DynamoDB","tags":{"aws.dynamodb.table.name":["users*"]}}`, `resources: ["table/users\\*"]`, ""},
		{"types are case-sensitive", "blacklist", `{"className":"AWS-DynamoDB","tags":{"aws.dynamodb.table.name":["Users"],"operation.type":["Read"]}}`, "deny: []", "it never matched"},
		{"methods too", "blacklist", `{"className":"HTTP","tags":{"http.host":"a.example","operation.type":["get"]}}`, "deny: []", "it never matched"},
		{"object", "whitelist", `{"className":"AWS-S3","tags":{"aws.s3.bucket.name":["b"],"aws.s3.object.name":["k/1"],"operation.type":["READ"]}}`, "- aws: [\"s3\"]\n  access: [read]\n  resources: [\"b/k/1\"]\n", ""},
		{"qualifier alone", "whitelist", `{"className":"AWS-Lambda","tags":{"aws.lambda.qualifier":["prod"]}}`, `resources: ["function:*:prod"]`, ""},
		{"machine", "whitelist", `{"className":"AWS-StepFunctions","tags":{"aws.sf.state_machine.arn":["arn:aws:states:eu-west-1:111122223333:stateMachine:m"],"operation.type":["EXECUTE"]}}`, "resources: [\"arn:aws:states:eu-west-1:111122223333:stateMachine:m\"]", "EXECUTE is write"},
		{"any service", "whitelist", `{"className":"AWSService","tags":{"aws.service.name":["secretsmanager"]}}`, `- aws: ["secretsmanager"]`, ""},
		{"port", "whitelist", `{"className":"HTTP","tags":{"http.host":["a.example","b.example:8443"]}}`, "- host: [\"b.example\"]\n  schemes: [http, https]\n  ports: [8443]\n", ""},
		{"path", "blacklist", `{"className":"HTTP","tags":{"http.host":["a.example"],"http.path":["/x/*"]}}`, "paths: [\"/x/\\\\*\"]", ""},
		{"database", "whitelist", `{"className":"POSTGRESQL","tags":{"db.host":["d.example"],"db.instance":["orders"],"operation.type":["READ"]}}`, "- host: [\"d.example\"]\n  ports: [5432]\n", "db.instance is left out"},
		{"database without a host", "blacklist", `{"className":"MYSQL","tags":{"db.instance":["orders"]}}`, "deny: []", "does not say at which host"},
		{"redis on another port", "whitelist", `{"className":"Redis","tags":{"redis.host":["r.example:6380"]}}`, "ports: [6380]", ""},
		{"anything denied", "blacklist", `{"className":"*"}`, `- host: "**"`, ""},
		{"anything allowed", "whitelist", `{"className":"*","tags":{"http.host":"*"}}`, "deny: [] # there was no list", "there is no allow list"},
		{"any class with a tag", "blacklist", `{"className":"*","tags":{"aws.sqs.queue.name":["q"]}}`, "- aws: [\"sqs\"]\n  resources: [\"q\"]\n", ""},
		{"any class that writes", "blacklist", `{"className":"*","tags":{"operation.type":["WRITE"]}}`, "- aws: [\"s3\"]\n  access: [write]\n", ""},
		{"no such class", "whitelist", `{"className":"RABBITMQ"}`, "allow: []", `no word for the class "RABBITMQ"`},
		{"no such tag", "blacklist", `{"className":"HTTP","tags":{"http.hst":["a.example"]}}`, "deny: []", `no tag "http.hst"`},
		{"no value", "blacklist", `{"className":"HTTP","tags":{"http.host":[]}}`, "deny: []", "never matched"},
		{"decoration", "blacklist", `{"className":"HTTP","tags":{"http.host":["a.example"],"topology.vertex":[true]}}`, `- host: ["a.example"]`, ""},
		{"a forged host", "blacklist", `{"className":"HTTP","tags":{"http.host":["a\n- host: \"**\"\u001b[2J"]}}`, "deny: []", "left out"},
		{"a forged class", "blacklist", `{"className":"A\nallow:\n- host: evil\u001b[2J"}`, "deny: []", "no word for the class"},
	} {
		p, err := Convert([]byte(`{"` + c.list + `":[` + c.entry + `]}`))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		text := string(p.Text)
		if !strings.Contains(text, c.want) {
			t.Errorf("%s: no %q in\n%s", c.name, c.want, text)
		}
		if c.note != "" && !slices.ContainsFunc(p.Notes, func(n string) bool { return strings.Contains(n, c.note) }) || c.note == "" && len(p.Notes) > 0 {
			t.Errorf("%s: notes %q, want %q", c.name, p.Notes, c.note)
		}
		if strings.Contains(text, "\x1b") {
			t.Errorf("%s: a control character in\n%q", c.name, text)
		}
	}
}
