package review

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lambdafence/lambdafence/policy"
)

func TestUse(t *testing.T) {
	base, err := Read("base.yaml", []byte(`
deny:
- {host: evil.example, id: evil}
- {host: "*.example", mode: report}
- {host: never.example}
`))
	if err != nil {
		t.Fatal(err)
	}
	own, err := Read("own.yaml", []byte(`
allow:
- host: a.example.com
- {host: "*.example.com", methods: [GET]}
- {host: b.example.com, id: shadowed}
- {host: partner.example.org}
- {aws: s3, resources: [in]}
- {aws: s3, resources: [out]}
- {host: "**", from: never}
`))
	if err != nil {
		t.Fatal(err)
	}
	u, err := NewUse(base, own)
	if err != nil {
		t.Fatal(err)
	}
	front := get(t, "GET", "https://a.example.com/")
	front.HostHeader = "partner.example.org"
	for _, c := range []*policy.Call{
		front,
		get(t, "GET", "https://b.example.com/"),
		get(t, "GET", "https://evil.example/"), // two rules of base deny it
		{Kind: policy.AWS, Service: "S3", Operation: "CopyObject", Access: policy.Write, Also: []policy.Access{policy.Read}, Region: "eu-west-1",
			Account: sampleAccount, Self: sampleAccount, Resources: []string{"arn:aws:s3:::out/a", "arn:aws:s3:::in/a"}},
		get(t, "GET", "http://127.0.0.1/"), // a local door is no rule's
	} {
		u.Add(c)
	}
	want := []RuleLine{
		{"base.yaml", 5, "deny[2]", "host: never.example"},
		{"own.yaml", 5, "shadowed", "host: b.example.com"},
		{"own.yaml", 9, "allow[6]", "host: **"},
	}
	if diff := cmp.Diff(want, u.Unused()); diff != "" {
		t.Error(diff)
	}
}

func TestNearest(t *testing.T) {
	words := []string{"dynamodb", "sqs", "sns", "GetItem", "table/"}
	for text, want := range map[string]string{
		"dynamdb": "dynamodb", "DynamoDB": "dynamodb", "dnyamodb": "dynamodb", "GetItems": "GetItem", "tables/": "table/", "sqss": "sqs",
		"": "", "kinesis": "", "s3": "", "payments": "",
	} {
		if got, _ := nearest(text, words); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
