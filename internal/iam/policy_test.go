package iam

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/wrapper"
)

const account = "111122223333"

// event is one of a call of AWS that was allowed.
func event(service, operation string, resources ...string) *wrapper.Event {
	return &wrapper.Event{Call: policy.Call{
		Kind: policy.AWS, Service: service, Operation: operation, Resources: resources, Region: "eu-west-1", Account: account, Self: account,
	}, Decision: policy.Decision{Effect: policy.Allow}}
}

// collect takes in events.
func collect(events ...*wrapper.Event) *Collector {
	c := NewCollector()
	for _, ev := range events {
		c.Add(ev)
	}
	return c
}

// statements is a policy on one line a statement.
func statements(d *Document) []string {
	var all []string
	for _, s := range d.Statement {
		all = append(all, s.Sid+": "+strings.Join(s.Action, ",")+" on "+strings.Join(s.Resource, ","))
	}
	return all
}

func TestPolicy(t *testing.T) {
	const table = "arn:aws:dynamodb:eu-west-1:111122223333:table/"
	events := []*wrapper.Event{
		event("DynamoDB", "PutItem", table+"orders"),
		event("DynamoDB", "GetItem", table+"orders"),
		event("DynamoDB", "Query", table+"customers"),
		event("STS", "GetCallerIdentity"),
	}
	for i := range 5 {
		events = append(events, event("S3", "GetObject", fmt.Sprintf("arn:aws:s3:::in/5f0c1a2b-0000-4000-a000-00000000000%d*.json", i)))
	}
	want := []string{
		"DynamodbReadWrite: dynamodb:GetItem,dynamodb:PutItem on " + table + "orders",
		"DynamodbRead: dynamodb:Query on " + table + "customers",
		"S3Read: s3:GetObject on arn:aws:s3:::in/*${*}.json",
	}
	if diff := cmp.Diff(want, statements(NewDocument(collect(events...).Uses(), false))); diff != "" {
		t.Error(diff)
	}
	exact := NewDocument(collect(events...).Uses(), true)
	if n := len(exact.Statement[2].Resource); n != 5 {
		t.Errorf("%d objects, want 5: %q", n, exact.Statement[2].Resource)
	}
	slices.Reverse(events)
	if diff := cmp.Diff(want, statements(NewDocument(collect(events...).Uses(), false))); diff != "" {
		t.Errorf("in another order: %s", diff)
	}
}

// TestApart: what is no reason to grant anything.
func TestApart(t *testing.T) {
	denied := event("S3", "GetObject", "arn:aws:s3:::b/k")
	denied.Decision = policy.Decision{Effect: policy.Deny, Rule: "deny[0]", Reason: "denied by rule"}
	blocked := event("S3", "GetObject", "arn:aws:s3:::b/k")
	blocked.Decision, blocked.Outcome = policy.Decision{}, wrapper.Blocked
	others := event("S3", "GetObject", "arn:aws:s3:::b/k")
	others.Call.Account = "444455556666"
	nobody := event("S3", "GetObject", "arn:aws:s3:::b/k")
	nobody.Call.Account = "*"
	elsewhere := event("S3", "GetObject", "arn:aws:s3:::b/k")
	elsewhere.Call.Host = "minio.example"
	partition := event("S3", "GetObject", "arn:aws:s3:::b/k")
	partition.Call.Host = "s3.cn-north-1.amazonaws.com.cn"
	request := &wrapper.Event{Call: policy.Call{Kind: policy.HTTP, Host: "a.example"}}
	c := collect(denied, blocked, others, nobody, elsewhere, partition, request)
	if len(c.Uses()) > 0 || len(c.Apart()) != 6 || c.Calls != 6 {
		t.Errorf("%v, apart %v, %d calls", c.Uses(), c.Apart(), c.Calls)
	}
	if said := c.Apart(); !strings.HasPrefix(said[4].Text, "signed by 444455556666") {
		t.Errorf("%v", said)
	}
}

// TestBounds: memory is bounded, and what is lost is counted.
func TestBounds(t *testing.T) {
	c := NewCollector()
	for i := range maxPatterns + 10 {
		c.Add(event("S3", "GetObject", fmt.Sprintf("arn:aws:s3:::b/%d", i)))
	}
	if c.size != maxPatterns || c.Lost != 10 {
		t.Errorf("%d patterns, %d lost", c.size, c.Lost)
	}
	for i := range maxSayings + 10 {
		ev := event("S3", "GetObject", fmt.Sprintf("arn:aws:s3:::b/%d", i))
		ev.Call.Account = "444455556666"
		c.Add(ev)
	}
	if len(c.apart) != maxSayings || c.Lost != 20 {
		t.Errorf("%d sayings, %d lost", len(c.apart), c.Lost)
	}
}

// TestSplit: each part is small enough, and together they are the whole.
func TestSplit(t *testing.T) {
	var uses []Grant
	for i := range 40 {
		g := Grant{Action: fmt.Sprintf("s3:Action%d", i)}
		for j := range 3 + 200*(i/39) {
			g.Resources = append(g.Resources, fmt.Sprintf("arn:aws:s3:::bucket-%d/with/a/rather/long/name/%d", i, j))
		}
		uses = append(uses, g)
	}
	whole := NewDocument(uses, true)
	parts := whole.Split()
	if len(parts) < 3 || whole.Size() <= MaxInline {
		t.Fatalf("%d parts of %d characters", len(parts), whole.Size())
	}
	count := func(d *Document) (n int) {
		for _, s := range d.Statement {
			n += len(s.Resource)
		}
		return n
	}
	resources := 0
	for _, p := range parts {
		if p.Size() > MaxManaged {
			t.Errorf("a part of %d characters", p.Size())
		}
		resources += count(p)
	}
	if resources != count(whole) {
		t.Errorf("%d resources of %d", resources, count(whole))
	}
}

func TestAlias(t *testing.T) {
	grants, _ := Describe("KMS", "Encrypt", map[string]any{"KeyId": "alias/a"}, "eu-west-1", account).Grants()
	text, err := json.Marshal(NewDocument(grants, true).Statement[0])
	if err != nil || !strings.Contains(string(text), `"Condition":{"ForAnyValue:StringEquals":{"kms:ResourceAliases":"alias/a"}}`) {
		t.Errorf("%s, %v", text, err)
	}
}
